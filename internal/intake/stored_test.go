package intake

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// stored is a log of the store with a feed, for tests.
type stored struct {
	t     testing.TB
	log   *store.Store
	taker *Taker
	path  string // the file, or the address
}

const (
	sam     = "Sam Lee"
	kim     = "Kim Adler"
	reis    = "Dr Ana Reis"
	theFeed = "feed ADT"
)

// staff sets a log up with an administrator, a nurse, a clinician and a feed.
func staff(t *testing.T, log *store.Store) {
	t.Helper()
	ctx, at := t.Context(), time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	fixture.OK(t, log.SetUp(ctx, ward.Sign(kim, at), ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: kim, Role: ward.Admin, Active: true}))
	for _, m := range []ward.Staff{{Name: sam, Role: ward.Nurse, Active: true}, {Name: reis, Role: ward.Clinician, Active: true}, {Name: "ADT", Role: ward.Feed, Active: true}} {
		fixture.OK(t, log.AddStaff(ctx, ward.Sign(kim, at), m))
	}
}

// opened returns a log that has staff, for tests.
func opened(t *testing.T, path string, log *store.Store) *stored {
	t.Helper()
	t.Cleanup(func() { fixture.OK(t, log.Close()) })
	return &stored{t, log, &Taker{Log: log, Settings: newRecord(t).settings, Feed: theFeed, NewID: func() string { return "A1" }}, path}
}

// receive takes a message that arrives at a time, and returns its answer in words.
func (s *stored) receive(raw []byte, at time.Time) string {
	s.t.Helper()
	r := s.taker.Take(s.t.Context(), raw, at)
	return receiptWords(s.t, &r)
}

func receiptWords(t testing.TB, r *Receipt) string {
	t.Helper()
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	answer, err := hl7.ParseAnswer(r.Answer)
	if err != nil || answer.Code != r.Ack || answer.ControlID != r.ControlID && r.ControlID != "" {
		t.Fatalf("answer %q of %+v: %v", r.Answer, r, err)
	}
	words := []string{string(r.Ack)}
	switch {
	case r.Ack == hl7.Failed:
		place, code, _ := strings.Cut(r.Reason, " ")
		code, _, _ = strings.Cut(code, " ")
		words = append(words, code, place)
		said := len(answer.Errors) == 1 && answer.Errors[0].At == place
		if old := strings.HasPrefix(answer.Text, place+" "); said == old { // one before version 2.5
			t.Errorf("the errors of %q, want one at %s", r.Answer, place)
		}
	case r.Reason != "":
		words = append(words, string(r.Status), r.Reason)
	default:
		words = append(words, string(r.Status))
	}
	for _, w := range r.Warnings {
		words = append(words, string(w))
	}
	return strings.Join(words, " ")
}

