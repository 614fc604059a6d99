package intake

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

// foldName returns the form of a part of a name that is compared: without case, accents,
// blanks and punctuation.
func foldName(s string) string {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mc, r) {
			return r
		}
		return -1
	}, norm.NFKD.String(s))
	if isASCII(kept) {
		return strings.ToLower(kept)
	}
	return cases.Fold().String(kept)
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// nameParts returns the family name and the first given name in the form that is
// compared: middle names do not count.
func nameParts(name string) (family, given string) {
	family, rest, _ := strings.Cut(name, ",")
	if words := strings.Fields(rest); len(words) > 0 {
		given = words[0]
	}
	return foldName(family), foldName(given)
}

// likeness says how two names compare.
type likeness uint8

const (
	sameName    likeness = iota // but for case, accents, blanks and middle names
	relatedName                 // the family name or the given name is the same
	otherName
)

func compareNames(a, b string) likeness {
	familyA, givenA := nameParts(a)
	familyB, givenB := nameParts(b)
	switch {
	case familyA == familyB && givenA == givenB:
		return sameName
	case familyA == familyB, givenA == givenB && givenA != "":
		return relatedName
	}
	return otherName
}

// born returns the date of birth in a message, as it is known when it was recorded.
func born(m *Message, p *hl7.Person, zone *time.Location) ward.Date {
	d := p.Born(m.Recorded.At.In(zone))
	return ward.Date{Year: d.Year, Month: d.Month, Day: d.Day}
}

// identify applies the name, the birth date and the language of a message to a known
// patient.
func (r *replay) identify(s *State, m *Message, p *hl7.Person) {
	date, name := born(m, p, r.settings.Zone), ward.CleanLine(p.Name())
	dateNew := !date.IsZero() && news(s.sent, FieldBirthDate, date.String())
	nameNew := name != "" && news(s.sent, FieldName, name)
	otherDate := !date.IsZero() && !s.Patient.BirthDate.IsZero() && date != s.Patient.BirthDate
	if dateNew {
		switch {
		case otherDate:
			s.differ(Difference{Field: FieldBirthDate, Feed: date.String(), At: m.Recorded.At})
		default:
			s.Patient.BirthDate = date
			s.agree(FieldBirthDate, "")
		}
	}
	if nameNew {
		switch compareNames(s.Patient.Name, name) {
		case sameName:
			s.agree(FieldName, "")
		case relatedName:
			if otherDate {
				s.differ(Difference{Field: FieldName, Feed: name, At: m.Recorded.At})
				break
			}
			s.Patient.Name = name
			delete(s.set, FieldName)
			s.agree(FieldName, "")
		case otherName:
			s.differ(Difference{Field: FieldName, Feed: name, At: m.Recorded.At})
		}
	}
	r.yield(s, "", s.sent, s.set, FieldLanguage, p.Language, m, &s.Patient.Language)
}

// yield applies a value that gives way to one of a person.
func (r *replay) yield(s *State, visit string, sent map[Field]string, set map[Field]ward.Signature, f Field, v hl7.Value, m *Message, to *string) {
	value := ward.CleanLine(v.Text)
	if value == "" && !v.Clear || !news(sent, f, value) {
		return
	}
	switch {
	case foldName(*to) == foldName(value):
		s.agree(f, visit)
	case set[f].Done():
		s.differ(Difference{Field: f, Visit: visit, Feed: value, At: m.Recorded.At})
	default:
		*to = value
		s.agree(f, visit)
	}
}

// LooksKnown returns the IDs of the patients who are perhaps the person p: those with
// the same name and birth date, and those with an MRN that differs by leading zeros.
// Patients of the same ID or MRN are left out.
func LooksKnown(p *ward.Patient, known []ward.Patient) (ids []int64) {
	mrn := ward.FoldMRN(p.MRN)
	for i := range known {
		k := &known[i]
		other := ward.FoldMRN(k.MRN)
		if k.ID == p.ID || other == mrn {
			continue
		}
		zeros := strings.TrimLeft(other, "0") == strings.TrimLeft(mrn, "0")
		twin := !p.BirthDate.IsZero() && p.BirthDate == k.BirthDate && foldName(p.Name) == foldName(k.Name)
		if zeros || twin {
			ids = append(ids, k.ID)
		}
	}
	return ids
}
