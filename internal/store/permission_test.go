package store_test

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// attempt is one call of a method of [Store], and the permission that it needs.
type attempt struct {
	name  string // of the method; a variant follows after a comma
	needs ward.Permission
	call  func(f *ground, sig ward.Signature) error
}

// ground is a log on which each attempt succeeds if the author may do it.
type ground struct {
	*store.Store
	t                    *testing.T
	patient, other, left ward.Patient // left has left the ward
	stay, empty          ward.Stay    // empty is that of other, in which nothing was recorded
	check                ward.Check   // of the patient, with a cause that a clinician named
	plain                ward.Check   // of the patient, without
	followUp, accepted   int64
	report, intervention int64
	cause                int64
}

// reads are the methods that take no author: the caller signs in first, and a command
// or a screen asks the permission table before it reads.
var reads = []string{
	"Board", "Roll", "Chart", "Charts", "HandoverCharts", "PatientByMRN", "NumberByMRN", "KnownPatients", "EachCheck", "EachAudit", "Export", "Snapshot", "Ticks",
	"Inbox", "InboxMessage", "CountInbox", "Listening", "Settings", "SettingsSince", "Staff", "StaffMember", "Role", "Seats", "Ward", "WithoutPINs", "Changed", "HouseChanged", "Head", "Contents", "Backup", "OnCopy", "Provenance", "LastCopy", "Verdicts", "Verify", "VerifyWith",
}

// withoutPatients are the methods that neither read patients nor append to the record.
// A draft is not part of the record; the form that keeps it is that of the author. The turn
// to listen is taken by the process whose feed signed in.
var withoutPatients = []string{"Close", "Path", "Place", "Away", "Local", "SetLocal", "LocalFile", "ReadOnly", "Trouble", "Owes", "OwesHere", "StillThere", "Saves", "SetRules", "SetUptime", "SetPatience", "KeepDraft", "DropDraft", "DropForm", "DraftOf", "Drafts", "RecordsOf", "ClaimCheck", "ReleaseCheck", "OpenChecks", "ListenAlone", "KeepPresence", "Presences", "DropPresence"}

// byOthers are the methods that the authors of this table do not describe, with the
// test of each.
var byOthers = map[string]string{
	"CopyTo":       "it records nothing in the log that it reads: Copies, in package storetest",
	"SignIn":       "it is how an author is known: TestSigningIn",
	"SignInFeed":   "it is how a feed is known: AFeedSignsInWithItsKey, in package storetest",
	"TakeMessage":  "only a feed may, and each write asks: WhatAFeedMayWrite, in package storetest",
	"SetUp":        "it makes the first of the staff: TestStaff",
	"Note":         "everyone who did something is in the audit; TestWhoLeftSignsNothing",
	"NoteReading":  "it is Note for readings: TestANoteOfAReadingWaits",
	"WriteLate":    "it records notes of others that wait: TestHostileLateNotes",
	"NoteVerdict":  "the program notes what a verification found; TestDamageFoundIsNotForgotten",
	"NoteSettings": "the program notes the file of settings, which its owner changes; TestWhoLeftSignsNothing",
	"Backfill":     "it writes in the names of others: TestBackfill",
}

