package session

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// newPIN asks a person to choose a PIN, twice: after a sign-in with a PIN that was given
// out, or because the person wants another one.
type newPIN struct {
	kit.Base
	kit.Form
	d      *desk.Desk
	who    ward.Staff
	change bool // the present PIN is asked for first: the keyboard may be left alone
	lines  []kit.Line
	saving kit.Pending
}

// newFirstPIN makes the screen for the person that the detail of the place names.
func newFirstPIN(d *desk.Desk, to kit.Place) kit.Screen {
	for _, m := range d.People() {
		if m.Name == to.Detail {
			return firstPIN(d, m)
		}
	}
	return firstPIN(d, ward.Staff{Name: to.Detail})
}

// firstPIN makes the screen for a person who has signed in with a PIN for one time.
func firstPIN(d *desk.Desk, who ward.Staff) *newPIN {
	s := &newPIN{d: d, who: who}
	return s.with(pinLines(func() string { return who.Name }))
}

// newOtherPIN makes the screen for the person at the keyboard.
func newOtherPIN(d *desk.Desk, _ kit.Place) kit.Screen {
	s := &newPIN{d: d, who: d.User(), change: true}
	now := kit.Line{ID: "now", Label: "Your PIN now", Editor: secret(func(text string) string {
		if text == "" {
			return "missing: type the PIN that you signed in with"
		}
		return ""
	})}
	return s.with(append([]kit.Line{now}, pinLines(func() string { return s.who.Name })...))
}

func (s *newPIN) with(lines []kit.Line) *newPIN {
	s.lines = lines
	s.Last = func(h kit.Host, _ kit.Key) tea.Cmd { return s.save(h) }
	s.SetLines(lines)
	return s
}

// Head implements [kit.Screen].
func (s *newPIN) Head(p kit.Page) []string {
	return []string{" " + p.Strong.Render("YOUR PIN") + "   " + kit.Plain(s.who.Name)}
}

// Body draws the rule, then the lines.
func (s *newPIN) Body(p kit.Page) []string {
	if s.d.Ward().Synthetic {
		return []string{"", "  demo ward: no PIN"}
	}
	text := "Choose the PIN that only you know. It signs all that you record."
	lines := []string{""}
	for _, line := range append(p.Wrap(text, p.Width-4), p.Wrap(pinRule, p.Width-4)...) {
		lines = append(lines, "  "+line)
	}
	lines = append(lines, "")
	if s.saving.Waiting() {
		return append(lines, "  saving…")
	}
	return append(lines, drawForm(&s.Form, p.With(p.Height-len(lines)))...)
}

// drawForm draws a form of this package, which has one column and no headings.
func drawForm(f *kit.Form, p kit.Page) []string {
	columns := []kit.FormColumn{{Label: 22, Value: p.Width - 28}}
	return f.View(p, columns, func(kit.Page, string) string { return "" })
}

// Typing implements [kit.Screen].
func (s *newPIN) Typing() bool { return s.Form.Typing() }

// Type implements [kit.Screen].
func (s *newPIN) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) {
	if s.saving.Waiting() {
		return k.Text != "", nil
	}
	return s.Form.Type(h, k), nil
}

// Bindings implements [kit.Screen].
func (s *newPIN) Bindings() []kit.Binding {
	list := []kit.Binding{
		kit.Bind("ctrl+s", "save", "save the PIN", func(h kit.Host, _ kit.Key) tea.Cmd { return s.save(h) }).Recording(""),
		kit.Bind("esc", "cancel", "cancel: the PIN stays as it is", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }),
	}
	return append(list, s.Form.Bindings()...)
}

// Update implements [kit.Screen].
func (s *newPIN) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Burst:
		s.Paste(h, msg)
	case kit.Result[ward.Staff]:
		if kit.Take(&s.saving, msg) {
			return s.saved(h, msg)
		}
	}
	return nil
}

func (s *newPIN) save(h kit.Host) tea.Cmd {
	switch {
	case s.saving.Waiting():
		return nil
	case s.d.Ward().Synthetic:
		h.Fail("demo ward: no PIN")
		return nil
	case !leaveLines(&s.Form, s.lines):
		return nil
	}
	who, keeper, zone, clock := s.who, s.d.PINs, s.d.Zone(), s.d.Clock
	change, now, chosen := s.change, s.Value("now"), s.Value("pin")
	return desk.Load(s.d, h, &s.saving, who.Name, func(ctx context.Context, log *store.Store) (ward.Staff, error) {
		if change {
			_, err := log.SignIn(ctx, ward.Sign(who.Name, clock().In(zone)), ward.Unlocked, keeper.Guess(now, false))
			if err != nil {
				return who, err
			}
		}
		same, err := keeper.Matches(who.PIN.Digest, chosen)
		if err == nil && same {
			return who, ward.Invalid("again", "this is the PIN that you have now: choose another one")
		}
		digest, err := keeper.Digest(chosen, false)
		if err != nil {
			return who, err
		}
		if err := log.SetPIN(ctx, ward.Sign(who.Name, clock().In(zone)), who.Name, ward.PIN{Digest: digest}); err != nil {
			return who, err
		}
		return log.StaffMember(ctx, who.Name)
	})
}

func (s *newPIN) saved(h kit.Host, msg kit.Result[ward.Staff]) tea.Cmd {
	refused, known := errors.AsType[*ward.Error](msg.Err)
	switch {
	case known && isWrongPIN(refused):
		s.GoTo("now")
		h.Fail("Wrong PIN. Is Caps Lock on?   The PIN stays as it is.")
		return nil
	case known && refused.Field == "again":
		s.GoTo("pin")
		h.Fail("NOT SAVED: " + refused.Reason)
		return nil
	case msg.Err != nil:
		h.Fail(desk.NotSaved(msg.Err))
		return nil
	}
	cmd := h.Close(s)
	if !s.change {
		cmd = tea.Batch(cmd, s.d.Doors.Enter(h, msg.Value))
	}
	h.Say("Your new PIN is saved.")
	return cmd
}
