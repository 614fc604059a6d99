package storetest

import (
	"context"
	"path/filepath"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// A copy goes to the same engine, to a file, and from the file back: the record is the same
// each time, and can be added to.
func testCopies(t *testing.T, l *logs) {
	ctx := t.Context()
	s := l.fresh(t)
	Fill(t, s)
	want := Whole(t, s)
	by := fixture.Admin(100e9)
	copied := func(from, to *store.Store) {
		t.Helper()
		c, err := from.CopyTo(ctx, by, to, nil)
		fixture.OK(t, err)
		if got := Whole(t, to); c.Head != want.Head || got.Head != want.Head || got.Records != want.Records {
			t.Errorf("the copy says %+v, and is %+v, not %+v", c, got, want)
		}
	}
	here := l.fresh(t)
	copied(s, here)
	file := Reopened(t, filepath.Join(t.TempDir(), "file.db"))
	copied(here, file)
	back := l.fresh(t)
	copied(file, back)

	ada := fixture.Must(back.PatientByMRN(ctx, fixture.Ada().MRN))(t)
	if got := HistoryOf(t, back, ada.ID); len(got.FollowUps) == 0 {
		t.Error("the follow-ups are missing")
	}
	after := Save(t, back, fixture.CheckOf(ada, "after the copy", 9, 20*3600e9))
	if after.Check.Version != 1 || LastSeq(t, back) <= want.Records {
		t.Errorf("%+v", after)
	}
	Whole(t, back)
	_, err := s.CopyTo(ctx, by, back, nil)
	fixture.Refused(t, err, ward.KindConflict, "records already")
	empty := l.fresh(t)
	for _, other := range []ward.Signature{fixture.Nurse(0), fixture.Clinician(0), fixture.Feed(0), fixture.Login(0), ward.Sign("No Body", fixture.After(0))} {
		_, err := s.CopyTo(ctx, other, empty, nil)
		fixture.Refused(t, err, ward.KindNotAllowed, "")
		if LastSeq(t, empty) != 0 {
			t.Errorf("%s copied", other.By)
		}
	}
}

// A log of the first version, which lies in testdata, is copied to any engine.
func testACopyOfALogOfTheFirstVersion(t *testing.T, l *logs) {
	from := Reopened(t, fixture.Copied(t, "../../../testdata/log-0001/ward.db"))
	want := Whole(t, from)
	to := l.fresh(t)
	_, err := from.CopyTo(t.Context(), fixture.Admin(100e9), to, nil)
	fixture.OK(t, err)
	if got := Whole(t, to); got.Head != want.Head || got.Records != want.Records || want.Records == 0 {
		t.Errorf("the copy is %+v, not %+v", got, want)
	}
}

// A copy that is interrupted leaves the other log empty.
func testACopyThatIsInterrupted(t *testing.T, l *logs) {
	s := l.opened(t)
	Admit(t, s)
	to := l.fresh(t)
	for _, stage := range []string{"records copied", "records verified"} {
		ctx, stop := context.WithCancel(t.Context())
		seen := false
		_, err := s.CopyTo(ctx, fixture.Admin(0), to, func(at string, _, _ int64) {
			if at == stage {
				seen = true
				stop()
			}
		})
		stop()
		if err == nil || !seen {
			t.Errorf("%s: %v, reported %v", stage, err, seen)
		}
		if LastSeq(t, to) != 0 {
			t.Errorf("%s: %d records are left", stage, LastSeq(t, to))
		}
	}
}