func attempts() []attempt {
	newCheck := func(f *ground, id string) ward.Check { return checkOf(f.patient, id, 10, 9*time.Hour) }
	attributed := func(c ward.Check) ward.Check {
		c.Findings.OtherCause, _ = icans.ParseDomains("score")
		c.CauseNote = "propofol"
		return c
	}
	imported := func(c ward.Check) func(f *ground, sig ward.Signature) error {
		return func(f *ground, sig ward.Signature) error {
			row := ward.ImportRow{Line: 2, Patient: ward.Patient{MRN: f.patient.MRN}, Check: c}
			row.Check.Recorded = ward.Sign("Dr Ana Reis", c.PerformedAt.Add(time.Minute))
			_, refused, err := f.Import(f.t.Context(), sig, slices.Values([]ward.ImportRow{row}), store.ImportOptions{})
			if len(refused) > 0 {
				f.t.Errorf("refused: %v", refused[0].Err)
			}
			return err
		}
	}
	edited := func(change func(*ward.Patient)) func(f *ground, sig ward.Signature) error {
		return func(f *ground, sig ward.Signature) error {
			p := f.patient
			p.Reason = "asked"
			change(&p)
			_, err := f.EditPatient(f.t.Context(), sig, p)
			return err
		}
	}
	admits := func(change func(*ward.Patient)) func(f *ground, sig ward.Signature) error {
		return func(f *ground, sig ward.Signature) error {
			p := ward.Patient{MRN: "77", Name: "NEW, One", SecondID: "y", Tool: icans.ICE}
			change(&p)
			_, _, err := f.Admit(f.t.Context(), sig, p, ward.Stay{AdmittedAt: after(9 * time.Hour)})
			return err
		}
	}
	admitsUnlessKnown := func(change func(*ward.Patient)) func(f *ground, sig ward.Signature) error {
		return func(f *ground, sig ward.Signature) error {
			p := ward.Patient{MRN: "77", Name: "NEW, One", SecondID: "y"}
			change(&p)
			_, _, err := f.AdmitUnlessKnown(f.t.Context(), sig, p, ward.Stay{}, store.Answers{})
			return err
		}
	}
	updated := func(change func(*store.PatientUpdate)) func(f *ground, sig ward.Signature) error {
		return func(f *ground, sig ward.Signature) error {
			u := store.PatientUpdate{Reason: "asked"}
			change(&u)
			_, _, err := f.UpdatePatient(f.t.Context(), sig, f.patient.ID, u)
			return err
		}
	}
	saves := func(c func(f *ground) ward.Check) func(f *ground, sig ward.Signature) error {
		return func(f *ground, sig ward.Signature) error {
			_, err := f.SaveCheck(f.t.Context(), sig, c(f))
			return err
		}
	}
	return []attempt{
		{"SaveCheck", ward.MayRecord, saves(func(f *ground) ward.Check { return newCheck(f, "new") })},
		{"SaveCheck, an uncertain cause", ward.MayRecord, saves(func(f *ground) ward.Check {
			c := newCheck(f, "new")
			ok(f.t, icans.FieldOf("uncertain_cause").Set(&c.Findings, "score"))
			return c
		})},
		{"SaveCheck, a correction", ward.MayRecord, saves(func(f *ground) ward.Check { return correction(f.plain, 9) })},
		{"SaveCheck, a correction that keeps the cause", ward.MayRecord, saves(func(f *ground) ward.Check {
			c := f.check
			c.Version++
			c.Status, c.Reason, c.Recorded, c.Note = ward.Corrected, "other", ward.Signature{}, "a note"
			return c
		})},
		{"SaveCheck, a withdrawal", ward.MayRecord, saves(func(f *ground) ward.Check { return withdrawal(f.check) })},
		{"SaveCheck, a named cause", ward.MayDecide, saves(func(f *ground) ward.Check { return attributed(newCheck(f, "new")) })},
		{"SaveCheck, another note of the cause", ward.MayDecide, saves(func(f *ground) ward.Check {
			c := correction(f.check, 8)
			c.Findings, c.CauseNote = f.check.Findings, "midazolam"
			return c
		})},
		{"SaveCheck, a cause lifted", ward.MayDecide, saves(func(f *ground) ward.Check {
			c := correction(f.check, 8)
			c.CauseNote = ""
			return c
		})},
		{"SaveSheet", ward.MayRecord, func(f *ground, sig ward.Signature) error {
			_, err := f.SaveSheet(f.t.Context(), sig, []ward.Check{newCheck(f, "one"), checkOf(f.patient, "two", 10, 8*time.Hour)}, "")
			return err
		}},
		{"MoveCheck", ward.MayRecord, func(f *ground, sig ward.Signature) error {
			_, err := f.MoveCheck(f.t.Context(), sig, f.plain, f.other.ID, "moved")
			return err
		}},
		{"MoveCheck, with a named cause", ward.MayDecide, func(f *ground, sig ward.Signature) error {
			_, err := f.MoveCheck(f.t.Context(), sig, f.check, f.other.ID, "moved")
			return err
		}},
		{"Import", ward.MayRecord, imported(checkOf(ward.Patient{}, "new", 10, 9*time.Hour))},
		{"Import, a named cause", ward.MayDecide, imported(attributed(checkOf(ward.Patient{}, "new", 10, 9*time.Hour)))},
		{"MoveIn", ward.MayRecord, movedIn()},
		{"MoveIn, a closed follow-up or an order", ward.MayDecide, movedIn(ward.EventRow{
			Event: ward.Event{ID: 1, Kind: ward.AnOrder, At: after(0), What: "stop", Detail: "left", Recorded: ward.Sign("Dr Else", after(0))}, Version: 1, Patient: ward.Patient{MRN: "moved"},
		})},
		{"PutReport", ward.MayRecord, func(f *ground, sig ward.Signature) error {
			return f.PutReport(f.t.Context(), sig, ward.Report{PatientID: f.patient.ID, ToldAt: after(9 * time.Hour), ToldBy: "patient", Words: "not myself"})
		}},
		{"WithdrawReport", ward.MayRecord, func(f *ground, sig ward.Signature) error {
			return f.WithdrawReport(f.t.Context(), sig, f.report, "wrong patient")
		}},
		{"PutIntervention", ward.MayRecord, func(f *ground, sig ward.Signature) error {
			return f.PutIntervention(f.t.Context(), sig, ward.Intervention{PatientID: f.patient.ID, DoneAt: after(9 * time.Hour), Kind: "eeg"})
		}},
		{"WithdrawIntervention", ward.MayRecord, func(f *ground, sig ward.Signature) error {
			return f.WithdrawIntervention(f.t.Context(), sig, f.intervention, "wrong patient")
		}},
		{"Acknowledge", ward.MayRecord, func(f *ground, sig ward.Signature) error { return f.Acknowledge(f.t.Context(), sig, f.followUp) }},
		{"Tick", ward.MayRecord, func(f *ground, sig ward.Signature) error {
			return f.Tick(f.t.Context(), sig, f.followUp, "an item", true)
		}},
		{"NoteFollowUp", ward.MayRecord, func(f *ground, sig ward.Signature) error {
			return f.NoteFollowUp(f.t.Context(), sig, f.followUp, "a comment")
		}},
		{"ConfirmDischarge", ward.MayRecord, func(f *ground, sig ward.Signature) error {
			return f.ConfirmDischarge(f.t.Context(), sig, f.left.ID)
		}},
		{"CloseFollowUp", ward.MayDecide, func(f *ground, sig ward.Signature) error {
			return f.CloseFollowUp(f.t.Context(), sig, f.accepted, ward.ConfirmedICANS, "a note", false)
		}},
		{"PutOrder", ward.MayDecide, func(f *ground, sig ward.Signature) error {
			return f.PutOrder(f.t.Context(), sig, ward.Order{PatientID: f.patient.ID, Kind: ward.OrderStop, Reason: "asked"})
		}},
		{"NameCause", ward.MayDecide, func(f *ground, sig ward.Signature) error {
			return f.NameCause(f.t.Context(), sig, ward.Attribution{PatientID: f.patient.ID, Domain: "score", Cause: "a tube", Until: sig.At.Add(time.Hour)})
		}},
		{"EndCause", ward.MayDecide, func(f *ground, sig ward.Signature) error { return f.EndCause(f.t.Context(), sig, f.cause) }},
		{"Admit", ward.MayMovePatient, admits(func(*ward.Patient) {})},
		{"Admit, with a product", ward.MaySetTherapy, admits(func(p *ward.Patient) { p.Product = "axi-cel" })},
		{"Admit, with a baseline after the infusion", ward.MayDecide, admits(func(p *ward.Patient) { p.InfusedAt, p.Baseline = after(0), icans.Scored(10) })},
		{"AdmitUnlessKnown", ward.MayMovePatient, admitsUnlessKnown(func(*ward.Patient) {})},
		{"AdmitUnlessKnown, with a product", ward.MaySetTherapy, admitsUnlessKnown(func(p *ward.Patient) { p.Product = "axi-cel" })},
		{"AdmitUnlessKnown, with a baseline after the infusion", ward.MayDecide, admitsUnlessKnown(func(p *ward.Patient) { p.InfusedAt, p.Baseline = after(0), icans.Scored(10) })},
		{"UpdatePatient", ward.MayMovePatient, updated(func(u *store.PatientUpdate) {
			u.Name, u.MRN, u.SecondID, u.Language = new("OKAFOR, Ida"), new("0042318"), new("x"), new("pt")
		})},
		{"UpdatePatient, the stay", ward.MayMovePatient, updated(func(u *store.PatientUpdate) { u.Bed, u.Visit, u.Clinician = new("2"), new("V2"), new("Dr X") })},
		{"UpdatePatient, the tool", ward.MaySetTherapy, updated(func(u *store.PatientUpdate) { u.Tool = new(icans.CAPD) })},
		{"UpdatePatient, the product", ward.MaySetTherapy, updated(func(u *store.PatientUpdate) { u.Product, u.Bed = new("cilta-cel"), new("2") })},
		{"UpdatePatient, the infusion", ward.MaySetTherapy, updated(func(u *store.PatientUpdate) { u.InfusedAt = new(after(time.Hour)) })},
		{"UpdatePatient, the interpreter", ward.MaySetTherapy, updated(func(u *store.PatientUpdate) { u.Interpreter = new(true) })},
		{"UpdatePatient, the baseline after the infusion", ward.MayDecide, updated(func(u *store.PatientUpdate) { u.Baseline = new(icans.Scored(8)) })},
		{"Transfer", ward.MayMovePatient, func(f *ground, sig ward.Signature) error {
			_, _, err := f.Transfer(f.t.Context(), sig, f.patient.ID, "14B")
			return err
		}},
		{"EditPatient", ward.MayMovePatient, edited(func(p *ward.Patient) { p.Name, p.MRN = "OKAFOR, Ida", "0042318" })},
		{"EditPatient, the tool", ward.MaySetTherapy, edited(func(p *ward.Patient) { p.Tool = icans.CAPD })},
		{"EditPatient, the infusion", ward.MaySetTherapy, edited(func(p *ward.Patient) { p.InfusedAt = after(time.Hour) })},
		{"EditPatient, the interpreter", ward.MaySetTherapy, edited(func(p *ward.Patient) { p.Interpreter = true })},
		{"EditPatient, the baseline after the infusion", ward.MayDecide, edited(func(p *ward.Patient) { p.Baseline = icans.Scored(8) })},
		{"EditPatient, the baseline and no infusion any more", ward.MayDecide, edited(func(p *ward.Patient) { p.Baseline, p.InfusedAt = icans.Scored(8), time.Time{} })},
		{"EditPatient, a feature mild in health", ward.MayDecide, edited(func(p *ward.Patient) { p.Health = 1 })},
		{"EditStay", ward.MayMovePatient, func(f *ground, sig ward.Signature) error {
			stay := f.stay
			stay.Bed = "14B"
			_, err := f.EditStay(f.t.Context(), sig, stay)
			return err
		}},
		{"Discharge", ward.MayMovePatient, func(f *ground, sig ward.Signature) error {
			_, err := f.Discharge(f.t.Context(), sig, f.patient.ID, sig.At, "home")
			return err
		}},
		{"Discharge, died of ICANS", ward.MayDecide, func(f *ground, sig ward.Signature) error {
			_, err := f.Discharge(f.t.Context(), sig, f.patient.ID, sig.At, ward.DiedICANS)
			return err
		}},
		{"UndoDischarge", ward.MayMovePatient, func(f *ground, sig ward.Signature) error {
			_, err := f.UndoDischarge(f.t.Context(), sig, f.left.ID, "by mistake")
			return err
		}},
		{"Readmit", ward.MayMovePatient, func(f *ground, sig ward.Signature) error {
			_, err := f.Readmit(f.t.Context(), sig, ward.Stay{PatientID: f.left.ID, AdmittedAt: sig.At})
			return err
		}},
		{"WithdrawStay", ward.MayMovePatient, func(f *ground, sig ward.Signature) error {
			_, err := f.WithdrawStay(f.t.Context(), sig, f.empty.ID, "the wrong patient")
			return err
		}},
		{"WithdrawLatestStay", ward.MayMovePatient, func(f *ground, sig ward.Signature) error {
			_, err := f.WithdrawLatestStay(f.t.Context(), sig, f.other.ID, "the wrong patient")
			return err
		}},
		{"Link", ward.MayLink, func(f *ground, sig ward.Signature) error {
			return f.Link(f.t.Context(), sig, f.other.ID, f.patient.ID, "one person")
		}},
		{"Unlink", ward.MayLink, func(f *ground, sig ward.Signature) error {
			return f.Unlink(f.t.Context(), sig, f.left.ID, "two persons")
		}},
		{"Settle, the feed's value", ward.MaySetTherapy, func(f *ground, sig ward.Signature) error {
			return f.Settle(f.t.Context(), sig, f.patient.ID, ward.FieldName, true)
		}},
		{"Settle, the ward's value", ward.MaySetTherapy, func(f *ground, sig ward.Signature) error {
			return f.Settle(f.t.Context(), sig, f.patient.ID, ward.FieldName, false)
		}},
		{"KeepApart", ward.MaySetTherapy, func(f *ground, sig ward.Signature) error {
			return f.KeepApart(f.t.Context(), sig, f.other.ID, f.patient.ID)
		}},
		{"DropMessage", ward.MayAdminister, func(f *ground, sig ward.Signature) error {
			return f.DropMessage(f.t.Context(), sig, 1, "sent by mistake")
		}},
		{"RetryMessage", ward.MayAdminister, func(f *ground, sig ward.Signature) error {
			return f.RetryMessage(f.t.Context(), sig, 1, func(*store.FeedAct, *ward.InboxMessage) error { return nil })
		}},
		{"AddStaff", ward.MayAdminister, func(f *ground, sig ward.Signature) error {
			return f.AddStaff(f.t.Context(), sig, ward.Staff{Name: "New Nurse", Role: ward.Nurse, Active: true})
		}},
		{"ChangeStaff", ward.MayAdminister, func(f *ground, sig ward.Signature) error {
			return f.ChangeStaff(f.t.Context(), sig, "LAB", ward.Feed, false)
		}},
		{"SetPIN", ward.MayAdminister, func(f *ground, sig ward.Signature) error {
			return f.SetPIN(f.t.Context(), sig, "LAB", ward.PIN{Digest: "d"})
		}},
		{"AddSeat", ward.MayAdminister, func(f *ground, sig ward.Signature) error {
			return f.AddSeat(f.t.Context(), sig, workstation("Desk 3", "k3"))
		}},
		{"DisableSeat", ward.MayAdminister, func(f *ground, sig ward.Signature) error {
			return f.DisableSeat(f.t.Context(), sig, "Desk 2")
		}},
	}
}

