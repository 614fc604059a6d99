package hl7

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"time"
)

// Message is a message whose header can be read.
type Message struct {
	Warnings []Warning

	delims   delimiters
	segments []segment
	charset  charset
	profile  Profile
	offset   *time.Location // the offset of MSH-7, if it has one
}

// Profile holds the settings of a site that reading depends on.
type Profile struct {
	Authority  string         // PID-3.4, name or OID; "" for any
	IDType     string         // PID-3.5; "*" for any
	Processing string         // MSH-11
	Charset    string         // of messages that do not say
	Zone       *time.Location // of times without an offset
}

// delimiters are the signs that MSH-1 and MSH-2 declare.
type delimiters struct {
	field, component, repetition, escape, sub byte
	truncation                                byte // 0 if there is none
}

// segment is one line of a message.
type segment struct {
	name     string
	sequence int // among those of this name, from 1
	text     []byte
}

// isRead holds the segments whose fields are read; all others are skipped.
var isRead = map[string]bool{"MSH": true, "EVN": true, "PID": true, "PV1": true, "MRG": true, "ZBE": true, "MSA": true, "ERR": true}

// Parse reads the header of a message and finds its segments. It returns [ErrNoHeader]
// if there is no readable MSH segment, and the message together with an [*Error] if it
// can be answered but not taken.
func Parse(raw []byte, p Profile) (*Message, error) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	raw = bytes.TrimLeft(raw, "\r\n")
	d, ok := readDelimiters(raw)
	if !ok {
		return nil, ErrNoHeader
	}
	m := &Message{delims: d, profile: p}
	if m.profile.Zone == nil {
		m.profile.Zone = time.UTC
	}
	if err := m.split(raw); err != nil {
		return m, err
	}
	if err := m.checkHeader(len(raw)); err != nil {
		return m, err
	}
	return m, nil
}

// readDelimiters reads MSH-1 and MSH-2, and reports whether they can be used.
func readDelimiters(raw []byte) (d delimiters, ok bool) {
	if len(raw) < 8 || string(raw[:3]) != "MSH" {
		return d, false
	}
	signs := raw[3:8]
	for i, c := range signs {
		if !mayDelimit(c) || bytes.IndexByte(signs[:i], c) >= 0 {
			return d, false
		}
	}
	d = delimiters{field: signs[0], component: signs[1], repetition: signs[2], escape: signs[3], sub: signs[4]}
	switch rest := raw[8:]; {
	case len(rest) == 0, rest[0] == d.field, rest[0] == '\r', rest[0] == '\n':
		return d, true
	case (len(rest) == 1 || rest[1] == d.field || rest[1] == '\r' || rest[1] == '\n') && mayDelimit(rest[0]) && bytes.IndexByte(signs, rest[0]) < 0:
		d.truncation = rest[0]
		return d, true
	}
	return d, false
}

