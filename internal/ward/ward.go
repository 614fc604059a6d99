// Package ward is what a ward keeps and the rules about it: who is on the ward,
// who works there, the neuro checks, and the follow-ups that a flagged check
// opens. It is pure: it imports the standard library and package icans, reads
// no clock and does no I/O. Times, identities and records come as arguments.
//
// Start with [Patient], [Check] and [FollowUp]. [Chart] and [Standing] put them
// together as a patient's screen and the ward board need them. Every rule that
// refuses something answers with an [*Error].
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

	// Synthetic says that nobody on this ward exists: it is there to look round.
	// Its staff sign in without a PIN, and every screen says so.
	Synthetic bool
}

// Location returns the ward's time zone. A zone that this machine does not know
// is answered with an invalid [*Error] on "zone".
func (w Ward) Location() (*time.Location, error) {
	if w.Zone == "" || w.Zone == "Local" {
		return nil, Invalid("zone", "name the time zone, such as Europe/London, America/New_York or UTC")
	}
	loc, err := time.LoadLocation(w.Zone)
	if err != nil {
		return nil, Invalid("zone", "no such time zone; it looks like Europe/London, America/New_York or UTC")
	}
	return loc, nil
}

// Validate returns an invalid [*Error] on the first field that cannot stand.
func (w Ward) Validate() error {
	if err := textField("ward", w.Name, 60, required); err != nil {
		return err
	}
	_, err := w.Location()
	return err
}

// Signature is who did something and when.
type Signature struct {
	By string    // name of a member of staff, or a [Login] of the machine
	At time.Time // to the millisecond, with the offset that the wall clock had
}

// Sign returns a signature; at is cut to the millisecond, which is what the
// record keeps.
func Sign(by string, at time.Time) Signature {
	return Signature{By: by, At: Moment(at)}
}

// Done reports whether there is a signature at all.
func (s Signature) Done() bool { return !s.At.IsZero() }

// Moment cuts a time to what the record keeps: the millisecond, and the offset
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

// textField judges one line of text.
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