// preparedLog makes the log of the attempts, with or without persons on its staff, and
// returns its path and the ground, whose store is closed.
func preparedLog(t *testing.T, persons bool) (string, ground) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ground.db")
	s := must(store.Create(t.Context(), path))(t)
	ctx := t.Context()
	by := func(sig ward.Signature) ward.Signature {
		if !persons {
			sig.By = ward.Login("ops")
		}
		return sig
	}
	f := ground{t: t}
	if persons {
		setUp(t, s)
	}
	ok(t, s.AddStaff(ctx, by(admin(-199*time.Hour)), ward.Staff{Name: "LAB", Role: ward.Feed, Active: true}))
	ok(t, s.AddSeat(ctx, by(admin(-199*time.Hour)), workstation("Desk 2", "k2")))
	admitHere := func(p ward.Patient) (ward.Patient, ward.Stay) {
		p, stay, err := s.Admit(ctx, by(nurse(-120*time.Hour)), p, ward.Stay{Bed: "1A", AdmittedAt: after(-120 * time.Hour)})
		ok(t, err)
		return p, stay
	}
	f.patient, f.stay = admitHere(ada())
	f.other, f.empty = admitHere(ward.Patient{MRN: "2", Name: "LIND, Eva", SecondID: "x", Tool: icans.ICE})
	f.left, _ = admitHere(ward.Patient{MRN: "3", Name: "LIND, Eva", SecondID: "x", Tool: icans.ICE})
	twin, _ := admitHere(ward.Patient{MRN: "4", Name: "LIND, Eva", SecondID: "x", Tool: icans.ICE})
	saveAs := func(sig ward.Signature, c ward.Check) store.Saved { return must(s.SaveCheck(ctx, by(sig), c))(t) }
	f.plain = saveAs(nurse(time.Hour), checkOf(f.patient, "plain", 10, time.Hour)).Check
	c := checkOf(f.patient, "caused", 8, 2*time.Hour)
	ok(t, icans.FieldOf("other_cause").Set(&c.Findings, "score"))
	c.CauseNote = "propofol"
	f.check = saveAs(clinician(2*time.Hour), c).Check
	f.followUp = saveAs(nurse(3*time.Hour), checkOf(f.patient, "flagged", 8, 3*time.Hour)).FollowUp.ID
	f.accepted = saveAs(nurse(3*time.Hour), checkOf(f.left, "flagged-2", 8, 3*time.Hour)).FollowUp.ID
	ok(t, s.Acknowledge(ctx, by(nurse(4*time.Hour)), f.accepted))
	ok(t, s.PutReport(ctx, by(nurse(4*time.Hour)), ward.Report{PatientID: f.patient.ID, ToldAt: after(4 * time.Hour), ToldBy: "patient", Words: "odd"}))
	ok(t, s.PutIntervention(ctx, by(nurse(4*time.Hour)), ward.Intervention{PatientID: f.patient.ID, DoneAt: after(4 * time.Hour), Kind: "eeg"}))
	ok(t, s.NameCause(ctx, by(clinician(4*time.Hour)), ward.Attribution{PatientID: f.patient.ID, Domain: "consciousness", Cause: "propofol", Until: after(20 * time.Hour)}))
	chart := must(s.Chart(ctx, f.patient.ID))(t)
	f.report, f.intervention, f.cause = chart.AllReports[0].ID, chart.Interventions[0].ID, chart.Attributions[0].ID
	discharger := ward.Sign("feed LAB", after(5*time.Hour))
	if stay := must(s.Discharge(ctx, discharger, f.left.ID, after(5*time.Hour), "home"))(t); !stay.EndUnconfirmed {
		t.Fatal("a feed's discharge with an open follow-up counts as confirmed")
	}
	must(s.Discharge(ctx, discharger, twin.ID, after(5*time.Hour), "home"))(t)
	ok(t, s.TakeMessage(ctx, discharger, func(a *store.FeedAct) error {
		ok(t, a.PutInbox(&ward.InboxMessage{State: ward.MessageHeld, Reason: "swap", ControlID: "1001", Content: []byte("MSH")}))
		ok(t, a.Differ(f.patient.ID, ward.Difference{Field: ward.FieldName, Feed: "SILVA, Rosa", At: after(5 * time.Hour)}))
		return a.PutAlike(f.patient.ID, f.other.ID)
	}))
	ok(t, s.Link(ctx, by(clinician(5*time.Hour)), f.left.ID, twin.ID, "one person"))
	whole(t, s)
	ok(t, s.Close())
	return path, f
}

