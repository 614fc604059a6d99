package storetest

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// testAFeedRecordsNoFindings calls the methods of the record as a feed: the store refuses what a
// feed may never do, by its author, and what it may do is done.
func testAFeedRecordsNoFindings(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	followUp := Save(t, s, checkOf(p, "flagged", 6, 2*time.Hour)).FollowUp.ID
	stay := HistoryOf(t, s, p.ID).Stays[0]
	ctx, sig := t.Context(), feed(5*time.Hour)
	edited := func(change func(*ward.Patient)) error {
		changed := p
		changed.Reason = "asked"
		change(&changed)
		_, err := s.EditPatient(ctx, sig, changed)
		return err
	}
	before := LastSeq(t, s)
	for name, do := range map[string]func() error{
		"a check": func() error { _, err := s.SaveCheck(ctx, sig, checkOf(p, "new", 10, 4*time.Hour)); return err },
		"a paper sheet": func() error {
			_, err := s.SaveSheet(ctx, sig, []ward.Check{checkOf(p, "new", 10, 4*time.Hour)}, "")
			return err
		},
		"a report": func() error {
			return s.PutReport(ctx, sig, ward.Report{PatientID: p.ID, ToldAt: after(4 * time.Hour), ToldBy: "patient", Words: "odd"})
		},
		"an intervention": func() error {
			return s.PutIntervention(ctx, sig, ward.Intervention{PatientID: p.ID, DoneAt: after(4 * time.Hour), Kind: "eeg"})
		},
		"an order": func() error {
			return s.PutOrder(ctx, sig, ward.Order{PatientID: p.ID, Kind: ward.OrderStop, Reason: "x"})
		},
		"a cause": func() error {
			return s.NameCause(ctx, sig, ward.Attribution{PatientID: p.ID, Domain: "score", Cause: "a tube", Until: after(9 * time.Hour)})
		},
		"accepting a follow-up": func() error { return s.Acknowledge(ctx, sig, followUp) },
		"a tick":                func() error { return s.Tick(ctx, sig, followUp, "an item", true) },
		"a comment":             func() error { return s.NoteFollowUp(ctx, sig, followUp, "a comment") },
		"closing a follow-up":   func() error { return s.CloseFollowUp(ctx, sig, followUp, ward.ConfirmedICANS, "x", false) },
		"the tool":              func() error { return edited(func(p *ward.Patient) { p.Tool = icans.CAPD }) },
		"the baseline":          func() error { return edited(func(p *ward.Patient) { p.Baseline = icans.Scored(9) }) },
		"the product":           func() error { return edited(func(p *ward.Patient) { p.Product = "cilta-cel" }) },
		"the infusion":          func() error { return edited(func(p *ward.Patient) { p.InfusedAt = after(-time.Hour) }) },
		"the interpreter":       func() error { return edited(func(p *ward.Patient) { p.Interpreter = true }) },
		"a death of ICANS":      func() error { _, err := s.Discharge(ctx, sig, p.ID, after(4*time.Hour), ward.DiedICANS); return err },
		"confirming its own discharge": func() error {
			return s.ConfirmDischarge(ctx, sig, p.ID)
		},
		"settling a difference":   func() error { return s.Settle(ctx, sig, p.ID, ward.FieldName, true) },
		"saying that two are two": func() error { return s.KeepApart(ctx, sig, p.ID, p.ID+1) },
		"staff": func() error {
			return s.AddStaff(ctx, sig, ward.Staff{Name: "New Nurse", Role: ward.Nurse, Active: true})
		},
		"the inbox": func() error { return s.DropMessage(ctx, sig, 1, "x") },
	} {
		if err := do(); ward.KindOf(err) != ward.KindNotAllowed || LastSeq(t, s) != before {
			t.Errorf("%s: %v, and %d records more", name, err, LastSeq(t, s)-before)
		}
	}
	stay.Bed, stay.Visit, stay.Clinician = "2B", "V2", "NAIR, Priya"
	fixture.Must(s.EditStay(ctx, sig, stay))(t)
	fixture.OK(t, edited(func(p *ward.Patient) { p.Name, p.MRN, p.SecondID, p.Language = "OKAFOR, Ida", "0042399", "x", "pt" }))
	fixture.Must(s.Discharge(ctx, sig, p.ID, after(4*time.Hour), "home"))(t)
	fixture.Must(s.UndoDischarge(ctx, feed(6*time.Hour), p.ID, "by mistake"))(t)
	fixture.Must(s.Discharge(ctx, feed(7*time.Hour), p.ID, after(6*time.Hour), "home"))(t)
	fixture.Must(s.Readmit(ctx, feed(8*time.Hour), ward.Stay{PatientID: p.ID, AdmittedAt: after(8 * time.Hour)}))(t)
	Whole(t, s)
}
