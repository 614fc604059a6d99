package check

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// theirs is the draft of another person.
type theirs struct {
	draft store.Draft
	found bool
}

// openTakeOver reads the draft of another person, to ask whether to go on with it.
func (f *form) openTakeOver(h kit.Host, _ kit.Key) tea.Cmd {
	list := f.others()
	if len(list) == 0 {
		return nil
	}
	id, author := f.patient, list[0].Author
	return desk.Load(f.desk, h, &f.taking, f.subject, func(ctx context.Context, log *store.Store) (t theirs, err error) {
		t.draft, t.found, err = log.DraftOf(ctx, id, author)
		return t, err
	})
}

// takeOver asks whether to go on with the draft. The other person keeps it until this
// check is saved.
func (f *form) takeOver(h kit.Host, msg kit.Result[theirs]) tea.Cmd {
	d := msg.Value.draft
	switch {
	case msg.Err != nil:
		h.Fail(desk.Words(msg.Err))
		return nil
	case !msg.Value.found:
		h.Say("the other check is not open any more")
		return nil
	}
	name := desk.ShortName(d.Author)
	text := []string{
		fmt.Sprintf("%s began a check at %s: %s. Take it over?", name, f.desk.Time(d.Since), bedside.AnswerCount(d.Content)),
		"The answers come here under your name, in place of yours. " + name + " keeps the draft until you save, and is told then.",
	}
	return h.Push(kit.Confirm([]string{desk.About(&f.history.Patient)}, text, "take over", "back to the form", func(h kit.Host) tea.Cmd {
		f.check.ID, f.takenFrom = d.CheckID, d.Author
		dialog := f.restore(d.Content)
		f.takenFrom = d.Author
		f.changed = true
		h.Say("Taken over from " + name + ", " + f.desk.Time(d.Since) + ": look at each answer")
		return tea.Batch(f.flush(h), f.openDialog(h, dialog))
	}))
}
