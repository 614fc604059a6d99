package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// roster holds the records of everyone on the board, and their states at one time.
type roster struct {
	loading kit.Pending
	loaded  bool
	store.Roll
	asOf   time.Time // zero if the states are out of date
	states []ward.PatientState
	byID   map[int64]*ward.History
	alike  map[int64]bool
}

func (r *roster) stale() { r.asOf = time.Time{} }

// Reload reads the board again.
func (d *Desk) Reload(h kit.Host) tea.Cmd {
	if d.ward.Name == "" {
		return nil
	}
	var together func(context.Context) (store.Roll, error)
	if d.ReadBoard != nil {
		together = d.ReadBoard()
	}
	clock := d.Clock
	return Load(d, h, &d.roster.loading, "", func(ctx context.Context, log *store.Store) (store.Roll, error) {
		if together != nil {
			return together(ctx)
		}
		return log.Roll(ctx, clock)
	})
}

// Update takes the messages that concern all screens. The root calls it before the
// screens get the message.
func (d *Desk) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	d.announce()
	if d.wrote.Swap(false) && d.Doors.Poll != nil {
		return tea.Batch(d.Doors.Poll(h), d.take(h, msg))
	}
	return d.take(h, msg)
}

func (d *Desk) take(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case Changed:
		if msg.Board == nil {
			return d.Reload(h)
		}
		d.takeRoll(*msg.Board)
	case Tick:
		return tea.Batch(d.probe(h), d.keepAgain(h), d.noteLate(h), d.countInbox(h))
	case kit.Result[store.InboxCount]:
		if kit.Take(&d.counting, msg) && msg.Err == nil {
			d.takeInbox(msg.Value)
		}
	case kit.Result[probed]:
		kit.Take(&d.probing, msg)
	case kit.Result[store.Roll]:
		if kit.Take(&d.roster.loading, msg) {
			d.takeRead(h, msg)
		}
	case kit.Result[noted]:
		d.takeNoted(h, msg)
		for i := range d.roster.Histories { // a bed that a feed changed was perhaps seen
			if d.roster.Histories[i].BedChange != nil {
				return d.Reload(h)
			}
		}
	case kit.Result[lateNotes]:
		if kit.Take(&d.noting, msg) && msg.Err == nil {
			d.setMissing(false)
		}
	case kit.Result[DraftKept]:
		d.takeKept(h, msg)
	case kit.Result[flushed]:
		return d.takeFlushed(h, msg)
	case kit.Result[loadedForms]:
		d.takeLoaded(h, msg)
	}
	return nil
}

func (d *Desk) takeRead(h kit.Host, msg kit.Result[store.Roll]) {
	if msg.Err == nil {
		d.takeRoll(msg.Value)
	} else if ward.TroubleOf(msg.Err) == ward.TroubleOther {
		h.Fail(Words(msg.Err))
	}
}

// takeRoll takes a board, unless the desk has a newer one: a read and the news of a change
// come in any order.
func (d *Desk) takeRoll(roll store.Roll) {
	r := &d.roster
	if roll.Began.Before(r.Began) {
		return
	}
	r.loaded, r.Roll = true, roll
	r.byID = make(map[int64]*ward.History, len(r.Histories))
	patients := make([]ward.Patient, 0, len(r.Histories))
	for i := range r.Histories {
		r.byID[r.Histories[i].Patient.ID] = &r.Histories[i]
		if onBoard(&r.Histories[i]) {
			patients = append(patients, r.Histories[i].Patient)
		}
	}
	r.alike = ward.AlikeNames(patients)
	r.stale()
}

// onBoard reports whether a patient has a row on the board: on the ward, or discharged by
// a feed without confirmation.
func onBoard(h *ward.History) bool {
	stay := h.Stay()
	return stay != nil && (stay.OnWard() || stay.EndUnconfirmed)
}

// Loaded reports whether the board was read at all.
func (d *Desk) Loaded() bool { return d.roster.loaded }

// ReadAt returns the time at which the board was read.
func (d *Desk) ReadAt() time.Time { return d.roster.At }

// Board returns the states of the patients now, the most urgent first. It includes those
// who left with an open follow-up: [OnBoard] tells them apart.
func (d *Desk) Board() []ward.PatientState {
	r := &d.roster
	if r.asOf.Equal(d.now) && !r.asOf.IsZero() {
		return r.states
	}
	r.asOf = d.now
	r.states = make([]ward.PatientState, len(r.Histories))
	for i := range r.Histories {
		r.states[i] = ward.Watch(&r.Histories[i], d.site, d.Now())
	}
	ward.MostUrgentFirst(r.states)
	return r.states
}

// OnBoard reports whether a patient of [Desk.Board] has a row on the board: on the ward,
// or discharged by a feed without confirmation.
func OnBoard(s *ward.PatientState) bool { return s.Stay.OnWard() || s.Left }

