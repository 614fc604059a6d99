package tui

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// keeps reports whether a screen waits behind a lock.
func (r *root) keeps(s kit.Screen) bool {
	for _, a := range r.people {
		if slices.Contains(a.screens, s) {
			return true
		}
	}
	return false
}

func (r *root) lockedSince(name string) (time.Time, bool) {
	if a := r.people[name]; a != nil {
		return a.since, true
	}
	return time.Time{}, false
}

// lock keeps the screens of the person at the keyboard and shows the sign-in, which asks
// for the PIN of that person.
func (r *root) lock(kit.Host) tea.Cmd {
	who := r.d.User()
	if who.Name == "" {
		return nil
	}
	var note tea.Cmd
	if r.disabled == "" { // the log takes nothing from a name that is disabled
		note = r.d.Note(r.stack, ward.AuditEvent{Event: ward.Locked})
	}
	r.people[who.Name] = &absent{since: r.d.Now(), screens: r.stack.Screens()[1:], unsaved: r.unsavedWork()}
	r.d.SetUser(ward.Staff{})
	r.counted = false
	cmd := r.stack.Park(who.Name)
	if door, ok := r.stack.Top().(desk.Door); ok {
		door.AskPIN(who.Name)
	}
	return tea.Batch(note, cmd)
}

// shutOut locks because the name of the person at the keyboard was disabled.
func (r *root) shutOut() tea.Cmd {
	cmd := r.lock(r.stack)
	reason := r.disabled
	r.disabled = ""
	if door, ok := r.stack.Top().(desk.Door); ok {
		door.Refuse(reason)
	} else {
		r.stack.Fail(reason)
	}
	return cmd
}

// enter lets a person in who has signed in: to the screens that they locked, else to the
// board.
func (r *root) enter(h kit.Host, m ward.Staff) tea.Cmd {
	r.d.SetUser(m)
	r.entered, r.disabled = true, ""
	r.wall.shown = false
	r.session.Touch(r.steps())
	delete(r.people, m.Name)
	cmds := []tea.Cmd{r.d.Reload(h), r.d.LoadKept(h)}
	if cmd, ok := r.stack.Unpark(m.Name); ok {
		cmds = append(cmds, cmd, r.stack.Update(desk.Changed{All: true}, r.steps()))
		return tea.Batch(cmds...)
	}
	cmds = append(cmds, r.stack.Home())
	if r.wall.begins() {
		return tea.Batch(append(cmds, h.Go(kit.Place{Screen: desk.Wall}))...)
	}
	return tea.Batch(append(cmds, r.pushBoard(h), r.resume(h))...)
}

// pushBoard pushes the board over the sign-in.
func (r *root) pushBoard(h kit.Host) tea.Cmd {
	to := kit.Place{Screen: desk.Board}
	m := r.makers[desk.Board]
	if m == nil {
		return nil
	}
	b := m(r.d, to)
	r.places[b] = to
	return h.Push(b)
}

// askQuit asks whether to end the program, and names the unsaved work. Only a person who is
// signed in ends it, unless the program was not used at all.
func (r *root) askQuit(h kit.Host) tea.Cmd {
	switch {
	case r.quitting != nil && r.stack.Top() == r.quitting && kit.TooSmall(r.width, r.height):
		return r.quit()
	case r.quitting != nil && r.stack.Top() == r.quitting:
		h.Fail("1 quits, 0 stays")
		return nil
	case r.d.User().Name == "" && r.entered:
		h.Fail("sign in first: only a person who is signed in can quit")
		return nil
	}
	text := []string{"Quit neurocheck?"}
	if name := r.d.User().Name; name != "" {
		text[0] = "Quit neurocheck, " + kit.Plain(name) + "?"
	}
	if list := r.unsavedWork(); len(list) > 0 {
		kept := ". It is kept, not saved."
		if r.d.Unkept() {
			kept = ". NOT KEPT: the log takes nothing now. Write it down before you quit."
		}
		text = append(text, "Unsaved: "+strings.Join(list, "; ")+kept)
	} else {
		text = append(text, "Nothing is unsaved.")
	}
	for _, name := range slices.Sorted(maps.Keys(r.people)) {
		a := r.people[name]
		line := "Locked since " + r.d.Time(a.since) + ": " + kit.Plain(name)
		if len(a.unsaved) > 0 {
			line += ", unsaved: " + strings.Join(a.unsaved, "; ")
		}
		text = append(text, line)
	}
	if kit.TooSmall(r.width, r.height) { // the question is not drawn
		r.stack.SaySmall(strings.Join(text, " ") + " ctrl+c again quits.")
	}
	r.quitting = kit.Confirm(nil, text, "quit", "stay", func(kit.Host) tea.Cmd { return r.quit() })
	return h.Push(r.quitting)
}

