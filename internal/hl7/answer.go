package hl7

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Ack is the code of an answer.
type Ack string

// The answers of original mode.
const (
	Accepted Ack = "AA" // there is nothing to send again
	Failed   Ack = "AE" // the message can never be taken as it is
	NotNow   Ack = "AR" // the message was not kept: send it again
)

// Parts of the ERR segment.
const (
	codeTable     = "HL70357"
	severityError = "E"
)

// maxAnswerText is the number of characters that MSA-3 has.
const maxAnswerText = 80

// Reply is the content of an answer.
type Reply struct {
	Code  Ack
	ID    string    // of the answer itself, for its MSH-10
	At    time.Time // when it was made
	Fault *Error    // of a Failed
	Text  string    // of a NotNow: why not
}

// Answer returns the answer to a message, with its delimiters, character set and
// version. From version 2.5 on the fault is in an ERR segment, before that in MSA-3.
func (m *Message) Answer(r Reply) []byte {
	d := m.delims
	sep := string(d.field)
	echo := func(field int) string { return withoutControls(m.rawHeader(field)) }
	version := printable(m.first(12))
	recent := minor(version) >= 5
	kind := "ACK"
	if event := m.Event(); event != "" {
		kind += string(d.component) + event
		if recent {
			kind += string(d.component) + "ACK"
		}
	}
	signs := string([]byte{d.component, d.repetition, d.escape, d.sub})
	if d.truncation != 0 {
		signs += string(d.truncation)
	}
	header := []string{
		"MSH" + sep + signs, echo(5), echo(6), echo(3), echo(4), m.stamp(r.At), "",
		kind, m.quote(r.ID), echo(11), echo(12), "", "", "", "", "", echo(18),
	}
	msa := []string{"MSA", string(r.Code), echo(10)}
	if text := r.words(); text != "" && !recent {
		msa = append(msa, m.quote(text[:min(len(text), maxAnswerText)]))
	}
	lines := []string{line(header, sep), line(msa, sep)}
	if recent && (r.Fault != nil || r.Text != "") {
		lines = append(lines, m.errorSegment(r))
	}
	var answer []byte
	for _, l := range lines {
		answer = append(slices.Grow(answer, len(l)+1), l...)
		answer = append(answer, carriage)
	}
	return answer
}

// words returns the text of the answer in one line.
func (r Reply) words() string {
	if r.Fault != nil {
		return r.Fault.At.String() + " " + r.Fault.Reason
	}
	return r.Text
}

// errorSegment returns ERR, which has the place, the code and the reason.
func (m *Message) errorSegment(r Reply) string {
	d := m.delims
	fault, reason := r.Fault, r.Text
	at := ""
	if fault != nil {
		at, reason = fault.At.join(string(d.component)), fault.Reason
	} else {
		fault = &Error{Code: InternalError}
	}
	code := strings.Join([]string{strconv.Itoa(int(fault.Code)), codeWords[fault.Code], codeTable}, string(d.component))
	return line([]string{"ERR", "", at, code, severityError, "", "", "", m.quote(reason)}, string(d.field))
}

// stamp returns the time with its offset, unless the message uses a sign of the offset as
// a delimiter.
func (m *Message) stamp(at time.Time) string {
	s := at.Format("20060102150405-0700")
	if quoted := m.quote(s); quoted != s {
		return s[:14]
	}
	return s
}

// withoutControls returns raw header text as it is repeated in an answer: a control
// character would break the frame.
func withoutControls(raw []byte) string {
	var text strings.Builder
	text.Grow(len(raw))
	for _, c := range raw {
		if c < ' ' || c == 0x7f {
			c = ' '
		}
		text.WriteByte(c)
	}
	return text.String()
}

func line(fields []string, sep string) string {
	return strings.TrimRight(strings.Join(fields, sep), sep)
}

// quote escapes the delimiters in the program's own words, and leaves printable ASCII.
func (m *Message) quote(s string) string {
	d := m.delims
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		name := ""
		switch c {
		case d.field:
			name = "F"
		case d.component:
			name = "S"
		case d.repetition:
			name = "R"
		case d.escape:
			name = "E"
		case d.sub:
			name = "T"
		}
		switch {
		case name != "":
			b.WriteString(string(d.escape) + name + string(d.escape))
		case c < ' ' || c > '~':
			b.WriteByte('?')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Received is an answer as its receiver reads it.
type Received struct {
	Code      Ack
	ControlID string // of the message that it answers
	Text      string // MSA-3
	Errors    []ReceivedError
}

// ReceivedError is an ERR segment.
type ReceivedError struct {
	At, Reason string
	Code       Code
}

// ParseAnswer reads an answer.
func ParseAnswer(raw []byte) (a Received, err error) {
	d, ok := readDelimiters(raw)
	if !ok {
		return a, ErrNoHeader
	}
	m := &Message{delims: d}
	if err := m.split(raw); err != nil {
		return a, err
	}
	msa := m.segment("MSA")
	if msa == nil {
		return a, &Error{SegmentMissing, Location{Segment: "MSA", Sequence: 1}, "missing"}
	}
	r := &fieldReader{m: m}
	a = Received{Code: Ack(r.text(msa, 1, 1)), ControlID: string(m.raw(msa, 2)), Text: r.text(msa, 3, 1)}
	if !slices.Contains([]Ack{Accepted, Failed, NotNow}, a.Code) {
		r.fail(WrongData, Location{Segment: "MSA", Sequence: 1, Field: 1}, "no acknowledgement code")
	}
	for i := range m.segments {
		s := &m.segments[i]
		if s.name != "ERR" {
			continue
		}
		e := ReceivedError{Reason: r.text(s, 8, 1)}
		e.At = string(bytes.ReplaceAll(r.first(s, 2), []byte{m.delims.component}, []byte{'^'}))
		if code := r.text(s, 3, 1); figuresOnly(code) && len(code) < 5 {
			e.Code = Code(figures(code))
		}
		a.Errors = append(a.Errors, e)
	}
	return a, r.err
}
