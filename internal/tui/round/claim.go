package round

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// claim reserves the check of a patient before its form opens.
type claim struct {
	pending kit.Pending
	since   time.Time
	place   kit.Place // of the form that opens with the answer
	next    bool      // if another person was quicker, the next patient's form opens
	held    int64     // the patient of the last claim
}

// claimed is the value of a command that claimed a check: the author who was quicker.
type claimed struct{ other string }

// slow is the time after which a form opens without the answer of the log.
const slow = 2 * time.Second

// begin claims the check of a patient, and then opens the form.
func (r *round) begin(h kit.Host, s *ward.PatientState, detail string, next bool) tea.Cmd {
	id := s.Patient.ID
	r.claim.place = kit.Place{Screen: desk.Form, Subject: desk.Subject(id), Detail: detail}
	r.claim.since, r.claim.next, r.claim.held = r.d.Now(), next, id
	var known []string
	for _, draft := range s.Drafts {
		known = append(known, draft.Author)
	}
	draft := store.Draft{PatientID: id, Author: r.d.User().Name, CheckID: r.d.NewID(), Revision: 1, Since: r.d.Now()}
	return desk.Load(r.d, h, &r.claim.pending, r.claim.place.Subject, func(ctx context.Context, log *store.Store) (claimed, error) {
		other, err := log.ClaimCheck(ctx, draft, known)
		return claimed{other}, err
	})
}

// claimed opens the form. A log that could not answer hinders no check.
func (r *round) claimed(h kit.Host, msg kit.Result[claimed]) tea.Cmd {
	other := msg.Value.other
	if msg.Err != nil || other == "" {
		return r.open(h)
	}
	id := desk.PatientOf(r.claim.place.Subject)
	r.claim.held = 0
	r.queue.taken[id] = r.d.Now()
	reload := r.d.Reload(h)
	if s, ok := r.d.State(id); ok {
		r.note = words.ShortName(other) + " has just begun the check of " + words.Name(&s.Patient) + ", " + words.MRN(&s.Patient)
	}
	if s, ok := r.queue.next(); ok && r.claim.next && s.Patient.ID != id {
		return tea.Batch(reload, r.begin(h, s, desk.InRound, true))
	}
	r.claim.next = false
	return reload
}

func (r *round) open(h kit.Host) tea.Cmd {
	r.claim.next = false
	return h.Go(r.claim.place)
}

// openSlow opens the form if the log does not answer.
func (r *round) openSlow(h kit.Host) tea.Cmd {
	if !r.claim.pending.Waiting() || r.d.Now().Sub(r.claim.since) < slow {
		return nil
	}
	r.claim.pending.Forget()
	return r.open(h)
}

// release drops the claim of a form that was left without an answer.
func (r *round) release(h kit.Host) tea.Cmd {
	id, author := r.claim.held, r.d.User().Name
	r.claim.held = 0
	if id == 0 || author == "" || r.claim.pending.Waiting() {
		return nil
	}
	var p kit.Pending
	return desk.Load(r.d, h, &p, desk.Subject(id), func(ctx context.Context, log *store.Store) (desk.DraftKept, error) {
		return desk.DraftKept{Patient: id}, log.ReleaseCheck(ctx, id, author)
	})
}
