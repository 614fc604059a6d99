package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// A row without an identity that repeats a check of the same minute is passed over; one
// with other findings is refused, unless both are kept, and then the file comes in once.
func testRowsThatRepeatAndContradict(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	Save(t, s, checkOf(p, "screens", 9, 0))
	row := func(line int, id string, score int, at time.Duration) ward.ImportRow {
		in := rowOf(line, ward.Patient{MRN: p.MRN}, ward.Stay{}, checkOf(ward.Patient{}, id, score, at))
		in.Unnamed = true
		return in
	}
	run := func(o store.ImportOptions, rows ...ward.ImportRow) (store.Imported, []ward.Refusal) {
		t.Helper()
		done, refused, err := s.Import(t.Context(), nurse(2*time.Hour), slices.Values(rows), o)
		ok(t, err)
		return done, refused
	}
	done, refused := run(store.ImportOptions{}, row(2, "x", 9, 20*time.Second), row(3, "y", 10, time.Hour), row(4, "y", 10, time.Hour), row(5, "z", 10, time.Hour+time.Second))
	if want := (store.Imported{Checks: 1, Twice: 3}); done != want || refused != nil {
		t.Errorf("%+v, %v", done, refused)
	}
	for name, in := range map[string][]ward.ImportRow{
		"the log":                 {row(2, "v", 8, 30*time.Second)},
		"the file":                {row(2, "v", 8, 90*time.Minute), row(3, "w", 7, 90*time.Minute+time.Second)},
		"a row of the same time":  {row(2, "v", 8, 90*time.Minute), row(3, "v", 7, 90*time.Minute)},
		"a check that has a name": {rowOf(2, ward.Patient{MRN: p.MRN}, ward.Stay{}, checkOf(ward.Patient{}, "named", 8, 90*time.Minute)), row(3, "v", 7, 90*time.Minute)},
	} {
		n := LastSeq(t, s)
		_, refused := run(store.ImportOptions{}, in...)
		if len(refused) != 1 || refused[0].Err.Code != "contradicts" || refused[0].Line != in[len(in)-1].Line || LastSeq(t, s) != n {
			t.Errorf("it contradicts %s: %v", name, refused)
		}
	}
	both := []ward.ImportRow{row(2, "v", 8, 90*time.Minute), row(3, "v", 7, 90*time.Minute), row(4, "u", 8, 0)}
	if done, refused := run(store.ImportOptions{Both: true}, both...); done.Checks != 3 || refused != nil {
		t.Errorf("both: %+v, %v", done, refused)
	}
	slices.Reverse(both)
	if done, refused := run(store.ImportOptions{Both: true}, both...); done.Checks != 0 || done.Known+done.Twice != 3 || refused != nil {
		t.Errorf("both again: %+v, %v", done, refused)
	}
	Whole(t, s)
}

// The identity of a row without one is taken by a check that was withdrawn: the row is a
// check of its own.
func testARowBesideAWithdrawnCheck(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	c := Save(t, s, checkOf(p, "x", 9, 0)).Check
	must(s.SaveCheck(t.Context(), nurse(time.Hour), withdrawal(c)))(t)
	row := rowOf(2, ward.Patient{MRN: p.MRN}, ward.Stay{}, checkOf(ward.Patient{}, "x", 8, 0))
	row.Unnamed = true
	done, refused, err := s.Import(t.Context(), nurse(time.Hour), slices.Values([]ward.ImportRow{row}), store.ImportOptions{})
	ok(t, err)
	if done.Checks != 1 || refused != nil {
		t.Errorf("%+v, %v", done, refused)
	}
	if h := HistoryOf(t, s, p.ID); len(h.Checks) != 1 || h.Checks[0].ID == "x" {
		t.Errorf("%+v", h.Checks)
	}
}

