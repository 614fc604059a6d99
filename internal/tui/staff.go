package tui

import (
	"context"
	"errors"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/pin"
	"neurocheck/internal/ward"
)

// staffScreen is the staff, for an administrator to look after.
type staffScreen struct {
	request request
	saving  request
	loaded  bool
	staff   []ward.Staff
	at      int
}

// given is a one-time PIN that was given out, and to whom.
type given struct{ name, secret string }

var (
	keyStaff    = bind("s", "s", "staff")
	keyOwnPIN   = bind("p", "p", "change my PIN")
	keyAddStaff = bind("a", "a", "add a name")
	keyResetPIN = bind("r", "r", "give out a new PIN")
	keyRole     = bind("c", "c", "change the role")
	keyEndStaff = bind("d", "d", "off the staff, and back")
)

func (s *staffScreen) open(a *app) (cmd tea.Cmd) {
	log := a.store
	s.request, cmd = ask(a, 0, func(ctx context.Context) ([]ward.Staff, error) { return log.Staff(ctx) })
	return cmd
}

func (s *staffScreen) refresh(a *app) tea.Cmd     { return s.open(a) }
func (s *staffScreen) foot(*app, int) []string    { return nil }
func (s *staffScreen) typing() bool               { return false }
func (s *staffScreen) title(a *app, w int) string { return a.theme.strong.Render("STAFF") }

func (s *staffScreen) keys(*app) []key.Binding {
	return keyList(keyMove, keyAddStaff, keyResetPIN, keyRole, keyEndStaff, keyBack)
}

func (s *staffScreen) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[[]ward.Staff]:
		if msg.request != s.request {
			return nil
		}
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		s.loaded, s.staff = true, msg.value
		s.at = max(0, min(s.at, len(s.staff)-1))
	case result[done]:
		if msg.request != s.saving {
			return nil
		}
		s.saving = 0
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		return s.open(a)
	case result[given]:
		if msg.request != s.saving {
			return nil
		}
		s.saving = 0
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		return tea.Batch(s.open(a), a.push(showPIN(msg.value)))
	case tea.KeyPressMsg:
		return s.press(a, msg)
	}
	return nil
}

func (s *staffScreen) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(press, keyBack):
		return a.pop()
	case !s.loaded || s.saving != 0:
	case key.Matches(press, keyMove):
		s.at = moved(press.String(), s.at, len(s.staff))
	case key.Matches(press, keyAddStaff):
		return a.push(newStaffForm())
	case s.at >= len(s.staff):
	case key.Matches(press, keyResetPIN):
		return a.push(s.resetDialog(s.staff[s.at]))
	case key.Matches(press, keyRole):
		return a.push(s.roleDialog(s.staff[s.at]))
	case key.Matches(press, keyEndStaff):
		return a.push(s.endDialog(s.staff[s.at]))
	}
	return nil
}

func (s *staffScreen) resetDialog(m ward.Staff) *chooser {
	return newChooser("Give "+plain(m.Name)+" a new PIN?\nIt is shown once and is good for one sign-in. The old one no longer works.",
		choice{"y", "give it out", func(a *app) (cmd tea.Cmd) {
			s.saving, cmd = giveOut(a, m.Name, func(ctx context.Context, sig ward.Signature, p ward.PIN) error {
				return a.store.SetPIN(ctx, sig, m.Name, p)
			})
			return cmd
		}}, choice{"n", "leave it", nil})
}

func (s *staffScreen) roleDialog(m ward.Staff) *chooser {
	return newChooser("What may "+plain(m.Name)+" do?", numbered(labels(personRoles), func(a *app, i int) tea.Cmd {
		return s.change(a, m.Name, ward.Role(personRoles[i].Code), m.Active)
	})...)
}

func (s *staffScreen) endDialog(m ward.Staff) *chooser {
	question, yes := "Take "+plain(m.Name)+" off the staff?\nThe name stays beside what it recorded, and cannot sign in.", "off the staff"
	if !m.Active {
		question, yes = "Take "+plain(m.Name)+" back on the staff?", "back on the staff"
	}
	return newChooser(question, choice{"y", yes, func(a *app) tea.Cmd { return s.change(a, m.Name, m.Role, !m.Active) }}, choice{"n", "leave it", nil})
}

