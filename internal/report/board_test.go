package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/report"
	"neurocheck/internal/ward"
)

// boardStates returns the states of two patients: one with an urgent follow-up and a
// waiting report, and one without anything.
func boardStates(t *testing.T, at time.Time) []ward.PatientState {
	t.Helper()
	site := ward.DefaultSite()
	check := func(id string, ago time.Duration, ice int) ward.Check {
		x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
		for i := range x.Observed {
			x.Observed[i] = icans.None
		}
		for i, most := range []int{1, 1, 1, 1, 3, 1, 1, 1} {
			n := min(most, ice)
			x.ICE[i] = icans.Scored(n)
			ice -= n
		}
		performed := at.Add(-ago)
		return ward.Check{ID: id, Version: 1, Status: ward.Recorded, PerformedAt: performed, Recorded: ward.Sign("Sam Lee", performed), Findings: x}
	}
	admitted := at.Add(-48 * time.Hour)
	ill := ward.History{
		Patient: ward.Patient{ID: 1, MRN: "0042317", Name: "OKAFOR, Ada", Tool: icans.ICE, InfusedAt: at.Add(-4 * 24 * time.Hour)},
		Stays:   []ward.Stay{{ID: 1, PatientID: 1, Bed: "1A", AdmittedAt: admitted, Began: ward.Sign("Sam Lee", admitted)}},
	}
	ward.Record(&ill, &site, ward.Act{At: at, By: "Sam Lee", Checks: []ward.Check{check("a1", 3*time.Hour, 10), check("a2", 30*time.Minute, 5)}})
	ill.Reports = []ward.Report{{ID: 1, ToldAt: at.Add(-time.Minute)}}
	fresh := ward.History{
		Patient: ward.Patient{ID: 2, MRN: "0041002", Name: "IVANOVA, Olga", Tool: icans.ICE},
		Stays:   []ward.Stay{{ID: 2, PatientID: 2, AdmittedAt: at.Add(-10 * time.Minute), Began: ward.Sign("Sam Lee", at)}},
	}
	home := fresh
	home.Patient.ID, home.Patient.MRN = 3, "0041003"
	home.Stays = []ward.Stay{{ID: 3, PatientID: 3, AdmittedAt: admitted, DischargedAt: at.Add(-time.Hour), Discharge: "home"}}
	left := home
	left.Patient.ID, left.Patient.MRN = 4, "0041004"
	left.Stays = []ward.Stay{{ID: 4, PatientID: 4, Bed: "2B", AdmittedAt: admitted, DischargedAt: at.Add(-time.Hour), Discharge: "home", EndUnconfirmed: true, Recorded: ward.Sign("feed ADT", at)}}
	var states []ward.PatientState
	for _, h := range []*ward.History{&left, &fresh, &home, &ill} {
		states = append(states, ward.Watch(h, &site, at))
	}
	return states
}

func TestBoardJSON(t *testing.T) {
	lisbon, err := ward.Ward{Zone: "Europe/Lisbon"}.Location()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 7, 1, 15, 0, 0, 0, time.UTC)
	b := report.NewBoard("Haematology 4", boardStates(t, at), at, lisbon)
	got, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		`{"at":"2026-07-01T16:00:00+01:00","ward":"Haematology 4","patients":[`,
		`{"mrn":"0042317","name":"OKAFOR, Ada","bed":"1A","day":4,"mark":"urgent",`,
		`"last":{"check_id":"a2","performed_at":"2026-07-01T15:30:00+01:00","score":5,"icans_grade":2,"grade_low":2,"grade_high":2,"drivers":["score"],"flag":"urgent","flag_reasons":["grade_2","grade_up_2","ice_drop_3"],"normal":false},`,
		`"next":{"due_at":"2026-07-01T15:59:00+01:00","state":"overdue","interval_s":0,"why":["report"]},`,
		`"follow_up":{"state":"open","level":"urgent","peak":2,"opened_at":"2026-07-01T15:30:00+01:00","raised_at":null,"escalates_at":"2026-07-01T15:45:00+01:00","checks":1},`,
		`"report":{"at":"2026-07-01T15:59:00+01:00"},"left":null,"alert":"urgent","alert_why":["follow_up","overdue","report"]},`,
		`{"mrn":"0041002","name":"IVANOVA, Olga","bed":null,"day":null,"mark":"none","last":null,`,
		`"next":{"due_at":"2026-07-01T16:20:00+01:00","state":"soon","interval_s":1800,"why":["admission"]},`,
		`"follow_up":null,"report":null,"left":null,"alert":"none","alert_why":[]},`,
		`{"mrn":"0041004","name":"IVANOVA, Olga","bed":"2B","day":null,"mark":"none","last":null,`,
		`"next":{"due_at":null,"state":"none","interval_s":null,"why":["ended"]},`,
		`"follow_up":null,"report":null,"left":{"at":"2026-07-01T15:00:00+01:00","by":"feed ADT"},"alert":"none","alert_why":[]}]}`,
	}, "")
	if string(got) != want {
		t.Errorf("(-want +got)\n%s", cmp.Diff(strings.Split(want, ","), strings.Split(string(got), ",")))
	}
}

func TestBoardText(t *testing.T) {
	at := time.Date(2026, 7, 1, 15, 0, 0, 0, time.UTC)
	b := report.NewBoard("", boardStates(t, at), at, time.UTC)
	var out strings.Builder
	if err := b.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	want := `board   Wed 1 Jul 2026 15:00 UTC   3 on the board

bed  patient        MRN      day  score     ICANS    next                         follow-up     alert
1A   OKAFOR, Ada    0042317  +4   ICE 5     2 score  LATE 1 min                   WAITS 15 min  urgent: follow up, overdue, report
–    IVANOVA, Olga  0041002  –    no check           in 20 min                                  none
2B   IVANOVA, Olga  0041004  –    no check           left 1 Jul 14:00 (feed ADT)                none
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
