package store

import (
	"context"
	"fmt"
	"time"

	"neurocheck/internal/ward"
)

// signInPatience limits the time for which a sign-in waits for the log.
const signInPatience = time.Second

// SignIn checks the identity of sig.By and records the outcome: how is
// [ward.SignedIn] or [ward.Unlocked]. A synthetic ward asks for no PIN.
//
// SignIn returns [ward.KindInvalid] on "pin" for a wrong PIN, and [ward.KindConflict] if
// the name has to wait after wrong ones, has no PIN or has left the staff. If the log
// cannot be written just now, the record of a right PIN follows as that of a reading does
// (see [Store.NoteReading]), and a wrong one is counted elsewhere. Both counts add
// up, and SignIn returns no outcome before it is counted.
func (s *Store) SignIn(ctx context.Context, sig ward.Signature, how string, g ward.Guess) (ward.Staff, error) {
	m, err := s.signIn(ctx, sig, how, g)
	return m, s.explain(err)
}

func (s *Store) signIn(ctx context.Context, sig ward.Signature, how string, g ward.Guess) (ward.Staff, error) {
	known, err := s.roster(ctx)
	if err != nil {
		return ward.Staff{}, err
	}
	m, err := known.named(sig.By)
	switch {
	case err != nil:
		return ward.Staff{}, err
	case !m.Active:
		return ward.Staff{}, leftStaff(m.Name)
	case m.Role == ward.Feed:
		return ward.Staff{}, ward.NotAllowed("a feed signs in with its key, and never here")
	}
	sig.By = m.Name
	right, err := s.identify(ctx, m, g)
	if err != nil {
		return ward.Staff{}, err
	}
	var refused error
	err = s.Trouble()
	if !s.ReadOnly() && !g.Passing {
		refused, err = s.recordSignIn(ctx, sig, m, how, g, right)
		switch {
		case err == nil && refused == nil:
			return m, nil
		case err == nil:
			return ward.Staff{}, refused
		case !notNow(err):
			return ward.Staff{}, err
		}
	}
	if refused := s.countElsewhere(ctx, m, g, right, err); refused != nil {
		return ward.Staff{}, refused
	}
	if notNow(err) {
		_ = s.putLate(ctx, sig, ward.AuditEvent{Event: how}) // without it the reading is still noted
	}
	return m, nil
}

// recordSignIn records a right or wrong PIN in the log, and returns the refusal of a wrong
// one. It does not wait long for the log.
func (s *Store) recordSignIn(ctx context.Context, sig ward.Signature, m ward.Staff, how string, g ward.Guess, right bool) (refused, err error) {
	brief, cancel := context.WithTimeout(ctx, signInPatience)
	defer cancel()
	err = s.write(brief, sig, func(t *tx) (err error) {
		// There may have been tries at another terminal meanwhile.
		tries, err := s.allTries(ctx, t.reader(), m, g)
		if err == nil {
			refused, err = t.recordTry(ctx, s.uptime(), tries, right, how)
		}
		return err
	})
	if err == nil && refused == nil && g.Counter != nil {
		_ = g.Counter.Forget(m.PIN) // else the name waits as if it had not signed in
	}
	return refused, err
}

// countElsewhere counts a right or wrong PIN outside of the log, and returns the refusal of a wrong
// one. cause is the reason why the log counts none, nil if it is open read-only.
func (s *Store) countElsewhere(ctx context.Context, m ward.Staff, g ward.Guess, right bool, cause error) error {
	if g.Counter == nil || !m.PIN.Set() {
		switch {
		case m.PIN.Set() && cause != nil && !s.ReadOnly():
			return cause
		case !right:
			return wrongPIN
		}
		return nil
	}
	inLog, err := triesOf(ctx, s.direct(), m.Name)
	if err != nil {
		return err
	}
	err = g.Counter.Change(m.PIN, s.uptime, func(t ward.Tries) (ward.Tries, error) {
		now := s.uptime() // after the last try of the others
		if err := t.Plus(inLog, now).Refusal(now); err != nil {
			return t, err
		}
		if right {
			return ward.Tries{}, nil
		}
		return ward.Tries{Wrong: t.Wrong + 1, Last: now}, nil
	})
	if err == nil && !right {
		err = wrongPIN
	}
	return err
}

