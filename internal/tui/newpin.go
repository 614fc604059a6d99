package tui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/pin"
	"neurocheck/internal/ward"
)

// newPIN asks somebody to choose their own PIN, twice: after signing in with one
// that was given out, or because they want another.
type newPIN struct {
	formScreen
	change bool // the PIN now is asked for first: the keyboard may have been left
	who    ward.Staff
	then   func(*app) tea.Cmd // called when it is kept
}

func newNewPIN(who ward.Staff, then func(*app) tea.Cmd) *newPIN {
	return &newPIN{who: who, then: then, formScreen: formScreen{form: newForm(pinEntries()...)}}
}

// newOtherPIN is for somebody who has a PIN and wants another.
func newOtherPIN(who ward.Staff) *newPIN {
	entries := append([]*entry{secretEntry("now", "Your PIN now", "the one that you signed in with")}, pinEntries()...)
	return &newPIN{who: who, change: true, then: func(*app) tea.Cmd { return nil }, formScreen: formScreen{form: newForm(entries...)}}
}

// pinEntries ask for a new PIN, twice.
func pinEntries() []*entry {
	return []*entry{
		secretEntry("pin", "Your PIN", "six characters or more; a sentence is good too"),
		secretEntry("again", "The same again", "so that a slip does not lock you out"),
	}
}

// chosenPIN returns the PIN that a form asks for, or what is wrong with it.
func chosenPIN(f *form, name string) (string, *ward.Error) {
	secret := f.get("pin").value()
	if e, ok := errors.AsType[*ward.Error](pin.Judge(secret, name)); ok {
		return "", e
	}
	if f.get("again").value() != secret {
		return "", ward.Invalid("again", "the two are not the same")
	}
	return secret, nil
}

func (s *newPIN) title(a *app, _ int) string {
	return a.theme.strong.Render("YOUR PIN") + "   " + plain(s.who.Name)
}

func (s *newPIN) body(a *app, w, h int) []string {
	lines := []string{"", "  Choose the PIN or passphrase that only you know. What you record is signed by it.", ""}
	return append(lines, s.form.body(a, w)...)
}

func (s *newPIN) update(a *app, msg tea.Msg) tea.Cmd {
	r, ok := msg.(result[done])
	if !ok {
		return s.take(a, msg, s.save)
	}
	if e, ok := errors.AsType[*ward.Error](r.err); ok && s.change && e.Field == "pin" {
		r.err = ward.Invalid("now", e.Reason)
	}
	if r.request != s.request || s.refused(a, r.err) {
		return nil
	}
	cmd := a.close(s)
	a.say("Your PIN is kept")
	return tea.Sequence(cmd, s.then(a))
}

func (s *newPIN) save(a *app) (cmd tea.Cmd) {
	secret, wrong := chosenPIN(&s.form, s.who.Name)
	if wrong != nil {
		s.form.blame(wrong)
		return nil
	}
	log, keeper, by, zone, now := a.store, a.opts.PINs, s.who.Name, a.zone, a.opts.Now
	change, old := s.change, ""
	if change {
		old = s.form.get("now").value()
	}
	s.request, cmd = ask(a, 0, act(func(ctx context.Context) error {
		if change {
			_, err := log.SignIn(ctx, ward.Sign(by, now().In(zone)), ward.Unlocked, func(p ward.PIN) (bool, error) { return keeper.Matches(p.Digest, old) })
			if err != nil {
				return err
			}
		}
		digest, err := keeper.Digest(secret, false)
		if err != nil {
			return err
		}
		return log.SetPIN(ctx, ward.Sign(by, now().In(zone)), by, ward.PIN{Digest: digest})
	}))
	return cmd
}
