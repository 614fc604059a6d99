package storetest

import (
	"testing"
	"time"

	"neurocheck/internal/ward"
)

// Damage that was found stays known, over restarts and further verifications, until an
// administrator has seen it (cases.md C10).
func testDamageFoundIsNotForgotten(t *testing.T, l *logs) {
	s := l.opened(t)
	want := func(damage string, whole bool, record int64) {
		t.Helper()
		v := must(s.Verdicts(t.Context()))(t)
		if v.Damage != damage || v.Whole != whole || v.Record != record || v.Found.IsZero() != (damage == "") {
			t.Errorf("%+v", v)
		}
	}
	want("", false, 0)
	last, _, err := s.Head(t.Context())
	ok(t, err)
	ok(t, s.NoteVerdict(t.Context(), login(time.Hour), "", last))
	want("", true, last)
	ok(t, s.NoteVerdict(t.Context(), login(2*time.Hour), "record 3 (neuro_check) does not fit", last))
	before, _, err := s.Head(t.Context())
	ok(t, err)
	ok(t, s.NoteVerdict(t.Context(), login(3*time.Hour), "record 3 (neuro_check) does not fit", last))
	if after, _, err := s.Head(t.Context()); err != nil || after != before {
		t.Errorf("the same damage is recorded twice: %d, %d, %v", before, after, err)
	}
	want("record 3 (neuro_check) does not fit", false, 0)
	ok(t, s.NoteVerdict(t.Context(), login(4*time.Hour), "", before)) // restored, or hidden
	want("record 3 (neuro_check) does not fit", true, before)
	s = l.again(t, s)
	want("record 3 (neuro_check) does not fit", true, before)
	ok(t, s.Note(t.Context(), admin(5*time.Hour), ward.AuditEvent{Event: ward.DamageSeen}))
	want("", true, before)
}