// quitWait is the longest time that the end waits for its audit event.
const quitWait = 1500 * time.Millisecond

// quit writes the kept forms, records the end in the audit and ends the program. A log that does not answer holds
// it up for a moment only.
func (r *root) quit() tea.Cmd {
	r.quitted = true
	note := r.d.Note(r.stack, ward.AuditEvent{Event: ward.SignedOut})
	flush, ctx := r.d.FlushLast(), r.ctx
	if note == nil && flush == nil {
		return tea.Quit
	}
	return func() tea.Msg {
		noted := make(chan struct{})
		go func() {
			defer close(noted)
			if flush != nil {
				_ = flush(ctx) // no screen is there for an error
			}
			if note != nil {
				note()
			}
		}()
		select {
		case <-noted:
		case <-time.After(quitWait):
		}
		return tea.QuitMsg{}
	}
}

// staffNow is the value of a command that read the staff again.
type staffNow struct {
	ward   ward.Ward
	zone   *time.Location
	people []ward.Staff
	by     string // who changed the person at the keyboard last
	damage string // the words about damage that no administrator has seen
}

// readStaff reads the staff again after a change that was about no patient.
func (r *root) readStaff() tea.Cmd {
	user, now := r.d.User().Name, r.d.Now()
	var p kit.Pending
	return desk.Load(r.d, r.stack, &p, "", func(ctx context.Context, log *store.Store) (s staffNow, err error) {
		if s.ward, err = log.Ward(ctx); err != nil {
			return s, err
		}
		if s.zone, err = s.ward.Location(); err != nil {
			return s, err
		}
		var damaged error // the record of a member, and the others are there
		if s.people, damaged = log.Staff(ctx); damaged != nil && len(s.people) == 0 {
			return s, damaged
		}
		verdicts, err := log.Verdicts(ctx)
		if err != nil {
			return s, err
		}
		s.damage = verdicts.Damage
		if i := slices.IndexFunc(s.people, func(m ward.Staff) bool { return m.Name == user }); i >= 0 && !s.people[i].Active {
			s.by, err = changedBy(ctx, log, user, now)
		}
		return s, cmp.Or(err, damaged)
	})
}

// changedBy returns the author of the last change of a member of staff.
func changedBy(ctx context.Context, log *store.Store, name string, now time.Time) (by string, err error) {
	sel := store.AuditSelection{Since: now.Add(-24 * time.Hour)}
	err = log.EachAudit(ctx, sel, func(e *ward.AuditEntry) error {
		if e.Event == "staff_changed" && e.About == name {
			by = e.Signature.By
		}
		return nil
	})
	return by, err
}

// takeStaff takes the staff. If the person at the keyboard was disabled, the next key
// locks.
func (r *root) takeStaff(msg kit.Result[staffNow]) tea.Cmd {
	s := msg.Value
	if msg.Err != nil && len(s.people) == 0 {
		return nil // the connection has its own line
	}
	r.d.SetWard(s.ward, s.zone, s.people)
	r.endWall(s.people)
	var damage error
	if s.damage != "" {
		damage = ward.UnavailableFor(ward.LogDamaged, s.damage)
	}
	r.d.RecordedDamage(damage)
	user := r.d.User()
	i := slices.IndexFunc(s.people, func(m ward.Staff) bool { return m.Name == user.Name })
	switch {
	case user.Name == "" || i < 0:
	case !s.people[i].Active:
		r.disabled = "Your name was disabled"
		if s.by != "" {
			r.disabled += " by " + kit.Plain(s.by)
		}
	case s.people[i].Role != user.Role:
		r.d.SetUser(s.people[i])
	}
	return nil
}

// endWall closes the wall if the name of the person who showed it was disabled.
func (r *root) endWall(people []ward.Staff) {
	disabled := slices.ContainsFunc(people, func(m ward.Staff) bool { return m.Name == r.wall.by && !m.Active })
	if !r.wall.shown || !disabled {
		return
	}
	r.wall.shown = false
	r.stack.Home()
	if door, ok := r.stack.Top().(desk.Door); ok {
		door.Refuse("The wall was closed: the name of " + kit.Plain(r.wall.by) + " was disabled")
	}
}
