package hl7

import (
	"bytes"
	"strings"
	"time"
)

// ADT holds the fields of an ADT message that are read; nothing else of it is kept.
type ADT struct {
	ControlID   string
	Application string // MSH-3
	Facility    string // MSH-4
	Event       string // such as A01
	Sent        Time   // MSH-7
	Recorded    Time   // EVN-2, else MSH-7
	Occurred    Time   // EVN-6
	Historic    bool   // ZBE-5: a movement of the past
	Persons     []Person
}

// Value is the text of a field that a sender may clear.
type Value struct {
	Text  string
	Clear bool // the sender sent ""
}

// Given reports whether the field was sent with a text or to clear it.
func (v Value) Given() bool { return v.Text != "" || v.Clear }

// Person is a PID segment with the PV1 and MRG segments that follow it.
type Person struct {
	MRN       string // empty in an event that is ignored
	Family    string // with the suffix
	Given     string // with the middle names
	BirthDate Date   // zero if it is not known
	Language  Value
	Died      bool
	DiedAt    Time // PID-29
	Visit     Visit
	Prior     []string // MRNs of MRG-1
}

// Name returns the name as "Family, Given".
func (p *Person) Name() string {
	if p.Family == "" || p.Given == "" {
		return p.Family + p.Given
	}
	return p.Family + ", " + p.Given
}

// Visit is a PV1 segment.
type Visit struct {
	Present     bool
	Class       string
	Place       []string // the components of PV1-3; nil if it is empty
	PlaceClear  bool     // PV1-3 is ""
	Clinician   Value
	Number      string
	Disposition string
	Admitted    Time
	Discharged  Time
}

// Needs says which segments an event cannot do without.
type Needs struct {
	Persons int  // PID segments, at least
	Visit   bool // a PV1 for each
	Prior   bool // an MRG for each
	Several bool // more persons than that may come
}

// Events are the events that are read. All others are taken and ignored.
var Events = map[string]Needs{
	"A01": {Persons: 1, Visit: true}, "A02": {Persons: 1, Visit: true}, "A03": {Persons: 1, Visit: true},
	"A04": {Persons: 1, Visit: true}, "A06": {Persons: 1, Visit: true}, "A07": {Persons: 1, Visit: true},
	"A08": {Persons: 1, Visit: true}, "A11": {Persons: 1, Visit: true}, "A12": {Persons: 1, Visit: true},
	"A13": {Persons: 1, Visit: true}, "A17": {Persons: 2, Visit: true}, "A31": {Persons: 1},
	"A18": {Persons: 1, Prior: true, Several: true}, "A34": {Persons: 1, Prior: true, Several: true},
	"A36": {Persons: 1, Prior: true, Several: true}, "A40": {Persons: 1, Prior: true, Several: true},
	"A47": {Persons: 1, Prior: true, Several: true},
	"A24": {Persons: 1, Several: true}, "A35": {Persons: 1, Several: true}, "A37": {Persons: 1, Several: true},
	"A39": {Persons: 1, Several: true}, "A41": {Persons: 1, Several: true}, "A42": {Persons: 1, Several: true},
	"A43": {Persons: 1, Several: true}, "A44": {Persons: 1, Several: true}, "A45": {Persons: 1, Several: true},
	"A49": {Persons: 1, Several: true}, "A50": {Persons: 1, Several: true}, "A51": {Persons: 1, Several: true},
	"Z99": {Persons: 1},
}

