//go:build linux && cgo

package disk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

var begun = time.Date(2026, 6, 10, 8, 0, 0, 0, time.FixedZone("", 60*60))

const nurseName = "Sam Lee"

func admin() ward.Signature     { return ward.Sign("Kim Adler", begun.Add(5000*time.Hour)) }
func nurse() ward.Signature     { return ward.Sign(nurseName, begun.Add(5000*time.Hour)) }
func clinician() ward.Signature { return ward.Sign("Dr Ana Reis", begun.Add(5000*time.Hour)) }

// shift is the work of a ward on its log, one step after the other. Each step is one
// transaction. If a step fails the next call does it again.
type shift struct {
	steps    int
	patients []ward.Patient
	checks   []ward.Check // the last of each patient
}

func (h *shift) clone() *shift {
	return &shift{h.steps, slices.Clone(h.patients), slices.Clone(h.checks)}
}

// step does the next step. It returns the check that was saved, if it was one.
func (h *shift) step(ctx context.Context, s *store.Store) (*ward.Check, error) {
	check, err := h.work(ctx, s)
	if err == nil {
		h.steps++
	}
	return check, err
}

func (h *shift) work(ctx context.Context, s *store.Store) (*ward.Check, error) {
	switch h.steps {
	case 0:
		return nil, s.SetUp(ctx, admin(), ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true})
	case 1:
		return nil, s.AddStaff(ctx, admin(), ward.Staff{Name: nurseName, Role: ward.Nurse, Active: true})
	case 2:
		return nil, s.AddStaff(ctx, admin(), ward.Staff{Name: "Dr Ana Reis", Role: ward.Clinician, Active: true})
	}
	which := h.steps / 9 % 5
	if which >= len(h.patients) {
		return nil, h.admit(ctx, s)
	}
	p := h.patients[which]
	switch h.steps % 9 {
	case 0: // goes with the check that the next step saves
		return nil, h.draft(ctx, s, p, checkID(h.steps+1))
	case 5: // stays
		return nil, h.draft(ctx, s, p, fmt.Sprint("unfinished-", h.steps))
	case 2:
		return h.save(ctx, s, correction(h.checks[which], 9, h.words(1500)))
	case 3:
		return nil, s.PutIntervention(ctx, nurse(), ward.Intervention{PatientID: p.ID, DoneAt: begun, Kind: "dexamethasone", Detail: "10 mg"})
	case 4, 7:
		return nil, h.followUp(ctx, s, p)
	default:
		return h.save(ctx, s, h.check(p, 10-h.steps%4))
	}
}

// words returns a text of this step, long enough to extend over pages of the file.
func (h *shift) words(n int) string {
	word := fmt.Sprint("step ", h.steps, " ")
	return strings.Repeat(word, n/len(word)) + "end"
}

func checkID(step int) string { return fmt.Sprint("check-", step) }

func (h *shift) draft(ctx context.Context, s *store.Store, p ward.Patient, id string) error {
	return s.KeepDraft(ctx, store.Draft{PatientID: p.ID, Author: nurseName, CheckID: id, Revision: int64(h.steps), Since: begun, Content: h.words(80_000)})
}

func (h *shift) admit(ctx context.Context, s *store.Store) error {
	p, _, err := s.Admit(ctx, nurse(), patient(len(h.patients)), stay())
	if err != nil {
		return err
	}
	h.patients = append(h.patients, p)
	h.checks = append(h.checks, ward.Check{})
	return nil
}

func (h *shift) check(p ward.Patient, score int) ward.Check {
	return ward.Check{
		ID: checkID(h.steps), Version: 1, PatientID: p.ID, Status: ward.Recorded,
		PerformedAt: begun.Add(time.Duration(h.steps) * time.Hour), Findings: iceOf(score), Note: h.words(1500),
	}
}

func (h *shift) save(ctx context.Context, s *store.Store, c ward.Check) (*ward.Check, error) {
	saved, err := s.SaveCheck(ctx, nurse(), c)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(h.patients, func(p ward.Patient) bool { return p.ID == c.PatientID })
	h.checks[i] = saved.Check
	return &saved.Check, nil
}

