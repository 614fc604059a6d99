package tui

import (
	"context"
	"errors"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// setUp is the first run: it names the ward, its time zone and the first user,
// who is its administrator and chooses a PIN.
type setUp struct {
	form    form
	request request
}

func newSetUp(a *app) *setUp {
	zone := a.opts.Now().Location().String()
	if zone == "Local" || zone == "" {
		zone = "UTC"
	}
	return &setUp{form: newForm(append([]*entry{
		textEntry("ward", "Name of the ward", "such as Haematology 4", "", 60),
		textEntry("zone", "Time zone", "such as Europe/London, America/New_York or UTC", zone, 60),
		textEntry("staff", "Your name", "as it should stand beside what you record; you also look after the staff", "", 60),
	}, pinEntries()...)...)}
}

func (s *setUp) open(*app) tea.Cmd       { return nil }
func (s *setUp) foot(*app, int) []string { return nil }
func (s *setUp) typing() bool            { return true }
func (s *setUp) keys(*app) []key.Binding { return s.form.keys() }
func (s *setUp) title(a *app, _ int) string {
	return a.theme.strong.Render("FIRST RUN") + "   the ward and you, its administrator"
}

func (s *setUp) body(a *app, w, h int) []string {
	return append([]string{""}, s.form.body(a, w)...)
}

func (s *setUp) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[done]:
		if msg.request != s.request {
			return nil
		}
		s.request = 0
		if msg.err != nil {
			if e, ok := errors.AsType[*ward.Error](msg.err); !ok || !s.form.blame(e) {
				a.fail(msg.err)
			}
			return nil
		}
		cmd := a.close(s)
		a.say(s.form.get("staff").value() + " is the administrator: sign in, and s adds the staff")
		return cmd
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, keyBack):
			return a.pop()
		case key.Matches(msg, keySave), s.form.update(msg):
			return s.save(a)
		}
	case tea.PasteMsg:
		s.form.update(msg)
	}
	return nil
}

func (s *setUp) save(a *app) (cmd tea.Cmd) {
	if s.request != 0 {
		return nil // one save at a time
	}
	f := &s.form
	first := ward.Staff{Name: f.get("staff").value(), Role: ward.Admin, Active: true}
	w := ward.Ward{Name: f.get("ward").value(), Zone: f.get("zone").value()}
	secret, wrong := chosenPIN(f, first.Name)
	for _, err := range []error{w.Validate(), first.Validate(), wrong} { // from the first line down
		if e, ok := errors.AsType[*ward.Error](err); ok && e != nil && f.blame(e) {
			return nil
		}
	}
	log, keeper := a.store, a.opts.PINs
	s.request, cmd = ask(a, 0, act(func(ctx context.Context) error {
		zone, err := w.Location()
		if err != nil {
			return err
		}
		if first.PIN.Digest, err = keeper.Digest(secret, true); err != nil {
			return err
		}
		return log.SetUp(ctx, ward.Sign(first.Name, a.opts.Now().In(zone)), w, first)
	}))
	return cmd
}
