package config

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

// discharges is the table with the site's words for the ends of stays.
const discharges = "intake.discharge"

// offeredIntake has the lines that the default file offers.
const offeredIntake = `For the ward H4, and for H5 of one of two hospitals:
locations = ["H4", "H5@CITY"]
`

// dischargeSetting returns the setting of one word of PV1-36.
func dischargeSetting(word string) setting {
	var codes []string
	for _, t := range ward.Discharges {
		if t.Code != ward.DiedICANS { // a clinician's
			codes = append(codes, t.Code)
		}
	}
	var chosen string
	k := choice(codes, func(*ward.Site) *string { return &chosen })
	set := k.set
	k.get = func(s *ward.Site) any { return s.Intake.Discharge[word] }
	k.set = func(s *ward.Site, v any) []refusal {
		refused := set(s, v)
		if refused == nil {
			if s.Intake.Discharge == nil {
				s.Intake.Discharge = make(map[string]string)
			}
			s.Intake.Discharge[word] = chosen
		}
		return refused
	}
	return setting{discharges, keyPart(word), "The end of a stay of this word", k, ""}
}

// dischargeSettings returns the settings of the words that a site has.
func dischargeSettings(site *ward.Site) (list []setting) {
	for _, word := range slices.Sorted(maps.Keys(site.Intake.Discharge)) {
		list = append(list, dischargeSetting(word))
	}
	return list
}

// wrongDisposition returns the reason that a word of PV1-36 is not valid, or "".
func wrongDisposition(site *ward.Site, word string) string {
	_, known := site.Intake.Discharge[word]
	switch line, wrong := cleanLine(word, mostPart); {
	case wrong != "":
		return "the word " + wrong
	case line == "" || line != word:
		return "write the word of PV1-36 without blanks around it"
	case !known && len(site.Intake.Discharge) >= mostDischarges:
		return fmt.Sprintf("there are more than %d words", mostDischarges)
	}
	return ""
}

// optional is a list that may also be empty.
func optional(k kind, field func(*ward.Site) *[]string) kind {
	k.allowed += ", [] for none"
	set := k.set
	k.get = func(s *ward.Site) any { return append([]string{}, *field(s)...) }
	k.set = func(s *ward.Site, v any) []refusal {
		if items, ok := v.([]any); ok && len(items) == 0 {
			*field(s) = nil
			return nil
		}
		return set(s, v)
	}
	return k
}

// only is a text of which valid takes the values; others are refused for a reason, which names
// the value with %s.
func only(k kind, valid func(string) bool, reason string, field func(*ward.Site) *string) kind {
	set := k.set
	k.set = func(s *ward.Site, v any) []refusal {
		before := *field(s)
		refused := set(s, v)
		if value := *field(s); refused == nil && !valid(value) {
			*field(s) = before
			return refuse(reason, tomldoc.Quoted(value))
		}
		return refused
	}
	return k
}

// zone is the name of a time zone, which may be empty.
func zone(field func(*ward.Site) *string) kind {
	k := text(mostPart, field)
	k.allowed = `a zone such as "Europe/Lisbon", "" for the ward's`
	known := func(name string) bool {
		_, err := time.LoadLocation(name)
		return err == nil
	}
	return only(k, known, "there is no zone %s", field)
}

// idType is the type of an identifier, which is not empty.
func idType(field func(*ward.Site) *string) kind {
	k := text(mostPart, field)
	k.allowed = fmt.Sprintf(`one line of 1 to %d characters, "*" for any`, mostPart)
	return only(k, func(t string) bool { return t != "" }, "%s is no type", field)
}

// bed is a pattern of the components of PV1-3.
func bed(field func(*ward.Site) *string) kind {
	k := text(mostPart, field)
	k.allowed = fmt.Sprintf(`one line of up to %d characters, with {1} to {11} for the components of PV1-3, "" for none`, mostPart)
	return only(k, ward.ValidBedPattern, "%s has a { that begins no component", field)
}

// charset is the name of a character set of messages.
func charset(field func(*ward.Site) *string) kind {
	k := text(mostPart, field)
	k.allowed = `a character set such as "UNICODE UTF-8" or "8859/1", "" for none`
	return only(k, hl7.KnownCharset, "this program reads no character set %s", field)
}
