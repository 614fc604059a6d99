package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// rowOf is a row of a file: a check of a patient who is admitted from it if need be.
func rowOf(line int, p ward.Patient, stay ward.Stay, c ward.Check) ward.ImportRow {
	return ward.ImportRow{Line: line, Patient: p, Stay: stay, Check: c}
}

func importAll(t *testing.T, s *store.Store, sig ward.Signature, rows []ward.ImportRow) store.Imported {
	t.Helper()
	done, refused, err := s.Import(t.Context(), sig, slices.Values(slices.Clone(rows)), store.ImportOptions{OnWard: true})
	ok(t, err)
	for _, r := range refused {
		t.Errorf("line %d: %v", r.Line, r.Err)
	}
	return done
}

func lucia() ward.Patient {
	return ward.Patient{MRN: "0000777", Name: "GARCÍA, Lucía", BirthDate: ward.Date{Year: 1990, Month: 1, Day: 2}, Tool: icans.ICE}
}

func week() []ward.ImportRow {
	none := ward.Patient{}
	stay := ward.Stay{AdmittedAt: after(-time.Hour)}
	b := checkOf(none, "b", 8, time.Hour)
	return []ward.ImportRow{
		rowOf(2, ward.Patient{MRN: "0042317"}, ward.Stay{}, checkOf(none, "a", 10, 0)),
		rowOf(3, lucia(), stay, b),
		rowOf(4, lucia(), stay, correction(b, 9)),
		{Line: 5, Patient: lucia(), Stay: stay, Check: checkOf(none, "c", 10, 2*time.Hour), Claimed: []ward.Claim{{Column: "score", Cell: "10"}, {Column: "flag", Cell: "none"}}},
	}
}

func testImportIsAllOrNone(t *testing.T, l *logs) {
	s := l.opened(t)
	Admit(t, s)
	n := LastSeq(t, s)
	run := func(rows []ward.ImportRow, dry bool) (store.Imported, []ward.Refusal) {
		t.Helper()
		done, refused, err := s.Import(t.Context(), nurse(20*time.Hour), slices.Values(rows), store.ImportOptions{DryRun: dry})
		ok(t, err)
		return done, refused
	}
	want := store.Imported{Patients: 1, Checks: 4, Flagged: 2, FollowUps: 1}
	done, none := run(week(), true)
	if done != want || none != nil || LastSeq(t, s) != n {
		t.Errorf("a dry run: %+v, %v, %d records", done, none, LastSeq(t, s)-n)
	}
	patient := ward.Patient{MRN: "0042317"}
	bad := append(week(),
		rowOf(6, ward.Patient{MRN: "1"}, ward.Stay{}, checkOf(ward.Patient{}, "d", 10, 0)),
		rowOf(7, ward.Patient{MRN: "0042317", Name: "OKAFOR, Ida"}, ward.Stay{}, checkOf(ward.Patient{}, "e", 10, 0)),
	)
	place := func(refused []ward.Refusal) (places []string) {
		for _, r := range refused {
			places = append(places, fmt.Sprintf("%d %s", r.Line, r.Err.Field))
		}
		return places
	}
	done, refused := run(bad, false)
	if diff := cmp.Diff([]string{"6 mrn", "7 name"}, place(refused)); diff != "" || done != (store.Imported{}) || LastSeq(t, s) != n {
		t.Errorf("%+v, %d records; refused:\n%s", done, LastSeq(t, s)-n, diff)
	}
	bad = append(week(),
		rowOf(8, patient, ward.Stay{}, checkOf(ward.Patient{}, "f", 10, 48*time.Hour)),
		rowOf(9, patient, ward.Stay{}, checkOf(ward.Patient{}, "early", 10, -121*time.Hour)),
		rowOf(10, patient, ward.Stay{}, correction(checkOf(ward.Patient{}, "nowhere", 10, 0), 9)),
	)
	_, refused = run(bad, false)
	if diff := cmp.Diff([]string{"8 performed_at", "8 recorded_at", "9 performed_at", "10 check_id"}, place(refused)); diff != "" || LastSeq(t, s) != n {
		t.Errorf("refused:\n%s", diff)
	}
	claims := append(week(), ward.ImportRow{Line: 11, Patient: patient, Check: checkOf(ward.Patient{}, "g", 9, 0), Claimed: []ward.Claim{{Column: "score", Cell: "10"}, {Column: "flag", Cell: "grade1"}}})
	_, refused = run(claims, false)
	if diff := cmp.Diff([]string{"11 score"}, place(refused)); diff != "" || LastSeq(t, s) != n {
		t.Errorf("refused:\n%s", diff)
	}

	if done, _ = run(week(), false); done != want {
		t.Errorf("imported %+v", done)
	}
	n = LastSeq(t, s)
	for _, sig := range []ward.Signature{nurse(21 * time.Hour), clinician(22 * time.Hour)} {
		done = importAll(t, s, sig, week())
		if done != (store.Imported{Known: 4}) || LastSeq(t, s) != n {
			t.Errorf("imported again: %+v, %d records more", done, LastSeq(t, s)-n)
		}
	}
	changed := week()
	changed[0].Check.Note = "another"
	elsewhere := week()[:1]
	elsewhere[0].Patient.MRN = "0000777"
	for _, rows := range [][]ward.ImportRow{changed, elsewhere} {
		if _, refused = run(rows, false); len(refused) != 1 || refused[0].Line != 2 || refused[0].Err.Field != "check_id" {
			t.Errorf("refused: %v", refused)
		}
	}
	Whole(t, s)
}

