package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// disclaimer is the one line that every user reads.
const disclaimer = "Supports judgement, does not replace it; shows which finding made the grade."

// signIn asks who is at the keyboard. In a log without a ward it leads to the
// first run.
type signIn struct {
	request request
	loaded  bool
	fresh   bool // the log has no ward yet
	staff   []ward.Staff
	at      int
	filter  string

	asked ward.Staff // who is asked for their PIN; nobody while the list is shown
	pin   textinput.Model
	entry request // of judging the PIN
}

// people is what the sign-in screen needs of the log.
type people struct {
	ward  ward.Ward
	zone  *time.Location
	staff []ward.Staff
	fresh bool
}

func (s *signIn) open(a *app) tea.Cmd {
	left := a.note(ward.AuditEvent{Event: ward.SignedOut})
	a.user = ward.Staff{}
	s.filter, s.at, s.asked = "", 0, ward.Staff{}
	return tea.Batch(left, s.load(a))
}

// askPIN asks somebody for their PIN.
func (s *signIn) askPIN(who ward.Staff) {
	s.asked = who
	s.pin = newInput("", pin.Most)
	s.pin.EchoMode = textinput.EchoPassword
	s.pin.Focus()
}

func (s *signIn) load(a *app) (cmd tea.Cmd) {
	log := a.store
	s.request, cmd = ask(a, 0, func(ctx context.Context) (people, error) { return loadPeople(ctx, log) })
	return cmd
}

func loadPeople(ctx context.Context, log *store.Store) (people, error) {
	w, err := log.Ward(ctx)
	if ward.KindOf(err) == ward.KindNotFound && err != nil {
		return people{fresh: true, zone: time.UTC}, nil
	}
	if err != nil {
		return people{}, err
	}
	zone, err := w.Location()
	if err != nil {
		return people{}, err
	}
	staff, err := log.Staff(ctx)
	return people{ward: w, zone: zone, staff: staff}, err
}

func (s *signIn) title(a *app, _ int) string {
	name := "neurocheck"
	if a.ward.Name != "" {
		name = plain(a.ward.Name)
	}
	return a.theme.strong.Render(name) + "   neuro checks, ICANS grades, follow-ups"
}

func (s *signIn) foot(*app, int) []string { return nil }
func (s *signIn) typing() bool            { return !s.fresh }

var (
	keySetUp    = bind("1", "1", "set up this ward")
	keyLook     = bind("2", "2", "look round the demo ward")
	keySignIn   = bind("enter", "enter", "sign in")
	keyUpDown   = bind("up down", "↑↓", "move")
	keyLeaveAll = bind("ctrl+c", "ctrl+c", "quit")
)

func (s *signIn) keys(*app) []key.Binding {
	if s.fresh {
		return keyList(keySetUp, keyLook, keyLeaveAll)
	}
	if s.asked.Name != "" {
		return keyList(keySignIn, bind("esc", "esc", "somebody else"), keyLeaveAll)
	}
	return keyList(keySignIn, keyUpDown, keyLeaveAll)
}

func (s *signIn) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[people]:
		return s.show(a, msg)
	case result[demoWard]:
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		a.store, a.leaveDemo = msg.value.store, msg.value.leave
		return s.open(a)
	case result[ward.Staff]:
		return s.judged(a, msg)
	case tea.PasteMsg:
		if s.asked.Name != "" {
			s.pin, _ = s.pin.Update(msg)
		}
	case tea.KeyPressMsg:
		if s.fresh {
			return s.first(a, msg)
		}
		return s.press(a, msg)
	}
	return nil
}

func (s *signIn) show(a *app, msg result[people]) tea.Cmd {
	if msg.request != s.request {
		return nil
	}
	if msg.err != nil {
		a.fail(msg.err)
		return nil
	}
	s.loaded, s.fresh, s.staff = true, msg.value.fresh, nil
	a.ward, a.zone = msg.value.ward, msg.value.zone
	site := *a.site // commands read the old one
	site.Zone = a.zone
	a.site = &site
	a.store.SetRules(site) // the ward may be new, and its zone not known before
	for _, m := range msg.value.staff {
		if m.Active {
			s.staff = append(s.staff, m)
		}
	}
	return nil
}

type demoWard struct {
	store *store.Store
	leave func() error
}

func (s *signIn) first(a *app, press tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(press, keySetUp):
		return a.push(newSetUp(a))
	case key.Matches(press, keyLook) && a.opts.OpenDemo != nil:
		_, cmd := ask(a, 0, func(ctx context.Context) (d demoWard, err error) {
			d.store, d.leave, err = a.opts.OpenDemo(ctx)
			return d, err
		})
		return cmd
	}
	return nil
}