// allTries returns the wrong PINs that the log and the counter have.
func (s *Store) allTries(ctx context.Context, in reader, m ward.Staff, g ward.Guess) (ward.Tries, error) {
	tries, err := triesOf(ctx, in, m.Name)
	if err != nil || g.Counter == nil {
		return tries, err
	}
	more, err := g.Counter.Tries(m.PIN, s.uptime)
	return tries.Plus(more, s.uptime()), err
}

// recordTry records a right or wrong PIN, and returns the refusal of a wrong one.
func (w *tx) recordTry(ctx context.Context, now ward.Uptime, tries ward.Tries, right bool, how string) (refused, err error) {
	if err := tries.Refusal(now); err != nil {
		return err, nil
	}
	if right {
		return nil, w.note(ctx, ward.AuditEvent{Event: how})
	}
	tries.Wrong++
	if err := w.note(ctx, ward.AuditEvent{Event: ward.SignInFailed, Detail: fmt.Sprintf(triesDetail, tries.Wrong, now.Boot, now.For.Seconds())}); err != nil || !tries.Locked() {
		return wrongPIN, err
	}
	return wrongPIN, w.note(ctx, ward.AuditEvent{Event: ward.SignInLocked, Detail: fmt.Sprintf("for %d min", int(ward.LockFor/time.Minute))})
}

// triesDetail is the form of the detail of [ward.SignInFailed]: the count, and the uptime
// of the last try, from which the next one must wait.
const triesDetail = "%d in a row; boot %s second %f"

var wrongPIN = ward.Invalid("pin", "that is not the PIN")

// identify compares the PIN, unless the name has to wait.
func (s *Store) identify(ctx context.Context, m ward.Staff, g ward.Guess) (bool, error) {
	w, err := wardOf(ctx, s.direct())
	if err != nil && ward.KindOf(err) != ward.KindNotFound {
		return false, err
	}
	if w.Synthetic {
		return true, nil
	}
	if !m.PIN.Set() {
		return false, ward.Conflict(m.Name + " has no PIN yet: an administrator gives out the first, with neurocheck staff reset")
	}
	tries, err := s.allTries(ctx, s.direct(), m, g)
	if err == nil {
		err = tries.Refusal(s.uptime())
	}
	if err != nil {
		return false, err
	}
	return g.Matches(m.PIN)
}

// triesOf counts the wrong PINs that the log has since the name last signed in, or got
// another PIN. A sign-in that was recorded late ends no count.
func triesOf(ctx context.Context, in reader, name string) (t ward.Tries, err error) {
	wrong, err := records(ctx, in, "audit_event", func(r *row) string { return r.text("detail") }, `
		WHERE r.author = $1 AND r.event = 'sign_in_failed'
			AND r.seq > coalesce((SELECT max(seq) FROM audit_event WHERE author = $1 AND event IN ('sign_in', 'unlock') AND detail IS NULL), 0)
			AND r.seq > coalesce((SELECT max(seq) FROM credential WHERE staff = $1), 0)
		ORDER BY r.seq`, name)
	if t.Wrong = len(wrong); err != nil || t.Wrong == 0 {
		return t, err
	}
	var count int
	var seconds float64
	// A detail that does not parse leaves the zero uptime, after which the wait is the
	// longest.
	if _, err := fmt.Sscanf(wrong[len(wrong)-1], triesDetail, &count, &t.Last.Boot, &seconds); err == nil {
		t.Last.For = time.Duration(seconds * float64(time.Second))
	}
	return t, nil
}