// The importer is the author, and recorded_by the name that the file gives.
func testWhoImportsAndWhoRecorded(t *testing.T, l *logs) {
	s := l.opened(t)
	row := rowOf(2, lucia(), ward.Stay{}, checkOf(ward.Patient{}, "a", 10, 0))
	row.Check.Recorded = ward.Sign("Nina Night", after(time.Minute))
	importAll(t, s, nurse(24*time.Hour), []ward.ImportRow{row})
	names := read[string](t, l, s, `SELECT author || ', ' || recorded_by FROM neuro_check`)
	if diff := cmp.Diff([]string{"Sam Lee, Nina Night"}, names); diff != "" {
		t.Error(diff)
	}
}

// C1: a cause is named by a clinician who signed in, whatever the file claims; into a
// log without staff the login takes everything.
func testACauseInAFile(t *testing.T, l *logs) {
	row := func() ward.ImportRow {
		c := checkOf(ward.Patient{}, "a", 10, 0)
		c.Findings.Consciousness = icans.Tactile
		c.Findings.OtherCause, _ = icans.ParseDomains("consciousness")
		c.CauseNote = "propofol"
		c.Recorded = ward.Sign("Dr Ana Reis", after(time.Minute))
		return rowOf(2, lucia(), ward.Stay{}, c)
	}
	s := l.opened(t)
	for _, sig := range []ward.Signature{nurse(time.Hour), admin(time.Hour), feed(time.Hour), login(time.Hour)} {
		_, _, err := s.Import(t.Context(), sig, slices.Values([]ward.ImportRow{row()}), store.ImportOptions{})
		refused(t, err, ward.KindNotAllowed, "")
	}
	importAll(t, s, clinician(time.Hour), []ward.ImportRow{row()})
	// A nurse may import it again, and a correction that leaves the cause as it is.
	if done := importAll(t, s, nurse(2*time.Hour), []ward.ImportRow{row()}); done.Known != 1 {
		t.Errorf("%+v", done)
	}
	next := row()
	next.Check.Version, next.Check.Status, next.Check.Reason, next.Check.Note = 2, ward.Corrected, "other", "a note"
	importAll(t, s, nurse(2*time.Hour), []ward.ImportRow{next})
	next.Check.Version, next.Check.CauseNote = 3, "midazolam"
	_, _, err := s.Import(t.Context(), nurse(2*time.Hour), slices.Values([]ward.ImportRow{next}), store.ImportOptions{})
	refused(t, err, ward.KindNotAllowed, "clinician")

	without := l.fresh(t)
	importAll(t, without, login(time.Hour), []ward.ImportRow{row()})
	author := read[string](t, l, without, `SELECT author || ', ' || recorded_by FROM neuro_check`)
	if diff := cmp.Diff([]string{"login ops, Dr Ana Reis"}, author); diff != "" {
		t.Error(diff)
	}
}