func (s *signIn) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	if s.asked.Name != "" {
		return s.pressPIN(a, press)
	}
	shown := s.shown()
	switch {
	case press.String() == "up":
		s.at--
	case press.String() == "down":
		s.at++
	case press.String() == "backspace":
		if r := []rune(s.filter); len(r) > 0 {
			s.filter = string(r[:len(r)-1])
		}
	case key.Matches(press, keyBack):
		s.filter = ""
	case key.Matches(press, keySignIn):
		if s.at < len(shown) {
			if a.ward.Synthetic {
				return s.judge(a, shown[s.at], "")
			}
			s.askPIN(shown[s.at])
		}
	case press.Text != "":
		s.filter += press.Text
		s.at = 0
	}
	s.at = max(0, min(s.at, len(s.shown())-1))
	return nil
}

func (s *signIn) pressPIN(a *app, press tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(press, keyBack):
		s.asked = ward.Staff{}
	case key.Matches(press, keySignIn):
		if s.pin.Value() != "" || a.ward.Synthetic {
			return s.judge(a, s.asked, s.pin.Value())
		}
	default:
		s.pin, _ = s.pin.Update(press)
	}
	return nil
}

// judge asks the log whether somebody is who they say.
func (s *signIn) judge(a *app, who ward.Staff, secret string) (cmd tea.Cmd) {
	if s.entry != 0 {
		return nil // one at a time
	}
	how := ward.SignedIn
	if _, left := a.parked[who.Name]; left {
		how = ward.Unlocked
	}
	log, keeper, zone, now := a.store, a.opts.PINs, a.zone, a.opts.Now
	s.entry, cmd = ask(a, 0, func(ctx context.Context) (ward.Staff, error) {
		return log.SignIn(ctx, ward.Sign(who.Name, now().In(zone)), how, func(p ward.PIN) (bool, error) { return keeper.Matches(p.Digest, secret) })
	})
	return cmd
}

func (s *signIn) judged(a *app, msg result[ward.Staff]) tea.Cmd {
	if msg.request != s.entry {
		return nil
	}
	s.entry = 0
	if msg.err != nil {
		s.pin.SetValue("")
		if e, ok := errors.AsType[*ward.Error](msg.err); ok && e.Field == "pin" {
			msg.err = ward.Conflict(e.Reason)
		}
		a.fail(msg.err)
		return nil
	}
	m := msg.value
	s.asked = ward.Staff{}
	if m.PIN.OneTime {
		return a.push(newNewPIN(m, func(a *app) tea.Cmd { return a.enter(m) }))
	}
	return a.enter(m)
}

func (s *signIn) shown() []ward.Staff {
	var list []ward.Staff
	for _, m := range s.staff {
		if m.Active && strings.Contains(strings.ToLower(m.Name), strings.ToLower(s.filter)) {
			list = append(list, m)
		}
	}
	return list
}

func (s *signIn) body(a *app, w, h int) []string {
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	if s.fresh {
		return []string{
			"", "  This log is new. What would you like to do?", "",
			"   " + a.theme.strong.Render("1") + "  set up this ward: its name, its time zone, and you",
			"   " + a.theme.strong.Render("2") + "  look round the demo ward: synthetic patients, gone when you leave",
			"", "", "  " + a.theme.faint.Render(disclaimer),
		}
	}
	if s.asked.Name != "" {
		return s.pinBody(a, w, h)
	}
	lines := []string{"", "  Who is at the keyboard?   " + a.theme.faint.Render("type a part of the name") + "  " + plain(s.filter) + a.theme.strong.Render("▌"), ""}
	shown := s.shown()
	room := h - len(lines) - 2
	first, end := window(s.at, len(shown), room)
	for i := first; i < end; i++ {
		line := a.pad(plain(shown[i].Name), 34) + ward.WordsFor(ward.Roles, string(shown[i].Role))
		if _, left := a.parked[shown[i].Name]; left {
			line = a.pad(line, 52) + "screen locked"
		}
		if i == s.at {
			line = a.theme.selected.Render(a.pad("▌ "+line, 70))
		} else {
			line = "  " + line
		}
		lines = append(lines, "  "+line)
	}
	if len(shown) == 0 {
		lines = append(lines, "  nobody of that name; an administrator adds one")
	}
	for len(lines) < h-1 {
		lines = append(lines, "")
	}
	return append(lines, "  "+a.theme.faint.Render(disclaimer))
}

func (s *signIn) pinBody(a *app, w, h int) []string {
	head := "Signing in: " + plain(s.asked.Name)
	if _, left := a.parked[s.asked.Name]; left {
		head = "Locked for " + plain(s.asked.Name) + ", with all that was in hand"
	}
	s.pin.SetWidth(w - 12)
	line := "  PIN  " + a.theme.strong.Render("▌") + " " + s.pin.View()
	switch {
	case s.entry != 0:
		line = "  loading…"
	case a.ward.Synthetic:
		line = "  enter signs in: nobody has a PIN on a made-up ward"
	}
	return []string{"", "  " + a.theme.strong.Render(a.fit(head, w-4)), "", line}
}