func (s *staffScreen) change(a *app, name string, role ward.Role, active bool) (cmd tea.Cmd) {
	log := a.store
	s.saving, cmd = ask(a, 0, act(signed(a, func(ctx context.Context, sig ward.Signature) error {
		return log.ChangeStaff(ctx, sig, name, role, active)
	})))
	return cmd
}

// giveOut makes a one-time PIN and gives its digest to keep. On a made-up ward
// nobody has one.
func giveOut(a *app, name string, keep func(context.Context, ward.Signature, ward.PIN) error) (request, tea.Cmd) {
	keeper, log, synthetic := a.opts.PINs, a.store, a.ward.Synthetic
	g := given{name: name}
	do := signed(a, func(ctx context.Context, sig ward.Signature) error {
		if synthetic {
			return keep(ctx, sig, ward.PIN{})
		}
		first, err := log.WithoutPINs(ctx)
		if err != nil {
			return err
		}
		g.secret = pin.OneTime()
		digest, err := keeper.Digest(g.secret, first)
		if err != nil {
			return err
		}
		return keep(ctx, sig, ward.PIN{Digest: digest, OneTime: true})
	})
	return ask(a, 0, func(ctx context.Context) (given, error) {
		err := do(ctx)
		return g, err
	})
}

// showPIN shows a one-time PIN, once.
func showPIN(g given) *chooser {
	text := "The PIN of " + plain(g.name) + " is   " + g.secret + "\nTell nobody else: it is good for one sign-in, which asks for another, and it is not shown again."
	if g.secret == "" {
		text = plain(g.name) + " is on the staff: nobody has a PIN on a made-up ward."
	}
	return newChooser(text, choice{"ctrl+s", "I have noted it", nil})
}

func (s *staffScreen) body(a *app, w, h int) []string {
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	lines := []string{a.theme.faint.Render("    " + a.pad("name", 36) + a.pad("role", 18) + "PIN")}
	first, end := window(s.at, len(s.staff), h-1)
	for i := first; i < end; i++ {
		m := s.staff[i]
		state := "set"
		switch {
		case a.ward.Synthetic:
			state = "none on a made-up ward"
		case !m.Active:
			state = "× off the staff"
		case !m.PIN.Set():
			state = "none yet: r gives one out"
		case m.PIN.OneTime:
			state = "given out, not used"
		}
		line := a.pad(a.fit(plain(m.Name), 34), 36) + a.pad(ward.WordsFor(ward.Roles, string(m.Role)), 18) + state
		if i == s.at {
			lines = append(lines, a.theme.selected.Render(a.pad(" ▌  "+line, w)))
			continue
		}
		if !m.Active {
			line = a.theme.struck.Render(line)
		}
		lines = append(lines, "    "+line)
	}
	return lines
}

// personRoles are the roles that a person can have: a feed is no person.
var personRoles = slices.DeleteFunc(slices.Clone(ward.Roles), func(t ward.Term) bool { return t.Code == string(ward.Feed) })

// staffForm adds a member of staff.
type staffForm struct{ formScreen }

func newStaffForm() *staffForm {
	return &staffForm{formScreen{form: newForm(
		textEntry("staff", "Name", "as it should stand beside what they record", "", 60),
		pickEntry("role", "Role", "← → picks; a clinician also closes follow-ups and orders", personRoles, string(ward.Nurse)),
	)}}
}

func (s *staffForm) title(a *app, _ int) string {
	return a.theme.strong.Render("ADD A NAME") + "   to the staff"
}

func (s *staffForm) update(a *app, msg tea.Msg) tea.Cmd {
	r, ok := msg.(result[given])
	switch {
	case !ok:
		return s.take(a, msg, s.save)
	case r.request != s.request || s.refused(a, r.err):
		return nil
	}
	return tea.Sequence(a.close(s), a.push(showPIN(r.value)))
}

func (s *staffForm) save(a *app) (cmd tea.Cmd) {
	m := ward.Staff{Name: s.form.get("staff").value(), Role: ward.Role(s.form.get("role").value()), Active: true}
	if e, ok := errors.AsType[*ward.Error](m.Validate()); ok && s.form.blame(e) {
		return nil
	}
	log := a.store
	s.request, cmd = giveOut(a, m.Name, func(ctx context.Context, sig ward.Signature, p ward.PIN) error {
		m.PIN = p
		return log.AddStaff(ctx, sig, m)
	})
	return cmd
}