// A cause that a clinician named ahead is carried by a nurse's check, and by no other
// cause than that.
func testACauseNamedAhead(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	ok(t, s.NameCause(t.Context(), clinician(0), ward.Attribution{PatientID: p.ID, Domain: "consciousness", Cause: "propofol", Until: after(20 * time.Hour)}))
	sedated := func(id, cause string, at time.Duration) error {
		c := checkOf(p, id, 10, at)
		c.Findings.ICE, c.Findings.Unable, c.Findings.Consciousness = [8]icans.Points{}, icans.UnableSedated, icans.Tactile
		c.Findings.OtherCause, _ = icans.ParseDomains(cause)
		c.CauseNote = "propofol"
		_, err := s.SaveCheck(t.Context(), nurse(24*time.Hour), c)
		return err
	}
	ok(t, sedated("a", "consciousness", time.Hour))
	refused(t, sedated("b", "score;consciousness", 2*time.Hour), ward.KindNotAllowed, "clinician")
	refused(t, sedated("c", "consciousness", 21*time.Hour), ward.KindNotAllowed, "clinician")
	refused(t, sedated("before", "consciousness", -time.Hour), ward.KindNotAllowed, "clinician")
	must(s.SaveCheck(t.Context(), nurse(24*time.Hour), checkOf(p, "with the tool", 10, 3*time.Hour)))(t)
	refused(t, sedated("d", "consciousness", 4*time.Hour), ward.KindNotAllowed, "clinician")
	Whole(t, s)
}

// A16: a course of long ago, imported without its times of recording.
func testACourseOfLongAgo(t *testing.T, l *logs) {
	s := l.opened(t)
	p := lucia()
	for name, end := range map[string]time.Duration{"discharged": 90 * 24 * time.Hour, "on the ward": 0} {
		p.MRN, p.Name = name, name
		begun := after(-400 * 24 * time.Hour)
		stay := ward.Stay{AdmittedAt: begun}
		if end > 0 {
			stay.DischargedAt, stay.Discharge = begun.Add(end), "home"
		}
		var rows []ward.ImportRow
		for i := range 12 {
			score := 10
			if i%4 != 0 {
				score = 8
			}
			c := checkOf(ward.Patient{}, fmt.Sprint(name, i), score, 0)
			c.PerformedAt = begun.Add(time.Duration(8*i+1) * time.Hour)
			rows = append(rows, rowOf(i+2, p, stay, c))
		}
		done := importAll(t, s, nurse(0), rows)
		want := store.Imported{Patients: 1, Checks: 12, Flagged: 9, OldFlags: 9}
		if name == "on the ward" { // the latest check is no old flag
			want.FollowUps, want.OldFlags = 1, 8
		}
		if done != want {
			t.Errorf("%s: %+v, not %+v", name, done, want)
		}
		h := HistoryOf(t, s, must(s.PatientByMRN(t.Context(), p.MRN))(t).ID)
		if (h.Open() != nil) != (name == "on the ward") {
			t.Errorf("%s: %+v", name, h.FollowUps)
		}
	}
	Whole(t, s)
}

// With their times of recording the follow-ups of a stay that has ended are not opened
// either; in a stay that goes on, all its checks stay joined.
func testACourseWithItsTimesOfRecording(t *testing.T, l *logs) {
	s := l.opened(t)
	p := lucia()
	for _, ended := range []bool{true, false} {
		p.MRN = fmt.Sprint("ended ", ended)
		p.Name = p.MRN
		begun := after(-60 * 24 * time.Hour)
		stay := ward.Stay{AdmittedAt: begun}
		if ended {
			stay.DischargedAt, stay.Discharge = begun.Add(20*24*time.Hour), "home"
		}
		var rows []ward.ImportRow
		for i := range 6 {
			c := checkOf(ward.Patient{}, fmt.Sprint(p.MRN, i), 8, 0)
			c.PerformedAt = begun.Add(time.Duration(8*i+1) * time.Hour)
			c.Recorded = ward.Sign("Nina Night", c.PerformedAt.Add(5*time.Minute))
			rows = append(rows, rowOf(i+2, p, stay, c))
		}
		done := importAll(t, s, nurse(0), rows)
		h := HistoryOf(t, s, must(s.PatientByMRN(t.Context(), p.MRN))(t).ID)
		if ended && (done.FollowUps != 0 || done.OldFlags != 6 || len(h.FollowUps) != 0) {
			t.Errorf("%+v, %+v", done, h.FollowUps)
		}
		if !ended && (done.FollowUps != 1 || done.OldFlags != 0 || h.Open().Checks() != 6 || !h.Open().Opened.At.Equal(begun.Add(time.Hour+5*time.Minute))) {
			t.Errorf("%+v, %+v", done, h.FollowUps)
		}
		if !h.Stay().Began.At.Equal(begun.Add(time.Hour + 5*time.Minute)) {
			t.Errorf("the ward heard of the stay at %v", h.Stay().Began.At)
		}
	}
	Whole(t, s)
}

