package tui

import (
	"io"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// watcher is a model that looks for the ticker at its first message.
type watcher struct {
	frames frames
	found  bool
}

func (w *watcher) Init() tea.Cmd { return nil }

func (w *watcher) Update(tea.Msg) (tea.Model, tea.Cmd) {
	w.frames.hurry()
	w.found = w.frames.ticker != nil
	return w, tea.Quit
}

func (w *watcher) View() tea.View { return tea.NewView("") }

// The ticker is a field that Bubble Tea does not export, so another version may move it.
func TestFramesFindTheTicker(t *testing.T) {
	t.Parallel()
	w := &watcher{}
	w.frames.program = tea.NewProgram(w, tea.WithContext(t.Context()), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler())
	if _, err := w.frames.program.Run(); err != nil {
		t.Fatal(err)
	}
	if !w.found {
		t.Error("no ticker: the screens draw 120 times a second, keys wait 4 ms longer, and an idle terminal takes 1 % of a core")
	}
}
