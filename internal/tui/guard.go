package tui

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// guard stands round the root model: where the program fails, it leaves the
// terminal as it found it and says where it failed, with nothing of what was on
// the screen. What failed may hold a patient's name, so it is not told.
type guard struct {
	*app
	failed string // where; empty while all is well
}

// Update implements tea.Model.
func (g *guard) Update(msg tea.Msg) (same tea.Model, cmd tea.Cmd) {
	same = g
	defer func() {
		if recover() != nil {
			g.failed, cmd = place(), tea.Quit
		}
	}()
	if g.failed != "" { // while drawing
		return g, tea.Quit
	}
	_, cmd = g.app.Update(msg)
	return g, cmd
}

// View implements tea.Model.
func (g *guard) View() (v tea.View) {
	defer func() {
		if recover() != nil {
			g.failed = place()
		}
	}()
	if g.failed == "" {
		v = g.app.View()
	}
	return v
}

// place says where the program failed: the line of this project's code that is
// nearest. It is called while a panic is being recovered from.
func place() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	panicked := false
	for {
		f, more := frames.Next()
		if f.Function == "runtime.gopanic" {
			panicked = true
		} else if panicked && strings.HasPrefix(f.Function, "neurocheck/") {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

// failure is what a command that failed brings back.
func failure(at string) error {
	return fmt.Errorf("the program failed at %s; it goes on, but tell who looks after it", at)
}