// ADT reads the fields of an ADT message. Of an event that is not in [Events] it reads
// the header alone.
func (m *Message) ADT() (ADT, error) {
	a := ADT{ControlID: m.ControlID(), Application: printable(m.rawHeader(3)), Facility: printable(m.rawHeader(4))}
	if err := m.checkType(); err != nil {
		return a, err
	}
	r := &fieldReader{m: m}
	a.Event = m.event()
	needs, known := Events[a.Event]
	if a.Event == "" {
		return a, &Error{FieldMissing, Location{Segment: "MSH", Sequence: 1, Field: 9, Repetition: 1, Component: 2}, "no event"}
	}
	if !isEvent(a.Event) {
		return a, &Error{WrongEvent, Location{Segment: "MSH", Sequence: 1, Field: 9, Repetition: 1, Component: 2}, "an event is a letter and two digits"}
	}
	r.times(&a)
	if known {
		a.Persons = r.persons()
		a.Historic = r.historic()
		if r.err == nil {
			r.err = m.checkNeeds(&a, needs)
		}
	}
	if r.err != nil {
		return a, r.err
	}
	return a, nil
}

// checkType returns an error unless the message is an ADT message of the site's
// processing ID.
func (m *Message) checkType() error {
	if string(m.first(9)) != "ADT" {
		return &Error{WrongType, Location{Segment: "MSH", Sequence: 1, Field: 9}, "only ADT messages are taken"}
	}
	at := Location{Segment: "MSH", Sequence: 1, Field: 11}
	switch processing := string(m.first(11)); processing {
	case "":
		return &Error{FieldMissing, at, "no processing ID"}
	case m.profile.Processing:
		return nil
	}
	return &Error{WrongProcessing, at, "only messages of processing ID " + m.profile.Processing + " are taken"}
}

// event returns MSH-9.2, or EVN-1 if that is empty: a published A12 says A02 in EVN-1.
func (m *Message) event() string {
	if parts := bytes.Split(m.rawHeader(9), []byte{m.delims.component}); len(parts) > 1 {
		if event := strings.TrimSpace(printable(parts[1])); event != "" {
			return event
		}
	}
	if evn := m.segment("EVN"); evn != nil {
		text, _, _ := bytes.Cut(m.raw(evn, 1), []byte{m.delims.component})
		return strings.TrimSpace(printable(text))
	}
	return ""
}

// Event returns the event of the message, for the log and for the answer.
func (m *Message) Event() string {
	if event := m.event(); isEvent(event) {
		return event
	}
	return ""
}

func isEvent(s string) bool {
	return len(s) == 3 && s[0] >= 'A' && s[0] <= 'Z' && figuresOnly(s[1:])
}

// segment returns the first segment of that name, or nil.
func (m *Message) segment(name string) *segment {
	for i := range m.segments {
		if m.segments[i].name == name {
			return &m.segments[i]
		}
	}
	return nil
}

// checkNeeds returns an error if a segment is missing that the event cannot do without.
func (m *Message) checkNeeds(a *ADT, needs Needs) error {
	missing := func(name string, sequence int, reason string) error {
		return &Error{SegmentMissing, Location{Segment: name, Sequence: sequence}, reason}
	}
	if len(a.Persons) < needs.Persons {
		return missing("PID", len(a.Persons)+1, "missing")
	}
	if len(a.Persons) > needs.Persons && !needs.Several {
		return missing("PID", needs.Persons+1, "more patients than the event has")
	}
	for i := range a.Persons {
		switch p := &a.Persons[i]; {
		case needs.Visit && !p.Visit.Present:
			return missing("PV1", i+1, "missing")
		case needs.Prior && len(p.Prior) == 0:
			return missing("MRG", i+1, "missing")
		}
	}
	for i, p := range a.Persons {
		for _, prior := range p.Prior {
			if strings.EqualFold(prior, p.MRN) {
				return &Error{DuplicateKey, Location{Segment: "MRG", Sequence: i + 1, Field: 1}, "the patient would be merged into itself"}
			}
		}
	}
	return nil
}

// historic reports whether ZBE-5 is Y.
func (r *fieldReader) historic() bool {
	zbe := r.m.segment("ZBE")
	return zbe != nil && r.text(zbe, 5, 1) == "Y"
}