func TestEveryMethodIsInThePermissionTable(t *testing.T) {
	listed := slices.Concat(reads, withoutPatients)
	for name := range byOthers {
		listed = append(listed, name)
	}
	for _, a := range attempts() {
		name, _, _ := strings.Cut(a.name, ",")
		listed = append(listed, name)
	}
	methods := reflect.TypeFor[*store.Store]()
	for m := range methods.Methods() {
		if !slices.Contains(listed, m.Name) {
			t.Errorf("%s has no entry: which permission does it need?", m.Name)
		}
	}
	for _, name := range listed {
		if _, there := methods.MethodByName(name); !there {
			t.Errorf("%s is no method", name)
		}
	}
}

// Each attempt is made by each role, by an author who is not on the staff, and by the
// login of the machine. It either succeeds or changes nothing. All but a few that succeed are
// undone, so that the next attempt finds the same log.
func TestPermissionsOfEveryMethod(t *testing.T) {
	t.Parallel()
	withStaff, f := preparedLog(t, true)
	without, g := preparedLog(t, false)
	for _, author := range []struct {
		by   string
		role ward.Role
		path string
		f    ground
		may  func(attempt) bool
	}{
		{"Sam Lee", ward.Nurse, withStaff, f, nil},
		{"sam lee", ward.Nurse, withStaff, f, nil},
		{"Dr Ana Reis", ward.Clinician, withStaff, f, nil},
		{"Kim Adler", ward.Admin, withStaff, f, nil},
		{"feed ADT", ward.Feed, withStaff, f, nil},
		{"feed NONE", "", withStaff, f, func(attempt) bool { return false }},
		{"No Body", "", withStaff, f, func(attempt) bool { return false }},
		{"login ops", "", withStaff, f, func(attempt) bool { return false }},
		{"login ops", ward.NoStaff, without, g, func(attempt) bool { return true }},
		{"feed LAB", ward.Feed, without, g, nil},
		{"feed NONE", "", without, g, func(attempt) bool { return false }},
	} {
		f := author.f
		f.Store = must(store.Open(t.Context(), copied(t, author.path)))(t)
		first, undone := lastSeq(t, f.Store), store.Undo(f.Store)
		for _, a := range attempts() {
			may := ward.MayDo(author.role, a.needs) == nil
			if author.may != nil {
				may = author.may(a)
			}
			name, _, _ := strings.Cut(a.name, ",")
			kept := slices.Contains(leaveTraces, name)
			f, recorded := f, undone
			if kept {
				f.Store = must(store.Open(t.Context(), copied(t, author.path)))(t)
				recorded = func() int64 { return lastSeq(t, f.Store) }
			}
			before := recorded()
			err := a.call(&f, ward.Sign(author.by, after(10*time.Hour)))
			more := recorded() - before
			switch {
			case may && err != nil:
				t.Errorf("%s: %s: %v", a.name, author.by, err)
			case !may && ward.KindOf(err) != ward.KindNotAllowed:
				t.Errorf("%s: %s may: %v", a.name, author.by, err)
			case (err == nil) != (more > 0):
				t.Errorf("%s: %s: error %v, and %d records more", a.name, author.by, err, more)
			}
			if kept {
				whole(t, f.Store)
				ok(t, f.Close())
			}
		}
		if lastSeq(t, f.Store) != first {
			t.Errorf("%s: something was recorded", author.by)
		}
		ok(t, f.Close())
	}
}

