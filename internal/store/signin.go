package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"neurocheck/internal/ward"
)

// SignIn checks the identity of sig.By and records the outcome: how is
// [ward.SignedIn] or [ward.Unlocked]. matches compares the given PIN with the one in the
// log; it is slow, and is called outside of any transaction. A synthetic ward asks for no
// PIN.
//
// SignIn returns [ward.KindInvalid] on "pin" for a wrong PIN, and [ward.KindConflict] if
// the name has to wait after wrong ones, has no PIN or has left the staff. In a log that
// is open read-only it records nothing.
func (s *Store) SignIn(ctx context.Context, sig ward.Signature, how string, matches func(ward.PIN) (bool, error)) (ward.Staff, error) {
	m, err := s.signIn(ctx, sig, how, matches)
	return m, explain(s.path, err)
}

func (s *Store) signIn(ctx context.Context, sig ward.Signature, how string, matches func(ward.PIN) (bool, error)) (ward.Staff, error) {
	known, err := staff(ctx, s.reader)
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
		refused, err = t.recordTry(ctx, right, how)
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
func (w *tx) recordTry(ctx context.Context, right bool, how string) (refused, err error) {
	// There may have been tries at another terminal meanwhile.
	tries, err := triesOf(ctx, w.sql, w.sig.By)
	if err != nil {
		return nil, err
	}
	if err := tries.Refusal(w.sig.At); err != nil {
		return nil, err
	}
	if right {
		return nil, w.note(ctx, ward.AuditEvent{Event: how})
	}
	tries.Wrong++
	if err := w.note(ctx, ward.AuditEvent{Event: ward.SignInFailed, Detail: fmt.Sprintf("%d in a row", tries.Wrong)}); err != nil || !tries.Locked() {
		return wrongPIN, err
	}
	return wrongPIN, w.note(ctx, ward.AuditEvent{Event: ward.SignInLocked, Detail: fmt.Sprintf("for %d min", int(ward.LockFor/time.Minute))})
}

var wrongPIN = ward.Invalid("pin", "that is not the PIN")

// identify compares the PIN, unless the name has to wait.
func (s *Store) identify(ctx context.Context, sig ward.Signature, m ward.Staff, matches func(ward.PIN) (bool, error)) (bool, error) {
	w, err := wardOf(ctx, s.reader)
	if err != nil && ward.KindOf(err) != ward.KindNotFound {
		return false, err
	}
	if w.Synthetic {
		return true, nil
	}
	if !m.PIN.Set() {
		return false, ward.Conflict(m.Name + " has no PIN yet: an administrator gives out the first, with neurocheck staff reset")
	}
	tries, err := triesOf(ctx, s.reader, m.Name)
	if err == nil {
		err = tries.Refusal(sig.At)
	}
	if err != nil {
		return false, err
	}
	return matches(m.PIN)
}

// triesOf counts the wrong PINs since the name last signed in, or got another PIN.
func triesOf(ctx context.Context, q querier, name string) (ward.Tries, error) {
	return one(ctx, q, "", func(rows *sql.Rows) (t ward.Tries, err error) {
		var last, offset sql.NullInt64
		err = rows.Scan(&t.Wrong, &last, &offset)
		t.Last = fromMillis(last, offset)
		return t, err
	}, `
		SELECT count(*), max(at), 0
		FROM audit_event
		WHERE author = $1 AND event = 'sign_in_failed' AND seq > max(
			coalesce((SELECT max(seq) FROM audit_event WHERE author = $1 AND event IN ('sign_in', 'unlock')), 0),
			coalesce((SELECT max(seq) FROM credential WHERE staff = $1), 0))`, name)
}
