package folder_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// life fills a log with the acts of a ward, drawn at random. An act that the log refuses is
// left out.
type life struct {
	t    *testing.T
	r    *rand.Rand
	s    *store.Store
	now  time.Duration // after the morning
	done map[string]int
	n    int // of identities
}

// acts has the acts of people, of files and of a feed on a ward, some more often.
var acts = []struct {
	name  string
	times int
	do    func(*life) error
}{
	{"admit", 3, (*life).admit}, {"feed", 2, (*life).feed}, {"check", 20, (*life).check}, {"late entry", 4, (*life).late},
	{"correction", 4, (*life).correct}, {"move", 1, (*life).move}, {"file", 2, (*life).file}, {"report", 2, (*life).report},
	{"intervention", 2, (*life).intervention}, {"event withdrawn", 2, (*life).withdrawEvent}, {"order", 1, (*life).order},
	{"follow-up", 14, (*life).followUp}, {"edit", 3, (*life).edit}, {"transfer", 2, (*life).transfer}, {"discharge", 4, (*life).discharge},
	{"undo", 2, (*life).undo}, {"readmission", 4, (*life).readmit}, {"stay withdrawn", 4, (*life).withdrawStay},
	{"link", 2, (*life).link}, {"unlink", 3, (*life).unlink},
}

func (l *life) live(steps int) {
	var all []int
	for i, a := range acts {
		for range a.times {
			all = append(all, i)
		}
	}
	for range steps {
		l.now += time.Duration(5+l.r.IntN(150)) * time.Minute
		a := acts[all[l.r.IntN(len(all))]]
		switch err := a.do(l); {
		case err == nil:
			l.done[a.name]++
		case ward.KindOf(err) == ward.KindInternal, ward.KindOf(err) == ward.KindUnavailable:
			l.t.Fatalf("%s: %v", a.name, err)
		}
	}
}

func (l *life) by(name string) ward.Signature { return ward.Sign(name, fixture.After(l.now)) }
func (l *life) nurse() ward.Signature         { return l.by("Sam Lee") }
func (l *life) clinician() ward.Signature     { return l.by("Dr Ana Reis") }

func (l *life) one(words ...string) string { return words[l.r.IntN(len(words))] }

// name returns a new identity.
func (l *life) name(kind string) string {
	l.n++
	return fmt.Sprintf("%s%d%s", kind, l.n, l.one("", "-A", ";B", `"q"`, ",x"))
}

// patients returns all patients, of linked ones each.
func (l *life) patients() []ward.Patient {
	var list []ward.Patient
	fixture.OK(l.t, l.s.Snapshot(l.t.Context(), func(v *store.Snapshot) error {
		return v.EachPatientRow(l.t.Context(), store.Selection{}, func(r *ward.PatientRow) error {
			at := slices.IndexFunc(list, func(p ward.Patient) bool { return p.ID == r.Patient.ID })
			switch {
			case at < 0:
				list = append(list, r.Patient)
			case r.Status == ward.Corrected:
				list[at] = r.Patient
			}
			return nil
		})
	}))
	return list
}

func (l *life) patient() (ward.Patient, error) {
	all := l.patients()
	if len(all) == 0 {
		return ward.Patient{}, ward.NotFound("nobody")
	}
	return all[l.r.IntN(len(all))], nil
}

func (l *life) chart() (ward.Chart, error) {
	p, err := l.patient()
	if err != nil {
		return ward.Chart{}, err
	}
	return l.s.Chart(l.t.Context(), p.ID)
}

func (l *life) person() ward.Patient {
	p := ward.Patient{
		MRN: l.name("00"), Name: l.one("OKAFOR, Ada", "SØRENSEN, Bjørg", "=1+1, Li", "王, 小明") + l.one("", " Zoe"), BirthDate: ward.Date{Year: 1930 + l.r.IntN(80), Month: 3, Day: 1 + l.r.IntN(28)},
		Product: l.one("", "axi-cel"), Tool: icans.ICE, Language: l.one("", "English"), Interpreter: l.r.IntN(4) == 0,
	}
	if l.r.IntN(3) > 0 {
		p.InfusedAt = fixture.After(l.now - 30*time.Hour)
	}
	if l.r.IntN(5) == 0 {
		p.BirthDate, p.SecondID = ward.Date{}, l.name("P")
	}
	return p
}

