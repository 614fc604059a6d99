package tui

import (
	"context"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

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
}

// people is what the sign-in screen needs of the log.
type people struct {
	ward  ward.Ward
	zone  *time.Location
	staff []ward.Staff
	fresh bool
}

func (s *signIn) open(a *app) tea.Cmd {
	a.user = ward.Staff{}
	s.filter, s.at = "", 0
	return s.load(a)
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
	keyAddStaff = bind("ctrl+n", "ctrl+n", "add a name")
	keyUpDown   = bind("up down", "↑↓", "move")
	keyLeaveAll = bind("ctrl+c", "ctrl+c", "leave the program")
)

func (s *signIn) keys(*app) []key.Binding {
	if s.fresh {
		return keyList(keySetUp, keyLook, keyLeaveAll)
	}
	return keyList(keySignIn, keyUpDown, keyAddStaff, keyLeaveAll)
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
		a.store, a.leaveDemo, a.demo = msg.value.store, msg.value.leave, true
		return s.open(a)
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
	shown := s.shown()
	switch {
	case key.Matches(press, keyAddStaff):
		return a.push(newStaffForm())
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
			a.user = shown[s.at]
			cmd := a.push(&board{})
			if a.user.Role == ward.Clinician { // what waits for a clinician comes first
				return tea.Batch(cmd, a.push(&followUps{}))
			}
			return cmd
		}
	case press.Text != "":
		s.filter += press.Text
		s.at = 0
	}
	s.at = max(0, min(s.at, len(s.shown())-1))
	return nil
}

func (s *signIn) shown() []ward.Staff {
	var list []ward.Staff
	for _, m := range s.staff {
		if strings.Contains(strings.ToLower(m.Name), strings.ToLower(s.filter)) {
			list = append(list, m)
		}
	}
	return list
}

func (s *signIn) body(a *app, w, h int) []string {
	if !s.loaded {
		return []string{"", "  one moment…"}
	}
	if s.fresh {
		return []string{
			"", "  This log is new. What would you like to do?", "",
			"   " + a.theme.strong.Render("1") + "  set up this ward: its name, its time zone, and you",
			"   " + a.theme.strong.Render("2") + "  look round the demo ward: synthetic patients, gone when you leave",
			"", "", "  " + a.theme.faint.Render(disclaimer),
		}
	}
	lines := []string{"", "  Who is at the keyboard?   " + a.theme.faint.Render("type a part of the name") + "  " + plain(s.filter) + a.theme.strong.Render("▌"), ""}
	shown := s.shown()
	room := h - len(lines) - 2
	first, end := window(s.at, len(shown), room)
	for i := first; i < end; i++ {
		line := a.pad(plain(shown[i].Name), 34) + ward.WordsFor(ward.Roles, string(shown[i].Role))
		if i == s.at {
			line = a.theme.selected.Render(a.pad("▌ "+line, 60))
		} else {
			line = "  " + line
		}
		lines = append(lines, "  "+line)
	}
	if len(shown) == 0 {
		lines = append(lines, "  nobody of that name; ctrl+n adds one")
	}
	for len(lines) < h-1 {
		lines = append(lines, "")
	}
	return append(lines, "  "+a.theme.faint.Render(disclaimer))
}
