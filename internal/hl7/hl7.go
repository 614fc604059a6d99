// Package hl7 reads the ADT messages of HL7 version 2 and writes their answers. It is
// pure: it reads no clock, and its only input and output are the readers, writers and
// bytes that the caller gives.
//
// Start with [Frames] or [Batch], which cut a stream into messages; [Parse], which reads
// a message's header and segments; [Message.ADT], which reads the fields that matter;
// and [Answer], which writes the acknowledgement. Every fault of a message is an
// [*Error], which names the place and holds none of the message's text.
package hl7

import (
	"errors"
	"strconv"
	"strings"
)

// The bounds of a message.
const (
	MaxMessage     = 1 << 20 // bytes
	MaxSegments    = 1000
	MaxField       = 64 << 10 // bytes
	MaxRepetitions = 200
	maxControlID   = 199 // bytes, as version 2.7 bounds MSH-10
)

// ErrNoHeader is the error of [Parse] for text without a readable MSH segment: there is
// nothing to answer to.
var ErrNoHeader = errors.New("no readable MSH segment")

// Code is a code of HL7's table 0357.
type Code int

// The codes that this package gives.
const (
	SegmentMissing  Code = 100 // or in the wrong order
	FieldMissing    Code = 101
	WrongData       Code = 102
	WrongType       Code = 200
	WrongEvent      Code = 201
	WrongProcessing Code = 202
	WrongVersion    Code = 203
	DuplicateKey    Code = 205
	InternalError   Code = 207
)

var codeWords = map[Code]string{
	SegmentMissing:  "Segment sequence error",
	FieldMissing:    "Required field missing",
	WrongData:       "Data type error",
	WrongType:       "Unsupported message type",
	WrongEvent:      "Unsupported event code",
	WrongProcessing: "Unsupported processing id",
	WrongVersion:    "Unsupported version id",
	DuplicateKey:    "Duplicate key identifier",
	InternalError:   "Application internal error",
}

// Error is a fault of a message. Reason is made of the program's words and the site's
// settings alone, so that no patient's data leave in an answer or a log.
type Error struct {
	Code   Code
	At     Location
	Reason string
}

// Error returns the place, the code and the reason.
func (e *Error) Error() string { return e.At.String() + ": " + e.Words() + ": " + e.Reason }

// Words returns the code with its words in table 0357.
func (e *Error) Words() string { return strconv.Itoa(int(e.Code)) + " " + codeWords[e.Code] }

// Counted reports whether such a message is only counted and does not go to the inbox:
// it was meant for another receiver.
func (e *Error) Counted() bool { return e.Code >= WrongType && e.Code <= WrongVersion }

// Location is a place in a message. Numbers begin at 1; zeros at the end are left out.
type Location struct {
	Segment    string
	Sequence   int // among the segments of that name
	Field      int
	Repetition int
	Component  int
}

// String returns the place as HL7 writes it in ERR-2: PID^1^3.
func (l Location) String() string { return l.join("^") }

func (l Location) join(separator string) string {
	parts := []string{l.Segment}
	empty := 0
	for _, n := range []int{l.Sequence, l.Field, l.Repetition, l.Component} {
		if n == 0 {
			empty++
			continue
		}
		for ; empty > 0; empty-- {
			parts = append(parts, "")
		}
		parts = append(parts, strconv.Itoa(n))
	}
	return strings.Join(parts, separator)
}

// Warning is something odd about a message that is taken all the same.
type Warning string

// The warnings. Those about times say that a wall clock reading had no single meaning.
const (
	WarnTimeTwice     Warning = "time_comes_twice" // the first of the two was taken
	WarnTimeNever     Warning = "time_never_comes" // an hour later was taken
	WarnEnhancedMode  Warning = "enhanced_mode"    // asked for, and answered in original mode
	WarnBatchCount    Warning = "batch_count"      // BTS-1 is not the number of messages
	WarnControlReused Warning = "control_id_reused"
)
