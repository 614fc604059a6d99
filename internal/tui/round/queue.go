package round

import (
	"slices"
	"strings"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/ward"
)

// queue holds the patients of a round. Who is next follows from the board at each moment,
// so that beds that fall due are added and checks of other people are taken out.
type queue struct {
	d     *desk.Desk
	first int64               // the patient due first at the start, also if the check is not due soon
	due   time.Time           // when that check was due
	done  map[int64]string    // the check that was saved, by patient
	seen  map[string]bool     // the checks of done that the board has shown
	later map[int64]int       // how often a patient was left for later
	order []int64             // of those who were left
	taken map[int64]time.Time // when another person was found to be quicker: the board may not show it yet
}

func newQueue(d *desk.Desk) queue {
	q := queue{d: d, done: map[int64]string{}, seen: map[string]bool{}, later: map[int64]int{}, taken: map[int64]time.Time{}}
	if s, ok := d.NextDue(nil); ok {
		q.first, q.due = s.Patient.ID, s.Next.Due
	}
	return q
}

// atMost is the number of times that a patient is offered in one round.
const atMost = 2

// finish counts a patient as done.
func (q *queue) finish(patient int64, check string) {
	q.done[patient] = check
	q.forget(patient)
}

func (q *queue) forget(patient int64) {
	delete(q.later, patient)
	q.order = slices.DeleteFunc(q.order, func(id int64) bool { return id == patient })
}

// leave puts a patient at the end of the round; the second time the round leaves them out.
func (q *queue) leave(patient int64) {
	count := q.later[patient] + 1
	q.forget(patient)
	q.later[patient] = count
	q.order = append(q.order, patient)
}

// sync compares the checks that were saved with the board: one that was withdrawn, as with
// ctrl+z, makes its patient wait again.
func (q *queue) sync() {
	for patient, check := range q.done {
		switch h := q.d.History(patient); {
		case h == nil:
		case stands(h, check):
			q.seen[check] = true
		case q.seen[check]:
			delete(q.done, patient)
		}
	}
}

func stands(h *ward.History, check string) bool {
	return slices.ContainsFunc(h.Checks, func(c ward.Check) bool { return c.ID == check && c.Valid() })
}

// undone reports whether a check of this round was withdrawn.
func (q *queue) undone(check string) bool {
	for _, c := range q.done {
		if c == check {
			return false
		}
	}
	return q.seen[check]
}

// member reports whether a patient belongs to the round now.
func (q *queue) member(s *ward.PatientState) bool {
	if check, done := q.done[s.Patient.ID]; done {
		return q.seen[check] && s.Next.State == ward.Overdue
	}
	mine := slices.ContainsFunc(s.Drafts, func(d ward.Draft) bool { return d.Author == q.d.User().Name })
	first := s.Patient.ID == q.first && s.Next.Due.Equal(q.due)
	return mine || first || s.Next.State == ward.Overdue || s.Next.State == ward.DueSoon
}

// list returns the patients who are left, in their order: the draft of the person at the
// keyboard, then the most late, then those left for later, and those of whom another
// person has a form open.
func (q *queue) list() []*ward.PatientState {
	var parts [3][]*ward.PatientState
	seen := map[int64]bool{}
	for {
		s, ok := q.d.NextDue(func(patient int64) bool { return seen[patient] })
		if !ok {
			break
		}
		id := s.Patient.ID
		seen[id] = true
		if !q.member(s) || q.later[id] >= atMost {
			continue
		}
		part := 0
		switch {
		case q.hidden(id) || len(q.d.Drafts(id)) > 0:
			part = 2
		case q.later[id] > 0:
			part = 1
		}
		parts[part] = append(parts[part], s)
	}
	slices.SortStableFunc(parts[1], func(a, b *ward.PatientState) int {
		return slices.Index(q.order, a.Patient.ID) - slices.Index(q.order, b.Patient.ID)
	})
	return slices.Concat(parts[0], parts[1], parts[2])
}

// hidden reports whether another person began the check of a patient and the board was
// not read since.
func (q *queue) hidden(patient int64) bool {
	at, taken := q.taken[patient]
	return taken && !q.d.ReadAt().After(at)
}

func (q *queue) next() (*ward.PatientState, bool) {
	list := q.list()
	if len(list) == 0 {
		return nil, false
	}
	return list[0], true
}

// counts returns the number of patients who are done, and of all but those left for later.
func (q *queue) counts() (done, all int) {
	all = len(q.done)
	for _, s := range q.list() {
		if q.later[s.Patient.ID] == 0 {
			all++
		}
	}
	return len(q.done), all
}

// left returns the beds that were left for later and still wait.
func (q *queue) left() (beds []string) {
	for _, id := range q.order {
		if s, ok := q.d.State(id); ok && q.member(s) {
			beds = append(beds, desk.Bed(&s.Stay))
		}
	}
	return beds
}

// words lists the beds after the next one: "2A 15:58, 3A 16:06". The mark of a draft tells
// that a form is open.
func (q *queue) words(d *desk.Desk) string {
	var list []string
	for i, s := range q.list() {
		if i == 0 {
			continue
		}
		due := d.Time(s.Next.Due)
		if s.Next.State == ward.Overdue {
			due = d.Due(&s.Next)
		}
		if len(s.Drafts) > 0 {
			due = desk.MarkDraft + " " + due
		}
		list = append(list, desk.Bed(&s.Stay)+" "+due)
	}
	return strings.Join(list, ", ")
}
