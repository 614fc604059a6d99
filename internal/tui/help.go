package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// help shows the keys that work right now on the screen it was called from, made
// from its bindings.
type help struct{ of screen }

func (h *help) open(*app) tea.Cmd { return nil }
func (h *help) title(a *app, _ int) string {
	return a.theme.strong.Render("KEYS") + "   that work right now"
}
func (h *help) foot(*app, int) []string { return nil }
func (h *help) typing() bool            { return false }
func (h *help) keys(*app) []key.Binding { return keyList(keyBack) }

func (h *help) update(a *app, msg tea.Msg) tea.Cmd {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		// Any key leads back. The screen below is as it was, so it is not opened
		// again: that would load it anew under a half-typed answer.
		a.stack = a.stack[:len(a.stack)-1]
	}
	return nil
}

func (h *help) body(a *app, w, height int) []string {
	bindings := append(h.of.keys(a), keyHelp, keyQuit)
	lines := []string{""}
	for _, b := range bindings {
		if b.Enabled() && b.Help().Key != "" {
			lines = append(lines, "  "+a.theme.strong.Render(a.pad(b.Help().Key, 12))+" "+b.Help().Desc)
		}
	}
	if most := height - 3; len(lines) > most { // two columns
		rest := lines[most:]
		lines = lines[:most]
		for i, l := range rest {
			lines[i+1] = a.pad(lines[i+1], w/2) + l
		}
	}
	return append(lines, "", "  "+a.theme.faint.Render("any key leads back"))
}