// times reads the times of the message itself. One that names no hour cannot order
// messages: then the next of them counts.
func (r *fieldReader) times(a *ADT) {
	header := &r.m.segments[0]
	if _, zone, found, ok := cutOffset(strings.TrimSpace(r.text(header, 7, 1)), nil); found && ok {
		r.m.offset = zone
	}
	a.Sent = r.time(header, 7)
	if evn := r.m.segment("EVN"); evn != nil {
		a.Recorded, a.Occurred = r.time(evn, 2), r.time(evn, 6)
	}
	if !a.Recorded.Clock() {
		a.Recorded = a.Sent
	}
	if !a.Recorded.Clock() && r.err == nil {
		r.err = &Error{FieldMissing, Location{Segment: "MSH", Sequence: 1, Field: 7}, "no time with an hour, and none in EVN-2"}
	}
}

// persons reads the PID segments, each with the PV1 and MRG segments that follow it.
func (r *fieldReader) persons() (list []Person) {
	for i := range r.m.segments {
		s := &r.m.segments[i]
		if (s.name == "PV1" || s.name == "MRG") && len(list) == 0 {
			r.fail(SegmentMissing, Location{Segment: s.name, Sequence: s.sequence}, "before the first PID")
		}
		if r.err != nil {
			return list
		}
		switch s.name {
		case "PID":
			list = append(list, r.person(s))
		case "PV1":
			last := &list[len(list)-1]
			if last.Visit.Present {
				r.fail(SegmentMissing, Location{Segment: s.name, Sequence: s.sequence}, "a second visit of one patient")
			}
			last.Visit = r.visit(s)
		case "MRG":
			if prior := r.identifier(s, 1); prior != "" {
				last := &list[len(list)-1]
				last.Prior = append(last.Prior, prior)
			}
		}
	}
	return list
}

func (r *fieldReader) person(s *segment) Person {
	p := Person{MRN: r.identifier(s, 3), BirthDate: parseDate(strings.TrimSpace(r.text(s, 7, 1)))}
	p.Family, p.Given = r.name(s)
	p.Language = r.value(s, 15, 2)
	if !p.Language.Given() {
		p.Language = r.value(s, 15, 1)
	}
	p.DiedAt = r.time(s, 29)
	p.Died = isDead(r.text(s, 30, 1), p.DiedAt)
	return p
}

// isDead reports whether PID-30 says that the patient has died, or is empty although PID-29 has
// a time of death.
func isDead(said string, at Time) bool {
	return said == "Y" || said == "" && at.Precision != PrecisionNone
}

func (r *fieldReader) visit(s *segment) Visit {
	v := Visit{
		Present: true, Class: r.text(s, 2, 1), Number: r.text(s, 19, 1), Disposition: r.text(s, 36, 1),
		Admitted: r.time(s, 44), Discharged: r.time(s, 45), Clinician: r.clinician(s),
	}
	v.Place, v.PlaceClear = r.place(s)
	return v
}

// placeParts is the number of components of PV1-3 that are read: those of type PL.
const placeParts = 11

func (r *fieldReader) place(s *segment) (place []string, cleared bool) {
	raw := r.first(s, 3)
	if len(raw) == 0 || string(raw) == null {
		return nil, string(raw) == null
	}
	for i := 1; i <= placeParts; i++ {
		place = append(place, r.text(s, 3, i))
	}
	return place, false
}

// clinician reads the first clinician of PV1-7, by name, else by number.
func (r *fieldReader) clinician(s *segment) Value {
	raw := r.first(s, 7)
	if string(raw) == null {
		return Value{Clear: true}
	}
	names := Person{Family: r.text(s, 7, 2), Given: r.text(s, 7, 3)}
	if name := names.Name(); name != "" {
		return Value{Text: name}
	}
	return r.value(s, 7, 1)
}

// maxAge is the greatest age in years for which a date of birth is taken.
const maxAge = 130

// Born returns the date of birth as it is known at a time: zero if it lies after it, or
// over 130 years before.
func (p *Person) Born(at time.Time) Date {
	d := p.BirthDate
	born := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, at.Location())
	if d == (Date{}) || born.After(at) || !born.AddDate(maxAge+1, 0, 0).After(at) {
		return Date{}
	}
	return d
}