// leaveTraces are the methods of which the log is verified after each attempt.
var leaveTraces = []string{"Link", "Unlink", "MoveCheck"}

// A name that an administrator disabled signs nothing, in whatever case it is written.
func TestWhoLeftSignsNothing(t *testing.T) {
	path, f := preparedLog(t, true)
	f.Store = must(store.Open(t.Context(), path))(t)
	defer f.Close()
	for _, name := range []string{"Sam Lee", "ADT"} {
		m := must(f.StaffMember(t.Context(), name))(t)
		ok(t, f.ChangeStaff(t.Context(), admin(6*time.Hour), name, m.Role, false))
	}
	before := lastSeq(t, f.Store)
	for _, by := range []string{"Sam Lee", "SAM LEE", "feed ADT"} {
		sig := ward.Sign(by, after(10*time.Hour))
		for _, a := range attempts() {
			refused(t, a.call(&f, sig), ward.KindNotAllowed, "is no longer on the staff")
		}
		refused(t, f.Note(t.Context(), sig, ward.AuditEvent{Event: ward.ReadPatient}), ward.KindNotAllowed, "is no longer on the staff")
		refused(t, f.NoteSettings(t.Context(), sig, "{}", func(string) string { return "x" }), ward.KindNotAllowed, "is no longer on the staff")
	}
	if lastSeq(t, f.Store) != before {
		t.Error("something was recorded")
	}
}

