package desk

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// SaveQuestion is a question that stays until its answer is saved, so that a save that
// fails loses nothing. Its options call Save. A screen may embed it: then Self is that
// screen.
type SaveQuestion struct {
	kit.Question
	Desk *Desk
	Self kit.Screen // the screen on the stack
	// Saved is called after the dialog is gone, if the save succeeded.
	Saved func(kit.Host) tea.Cmd
	// Failed is called if it did not, after the line that says so; nil does nothing.
	Failed func(kit.Host, error) tea.Cmd
	// Work returns the text that the desk keeps while the question is not answered, after
	// each key: see [Desk.Keep]. Empty forgets it. Nil keeps nothing.
	Work func() string
	// ID is the number that SaveID returned, such as that of a new patient.
	ID int64

	place   kit.Place
	request string
	saving  kit.Pending
	since   time.Time // the time at which the save began
}

// NewSaveQuestion returns a question about a place, with the ID for its save. Its work is
// kept under the place.
func NewSaveQuestion(d *Desk, at kit.Place) *SaveQuestion {
	q := &SaveQuestion{Desk: d, place: at, request: d.NewID()}
	q.Self = q
	q.Left = func(h kit.Host) tea.Cmd { return h.Close(q.Self) }
	q.Typed = q.keep
	return q
}

func (q *SaveQuestion) keep() {
	if q.Work != nil {
		q.Desk.KeepText(q.place, q.Work())
	}
}

// Save runs the save of an answer. The question stays until it is confirmed.
func (q *SaveQuestion) Save(h kit.Host, do func(context.Context, *store.Store, ward.Signature) error) tea.Cmd {
	return q.SaveID(h, func(ctx context.Context, log *store.Store, sig ward.Signature) (int64, error) {
		return 0, do(ctx, log, sig)
	})
}

// Saving reports whether the save of an answer is on its way.
func (q *SaveQuestion) Saving() bool { return q.saving.Waiting() }

// answered is the value of a save: a number, or 0.
type answered int64

// SaveID is [SaveQuestion.Save] for a save that returns a number.
func (q *SaveQuestion) SaveID(h kit.Host, do func(context.Context, *store.Store, ward.Signature) (int64, error)) tea.Cmd {
	if q.saving.Waiting() {
		return nil // one save at a time
	}
	q.since = q.Desk.Now()
	return Save(q.Desk, h, &q.saving, q.place.Subject, q.request, func(ctx context.Context, log *store.Store, sig ward.Signature) (answered, error) {
		id, err := do(ctx, log, sig)
		return answered(id), err
	})
}

// Update implements [kit.Screen].
func (q *SaveQuestion) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	done, ok := msg.(kit.Result[answered])
	if !ok {
		return q.Question.Update(h, msg)
	}
	if !kit.Take(&q.saving, done) {
		return nil
	}
	if done.Err != nil {
		h.Fail(NotSaved(done.Err))
		if kind := ward.KindOf(done.Err); kind != ward.KindUnavailable && kind != ward.KindInternal {
			q.request = q.Desk.NewID() // refused, so that another answer is another act
		}
		if q.Failed != nil {
			return q.Failed(h, done.Err)
		}
		return nil
	}
	q.ID = int64(done.Value)
	q.Desk.Keep(q.place, nil)
	cmd := h.Close(q.Self)
	if q.Saved != nil {
		cmd = tea.Batch(cmd, q.Saved(h))
	}
	return cmd
}

// Bindings implements [kit.Screen]. While the save is on its way the answers are off.
func (q *SaveQuestion) Bindings() []kit.Binding {
	list := q.Question.Bindings()
	for i := range list {
		list[i] = list[i].If(!q.saving.Waiting() || list[i].Keys[0] == "esc", "it is being saved")
	}
	return list
}

// Foot implements [kit.Screen]. It says so if a save takes long.
func (q *SaveQuestion) Foot(p kit.Page) []string {
	if away := q.Desk.Now().Sub(q.since); q.saving.Waiting() && away >= 2*time.Second {
		return []string{p.Bad.Render(fmt.Sprintf(" saving… no answer for %d s. NOT SAVED YET", int(away.Seconds())))}
	}
	return q.Question.Foot(p)
}
