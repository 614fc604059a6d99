package check

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/words"
)

// theirs is the draft of another person.
type theirs struct {
	draft store.Draft
	found bool
}

// loadTheirs reads the draft of another person, to ask whether to go on with it.
func loadTheirs(d *desk.Desk, h kit.Host, pending *kit.Pending, patient int64, author string) tea.Cmd {
	return desk.Load(d, h, pending, desk.Subject(patient), func(ctx context.Context, log *store.Store) (t theirs, err error) {
		t.draft, t.found, err = log.DraftOf(ctx, patient, author)
		return t, err
	})
}

// askTakeOver asks whether to go on with the draft of another person, who keeps it until
// this check is saved. took is called after the answers are here.
func (e *examination) askTakeOver(h kit.Host, msg kit.Result[theirs], took func(kit.Host) tea.Cmd) tea.Cmd {
	d := msg.Value.draft
	switch {
	case msg.Err != nil:
		h.Fail(desk.Words(msg.Err))
		return nil
	case !msg.Value.found:
		h.Say("the other check is not open any more")
		return nil
	}
	name := words.ShortName(d.Author)
	text := []string{
		fmt.Sprintf("%s began a check at %s: %s. Take it over?", name, e.desk.Time(d.Since), bedside.AnswerCount(d.Content)),
		"The answers come here under your name, in place of yours. " + name + " keeps the draft until you save, and then gets a message.",
	}
	return h.Push(kit.Confirm([]string{words.About(&e.history.Patient)}, text, "take over", "back to the form", func(h kit.Host) tea.Cmd {
		e.check.ID = d.CheckID
		e.dialog = e.restore(d.Content).Dialog
		e.changed = true
		h.Say("Taken over from " + name + ", " + e.desk.Time(d.Since) + ": look at each answer")
		return took(h)
	}))
}
