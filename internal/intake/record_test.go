package intake

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

// record is a log in memory: it keeps patients and stays in the way that the rules ask
// of a log, and refuses changes that the store would refuse.
type record struct {
	t        testing.TB
	settings Settings

	patients map[string]*kept // by folded MRN
	aliases  map[string]string
	links    []ward.Link
	journal  []Entry
	answers  map[hl7.Key]string
	controls map[string]bool
	nextID   int64
	last     Result // of the last message
}

// kept is a patient of the record with every version.
type kept struct {
	patient     ward.Patient
	stays       []ward.Stay // withdrawn ones too
	differences []Difference
	over        map[int64]Over // by stay
	busy        bool           // something is recorded in the stays
	marked      bool           // perhaps one person
}

func newRecord(t testing.TB) *record {
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	site := ward.DefaultSite()
	site.Zone = zone
	site.Intake.Locations = []string{"H4"}
	s, err := FromSite(&site)
	if err != nil {
		t.Fatal(err)
	}
	s.Locations, s.Authority = []string{"H4"}, "CITY"
	s.Discharge = map[string]string{"20": "died", "02": "transferred"}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return &record{
		t: t, settings: s, patients: make(map[string]*kept), aliases: make(map[string]string),
		answers: make(map[hl7.Key]string), controls: make(map[string]bool),
	}
}

func (r *record) Patient(mrn string) string {
	key := ward.FoldMRN(mrn)
	if to, ok := r.aliases[key]; ok {
		key = to
	}
	if k := r.patients[key]; k != nil {
		return k.patient.MRN
	}
	return ""
}

func (r *record) Busy(mrn string, stay *ward.Stay) bool {
	k := r.patients[ward.FoldMRN(r.Patient(mrn))]
	return k != nil && k.busy
}

// receive takes a message that arrives at a time, and returns its answer in words, such
// as "AA applied" or "AE 101 PID^1^3".
func (r *record) receive(raw []byte, at time.Time) string {
	m, err := hl7.Parse(raw, r.settings.Profile())
	if m == nil {
		return "no answer"
	}
	var adt hl7.ADT
	if err == nil {
		adt, err = m.ADT()
	}
	if err != nil {
		return faultWords(err)
	}
	key := m.Key()
	if answer, before := r.answers[key]; before {
		return answer + " duplicate"
	}
	words := ""
	if r.controls[key.ControlID] {
		words = " " + string(hl7.WarnControlReused)
	}
	r.nextID++
	msg := Message{ADT: adt, Number: r.nextID, Feed: "feed ADT", Received: at, Digest: key.Digest}
	answer := r.take(msg) + words
	r.answers[key], r.controls[key.ControlID] = answer, true
	return answer
}

func faultWords(err error) string {
	e, ok := errors.AsType[*hl7.Error](err)
	if !ok {
		return err.Error()
	}
	return fmt.Sprintf("AE %d %s", e.Code, e.At)
}

func (r *record) take(m Message) string {
	res := Take(&r.settings, r, r.about(&m), m)
	r.last = res
	switch {
	case res.Fault != nil:
		return faultWords(res.Fault)
	case m.Merges() && res.Did == Applied:
		return r.merge(&m)
	}
	if res.Keep {
		m.Busy = res.Reason == ReasonBusy
		r.journal = append(r.journal, Entry{Message: &m})
	}
	for _, key := range slices.Sorted(maps.Keys(res.Changes)) {
		for _, c := range res.Changes[key] {
			r.apply(key, c)
		}
	}
	return outcomeWords(res.Outcome)
}

func outcomeWords(o Outcome) string {
	words := "AA " + []string{"ignored", "applied", "held"}[o.Did]
	if o.Reason != "" {
		words += " " + string(o.Reason)
	}
	return words
}