func (l *life) admit() error {
	stay := ward.Stay{Bed: l.one("", "12A", "3"), Visit: l.one("", l.name("V")), Clinician: l.one("", "NAIR, Priya"), AdmittedAt: fixture.After(l.now - time.Duration(l.r.IntN(40))*time.Hour)}
	_, _, err := l.s.Admit(l.t.Context(), l.nurse(), l.person(), stay)
	return err
}

// feed lets a feed admit, or discharge a patient, perhaps with open work.
func (l *life) feed() error {
	return l.s.TakeMessage(l.t.Context(), l.by("feed ADT"), func(a *store.FeedAct) error {
		if l.r.IntN(2) == 0 {
			p := l.person()
			p.Product, p.Interpreter, p.InfusedAt = "", false, time.Time{}
			_, err := a.Admit(p, ward.Stay{Visit: l.name("V"), Bed: "9", AdmittedAt: fixture.After(l.now)}, func([]ward.Patient, *ward.Patient) []int64 { return nil })
			return err
		}
		chart, err := l.chart()
		if err != nil || len(chart.Stays) == 0 {
			return ward.NotFound("nobody")
		}
		stay := chart.Stays[len(chart.Stays)-1]
		if !stay.DischargedAt.IsZero() {
			return ward.Conflict("left")
		}
		return a.End(chart.Patient.ID, &stay, fixture.After(l.now), "home")
	})
}

func (l *life) findings() icans.Findings {
	x := fixture.ICE(10 - l.r.IntN(5)*l.r.IntN(3))
	switch l.r.IntN(10) {
	case 0:
		x = icans.Findings{Tool: icans.ICE, Unable: icans.UnableAsleep}
	case 1:
		x.Seizure = 0
	case 2:
		x.Observed[icans.Memory] = icans.Severity(1 + l.r.IntN(4))
	case 3:
		x.Observed[icans.Handwriting] = icans.Severity(1 + l.r.IntN(4))
	case 4:
		x.Seizure = icans.Seizure(1 + l.r.IntN(4))
	case 5:
		x.UncertainCause, _ = icans.ParseDomains("score")
	case 6:
		x.CRSGrade = icans.Scored(l.r.IntN(4))
	}
	return x
}

func (l *life) checkAt(at time.Duration) error {
	p, err := l.patient()
	if err != nil {
		return err
	}
	c := ward.Check{
		ID: l.name("check-"), Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: fixture.After(at), Findings: l.findings(),
		Note: l.one("", "", "a \"note\",\nof two lines", " +1"),
	}
	sig := l.nurse()
	if l.r.IntN(12) == 0 {
		c.Findings.OtherCause, _ = icans.ParseDomains("seizure")
		c.CauseNote, sig = "an old scar", l.clinician()
	}
	_, err = l.s.SaveCheck(l.t.Context(), sig, c)
	return err
}

func (l *life) check() error { return l.checkAt(l.now - time.Duration(l.r.IntN(10))*time.Minute) }
func (l *life) late() error  { return l.checkAt(l.now - time.Duration(l.r.IntN(30*60))*time.Minute) }

func (l *life) correct() error {
	chart, err := l.chart()
	if err != nil || len(chart.Checks) == 0 {
		return ward.NotFound("no check")
	}
	c := chart.Checks[l.r.IntN(len(chart.Checks))]
	c.Version++
	c.Status, c.Reason, c.ReasonNote, c.Recorded = ward.Corrected, "wrong_value", l.one("", "typed wrongly"), ward.Signature{}
	switch l.r.IntN(3) {
	case 0:
		c.Status = ward.Withdrawn
	case 1:
		c.PerformedAt = c.PerformedAt.Add(-time.Duration(l.r.IntN(90)) * time.Minute)
	case 2:
		c.Findings = l.findings()
	}
	_, err = l.s.SaveCheck(l.t.Context(), l.clinician(), c)
	return err
}