func TestBackfill(t *testing.T) {
	s := opened(t)
	nothing := func(*store.Backfill) error { return nil }
	for _, sig := range []ward.Signature{nurse(0), clinician(0), feed(0), login(0)} {
		refused(t, s.Backfill(t.Context(), sig, nothing), ward.KindNotAllowed, "")
	}
	stop := errors.New("stop")
	run := func(end error) error {
		return s.Backfill(t.Context(), admin(0), func(b *store.Backfill) error {
			h, err := b.Admit(nurse(-20*time.Hour), ada(), ward.Stay{Bed: "1", AdmittedAt: after(-20 * time.Hour)})
			ok(t, err)
			for i, score := range []int{10, 8, 4} {
				c := checkOf(h.Patient, string(rune('a'+i)), score, time.Duration(i-10)*time.Hour)
				must(b.Check(nurse(time.Duration(i-10)*time.Hour), h, c))(t)
			}
			ok(t, b.Acknowledge(nurse(-7*time.Hour), h))
			ok(t, b.Close(clinician(-6*time.Hour), h, ward.ConfirmedICANS, "grade 2"))
			ok(t, b.Discharge(nurse(-5*time.Hour), h, "home"))
			return end
		})
	}
	before := lastSeq(t, s)
	if err := run(stop); !errors.Is(err, stop) || lastSeq(t, s) != before {
		t.Errorf("%v, %d records", err, lastSeq(t, s)-before)
	}
	ok(t, run(nil))
	p := must(s.PatientByMRN(t.Context(), ada().MRN))(t)
	h := historyOf(t, s, p.ID)
	if len(h.Checks) != 3 || len(h.FollowUps) != 1 || h.FollowUps[0].IsOpen() || h.OnWard() || h.FollowUps[0].Peak != 2 {
		t.Errorf("%+v", h)
	}
	whole(t, s)
}
