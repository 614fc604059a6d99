package tui

import (
	"fmt"
	"hash/crc32"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/kit"
)

// again is the time within which a second error ends the program.
const again = 10 * time.Second

// recovered goes on after an error of the program: it closes the screens of the person at
// the keyboard and opens the board anew. Drafts are in the log. A second error soon after
// ends the program.
func (r *root) recovered(at string) tea.Cmd {
	now := r.steps()
	if !r.failure.when.IsZero() && now.Sub(r.failure.when) < again {
		r.failure.fatal = true
		r.failure.code, r.failure.at = codeOf(at), at
		return tea.Quit
	}
	r.failure = failure{code: codeOf(at), at: at, when: now}
	user := r.d.User()
	r.stack = r.newStack()
	r.stack.Update(tea.WindowSizeMsg{Width: r.width, Height: r.height}, now)
	r.people = map[string]*absent{}
	cmds := []tea.Cmd{r.stack.Init()}
	if user.Name != "" {
		cmds = append(cmds, r.enter(r.stack, user))
	}
	r.stack.Fail(fmt.Sprintf("Error %s. Your draft is kept; %s", r.failure.code, r.d.Call()))
	return tea.Batch(cmds...)
}

// failedCommand is the message of a command that failed in a way that nothing expected.
type failedCommand struct{ at string }

// guarded returns a command that goes on after an error of the program. Bubble Tea would
// end the session, and print the value of the error, which may hold a name, to the standard
// error: that is the journal of a server.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if recover() != nil {
				msg = failedCommand{kit.PanicPlace()}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i, one := range batch {
				batch[i] = guarded(one)
			}
		}
		return msg
	}
}

func codeOf(at string) string { return fmt.Sprintf("%04X", crc32.ChecksumIEEE([]byte(at))&0xffff) }
