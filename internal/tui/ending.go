package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// programEnd is the message that the program ends, and why.
type programEnd struct{ reason string }

// lastWait is the longest time that the end of a program waits for its commands, and
// shownFor the time for which it shows the reason of its end.
const (
	lastWait = 4 * time.Second
	shownFor = time.Second
)

// waitForCommands waits until no command is at work, for a while.
func (r *root) waitForCommands(most time.Duration) {
	for end := time.Now().Add(most); r.stack.Config.Requests.Running() > 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
}

// takeLeave shows why the program ends, and ends it when the saves are done.
func (r *root) takeLeave(reason string) tea.Cmd {
	r.stack.Fail(reason)
	r.reason = reason
	return func() tea.Msg {
		begun := time.Now()
		time.Sleep(shownFor / 5) // commands that this message follows have begun by then
		r.waitForCommands(lastWait)
		time.Sleep(max(0, shownFor-time.Since(begun)))
		return tea.Quit()
	}
}

// ErrUnkept is the error of a program that ended without a question while the log took
// nothing: the answers that were typed last may be gone.
var ErrUnkept = errors.New("the log took nothing at the end: answers typed here last may not be kept; write them down, and compare them after you sign in again")

// finish does the rest of a program that has ended: it waits for saves on their way, and
// writes the forms that changed last. A person who did not quit is signed out in the
// audit. It returns [ErrUnkept] if unsaved work may not be in the log.
func (r *root) finish() error {
	most := lastWait
	if r.reason != "" { // takeLeave has waited, and a server that goes down waits for no more
		most = shownFor
	}
	r.waitForCommands(most)
	ctx, cancel := context.WithTimeout(r.ctx, quitWait)
	defer cancel()
	var lost error
	if flush := r.d.FlushLast(); flush != nil {
		lost = flush(ctx)
	}
	if lost != nil || r.d.Unkept() || r.d.StillWrites() {
		lost = r.unkept()
	}
	user := r.d.User()
	if r.o.Remote && user.Name != "" && !r.quitted && r.d.ReadOnly() == "" {
		reason := r.reason
		if reason == "" {
			reason = "the connection ended"
		}
		_ = r.d.Log.Note(ctx, ward.Sign(user.Name, r.o.Now().In(r.d.Zone())), ward.AuditEvent{Event: ward.SignedOut, Detail: reason})
	}
	return lost
}

// unkept returns [ErrUnkept] if a person has unsaved work here and did not quit: the question
// of ctrl+c says so.
func (r *root) unkept() error {
	work := len(r.unsavedWork())
	for _, a := range r.people {
		work += len(a.unsaved)
	}
	if work == 0 || r.quitted {
		return nil
	}
	return ErrUnkept
}
