package session

import (
	"fmt"
	"time"

	"neurocheck/internal/ward"
)

// guesses are the wrong PINs for one name at this keyboard, for the words about them. The
// log counts them over all terminals, or package pin if the log is open read-only; these
// are the answer without asking either.
type guesses struct {
	wrong int
	last  time.Time
	inLog int // the count of the log, if it is known
}

// add counts a wrong PIN.
func (g guesses) add(at time.Time) guesses {
	return guesses{wrong: g.wrong + 1, last: at, inLog: max(g.inLog, g.wrong) + 1}
}

// count returns the greater one of both counts.
func (g guesses) count() int { return max(g.wrong, g.inLog) }

// refusal returns the reason why the next try must wait; empty if it need not.
func (g guesses) refusal(at time.Time) string {
	if at.Before(g.last) {
		at = g.last
	}
	tries := ward.Tries{Wrong: g.wrong}
	wait := tries.Wait(ward.Uptime{For: at.Sub(g.last)})
	switch {
	case wait <= 0:
		return ""
	case tries.Locked():
		return fmt.Sprintf("%d wrong PINs: this name waits another %d min, or an administrator gives a new PIN", g.wrong, int((wait+time.Minute-1)/time.Minute))
	}
	return fmt.Sprintf("%d wrong PINs: wait another %d s", g.wrong, int((wait+time.Second-1)/time.Second))
}

// words returns the lines after a wrong PIN.
func (g guesses) words() string {
	n := min(g.count(), ward.LockAfter)
	text := fmt.Sprintf("Wrong PIN (%d of %d). Is Caps Lock on?", n, ward.LockAfter)
	minutes := int(ward.LockFor / time.Minute)
	if n == ward.LockAfter {
		return text + fmt.Sprintf("   This name waits %d minutes now.", minutes)
	}
	return text + fmt.Sprintf("   After %d this name waits %d minutes.", ward.LockAfter, minutes)
}
