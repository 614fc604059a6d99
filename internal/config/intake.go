package config

import (
	"fmt"
	"maps"
	"slices"
	"time"

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

// zone is the name of a time zone, which may be empty.
func zone(field func(*ward.Site) *string) kind {
	k := text(mostPart, field)
	k.allowed = `a zone such as "Europe/Lisbon", "" for the ward's`
	set := k.set
	k.set = func(s *ward.Site, v any) []refusal {
		before := *field(s)
		if refused := set(s, v); refused != nil {
			return refused
		}
		if _, err := time.LoadLocation(*field(s)); err != nil {
			name := *field(s)
			*field(s) = before
			return refuse("there is no zone %s", tomldoc.Quoted(name))
		}
		return nil
	}
	return k
}
