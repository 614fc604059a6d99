package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// SignIn checks the identity of sig.By and records the outcome: how is
// [ward.SignedIn] or [ward.Unlocked]. matches compares the given PIN with the one in the
// log; it is slow, and is called outside of any transaction. A synthetic ward asks for no
// PIN.
//
// SignIn returns [ward.KindInvalid] on "pin" for a wrong PIN, and [ward.KindConflict] if
// the name has to wait after wrong ones, has no PIN or has left the staff. In a log that
// is open read-only it records nothing: then matches has to count the wrong PINs.
func (s *Store) SignIn(ctx context.Context, sig ward.Signature, how string, matches func(ward.PIN) (bool, error)) (ward.Staff, error) {
	m, err := s.signIn(ctx, sig, how, matches)
	return m, s.explain(err)
}

func (s *Store) signIn(ctx context.Context, sig ward.Signature, how string, matches func(ward.PIN) (bool, error)) (ward.Staff, error) {
	known, err := staff(ctx, s.db.Pool())
	if err != nil {
		return ward.Staff{}, err
	}
	m, err := named(known, sig.By)
	switch {
	case err != nil:
		return ward.Staff{}, err
	case !m.Active:
		return ward.Staff{}, leftStaff(m.Name)
	case m.Role == ward.Feed:
		return ward.Staff{}, ward.NotAllowed("a feed signs in with its key, and never here")
	}
	sig.By = m.Name
	right, err := s.identify(ctx, sig, m, matches)
	if err != nil || s.ReadOnly() && right {
		return m, err
	}
	if s.ReadOnly() {
		return ward.Staff{}, wrongPIN
	}
	var refused error
	err = s.write(ctx, sig, func(t *tx) (err error) {
		refused, err = t.recordTry(ctx, s.uptime(), right, how)
		return err
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return ward.Staff{}, err
	}
	return m, nil
}

// recordTry records a right or wrong PIN, and returns the refusal of a wrong one.
func (w *tx) recordTry(ctx context.Context, now ward.Uptime, right bool, how string) (refused, err error) {
	// There may have been tries at another terminal meanwhile.
	tries, err := triesOf(ctx, w.sql, w.sig.By)
	if err != nil {
		return nil, err
	}
	if err := tries.Refusal(now); err != nil {
		return nil, err
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
func (s *Store) identify(ctx context.Context, sig ward.Signature, m ward.Staff, matches func(ward.PIN) (bool, error)) (bool, error) {
	w, err := wardOf(ctx, s.db.Pool())
	if err != nil && ward.KindOf(err) != ward.KindNotFound {
		return false, err
	}
	if w.Synthetic {
		return true, nil
	}
	if !m.PIN.Set() {
		return false, ward.Conflict(m.Name + " has no PIN yet: an administrator gives out the first, with neurocheck staff reset")
	}
	tries, err := triesOf(ctx, s.db.Pool(), m.Name)
	if err == nil {
		err = tries.Refusal(s.uptime())
	}
	if err != nil {
		return false, err
	}
	return matches(m.PIN)
}

// triesOf counts the wrong PINs since the name last signed in, or got another PIN.
func triesOf(ctx context.Context, q engine.Querier, name string) (ward.Tries, error) {
	return engine.One(ctx, q, "", func(rows *sql.Rows) (t ward.Tries, err error) {
		var last sql.NullString
		if err := rows.Scan(&t.Wrong, &last); err != nil {
			return t, err
		}
		var count int
		var seconds float64
		// A detail that does not parse leaves the zero uptime, after which the wait is the
		// longest.
		if _, err := fmt.Sscanf(last.String, triesDetail, &count, &t.Last.Boot, &seconds); err == nil {
			t.Last.For = time.Duration(seconds * float64(time.Second))
		}
		return t, nil
	}, `
		WITH wrong AS (
			SELECT seq, detail
			FROM audit_event
			WHERE author = $1 AND event = 'sign_in_failed'
				AND seq > coalesce((SELECT max(seq) FROM audit_event WHERE author = $1 AND event IN ('sign_in', 'unlock')), 0)
				AND seq > coalesce((SELECT max(seq) FROM credential WHERE staff = $1), 0)
		)
		SELECT (SELECT count(*) FROM wrong), (SELECT detail FROM wrong ORDER BY seq DESC LIMIT 1)`, name)
}
