// Package ward holds the rules of a ward: patients and their stays, neuro checks,
// follow-ups, the schedule and the watch over it, the handover, and the permissions
// of the staff. It is pure: it imports the standard library, package icans and
// golang.org/x/text, reads no clock and does no I/O. Times, identities and records
// come as arguments.
//
// Start with [History], the part of a patient's record that the rules read;
// [Record], which adds checks to it; and [Watch], which returns a patient's state.
// [Chart] is a patient's whole record. Every rule that refuses something returns an
// [*Error].
package ward

import (
	"fmt"
	"time"
	_ "time/tzdata" // a ward's time zone works on a machine that has no zone files
	"unicode/utf8"
)

// Ward is the ward itself.
type Ward struct {
	Name string
	Zone string // IANA name of its time zone, such as "Europe/Lisbon"

	// Synthetic marks a demo ward with invented patients. Its staff sign in without a
	// PIN, and every screen shows it.
	Synthetic bool
}

// NoSuchZone is the reason to refuse a text that names no time zone.
const NoSuchZone = "no such time zone; it looks like Europe/London, America/New_York or UTC"

// Location returns the ward's time zone, or an invalid [*Error] on "zone" if this
// machine does not know it.
func (w Ward) Location() (*time.Location, error) {
	if w.Zone == "" || w.Zone == "Local" {
		return nil, Invalid("zone", "name the time zone, such as Europe/London, America/New_York or UTC")
	}
	loc, err := time.LoadLocation(w.Zone)
	if err != nil {
		return nil, Invalid("zone", NoSuchZone)
	}
	return loc, nil
}

// Validate returns an invalid [*Error] on the first field that cannot be recorded.
func (w Ward) Validate() error {
	if err := textField("ward", w.Name, 60, required); err != nil {
		return err
	}
	_, err := w.Location()
	return err
}

// Signature is the author and the time of an act.
type Signature struct {
	By string    // name of a member of staff, or a [Login] of the machine
	At time.Time // to the millisecond, with the offset that the wall clock had

	// Request is the ID of the act, if the caller gave one: asked again with the same
	// ID and content, the store appends nothing. At most 64 characters.
	Request string
}

// Sign returns a signature; at is cut to the millisecond, the precision of the
// record.
func Sign(by string, at time.Time) Signature {
	return Signature{By: by, At: Moment(at)}
}

// Done reports whether there is a signature at all.
func (s Signature) Done() bool { return !s.At.IsZero() }

// Moment cuts a time to the precision of the record: the millisecond, and the offset
// from UTC in whole minutes. The zero time stays zero.
func Moment(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	_, seconds := t.Zone()
	return FromRecord(t.UnixMilli(), seconds/60)
}

// FromRecord makes a time from milliseconds since 1970 UTC and an offset in
// minutes.
func FromRecord(ms int64, offset int) time.Time {
	zone := time.UTC
	if offset != 0 {
		zone = time.FixedZone("", offset*60)
	}
	return time.UnixMilli(ms).In(zone)
}

// Term is a word of the record: its code in the database and the CSV, and its
// plain English.
type Term struct{ Code, Label string }

// WordsFor returns the plain English of a code, or the code itself.
func WordsFor(terms []Term, code string) string {
	for _, t := range terms {
		if t.Code == code {
			return t.Label
		}
	}
	return code
}

func oneOf(field, code string, terms []Term) error {
	codes := ""
	for i, t := range terms {
		if t.Code == code {
			return nil
		}
		if i > 0 {
			codes += ", "
		}
		codes += t.Code
	}
	return Invalid(field, "allowed: "+codes)
}

type need bool

const (
	required need = true
	optional need = false
)

// textField checks one line of text.
func textField(field, s string, most int, n need) error {
	switch {
	case s == "" && n == required:
		return Invalid(field, "missing")
	case utf8.RuneCountInString(s) > most:
		return Invalid(field, fmt.Sprintf("longer than %d characters", most))
	case s != CleanLine(s):
		return Invalid(field, "holds a control character, a line break, or blanks around it")
	}
	return nil
}
