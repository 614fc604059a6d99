package tui

import (
	"context"
	"errors"
	"fmt"
	"io"

	tea "charm.land/bubbletea/v2"
)

// Program is one session of screens: at a terminal, or at a seat over SSH.
type Program struct {
	root *root
	tea  *tea.Program
	stop context.CancelFunc // of the commands
}

// NewProgram returns the screens for a terminal. The program ends with the context; its
// commands end a little later, so that a save on its way is not lost with the terminal.
func NewProgram(ctx context.Context, o Options, terminal ...tea.ProgramOption) *Program {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	r := newRoot(work, o)
	p := &Program{root: r, tea: tea.NewProgram(r, append(terminal, tea.WithContext(ctx), tea.WithFPS(120))...), stop: stop}
	r.frames.program = p.tea
	return p
}

// Over is the terminal of a session over a network: its input, its output, the
// environment and the size.
type Over struct {
	io.ReadWriter
	Env           []string
	Width, Height int
}

// Terminal returns the options of a program for a session over a network. The signals of
// the process are not for one session of many.
func (t Over) Terminal(more ...tea.ProgramOption) []tea.ProgramOption {
	return append(more, tea.WithInput(t.ReadWriter), tea.WithOutput(t.ReadWriter), tea.WithEnvironment(t.Env),
		tea.WithWindowSize(t.Width, t.Height), tea.WithoutSignalHandler(), tea.WithFilter(t.allowed))
}

// resized is the size of a terminal over a network, from [Program.Resize].
type resized tea.WindowSizeMsg

// allowed drops the request to stop the process, which serves other sessions too, and a size
// that comes with the keys: the terminal was not asked for it, and it could be any.
func (t Over) allowed(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.SuspendMsg:
		return nil
	case tea.WindowSizeMsg:
		if msg.Width != t.Width || msg.Height != t.Height { // else it is that of the start
			return nil
		}
	case resized:
		return tea.WindowSizeMsg(msg)
	}
	return msg
}

// Run shows the screens until the user quits or the context ends.
func (p *Program) Run() error {
	defer p.stop()
	r := p.root
	_, err := p.tea.Run()
	lost := r.finish()
	r.session.Leave(r.unfinished())
	r.leave()
	switch {
	case r.failure.fatal:
		return fmt.Errorf("the program failed: error %s at %s. Saved checks are safe, and an unsaved check is kept as a draft: start it again, and %s", r.failure.code, r.failure.at, r.d.Call())
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("the program failed; saved checks are safe, and an unsaved check is kept as a draft: %w", err)
	case err == nil, errors.Is(err, tea.ErrInterrupted), errors.Is(err, tea.ErrProgramKilled):
		return lost
	}
	return err
}

// Resize tells the screens the size of a terminal over a network: see [Over]. It waits until
// they have the size at the start: Bubble Tea sends that from another goroutine, and it would
// undo a later one.
func (p *Program) Resize(width, height int) {
	select {
	case <-p.root.sized:
		p.tea.Send(resized{Width: width, Height: height})
	case <-p.root.ctx.Done():
	}
}

// End shows a reason and ends the program after the saves on their way.
func (p *Program) End(reason string) { p.tea.Send(programEnd{reason}) }