// The stays that rows make, whatever the order of the rows.
func testStaysOfAFile(t *testing.T, l *logs) {
	s := l.opened(t) // one log, and a patient for each order of each file
	patient := lucia()
	day := func(n int) time.Time { return after(time.Duration(n-30) * 24 * time.Hour) }
	type row struct {
		check              int // day of the check
		admitted, ended    int // days of the stay; 0 if the row does not say
		admissionsInferred bool
	}
	for name, c := range map[string]struct {
		before, rows []row // imported in two files
		want         []string
		refused      int
	}{
		"one stay, no admission":       {nil, []row{{check: 5}, {check: 3}, {check: 9}}, []string{"3~ on"}, 0},
		"two stays":                    {nil, []row{{check: 12, admitted: 11}, {check: 3, admitted: 2, ended: 6}}, []string{"2 6", "11 on"}, 0},
		"two stays, and unnamed rows":  {nil, []row{{check: 4}, {check: 13}, {check: 12, admitted: 11}, {check: 3, admitted: 2, ended: 6}}, []string{"2 6", "11 on"}, 0},
		"unnamed before a named one":   {nil, []row{{check: 1}, {check: 3, admitted: 2, ended: 6}}, nil, 1},
		"unnamed after a named one":    {nil, []row{{check: 8}, {check: 9}, {check: 3, admitted: 2, ended: 6}}, []string{"2 6", "8~ on"}, 0},
		"an inferred one moves back":   {[]row{{check: 5}}, []row{{check: 3}, {check: 4}}, []string{"3~ on"}, 0},
		"between two stays":            {[]row{{check: 3, admitted: 2, ended: 6}, {check: 12}}, []row{{check: 9}}, []string{"2 6", "9~ on"}, 0},
		"a file knows when it began":   {[]row{{check: 5}}, []row{{check: 6, admitted: 1}}, []string{"1 on"}, 0},
		"the log knows when it began":  {[]row{{check: 5, admitted: 2}}, []row{{check: 6, admitted: 1}}, []string{"2 on"}, 0},
		"an earlier stay, without end": {[]row{{check: 5, admitted: 4}}, []row{{check: 2, admitted: 1}}, nil, 1},
		"an earlier stay":              {[]row{{check: 5, admitted: 4}}, []row{{check: 2, admitted: 1, ended: 3}}, []string{"1 3", "4 on"}, 0},
		"one stay within another":      {nil, []row{{check: 3, admitted: 2, ended: 9}, {check: 10, admitted: 5, ended: 12}}, nil, 1},
		"marked as inferred":           {nil, []row{{check: 5, admitted: 3, admissionsInferred: true}, {check: 3, admitted: 3, admissionsInferred: true}}, []string{"3~ on"}, 0},
	} {
		rows := func(list []row, prefix string) (out []ward.ImportRow) {
			for i, r := range list {
				c := checkOf(ward.Patient{}, fmt.Sprint(patient.MRN, prefix, i), 10, 0)
				c.PerformedAt = day(r.check)
				in := rowOf(i+2, patient, ward.Stay{AdmissionInferred: r.admissionsInferred}, c)
				if r.admitted > 0 {
					in.Stay.AdmittedAt = day(r.admitted)
				}
				if r.ended > 0 {
					in.Stay.DischargedAt, in.Stay.Discharge = day(r.ended), "home"
				}
				out = append(out, in)
			}
			return out
		}
		for seed := range uint64(4) {
			patient.MRN = fmt.Sprintf("%s, %d", name, seed)
			patient.Name = patient.MRN
			if len(c.before) > 0 {
				importAll(t, s, nurse(time.Hour), rows(c.before, "x"))
			}
			file := rows(c.rows, "y")
			r := rand.New(rand.NewPCG(seed, 1))
			r.Shuffle(len(file), func(i, k int) { file[i], file[k] = file[k], file[i] })
			_, refused, err := s.Import(t.Context(), nurse(2*time.Hour), slices.Values(file), store.ImportOptions{OnWard: true})
			ok(t, err)
			if len(refused) != c.refused {
				t.Errorf("%s: refused %v", name, refused)
			}
			if c.refused > 0 {
				continue
			}
			var stays []string
			h := HistoryOf(t, s, must(s.PatientByMRN(t.Context(), patient.MRN))(t).ID)
			dayOf := func(at time.Time) int { return int(at.Sub(day(0)) / (24 * time.Hour)) }
			for _, stay := range h.Stays {
				words := fmt.Sprint(dayOf(stay.AdmittedAt))
				if stay.AdmissionInferred {
					words += "~"
				}
				if stay.OnWard() {
					words += " on"
				} else {
					words += fmt.Sprint(" ", dayOf(stay.DischargedAt))
				}
				stays = append(stays, words)
			}
			if diff := cmp.Diff(c.want, stays); diff != "" {
				t.Errorf("%s, seed %d:\n%s", name, seed, diff)
			}
			for _, check := range h.Checks {
				if stay := ward.StayAt(h.Stays, check.PerformedAt); stay == nil || check.StayID != stay.ID {
					t.Errorf("%s: check %s is of stay %d", name, check.ID, check.StayID)
				}
			}
		}
	}
	Whole(t, s)
}