// patient returns the patient of an MRN, and whether there is one.
func (s *stored) patient(mrn string) (ward.Chart, bool) {
	s.t.Helper()
	p, err := s.log.PatientByMRN(s.t.Context(), mrn)
	if ward.KindOf(err) == ward.KindNotFound {
		return ward.Chart{}, false
	}
	if err != nil {
		s.t.Fatal(err)
	}
	chart, err := s.log.Chart(s.t.Context(), p.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return chart, true
}

// show returns a patient in the words of [record.show].
func (s *stored) show(mrn string) string { return s.words(mrn, 0) }

// words is [stored.show] with all times moved.
func (s *stored) words(mrn string, moved time.Duration) string {
	chart, known := s.patient(mrn)
	if !known {
		return "not known"
	}
	clock := func(t time.Time) string { return t.Add(moved).In(s.taker.Settings.Zone).Format("2 Jan 15:04") }
	p := &chart.Patient
	parts := []string{p.Name, p.BirthDate.String()}
	if p.SecondID != "" {
		parts = append(parts, "second ID "+p.SecondID)
	}
	if p.Language != "" {
		parts = append(parts, p.Language)
	}
	stays := slices.SortedFunc(slices.Values(chart.Stays), func(a, b ward.Stay) int {
		return cmp.Or(a.AdmittedAt.Compare(b.AdmittedAt), cmp.Compare(a.ID, b.ID))
	})
	for _, stay := range stays {
		words := strings.TrimSpace(stay.Visit+" "+stay.Bed+" "+stay.Clinician) + " from " + clock(stay.AdmittedAt)
		if !stay.DischargedAt.IsZero() {
			words += " to " + clock(stay.DischargedAt) + " " + stay.Discharge
		}
		if stay.EndUnconfirmed {
			words += " unconfirmed"
		}
		if over := chart.BedChange; over != nil && over.StayID == stay.ID {
			words += ", was " + over.Was + " by " + over.By
		}
		parts = append(parts, words)
	}
	for _, d := range sorted(chart.Differences) {
		if at, err := time.Parse(time.RFC3339, d.Feed); err == nil {
			d.Feed = at.Add(moved).Format(time.RFC3339)
		}
		parts = append(parts, "feed says "+string(d.Field)+" "+d.Feed)
	}
	if len(chart.Alike) > 0 {
		parts = append(parts, "perhaps one person")
	}
	return strings.Join(parts, "; ")
}

// person changes the latest stay of a patient as a member of staff.
func (s *stored) person(mrn string, at time.Time, by string, change func(*ward.Stay)) {
	s.t.Helper()
	chart, _ := s.patient(mrn)
	stay := *chart.Stay()
	change(&stay)
	if _, err := s.log.EditStay(s.t.Context(), ward.Sign(by, at), stay); err != nil {
		s.t.Fatal(err)
	}
}

// check records a check with that ICE.
func (s *stored) check(mrn, id string, score int, at time.Time) store.Saved {
	s.t.Helper()
	chart, _ := s.patient(mrn)
	c := ward.Check{ID: id, Version: 1, PatientID: chart.Patient.ID, Status: ward.Recorded, PerformedAt: at, Findings: fixture.ICE(score)}
	saved, err := s.log.SaveCheck(s.t.Context(), ward.Sign(sam, at.Add(time.Minute)), c)
	if err != nil {
		s.t.Fatal(err)
	}
	return saved
}

func (s *stored) whole() {
	s.t.Helper()
	v, err := s.log.Verify(context.WithoutCancel(s.t.Context()))
	if err != nil || v.Misfit != "" {
		s.t.Errorf("the record is not whole: %v %s", err, v.Misfit)
	}
}

// The fifteen rows of test messages, in their order, on a log of the store.
func TestMessagesInTheStore(t *testing.T) { onEngines(t, messagesInTheStore) }

func messagesInTheStore(t *testing.T, s *stored) {
	before := map[string]func(at func(day, hour, minute int) time.Time){
		"02-bed-repeated": func(at func(int, int, int) time.Time) {
			s.person(ada, at(20, 9, 0), sam, func(stay *ward.Stay) { stay.Bed = "15C" })
		},
		"06-discharge-taken-back": func(at func(int, int, int) time.Time) {
			if saved := s.check(ada, "check-1", 6, at(28, 9, 0)); saved.FollowUp == nil || saved.FollowUp.Level != icans.FlagUrgent {
				t.Fatalf("no urgent follow-up: %+v", saved)
			}
		},
		"08-merges": func(at func(int, int, int) time.Time) {
			_, _, err := s.log.Admit(t.Context(), ward.Sign(sam, at(28, 13, 45)), ward.Patient{MRN: "0099001", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: icans.ICE},
				ward.Stay{Bed: "1A", AdmittedAt: at(28, 13, 0)})
			fixture.OK(t, err)
			s.check("0099001", "check-2", 10, at(28, 13, 50))
		},
	}
	for _, row := range messageRows {
		if prepare := before[row.file]; prepare != nil {
			prepare(onDay(s.taker.Settings.Zone))
		}
		list := messages(t, row.file)
		if len(list) != len(row.answers) {
			t.Fatalf("%s holds %d messages", row.file, len(list))
		}
		for i, raw := range list {
			want := strings.Replace(row.answers[i], "AA applied duplicate", "AA duplicate", 1)
			if answer := s.receive(raw, onDay(s.taker.Settings.Zone)(row.day, row.hour, row.minute)); answer != want {
				t.Errorf("%s, message %d: %s, want %s", row.file, i+1, answer, want)
			}
			if shown := s.show(row.mrn); shown != row.shown[i] {
				t.Errorf("%s, message %d:\n%s, want\n%s", row.file, i+1, shown, row.shown[i])
			}
		}
		if !store.OnServer(s.path) {
			s.whole() // of a log on a server at the end, because it takes a while
		}
	}
	s.whole()
	if shown := s.show(ada); shown != messagesEnd {
		t.Errorf("at the end:\n%s, want\n%s", shown, messagesEnd)
	}
	// Held: Rosa's name is a difference and no message; the merge and the exchange are. Refused:
	// the merge into itself, and the one without an MRN.
	var waiting []string
	for _, m := range fixture.Must(s.log.Inbox(t.Context(), false))(t) {
		waiting = append(waiting, string(m.State)+" "+m.ControlID+" "+m.Event)
	}
	if want := []string{"held 1011 A40", "refused 1012 A40", "held 1016 A17", "refused 1021 A01"}; !slices.Equal(waiting, want) {
		t.Errorf("the inbox has %q, want %q", waiting, want)
	}
}
