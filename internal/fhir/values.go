package fhir

import (
	"strings"
	"time"
	"unicode"

	"neurocheck/internal/ward"
)

// line is text from outside as FHIR takes it: in one line, nothing that does not
// show, no blank that some readers of FHIR refuse.
func line(s string) string { return ward.CleanLine(s) }

// prose is [line] for text of several lines.
func prose(s string) string {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) && r != '\n' && r != '\t' {
			return ' '
		}
		return r
	}, ward.CleanText(s))
	return strings.TrimSpace(plain)
}

// stamp returns a time as FHIR's dateTime and instant, empty for no time. FHIR
// ends at 14 hours from UTC; a time with more is written in UTC.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	const most = 14 * 60 * 60
	if _, offset := t.Zone(); max(offset, -offset) > most {
		t = t.UTC()
	}
	if t.Nanosecond() == 0 {
		return t.Format(time.RFC3339)
	}
	return t.Format("2006-01-02T15:04:05.000Z07:00")
}

// during returns a period. Where a clock was set back between, and the end would
// lie before the start, the end is left out.
func during(start, end time.Time) *period {
	if end.Before(start) {
		end = time.Time{}
	}
	if start.IsZero() && end.IsZero() {
		return nil
	}
	return &period{stamp(start), stamp(end)}
}

func said(text string) []annotation {
	if text = prose(text); text == "" {
		return nil
	}
	return []annotation{{Text: text}}
}

// worded returns a concept in words alone, nil if there are none.
func worded(text string) *concept {
	if text = line(text); text == "" {
		return nil
	}
	return &concept{Text: text}
}

// hl7 is a concept of one of HL7's own code systems.
func hl7(system, code, display string) *concept {
	return &concept{Coding: []coding{{"http://terminology.hl7.org/CodeSystem/" + system, code, display}}}
}

func scored(n int) quantity {
	return quantity{Value: n, Unit: "points", System: "http://unitsofmeasure.org", Code: "{score}"}
}

func is[T any](v T) *T { return &v }
