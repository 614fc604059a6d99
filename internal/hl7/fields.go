package hl7

import (
	"bytes"
	"strings"
	"time"
)

// fieldReader reads the fields of a message. It keeps the first error.
type fieldReader struct {
	m   *Message
	err error
}

func (r *fieldReader) fail(code Code, at Location, reason string) {
	if r.err == nil {
		r.err = &Error{code, at, reason}
	}
}

// field returns a field as it was sent, within the bounds.
func (r *fieldReader) field(s *segment, field int) []byte {
	raw := r.m.raw(s, field)
	at := Location{Segment: s.name, Sequence: s.sequence, Field: field}
	switch {
	case len(raw) > MaxField:
		r.fail(WrongData, at, "longer than 64 KiB")
		return nil
	case bytes.Count(raw, []byte{r.m.delims.repetition}) >= MaxRepetitions:
		r.fail(WrongData, at, "more than 200 repetitions")
		return nil
	}
	return raw
}

// first returns the first repetition of a field as it was sent.
func (r *fieldReader) first(s *segment, field int) []byte {
	raw, _, _ := bytes.Cut(r.field(s, field), []byte{r.m.delims.repetition})
	return raw
}

// value returns the first subcomponent of a component of the first repetition.
func (r *fieldReader) value(s *segment, field, component int) Value {
	raw := r.first(s, field)
	if string(raw) == null {
		return Value{Clear: component == 1}
	}
	return r.component(raw, component, 1, Location{Segment: s.name, Sequence: s.sequence, Field: field})
}

// text is [fieldReader.value] for a field that cannot be cleared.
func (r *fieldReader) text(s *segment, field, component int) string {
	return r.value(s, field, component).Text
}

// component returns a subcomponent of a repetition.
func (r *fieldReader) component(repetition []byte, component, sub int, at Location) Value {
	raw := nth(nth(repetition, r.m.delims.component, component), r.m.delims.sub, sub)
	if string(raw) == null {
		return Value{Clear: true}
	}
	if component > 1 {
		at.Component, at.Repetition = component, max(at.Repetition, 1)
	}
	text, err := r.m.decode(raw, at)
	if err != nil && r.err == nil {
		r.err = err
	}
	return Value{Text: strings.TrimSpace(text)}
}

// nth returns part n of a text, from 1; nil if there are fewer.
func nth(text []byte, separator byte, n int) []byte {
	for ; n > 1; n-- {
		i := bytes.IndexByte(text, separator)
		if i < 0 {
			return nil
		}
		text = text[i+1:]
	}
	if i := bytes.IndexByte(text, separator); i >= 0 {
		text = text[:i]
	}
	return text
}

// time reads a field of a time; the zero time if it is empty.
func (r *fieldReader) time(s *segment, field int) Time {
	text := r.text(s, field, 1)
	if text == "" {
		return Time{}
	}
	zone := r.m.profile.Zone
	if r.m.offset != nil {
		zone = r.m.offset
	}
	t, warning, ok := parseTime(text, zone)
	if !ok {
		r.fail(WrongData, Location{Segment: s.name, Sequence: s.sequence, Field: field}, "no time; a time is YYYYMMDDHHMMSS")
		return Time{}
	}
	if warning != "" {
		r.m.Warnings = append(r.m.Warnings, warning)
	}
	t.At = t.At.Truncate(time.Millisecond)
	return t
}

// identifier returns the number that the site's authority gave, in the repetitions of
// PID-3 or MRG-1.
func (r *fieldReader) identifier(s *segment, field int) (found string) {
	at := Location{Segment: s.name, Sequence: s.sequence, Field: field}
	raw := r.field(s, field)
	for i := 1; len(raw) > 0 && r.err == nil; i++ {
		var repetition []byte
		repetition, raw, _ = bytes.Cut(raw, []byte{r.m.delims.repetition})
		at.Repetition = i
		id := r.component(repetition, 1, 1, at).Text
		if id == "" || !r.isOurs(repetition, at) {
			continue
		}
		if found != "" && !strings.EqualFold(found, id) {
			at.Repetition = 0
			r.fail(DuplicateKey, at, "two different identifiers of "+r.wanted())
		}
		found = id
	}
	if at.Repetition = 0; found == "" {
		r.fail(FieldMissing, at, "no identifier of "+r.wanted())
	}
	return found
}

// isOurs reports whether a repetition is of the site's authority and type.
func (r *fieldReader) isOurs(repetition []byte, at Location) bool {
	p := &r.m.profile
	if p.IDType != "*" && !strings.EqualFold(r.component(repetition, 5, 1, at).Text, p.IDType) {
		return false
	}
	return p.Authority == "" || r.component(repetition, 4, 1, at).Text == p.Authority || r.component(repetition, 4, 2, at).Text == p.Authority
}

// wanted names the identifier that the site asks for.
func (r *fieldReader) wanted() string {
	words := "any type"
	if r.m.profile.IDType != "*" {
		words = "type " + r.m.profile.IDType
	}
	if r.m.profile.Authority != "" {
		words += " from " + r.m.profile.Authority
	}
	return words
}

// notNames are the types of names under which hospitals admit no patient: aliases, maiden names,
// nicknames and pseudonyms.
const notNames = "AMNS"

// name returns the legal name in PID-5: the repetition of type L, else the first without
// a type, else the first that is no alias, maiden name, nickname or pseudonym.
func (r *fieldReader) name(s *segment) (family, given string) {
	at := Location{Segment: s.name, Sequence: s.sequence, Field: 5}
	raw := r.field(s, 5)
	best, rank := []byte(nil), 4
	for i := 1; len(raw) > 0; i++ {
		var repetition []byte
		repetition, raw, _ = bytes.Cut(raw, []byte{r.m.delims.repetition})
		if len(repetition) == 0 || string(repetition) == null {
			continue
		}
		at.Repetition = i
		kind := r.component(repetition, 7, 1, at).Text
		this := 3
		switch {
		case kind == "L":
			this = 1
		case kind == "":
			this = 2
		case len(kind) == 1 && strings.Contains(notNames, kind):
			continue
		}
		if this < rank {
			best, rank = repetition, this
		}
	}
	at.Repetition = 0
	part := func(component int) string { return r.component(best, component, 1, at).Text }
	return joinWords(part(1), part(4)), joinWords(part(2), part(3))
}

func joinWords(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}