// mayDelimit reports whether a byte is printable and neither a letter nor a figure.
func mayDelimit(c byte) bool {
	return c > ' ' && c <= '~' && !isAlnum(c)
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// split finds the segments. CR ends them, and a line feed after it is dropped; in a
// message without CR the line feed ends them. It keeps the segments that it found
// before an error, because the header among them is needed for the answer.
func (m *Message) split(raw []byte) error {
	end := byte('\r')
	if bytes.IndexByte(raw, '\r') < 0 {
		end = '\n'
	}
	seen := make(map[string]int)
	m.segments = make([]segment, 0, min(bytes.Count(raw, []byte{end})+1, MaxSegments))
	var broken *Error
	lines := 0
	for len(raw) > 0 {
		var line []byte
		line, raw, _ = bytes.Cut(raw, []byte{end})
		line = bytes.TrimPrefix(line, []byte{'\n'})
		if len(line) == 0 {
			continue
		}
		if lines++; lines > MaxSegments {
			return &Error{WrongData, Location{Segment: "MSH", Sequence: 1}, "more than 1,000 segments"}
		}
		name, ok := m.segmentName(line)
		if !ok {
			if last := &m.segments[len(m.segments)-1]; broken == nil && isRead[last.name] {
				broken = &Error{SegmentMissing, Location{Segment: last.name, Sequence: last.sequence}, "the line after it is no segment"}
			}
			continue
		}
		if bytes.IndexByte(line, '\n') >= 0 {
			line = bytes.ReplaceAll(line, []byte{'\n'}, []byte{' '})
		}
		seen[name]++
		m.segments = append(m.segments, segment{name, seen[name], line})
	}
	if seen["MSH"] > 1 {
		return &Error{SegmentMissing, Location{Segment: "MSH", Sequence: 2}, "a second header in one message"}
	}
	if broken != nil {
		return broken
	}
	return nil
}

// segmentName returns the name of a segment: three letters or figures, and then the end
// of the line or the field separator.
func (m *Message) segmentName(line []byte) (name string, ok bool) {
	if len(line) < 3 || len(line) > 3 && line[3] != m.delims.field {
		return "", false
	}
	for _, c := range line[:3] {
		if !isAlnum(c) {
			return "", false
		}
	}
	return string(line[:3]), true
}

// checkHeader reads the fields of MSH that say whether the message can be read at all.
func (m *Message) checkHeader(size int) error {
	at := func(field int) Location { return Location{Segment: "MSH", Sequence: 1, Field: field} }
	if size > MaxMessage {
		return &Error{WrongData, Location{Segment: "MSH", Sequence: 1}, "the message is longer than 1 MiB"}
	}
	for _, field := range []int{3, 4, 5, 6, 7, 9, 10, 11, 12, 15, 16, 18} {
		if len(m.rawHeader(field)) > MaxField {
			return &Error{WrongData, at(field), "longer than 64 KiB"}
		}
	}
	if err := m.checkControlID(at(10)); err != nil {
		return err
	}
	version := string(m.first(12))
	switch {
	case version == "":
		return &Error{FieldMissing, at(12), "no version"}
	case !knownVersion(version):
		return &Error{WrongVersion, at(12), "versions 2.3 to 2.8 are read"}
	case m.delims.truncation != 0 && minor(version) < 7:
		return &Error{WrongData, at(2), "five encoding characters before version 2.7"}
	}
	name, _, _ := bytes.Cut(m.rawHeader(18), []byte{m.delims.repetition})
	var ok bool
	if m.charset, ok = charsetNamed(string(name)); !ok {
		return &Error{WrongData, at(18), "this character set is not read; send UNICODE UTF-8"}
	}
	if m.charset == nil {
		if m.charset, ok = charsetNamed(m.profile.Charset); !ok {
			return &Error{InternalError, at(18), "the setting charset names no character set"}
		}
	}
	if len(m.rawHeader(15))+len(m.rawHeader(16)) > 0 {
		m.Warnings = append(m.Warnings, WarnEnhancedMode)
	}
	return nil
}

func (m *Message) checkControlID(at Location) error {
	switch id := m.rawHeader(10); {
	case len(bytes.TrimSpace(id)) == 0 || string(id) == null:
		return &Error{FieldMissing, at, "no control ID"}
	case len(id) > maxControlID:
		return &Error{WrongData, at, "the control ID is longer than 199 characters"}
	}
	return nil
}

// knownVersion reports whether a version is one of 2.3 to 2.8, such as 2.5.1.
func knownVersion(version string) bool {
	main, patch, dotted := strings.Cut(strings.TrimPrefix(version, "2."), ".")
	if !strings.HasPrefix(version, "2.") || len(main) != 1 || main[0] < '3' || main[0] > '8' {
		return false
	}
	return !dotted || len(patch) == 1 && patch[0] >= '1' && patch[0] <= '9'
}

// minor returns the 5 of version 2.5.1, and 0 of a version that is not read.
func minor(version string) int {
	if !knownVersion(version) {
		return 0
	}
	return int(version[2] - '0')
}

// rawHeader returns a field of MSH as it was sent.
func (m *Message) rawHeader(field int) []byte {
	if len(m.segments) == 0 {
		return nil
	}
	return m.raw(&m.segments[0], field)
}

// first returns the first component of a field of MSH as it was sent.
func (m *Message) first(field int) []byte {
	text, _, _ := bytes.Cut(m.rawHeader(field), []byte{m.delims.component})
	return bytes.TrimSpace(text)
}

// raw returns a field as it was sent; empty if it is not there. It searches anew each
// time, because a table of the fields could be 24 times as large as the message.
func (m *Message) raw(s *segment, field int) []byte {
	start, end := m.span(s, field)
	return s.text[start:end]
}

// span returns the bytes of a segment that a field takes.
func (m *Message) span(s *segment, field int) (start, end int) {
	if s.name == "MSH" {
		if field == 1 {
			return 3, 4
		}
		field-- // MSH-1 is the separator itself
	}
	for range field {
		i := bytes.IndexByte(s.text[start:], m.delims.field)
		if i < 0 {
			return len(s.text), len(s.text)
		}
		start += i + 1
	}
	if i := bytes.IndexByte(s.text[start:], m.delims.field); i >= 0 {
		return start, start + i
	}
	return start, len(s.text)
}

// ControlID returns MSH-10, for the log: it locates a message and says nothing about a
// patient.
func (m *Message) ControlID() string { return printable(m.rawHeader(10)) }

// Key identifies a message among those that were received before.
type Key struct {
	Application, Facility, ControlID string
	Digest                           [sha256.Size]byte // of the message without MSH-7
}

// Key returns the key of the message. Two messages with one key have the same content;
// two with one control ID need not, because some senders use an ID again.
func (m *Message) Key() Key {
	k := Key{Application: printable(m.rawHeader(3)), Facility: printable(m.rawHeader(4)), ControlID: m.ControlID()}
	h := sha256.New()
	for i := range m.segments {
		text := m.segments[i].text
		if i == 0 {
			text = m.withoutTime()
		}
		h.Write(text)
		h.Write([]byte{'\r'})
	}
	h.Sum(k.Digest[:0])
	return k
}

// withoutTime returns the header with MSH-7 left empty.
func (m *Message) withoutTime() []byte {
	header := &m.segments[0]
	start, end := m.span(header, 7)
	return slices.Concat(header.text[:start], header.text[end:])
}

// printable returns raw header text with the bytes that are not printable ASCII as ?.
func printable(raw []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, string(raw))
}