// State returns the state of a patient on the board.
func (d *Desk) State(patient int64) (*ward.PatientState, bool) {
	states := d.Board()
	for i := range states {
		if states[i].Patient.ID == patient {
			return &states[i], true
		}
	}
	return nil, false
}

// History returns the recent record of a patient on the board, or nil.
func (d *Desk) History(patient int64) *ward.History { return d.roster.byID[patient] }

// Alike reports whether the name of a patient is similar to that of another one on the
// board.
func (d *Desk) Alike(patient int64) bool { return d.roster.alike[patient] }

// ByMRN returns the patient of the board who has an MRN, or who had it: a wristband may be
// older than a merge.
func (d *Desk) ByMRN(mrn string) (*ward.PatientState, bool) {
	wanted := ward.FoldMRN(mrn)
	if wanted == "" {
		return nil, false
	}
	states := d.Board()
	same := func(known string) bool { return ward.FoldMRN(known) == wanted }
	for i := range states {
		if same(states[i].Patient.MRN) {
			return &states[i], true
		}
	}
	for i := range states {
		if slices.ContainsFunc(states[i].FormerMRNs, same) {
			return &states[i], true
		}
	}
	return nil, false
}

// Alerts returns the number of checks that are late and of follow-ups that were not
// accepted in time.
func (d *Desk) Alerts() (n int) {
	states := d.Board()
	for i := range states {
		if states[i].Next.State == ward.Overdue {
			n++
		}
		if states[i].Escalated {
			n++
		}
	}
	return n
}

// NextDue returns the patient for the key g: a patient with a draft of the person at the
// keyboard first, then the most late, then the one due first. Patients of whom another
// person has a form open come last. skip leaves patients out.
func (d *Desk) NextDue(skip func(patient int64) bool) (*ward.PatientState, bool) {
	var best *ward.PatientState
	rank := func(s *ward.PatientState) int {
		mine, others := false, false
		for _, draft := range s.Drafts {
			if draft.Paper {
				continue // about checks that were done, not about the next one
			}
			mine = mine || draft.Author == d.user.Name
			others = others || draft.Author != d.user.Name
		}
		switch {
		case mine:
			return 0
		case others:
			return 2
		}
		return 1
	}
	states := d.Board()
	for i := range states {
		s := &states[i]
		if !s.Stay.OnWard() || s.Next.Due.IsZero() || skip != nil && skip(s.Patient.ID) {
			continue
		}
		if best == nil || rank(s) < rank(best) || rank(s) == rank(best) && s.Next.Due.Before(best.Next.Due) {
			best = s
		}
	}
	return best, best != nil
}

// Row returns the row of a patient for a [kit.List]: the fields that a search looks in,
// and the MRN as the code of an exact search.
func (d *Desk) Row(s *ward.PatientState) kit.Row {
	p := &s.Patient
	fields := []string{p.Name, p.MRN, s.Stay.Bed, p.Product, s.Stay.Clinician}
	return kit.Row{ID: Subject(p.ID), Fields: append(fields, d.stateFields(s)...), Codes: append([]string{p.MRN}, s.FormerMRNs...)}
}

// stateFields returns the words by which a search finds the state of a patient.
func (d *Desk) stateFields(s *ward.PatientState) []string {
	var fields []string
	add := func(holds bool, word string) {
		if holds {
			fields = append(fields, word)
		}
	}
	add(s.Next.State == ward.Overdue, "late")
	add(s.Alert == ward.AlertUrgent || s.Mark == ward.MarkUrgent, "urgent")
	add(s.FollowUp != nil && !s.FollowUp.Acked.Done(), "new")
	add(s.FollowUp != nil && !s.FollowUp.Acked.Done(), "not accepted")
	add(s.Escalated, "waits")
	add(len(s.Drafts) > 0, "draft")
	add(s.Report != nil, "report")
	add(s.Last != nil && s.Last.Unfinished(), "unfinished")
	add(s.NotExamined.Flagged(), "not examined")
	add(s.Left, "left")
	if c := s.Conclusive; c != nil {
		fields = append(fields, fmt.Sprintf("grade %d", c.Result.Low))
	}
	return fields
}

// ByBed returns the patients on the ward in a bed.
func (d *Desk) ByBed(bed string) []*ward.PatientState {
	var list []*ward.PatientState
	states := d.Board()
	for i := range states {
		if s := &states[i]; OnBoard(s) && s.Stay.Bed != "" && strings.EqualFold(s.Stay.Bed, strings.TrimSpace(bed)) {
			list = append(list, s)
		}
	}
	return list
}

// Drafts returns the drafts of other people about a patient: "Tomasz Wójcik has a check
// open since 15:41".
func (d *Desk) Drafts(patient int64) (lines []string) {
	s, ok := d.State(patient)
	if !ok {
		return nil
	}
	for _, draft := range slices.Clone(s.Drafts) {
		if draft.Author != d.user.Name {
			lines = append(lines, bedside.OpenElsewhere(d.WallClock(), &draft))
		}
	}
	return lines
}