// followUp accepts the patient's open follow-up, or closes it if it is accepted. If
// there is none it records a report.
func (h *shift) followUp(ctx context.Context, s *store.Store, p ward.Patient) error {
	board, err := s.Board(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(board, func(b ward.History) bool { return b.Patient.ID == p.ID })
	switch f := board[i].Open(); {
	case f == nil:
	case !f.Acked.Done():
		return s.Acknowledge(ctx, nurse(), f.ID)
	default:
		return s.CloseFollowUp(ctx, clinician(), f.ID, ward.ConfirmedICANS, fmt.Sprint("step ", h.steps), false)
	}
	return s.PutReport(ctx, nurse(), ward.Report{PatientID: p.ID, ToldAt: begun, ToldBy: "caregiver", Words: "cannot find words"})
}

func patient(i int) ward.Patient {
	return ward.Patient{
		MRN: fmt.Sprintf("%07d", i), Name: fmt.Sprint("PATIENT ", i), BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14},
		Tool: icans.ICE, Baseline: icans.Scored(10),
	}
}

func stay() ward.Stay { return ward.Stay{Bed: "1A", AdmittedAt: begun.Add(-time.Hour)} }

// correction returns the next version of a check.
func correction(c ward.Check, score int, note string) ward.Check {
	c.Version++
	c.Status, c.Reason, c.Findings, c.Recorded = ward.Corrected, "wrong_value", iceOf(score), ward.Signature{}
	c.Note = note
	return c
}

// iceOf returns complete findings with that ICE total, otherwise normal.
func iceOf(score int) icans.Findings {
	x := icans.Findings{Tool: icans.ICE, Consciousness: icans.Alert, Seizure: icans.NoSeizure, Motor: icans.NoWeakness, ICP: icans.ICPNone}
	points := [8]int{1, 1, 1, 1, 3, 1, 1, 1}
	for i := range points {
		lost := min(points[i], 10-score)
		score += lost
		x.ICE[i] = icans.Scored(points[i] - lost)
	}
	for i := range x.Observed {
		x.Observed[i] = icans.None
	}
	return x
}

// mark is the state of a log after an acknowledged step: the hash covers every record up
// to there, and the digest the drafts, which are not part of the record.
type mark struct {
	Seq    int64
	Head   string
	Drafts string // a digest of them
	Saved  *saved `json:",omitempty"` // by the step, if it saved a check
}

// saved is a version of a check that was acknowledged, to be looked for in the
// patient's chart.
type saved struct {
	Patient int64
	ID      string
	Version int
	Note    string
}

func markOf(ctx context.Context, s *store.Store, c *ward.Check) (m mark, err error) {
	if c != nil {
		m.Saved = &saved{c.PatientID, c.ID, c.Version, c.Note}
	}
	if m.Seq, m.Head, err = s.Head(ctx); err != nil {
		return m, err
	}
	drafts, err := s.Drafts(ctx, nurseName)
	slices.SortFunc(drafts, func(a, b store.Draft) int { return cmp.Compare(a.PatientID, b.PatientID) })
	m.Drafts = fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, drafts)))
	return m, err
}

// same reports whether two marks are of the same log.
func (m mark) same(o mark) bool {
	return m.Seq == o.Seq && m.Head == o.Head && m.Drafts == o.Drafts
}

// readBack looks for the checks of marks in the charts of a log.
func readBack(ctx context.Context, s *store.Store, marks []mark) error {
	there := make(map[saved]int)
	charts := make(map[int64]bool)
	for _, m := range marks {
		if m.Saved == nil {
			continue
		}
		if id := m.Saved.Patient; !charts[id] {
			charts[id] = true
			chart, err := s.Chart(ctx, id)
			if err != nil {
				return err
			}
			for _, c := range chart.Versions {
				there[saved{c.PatientID, c.ID, c.Version, c.Note}]++
			}
		}
		if n := there[*m.Saved]; n != 1 {
			return fmt.Errorf("version %d of check %s was acknowledged, and is there %d times", m.Saved.Version, m.Saved.ID, n)
		}
	}
	return nil
}

// whole returns an error if the record of the log is not whole.
func whole(ctx context.Context, s *store.Store) error {
	v, err := s.Verify(ctx)
	if err == nil && v.Misfit != "" {
		err = fmt.Errorf("the record is not whole: %s", v.Misfit)
	}
	return err
}
