package tui

import (
	"errors"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// formScreen is what screens share that are a form and nothing else.
type formScreen struct {
	form    form
	request request // of the save under way
}

func (s *formScreen) open(*app) tea.Cmd       { return nil }
func (s *formScreen) foot(*app, int) []string { return nil }
func (s *formScreen) typing() bool            { return true }
func (s *formScreen) keys(*app) []key.Binding { return s.form.keys() }

func (s *formScreen) body(a *app, w, h int) []string {
	return append([]string{""}, s.form.body(a, w)...)
}

// take takes a key or a paste; save is called for the key that saves, while no
// save is under way.
func (s *formScreen) take(a *app, msg tea.Msg, save func(*app) tea.Cmd) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, keyBack):
			return a.pop()
		case (key.Matches(msg, keySave) || s.form.update(msg)) && s.request == 0:
			return save(a)
		}
	case tea.PasteMsg:
		s.form.update(msg)
	}
	return nil
}

// refused shows why a save was refused: at its line, where it is about one. It
// reports whether there was anything to show.
func (s *formScreen) refused(a *app, err error) bool {
	s.request = 0
	if e, ok := errors.AsType[*ward.Error](err); err != nil && (!ok || !s.form.blame(e)) {
		a.fail(err)
	}
	return err != nil
}