// A file of a moved check, of a patient under two MRNs, and of linked patients.
func testRowsOfOnePatientUnderSeveralNumbers(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	q := Eva(t, s)
	wrong := Save(t, s, checkOf(p, "wrong", 9, 0)).Check
	must(s.MoveCheck(t.Context(), nurse(time.Hour), wrong, q.ID, "right"))(t)
	edited := p
	edited.MRN = "0042318"
	must(s.EditPatient(t.Context(), nurse(time.Hour), edited))(t)
	other := l.opened(t)
	var rows []ward.ImportRow
	ok(t, s.EachCheck(t.Context(), store.Selection{}, func(p *ward.Patient, stay *ward.Stay, c *ward.Check) error {
		rows = append(rows, rowOf(len(rows)+2, *p, *stay, *c))
		return nil
	}))
	done := importAll(t, other, clinician(2*time.Hour), rows)
	if done.Patients != 2 || done.Checks != 3 {
		t.Errorf("%+v", done)
	}
	if done = importAll(t, s, nurse(2*time.Hour), rows); done != (store.Imported{Known: 3}) {
		t.Errorf("into the log itself: %+v", done)
	}
	former := rowOf(9, ward.Patient{MRN: p.MRN}, ward.Stay{}, checkOf(ward.Patient{}, "x", 10, time.Hour))
	present := rowOf(10, ward.Patient{MRN: edited.MRN}, ward.Stay{}, checkOf(ward.Patient{}, "y", 10, 90*time.Minute))
	if done = importAll(t, s, nurse(2*time.Hour), []ward.ImportRow{former, present}); done.Checks != 2 {
		t.Errorf("%+v", done)
	}
	ok(t, s.Link(t.Context(), clinician(2*time.Hour), q.ID, p.ID, "one person"))
	if done = importAll(t, s, nurse(3*time.Hour), rows); done != (store.Imported{Known: 3}) { // with the names of before
		t.Errorf("after a link: %+v", done)
	}
	var again []ward.ImportRow
	ok(t, s.EachCheck(t.Context(), store.Selection{}, func(p *ward.Patient, stay *ward.Stay, c *ward.Check) error {
		again = append(again, rowOf(len(again)+2, *p, *stay, *c))
		return nil
	}))
	if done = importAll(t, s, nurse(3*time.Hour), again); done != (store.Imported{Known: 5}) { // with those of the survivor
		t.Errorf("with the survivor's number: %+v", done)
	}
	Whole(t, s)
}