// about returns the journal of the patients of a message, and of those who share a
// message with them.
func (r *record) about(m *Message) []Entry {
	of := make(map[string]bool)
	for _, p := range m.Persons {
		of[ward.FoldMRN(r.current(p.MRN))] = true
	}
	for more := true; more; {
		more = false
		for _, e := range r.journal {
			if e.Message == nil || !slices.ContainsFunc(e.Message.Persons, func(p hl7.Person) bool { return of[ward.FoldMRN(r.current(p.MRN))] }) {
				continue
			}
			for _, p := range e.Message.Persons {
				if key := ward.FoldMRN(r.current(p.MRN)); !of[key] {
					of[key], more = true, true
				}
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(r.journal), func(e Entry) bool {
		mrn := ""
		if e.Act != nil {
			mrn = e.Act.MRN
		} else {
			mrn = e.Message.Persons[0].MRN
		}
		return !of[ward.FoldMRN(r.current(mrn))]
	})
}

func (r *record) current(mrn string) string {
	if known := r.Patient(mrn); known != "" {
		return known
	}
	return mrn
}

// apply records a change, as the feed.
func (r *record) apply(key string, c Change) {
	k := r.patients[key]
	if k == nil && c.Kind != Admit {
		r.t.Fatalf("change %d of a patient who was not admitted", c.Kind)
	}
	switch c.Kind {
	case Admit:
		if k != nil {
			r.t.Fatalf("a second admission of a patient")
		}
		r.nextID++
		k = &kept{patient: c.Patient, over: make(map[int64]Over)}
		k.patient.ID = r.nextID
		for _, o := range r.patients {
			if len(LooksKnown(&k.patient, []ward.Patient{o.patient})) > 0 {
				k.marked, o.marked = true, true
			}
		}
		r.patients[key] = k
		r.begin(k, c.Stay)
	case Begin:
		r.begin(k, c.Stay)
	case EditPatient:
		k.patient.Name, k.patient.BirthDate, k.patient.Language, k.patient.SecondID = c.Patient.Name, c.Patient.BirthDate, c.Patient.Language, c.Patient.SecondID
	case EditStay:
		stay := k.find(r.t, c)
		stay.Visit, stay.Bed, stay.Clinician, stay.AdmittedAt = c.Stay.Visit, c.Stay.Bed, c.Stay.Clinician, c.Stay.AdmittedAt
	case Notice:
		k.over[k.find(r.t, c).ID] = c.Over
	case End:
		stay := k.find(r.t, c)
		stay.DischargedAt, stay.Discharge, stay.EndUnconfirmed = c.Stay.DischargedAt, c.Stay.Discharge, k.busy
	case Undo:
		stay := k.find(r.t, c)
		stay.DischargedAt, stay.Discharge, stay.EndUnconfirmed = time.Time{}, "", false
	case Withdraw:
		k.find(r.t, c).Status = ward.Withdrawn
	case Restore:
		for i := range k.stays {
			if k.stays[i].ID == c.Was.ID {
				k.stays[i] = c.Stay
			}
		}
	case Differ:
		k.differences = slices.DeleteFunc(k.differences, func(d Difference) bool { return sameField(d, c.Difference) })
		k.differences = append(k.differences, c.Difference)
	case Agree:
		k.differences = slices.DeleteFunc(k.differences, func(d Difference) bool { return sameField(d, c.Difference) })
	default:
		r.t.Fatalf("change %d is not one of a patient", c.Kind)
	}
	open := 0
	for _, stay := range k.stays {
		if stay.Status != ward.Withdrawn && stay.DischargedAt.IsZero() {
			open++
		}
	}
	if open > 1 {
		r.t.Fatalf("two open stays of one patient after change %d", c.Kind)
	}
}

func (r *record) begin(k *kept, stay ward.Stay) {
	r.nextID++
	stay.ID, stay.PatientID, stay.Version, stay.Status = r.nextID, k.patient.ID, 1, ward.Recorded
	k.stays = append(k.stays, stay)
}

// live returns the stays that are not withdrawn, in the order of admission; one that ended
// as it began comes before the one that began then.
func (k *kept) live() []ward.Stay {
	stays := slices.DeleteFunc(slices.Clone(k.stays), func(s ward.Stay) bool { return s.Status == ward.Withdrawn })
	slices.SortStableFunc(stays, func(a, b ward.Stay) int {
		open := func(s ward.Stay) int {
			if s.DischargedAt.IsZero() {
				return 1
			}
			return 0
		}
		return cmp.Or(a.AdmittedAt.Compare(b.AdmittedAt), cmp.Compare(open(a), open(b)), a.DischargedAt.Compare(b.DischargedAt))
	})
	return stays
}

// find returns the stay of a change: by ID, else by the visit and the times.
func (k *kept) find(t testing.TB, c Change) *ward.Stay {
	for i := range k.stays {
		s := &k.stays[i]
		switch {
		case s.Status == ward.Withdrawn:
		case c.Was.ID != 0:
			if s.ID == c.Was.ID {
				return s
			}
		case s.Visit == c.Was.Visit && s.AdmittedAt.Equal(c.Was.AdmittedAt) && s.DischargedAt.Equal(c.Was.DischargedAt):
			return s
		}
	}
	t.Fatalf("change %d is of a stay that is not recorded:\n%+v\namong\n%+v", c.Kind, c.Was, k.stays)
	return nil
}

// merge applies a message about merges.
func (r *record) merge(m *Message) string {
	words := ""
	for _, p := range m.Persons {
		for _, prior := range p.Prior {
			d := DecideMerge(prior, p.MRN, r.candidate(prior), r.candidate(p.MRN), r.links)
			words = outcomeWords(d.Outcome)
			for _, c := range d.Changes {
				switch c.Kind {
				case Rename:
					old := ward.FoldMRN(r.Patient(prior))
					k := r.patients[old]
					k.patient.MRN = c.Patient.MRN
					delete(r.patients, old)
					r.patients[ward.FoldMRN(c.Patient.MRN)] = k
					r.aliases[old] = ward.FoldMRN(c.Patient.MRN)
				case Link:
					r.links = append(r.links, ward.Link{PatientID: c.Patient.ID, Into: r.candidate(p.MRN).Patient.ID})
				}
			}
		}
	}
	return words
}

func (r *record) candidate(mrn string) *Candidate {
	k := r.patients[ward.FoldMRN(r.Patient(mrn))]
	if k == nil {
		return nil
	}
	return &Candidate{Patient: k.patient, Stays: k.stays, Recorded: k.busy}
}

// person records an act of a person about a patient, by a change of the current stay and
// patient.
func (r *record) person(mrn string, at time.Time, by string, change func(*ward.Patient, *ward.Stay)) {
	k := r.patients[ward.FoldMRN(mrn)]
	stay := &k.stays[len(k.stays)-1]
	patient, before := k.patient, *stay
	change(&k.patient, stay)
	stay.Version++
	stay.Recorded = ward.Sign(by, at)
	if k.patient != patient {
		k.patient.Version++
		r.journal = append(r.journal, Entry{Act: &Act{MRN: mrn, At: at, By: by, Patient: &Version[ward.Patient]{patient, k.patient}}})
		for _, f := range []Field{FieldName, FieldBirthDate, FieldLanguage} {
			k.differences = slices.DeleteFunc(k.differences, func(d Difference) bool { return d.Field == f })
		}
	}
	r.journal = append(r.journal, Entry{Act: &Act{MRN: mrn, At: at, By: by, Stay: &Version[ward.Stay]{before, *stay}}})
}

// admitted records an admission by a person.
func (r *record) admitted(p ward.Patient, s ward.Stay, at time.Time, by string) {
	r.nextID++
	p.ID, p.Version, p.Recorded = r.nextID, 1, ward.Sign(by, at)
	k := &kept{patient: p, over: make(map[int64]Over)}
	r.patients[ward.FoldMRN(p.MRN)] = k
	s.Recorded = ward.Sign(by, at)
	r.begin(k, s)
	r.journal = append(r.journal, ActsOf(p.MRN, []ward.Patient{p}, k.stays)...)
}

// show returns a patient in words: the name, the stays, and the differences.
func (r *record) show(mrn string) string {
	k := r.patients[ward.FoldMRN(r.Patient(mrn))]
	if k == nil {
		return "not known"
	}
	clock := func(t time.Time) string { return t.In(r.settings.Zone).Format("2 Jan 15:04") }
	parts := []string{k.patient.Name, k.patient.BirthDate.String()}
	if k.patient.SecondID != "" {
		parts = append(parts, "second ID "+k.patient.SecondID)
	}
	if k.patient.Language != "" {
		parts = append(parts, k.patient.Language)
	}
	for _, s := range k.live() {
		words := strings.TrimSpace(s.Visit+" "+s.Bed+" "+s.Clinician) + " from " + clock(s.AdmittedAt)
		if !s.DischargedAt.IsZero() {
			words += " to " + clock(s.DischargedAt) + " " + s.Discharge
		}
		if s.EndUnconfirmed {
			words += " unconfirmed"
		}
		if over := k.over[s.ID]; over != (Over{}) {
			words += ", was " + over.Was + " by " + over.By
		}
		parts = append(parts, words)
	}
	for _, d := range sorted(k.differences) {
		parts = append(parts, "feed says "+string(d.Field)+" "+d.Feed)
	}
	if k.marked {
		parts = append(parts, "perhaps one person")
	}
	return strings.Join(parts, "; ")
}

// messages returns the messages of a test file.
func messages(t testing.TB, name string) (list [][]byte) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "testdata", "hl7", name+".hl7"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := hl7.NewBatch(f)
	for {
		raw, err := b.Next()
		if err != nil {
			return list
		}
		list = append(list, raw)
	}
}

// sorted returns differences in the order of their fields.
func sorted(list []Difference) []Difference {
	return slices.SortedFunc(slices.Values(list), func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Visit, b.Visit))
	})
}