func (l *life) move() error {
	chart, err := l.chart()
	if err != nil || len(chart.Checks) == 0 {
		return ward.NotFound("no check")
	}
	to, err := l.patient()
	if err != nil {
		return err
	}
	_, err = l.s.MoveCheck(l.t.Context(), l.nurse(), chart.Checks[0], to.ID, l.name("moved-"))
	return err
}

// file imports a few checks of one patient, some as totals alone, with stays that no source
// gives.
func (l *life) file() error {
	p := l.person()
	if known, err := l.patient(); err == nil && l.r.IntN(2) == 0 {
		p = known
	}
	at := l.now - time.Duration(20+l.r.IntN(200))*time.Hour
	var rows []ward.ImportRow
	for k := range 1 + l.r.IntN(4) {
		c := ward.Check{ID: l.name("file-"), Version: 1, Status: ward.Recorded, PerformedAt: fixture.After(at + time.Duration(k*7)*time.Hour), Findings: l.findings()}
		if l.r.IntN(2) == 0 {
			c.Findings = icans.Findings{Tool: icans.ICE, StatedTotal: icans.Scored(l.r.IntN(11)), Consciousness: icans.Alert}
		}
		if l.r.IntN(2) == 0 {
			c.Recorded = ward.Sign("Nurse 7", c.PerformedAt.Add(time.Minute))
		}
		rows = append(rows, ward.ImportRow{Line: k + 2, Patient: p, Check: c})
	}
	_, refused, err := l.s.Import(l.t.Context(), l.clinician(), slices.Values(rows), store.ImportOptions{NewPatients: true, Both: true, OnWard: l.r.IntN(3) == 0})
	if err == nil && len(refused) > 0 {
		err = refused[0].Err
	}
	return err
}

func (l *life) report() error {
	p, err := l.patient()
	if err != nil {
		return err
	}
	return l.s.PutReport(l.t.Context(), l.nurse(), ward.Report{PatientID: p.ID, ToldAt: fixture.After(l.now - time.Duration(l.r.IntN(9))*time.Hour), ToldBy: l.one("patient", "caregiver"), Words: "cannot find, words"})
}

func (l *life) intervention() error {
	p, err := l.patient()
	if err != nil {
		return err
	}
	return l.s.PutIntervention(l.t.Context(), l.nurse(), ward.Intervention{PatientID: p.ID, DoneAt: fixture.After(l.now - time.Hour), Kind: l.one("dexamethasone", ward.DoseGiven, "eeg"), Detail: l.one("", "10 mg")})
}

func (l *life) withdrawEvent() error {
	chart, err := l.chart()
	if err != nil {
		return err
	}
	if n := len(chart.AllReports); n > 0 && l.r.IntN(2) == 0 {
		return l.s.WithdrawReport(l.t.Context(), l.nurse(), chart.AllReports[l.r.IntN(n)].ID, "wrong patient")
	}
	if n := len(chart.Interventions); n > 0 {
		return l.s.WithdrawIntervention(l.t.Context(), l.nurse(), chart.Interventions[l.r.IntN(n)].ID, "not given")
	}
	return ward.NotFound("no event")
}

func (l *life) order() error {
	p, err := l.patient()
	if err != nil {
		return err
	}
	o := ward.Order{PatientID: p.ID, Kind: ward.OrderKind(l.one("interval", "stop", "restart", "extend")), Reason: "as asked"}
	switch o.Kind {
	case ward.OrderInterval:
		o.Interval = 90 * time.Minute
	case ward.OrderExtend:
		o.UntilDay = 45
	}
	return l.s.PutOrder(l.t.Context(), l.clinician(), o)
}

