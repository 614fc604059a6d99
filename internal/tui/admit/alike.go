package admit

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// likeness is a known patient who may be the person of a form.
type likeness struct {
	store.Known
	same bool   // the MRN is the same one, which only one patient can have
	why  string // "like 0043317 ROSSI, Mia, same birth date: same person?"
}

// alike returns the known patients who may be the person p, the surest first: one with
// the same MRN, one with an MRN that differs by leading zeros or a slip of the fingers,
// one with the same name and birth date. self is left out.
func alike(known registry, p *ward.Patient, self int64) []likeness {
	var same, mrns, names []likeness
	for _, k := range known {
		if k.Patient.ID == self {
			continue
		}
		near, how := nearest(p.MRN, k)
		born := !p.BirthDate.IsZero() && p.BirthDate == k.Patient.BirthDate
		l := likeness{Known: k, why: "like " + kit.Plain(near) + " " + words.Name(&k.Patient) + ", " + bornWords(born, &k.Patient) + ": same person?"}
		switch {
		case how == mrnSame:
			l.same = true
			same = append(same, l)
		case how == mrnZeros, how == mrnSwapped, how == mrnOneOff && (born || sameName(p, k)):
			mrns = append(mrns, l)
		case sameName(p, k):
			if l.why = twinWords(p.BirthDate, &k.Patient); l.why != "" {
				names = append(names, l)
			}
		}
	}
	return append(append(same, mrns...), names...)
}

// twinWords says why a patient of the same name may be the person with a birth date; empty
// if they are not.
func twinWords(born ward.Date, p *ward.Patient) string {
	theirs := p.BirthDate
	swapped := ward.Date{Year: theirs.Year, Month: time.Month(theirs.Day), Day: int(theirs.Month)}
	switch number := kit.Plain(p.MRN); {
	case born.IsZero() || theirs.IsZero():
		return "same name as " + number + ", " + words.Born(p) + ": same person?"
	case born == theirs:
		return "same name and birth date as " + number + ": same person?"
	case born == swapped:
		return "same name as " + number + ", " + words.Born(p) + ", day and month swapped: same person?"
	}
	return ""
}

// bornWords returns the birth date of a known patient, as it compares with the form.
func bornWords(born bool, p *ward.Patient) string {
	if born {
		return "same birth date"
	}
	return words.Born(p)
}

// The ways in which two MRNs are alike.
type mrnLikeness int

const (
	mrnOther mrnLikeness = iota
	mrnOneOff
	mrnSwapped // two neighbours changed places
	mrnZeros   // leading zeros, signs, or letters that look like figures
	mrnSame
)

// nearest compares an MRN with those that a known patient has or had.
func nearest(mrn string, k store.Known) (near string, how mrnLikeness) {
	near = k.Patient.MRN
	for _, other := range append([]string{k.Patient.MRN}, k.MRNs...) {
		if l := compareMRN(ward.FoldMRN(mrn), ward.FoldMRN(other)); l > how {
			near, how = other, l
		}
	}
	return near, how
}

func compareMRN(a, b string) mrnLikeness {
	x, y := []rune(a), []rune(b)
	switch {
	case a == b:
		return mrnSame
	case plainNumber(a) == plainNumber(b):
		return mrnZeros
	case swapped(x, y):
		return mrnSwapped
	case len(x) > 3 && ward.Distance(x, y) == 1:
		return mrnOneOff
	}
	return mrnOther
}

// plainNumber returns a folded MRN without leading zeros, without the signs that a
// spreadsheet or a label adds, and with the letters o, i and l as the figures that they
// look like.
func plainNumber(mrn string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == 'o':
			return '0'
		case r == 'i', r == 'l':
			return '1'
		case unicode.IsSpace(r), unicode.IsPunct(r):
			return -1
		}
		return r
	}, strings.TrimPrefix(mrn, "mrn"))
	return strings.TrimLeft(kept, "0")
}

// swapped reports whether two neighbours of a changed places in b.
func swapped(a, b []rune) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] == b[i] {
			continue
		}
		return a[i] == b[i+1] && a[i+1] == b[i] && string(a[i+2:]) == string(b[i+2:])
	}
	return false
}

// sameName compares names; former names count.
func sameName(p *ward.Patient, k store.Known) bool {
	return slices.ContainsFunc(append([]string{k.Patient.Name}, k.Names...), func(name string) bool { return kit.SameName(p.Name, name) })
}
