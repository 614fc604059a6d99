package tui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// setUp is the first run: it names the ward, its time zone and the first user,
// who is its administrator and chooses a PIN.
type setUp struct{ formScreen }

func newSetUp(a *app) *setUp {
	zone := a.opts.Now().Location().String()
	if zone == "Local" || zone == "" {
		zone = "UTC"
	}
	return &setUp{formScreen{form: newForm(append([]*entry{
		textEntry("ward", "Name of the ward", "such as Haematology 4", "", 60),
		textEntry("zone", "Time zone", "such as Europe/London, America/New_York or UTC", zone, 60),
		textEntry("staff", "Your name", "as it should stand beside what you record; you also look after the staff", "", 60),
	}, pinEntries()...)...)}}
}

func (s *setUp) title(a *app, _ int) string {
	return a.theme.strong.Render("FIRST RUN") + "   the ward and you, its administrator"
}

func (s *setUp) update(a *app, msg tea.Msg) tea.Cmd {
	r, ok := msg.(result[done])
	switch {
	case !ok:
		return s.take(a, msg, s.save)
	case r.request != s.request || s.refused(a, r.err):
		return nil
	}
	cmd := a.close(s)
	a.say(s.form.get("staff").value() + " is the administrator: sign in, and s adds the staff")
	return cmd
}

func (s *setUp) save(a *app) (cmd tea.Cmd) {
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