// A new patient without a discharge has left with the last check if that is over 72 h old.
func testStaysThatEndWithTheLastCheck(t *testing.T, l *logs) {
	s := l.opened(t)
	p := lucia()
	for name, c := range map[string]struct {
		last  time.Duration // before the import
		o     store.ImportOptions
		known bool
		ended bool
	}{
		"of just over 72 h":          {72*time.Hour + time.Second, store.ImportOptions{}, false, true},
		"of 72 h":                    {72 * time.Hour, store.ImportOptions{}, false, false},
		"of a patient on the ward":   {100 * time.Hour, store.ImportOptions{OnWard: true}, false, false},
		"of a patient whom it knows": {100 * time.Hour, store.ImportOptions{}, true, false},
	} {
		p.MRN, p.Name = name, name
		last := after(0)
		rows := []ward.ImportRow{
			rowOf(2, p, ward.Stay{}, checkOf(ward.Patient{}, name+" a", 2, -time.Hour)),
			rowOf(3, p, ward.Stay{}, checkOf(ward.Patient{}, name+" b", 2, 0)),
		}
		if c.known {
			importAll(t, s, nurse(time.Hour), rows[:1])
		}
		done, refused, err := s.Import(t.Context(), ward.Sign("Sam Lee", last.Add(c.last)), slices.Values(rows), c.o)
		ok(t, err)
		h := HistoryOf(t, s, must(s.PatientByMRN(t.Context(), p.MRN))(t).ID)
		stay := h.Stays[0]
		if stay.EndInferred != c.ended || (done.Ended == 1) != c.ended || refused != nil {
			t.Errorf("%s: %+v, %+v, %v", name, done, stay, refused)
		}
		if c.ended && (stay.Discharge != "other" || !stay.DischargedAt.Equal(last) || len(h.FollowUps) > 0) {
			t.Errorf("%s: %+v, %d follow-ups", name, stay, len(h.FollowUps))
		}
	}
	Whole(t, s)
}

// Monthly files of one stay go on with it: its inferred end moves to the last check, or away
// if that is no longer too old. After a longer gap another stay begins.
func testAnInferredEndMovesOn(t *testing.T, l *logs) {
	s := l.opened(t)
	p := lucia()
	for name, c := range map[string]struct {
		later, age time.Duration // of the check after the end; of the import after the check
		o          store.ImportOptions
		want       string
	}{
		"a check of two days later":          {48 * time.Hour, 100 * time.Hour, store.ImportOptions{}, "from -1h0m0s to 48h0m0s"},
		"and the patient is there":           {48 * time.Hour, 70 * time.Hour, store.ImportOptions{}, "from -1h0m0s"},
		"and the caller says that":           {48 * time.Hour, 100 * time.Hour, store.ImportOptions{OnWard: true}, "from -1h0m0s"},
		"a check of another stay":            {73 * time.Hour, 100 * time.Hour, store.ImportOptions{}, "from -1h0m0s to 0s, from 73h0m0s"},
		"a check between the two of the log": {-30 * time.Minute, 200 * time.Hour, store.ImportOptions{}, "from -1h0m0s to 0s"},
	} {
		p.MRN, p.Name = name, name
		rows := []ward.ImportRow{
			rowOf(2, p, ward.Stay{}, checkOf(ward.Patient{}, name+" a", 10, -time.Hour)),
			rowOf(3, p, ward.Stay{}, checkOf(ward.Patient{}, name+" b", 10, 0)),
		}
		_, refused, err := s.Import(t.Context(), nurse(80*time.Hour), slices.Values(rows), store.ImportOptions{})
		ok(t, err)
		second := []ward.ImportRow{rowOf(2, p, ward.Stay{}, checkOf(ward.Patient{}, name+" c", 10, c.later))}
		_, more, err := s.Import(t.Context(), nurse(c.later+c.age), slices.Values(second), c.o)
		ok(t, err)
		var stays []string
		for _, stay := range HistoryOf(t, s, must(s.PatientByMRN(t.Context(), p.MRN))(t).ID).Stays {
			words := "from " + stay.AdmittedAt.Sub(after(0)).String()
			if stay.EndInferred {
				words += " to " + stay.DischargedAt.Sub(after(0)).String()
			}
			stays = append(stays, words)
		}
		if got := strings.Join(stays, ", "); got != c.want || refused != nil || more != nil {
			t.Errorf("%s: %s, not %s; %v %v", name, got, c.want, refused, more)
		}
	}
	Whole(t, s)
}