// followUp does something with an open follow-up.
func (l *life) followUp() error {
	board, err := l.s.Board(l.t.Context())
	if err != nil {
		return err
	}
	var open []ward.FollowUp
	for i := range board {
		for _, f := range board[i].FollowUps {
			if f.IsOpen() {
				open = append(open, f)
			}
		}
	}
	if len(open) == 0 {
		return ward.NotFound("no follow-up")
	}
	f := open[l.r.IntN(len(open))]
	ctx := l.t.Context()
	switch l.r.IntN(6) {
	case 0:
		return l.s.Tick(ctx, l.nurse(), f.ID, "tell the responsible clinician", l.r.IntN(3) > 0)
	case 1:
		return l.s.NoteFollowUp(ctx, l.nurse(), f.ID, "called, no answer")
	case 2:
		return l.s.CloseFollowUp(ctx, l.clinician(), f.ID, l.one("confirmed_icans", "resolved", "transferred"), "as seen", l.r.IntN(2) == 0)
	}
	return l.s.Acknowledge(ctx, l.nurse(), f.ID)
}

func (l *life) edit() error {
	p, err := l.patient()
	if err != nil {
		return err
	}
	switch l.r.IntN(4) {
	case 0:
		p.MRN = l.name("new-")
	case 1:
		p.Baseline, p.Reason = icans.Scored(8+l.r.IntN(3)), "told by the family"
	case 2:
		p.Health, p.Reason = 1<<l.r.IntN(5), "always so"
	case 3:
		p.Name, p.InfusedAt = p.Name+" A", fixture.After(l.now-5*time.Hour)
	}
	_, err = l.s.EditPatient(l.t.Context(), l.clinician(), p)
	return err
}

func (l *life) lastStay() (ward.Stay, error) {
	chart, err := l.chart()
	if err != nil || len(chart.Stays) == 0 {
		return ward.Stay{}, ward.NotFound("no stay")
	}
	return chart.Stays[len(chart.Stays)-1], nil
}

func (l *life) transfer() error {
	stay, err := l.lastStay()
	if err != nil {
		return err
	}
	stay.Bed, stay.Reason = l.one("14B", "1"), l.one("", "asked for")
	if l.r.IntN(3) == 0 {
		stay.AdmittedAt = stay.AdmittedAt.Add(-time.Hour)
	}
	_, err = l.s.EditStay(l.t.Context(), l.nurse(), stay)
	return err
}

func (l *life) discharge() error {
	p, err := l.patient()
	if err != nil {
		return err
	}
	_, err = l.s.Discharge(l.t.Context(), l.clinician(), p.ID, fixture.After(l.now), l.one("home", "died", "died_icans", "other"))
	return err
}

func (l *life) undo() error {
	p, err := l.patient()
	if err != nil {
		return err
	}
	_, err = l.s.UndoDischarge(l.t.Context(), l.nurse(), p.ID, "came back at once")
	return err
}

func (l *life) readmit() error {
	p, err := l.patient()
	if err != nil {
		return err
	}
	_, err = l.s.Readmit(l.t.Context(), l.nurse(), ward.Stay{PatientID: p.ID, AdmittedAt: fixture.After(l.now), Bed: "2"})
	return err
}

func (l *life) withdrawStay() error {
	p, err := l.patient()
	if err != nil {
		return err
	}
	_, err = l.s.WithdrawLatestStay(l.t.Context(), l.nurse(), p.ID, "never came")
	return err
}

func (l *life) link() error {
	a, err := l.patient()
	if err != nil {
		return err
	}
	b, err := l.patient()
	if err != nil {
		return err
	}
	return l.s.Link(l.t.Context(), l.clinician(), a.ID, b.ID, "one person")
}

func (l *life) unlink() error {
	p, err := l.patient()
	if err != nil {
		return err
	}
	return l.s.Unlink(l.t.Context(), l.clinician(), p.ID, "two persons")
}
