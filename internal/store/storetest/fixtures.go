package storetest

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// Fresh makes an empty log.
func Fresh(t *testing.T) *store.Store {
	t.Helper()
	return Reopened(t, empty.Copy(t, func(path string) error { return made(t, path, func(*store.Store) {}) }))
}

// Logs that many tests begin with.
var empty, withStaff, full fixture.Template

// made makes a log and closes it.
func made(t *testing.T, path string, fill func(*store.Store)) error {
	t.Helper()
	s := fixture.Must(store.Create(t.Context(), path))(t)
	fill(s)
	return s.Close()
}

// Reopened opens the log at path, or makes it.
func Reopened(t *testing.T, path string) *store.Store {
	t.Helper()
	s := fixture.Must(store.Create(t.Context(), path))(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Whole verifies the log and wants no misfit. It reads on one connection: that several find
// the same is shown by the tests of Verify.
func Whole(t *testing.T, s *store.Store) store.Verdict {
	t.Helper()
	return wholeBy(t, s, store.Verification{OneProcessor: true})
}

func wholeBy(t *testing.T, s *store.Store, by store.Verification) store.Verdict {
	t.Helper()
	v := fixture.Must(s.VerifyWith(t.Context(), by))(t)
	if v.Misfit != "" {
		t.Errorf("the record is not whole: %s", v.Misfit)
	}
	return v
}

// Opened makes a log with a ward and its staff.
func Opened(t *testing.T) *store.Store {
	t.Helper()
	return Reopened(t, withStaff.Copy(t, func(path string) error {
		return made(t, path, func(s *store.Store) { SetUp(t, s) })
	}))
}

// SetUp names the ward and adds a member of staff of each role.
func SetUp(t *testing.T, s *store.Store) {
	t.Helper()
	by := fixture.Admin(-200 * time.Hour)
	fixture.OK(t, s.SetUp(t.Context(), by, ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true}))
	for name, role := range map[string]ward.Role{"Sam Lee": ward.Nurse, "Dr Ana Reis": ward.Clinician, "ADT": ward.Feed} {
		fixture.OK(t, s.AddStaff(t.Context(), by, ward.Staff{Name: name, Role: role, Active: true}))
	}
}

// Admit admits a patient 120 h before the morning, in bed 12A.
func Admit(t *testing.T, s *store.Store) ward.Patient {
	t.Helper()
	return AdmitAs(t, s, fixture.Ada(), "12A")
}

// AdmitAs admits a patient 120 h before the morning.
func AdmitAs(t *testing.T, s *store.Store, p ward.Patient, bed string) ward.Patient {
	t.Helper()
	p, _, err := s.Admit(t.Context(), fixture.Nurse(-120*time.Hour), p, ward.Stay{Bed: bed, AdmittedAt: fixture.After(-120 * time.Hour)})
	fixture.OK(t, err)
	return p
}

// admitNamed admits a patient of that name, which is also the MRN, in a log of several tests.
func admitNamed(t *testing.T, s *store.Store, name string) ward.Patient {
	t.Helper()
	p := fixture.Ada()
	p.MRN, p.Name = name, name
	return AdmitAs(t, s, p, "12A")
}

// Eva admits another patient.
func Eva(t *testing.T, s *store.Store) ward.Patient {
	t.Helper()
	return AdmitAs(t, s, ward.Patient{MRN: "0000002", Name: "LIND, Eva", SecondID: "x", Tool: icans.ICE}, "2A")
}

// Save records a check a minute after it was performed.
func Save(t *testing.T, s *store.Store, c ward.Check) store.Saved {
	t.Helper()
	return fixture.Must(s.SaveCheck(t.Context(), ward.Sign("Sam Lee", c.PerformedAt.Add(time.Minute)), c))(t)
}

// ChartOf returns the chart of a patient.
func ChartOf(t *testing.T, s *store.Store, patient int64) *ward.Chart {
	t.Helper()
	chart := fixture.Must(s.Chart(t.Context(), patient))(t)
	return &chart
}

// HistoryOf returns the history of a patient.
func HistoryOf(t *testing.T, s *store.Store, patient int64) ward.History {
	t.Helper()
	return ChartOf(t, s, patient).History
}

// LastSeq returns the number of the last record.
func LastSeq(t *testing.T, s *store.Store) int64 {
	t.Helper()
	seq, _, err := s.Head(t.Context())
	fixture.OK(t, err)
	return seq
}

// FullLog returns the path of a closed log with records in every table, which was made by way
// of the public methods.
func FullLog(t *testing.T) string {
	t.Helper()
	return full.Copy(t, func(path string) error {
		return made(t, path, func(s *store.Store) {
			Fill(t, s)
			Whole(t, s)
		})
	})
}

// Fill records something in every table.
func Fill(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	SetUp(t, s)
	p, q := Admit(t, s), Eva(t, s)
	first := Save(t, s, fixture.CheckOf(p, "check-a", 8, 0)).Check
	second := Save(t, s, fixture.CheckOf(p, "check-b", 9, 2*time.Hour)).Check
	fixture.Must(s.SaveCheck(ctx, fixture.Nurse(3*time.Hour), fixture.Correction(first, 10)))(t)
	saved := Save(t, s, fixture.CheckOf(p, "check-c", 4, 4*time.Hour))
	fixture.Must(s.SaveCheck(ctx, fixture.Nurse(5*time.Hour), fixture.Withdrawal(second)))(t)
	fixture.OK(t, s.Tick(ctx, fixture.Nurse(6*time.Hour), saved.FollowUp.ID, "tell the responsible clinician", true))
	fixture.OK(t, s.Acknowledge(ctx, fixture.Nurse(6*time.Hour), saved.FollowUp.ID))
	fixture.OK(t, s.PutOrder(ctx, fixture.Clinician(7*time.Hour), ward.Order{PatientID: p.ID, Kind: ward.OrderInterval, Interval: time.Hour, Reason: "close watch"}))
	fixture.OK(t, s.PutReport(ctx, fixture.Nurse(7*time.Hour), ward.Report{PatientID: p.ID, ToldAt: fixture.After(6 * time.Hour), ToldBy: "caregiver", Words: "cannot find words"}))
	fixture.OK(t, s.PutIntervention(ctx, fixture.Nurse(7*time.Hour), ward.Intervention{PatientID: p.ID, DoneAt: fixture.After(6 * time.Hour), Kind: "dexamethasone", Detail: "10 mg"}))
	fixture.OK(t, s.NameCause(ctx, fixture.Clinician(7*time.Hour), ward.Attribution{PatientID: p.ID, Domain: "consciousness", Cause: "propofol", Until: fixture.After(9 * time.Hour)}))
	p.Product = "tisa-cel"
	fixture.Must(s.EditPatient(ctx, fixture.Nurse(8*time.Hour), p))(t)
	fixture.OK(t, s.SetPIN(ctx, fixture.Admin(8*time.Hour), "Sam Lee", ward.PIN{Digest: "digest of 2468", OneTime: true}))
	fixture.OK(t, s.Note(ctx, fixture.Nurse(9*time.Hour), ward.AuditEvent{Event: ward.ReadPatient, PatientID: p.ID}))
	fixture.OK(t, s.NoteSettings(ctx, fixture.Login(9*time.Hour), `{"last_day":30}`, func(string) string { return "as at first" }))
	fixture.OK(t, s.Link(ctx, fixture.Clinician(9*time.Hour), q.ID, p.ID, "one person"))
	FillFeed(t, s, p.ID)
}

// FillFeed records messages of the feed, a difference, and two patients who are perhaps
// one person.
func FillFeed(t *testing.T, s *store.Store, patient int64) {
	t.Helper()
	var alike ward.Patient
	fixture.OK(t, s.TakeMessage(t.Context(), fixture.Feed(10*time.Hour), func(a *store.FeedAct) error {
		m := MessageOf("1001", "0042317")
		number, err := a.PutMessage(&m)
		fixture.OK(t, err)
		fixture.OK(t, a.PutInbox(&ward.InboxMessage{State: ward.MessageHeld, Reason: "overlap", Event: "A01", ControlID: "1001", Digest: m.Digest, MessageID: number, Content: []byte("MSH")}))
		for _, d := range []ward.Difference{{Field: ward.FieldName, Feed: "SILVA, Rosa"}, {Field: ward.FieldLanguage, Feed: "Dutch"}, {Field: ward.FieldBirthDate, Feed: "1960-01-01"}} {
			d.At = fixture.After(9 * time.Hour)
			fixture.OK(t, a.Differ(patient, d))
		}
		fixture.OK(t, a.Agree(patient, ward.Difference{Field: ward.FieldBirthDate, Feed: "1960-01-01", At: fixture.After(9 * time.Hour)}))
		alike, err = a.Admit(ward.Patient{MRN: "0000003", Name: "LIND, Ewa", SecondID: "V3", Tool: icans.ICE}, ward.Stay{Visit: "V3", AdmittedAt: fixture.After(9 * time.Hour)},
			func([]ward.Patient, *ward.Patient) []int64 { return []int64{patient} })
		return err
	}))
	fixture.OK(t, s.Settle(t.Context(), fixture.Nurse(11*time.Hour), patient, ward.FieldLanguage, true))
	fixture.OK(t, s.Settle(t.Context(), fixture.Nurse(11*time.Hour), patient, ward.FieldName, false))
	fixture.OK(t, s.KeepApart(t.Context(), fixture.Nurse(11*time.Hour), alike.ID, patient))
}

// MessageOf returns a message as the record keeps it.
func MessageOf(controlID, mrn string) store.FeedMessage {
	return store.FeedMessage{Event: "A01", Application: "ADT", Facility: "CITY", ControlID: controlID, Digest: strings.Repeat("0", 60) + controlID, MRN: mrn, Content: "{}"}
}
