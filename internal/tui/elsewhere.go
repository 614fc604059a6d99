package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/words"
)

// forms are the screens of which a person has one for each subject, because they share a
// draft: two seats of one person would write over each other.
var forms = []string{
	desk.Form, desk.Paper, desk.Correct, desk.PatientIn, desk.Edit, desk.Comment, desk.Close, desk.Report, desk.Intervene,
	desk.Interval, desk.Cause, desk.Withdraw, desk.Discharge,
}

// formOf returns the form that a place is, without its detail.
func formOf(at kit.Place) (form service.Place, ok bool) {
	return service.Place{Screen: at.Screen, Subject: at.Subject}, slices.Contains(forms, at.Screen)
}

// publish tells the other sessions of the process who is here and which forms are open.
func (r *root) publish() {
	state := service.State{User: r.d.User().Name}
	add := func(by string, screens []kit.Screen) {
		for _, s := range screens {
			if form, ok := formOf(r.places[s]); ok {
				state.Forms = append(state.Forms, service.Held{By: by, Form: form})
			}
		}
	}
	if state.User != "" {
		add(state.User, r.stack.Screens())
	}
	for name, a := range r.people {
		state.Locked = append(state.Locked, name)
		add(name, a.screens)
	}
	r.session.Publish(r.d.Now(), state)
}

// tookOver is the value of a command that took a form over from another seat.
type tookOver struct {
	to   kit.Place
	list []store.Draft
}

// askTakeOver asks whether to go on here with a form that the person at the keyboard has
// open at another seat. It reports false if there is none.
func (r *root) askTakeOver(h kit.Host, to kit.Place) (tea.Cmd, bool) {
	form, ok := formOf(to)
	if !ok {
		return nil, false
	}
	seat, since, ok := r.session.Elsewhere(r.d.User().Name, form)
	if !ok {
		return nil, false
	}
	text := []string{
		"You have this form open at " + seatWords(seat) + " since " + r.d.Time(since) + ".",
		"If you take it over, it closes there, and goes on here with all that you typed.",
	}
	return h.Push(kit.Confirm([]string{"OPEN ELSEWHERE" + r.ofSubject(to.Subject)}, text, "take over", "not here", func(h kit.Host) tea.Cmd {
		return r.takeOver(h, to, form)
	})), true
}

// openOrAsk is open, but for a form that the person at the keyboard has open elsewhere.
func (r *root) openOrAsk(h kit.Host, to kit.Place) tea.Cmd {
	if cmd, ok := r.askTakeOver(h, to); ok {
		return cmd
	}
	return r.open(h, to)
}

// ofSubject names the patient of a place, if it has one on the board.
func (r *root) ofSubject(subject string) string {
	if s, ok := r.d.State(desk.PatientOf(subject)); ok {
		return ": " + words.About(&s.Patient)
	}
	return ""
}

func seatWords(label string) string {
	if label == "" {
		return "another terminal"
	}
	return "the seat " + kit.Plain(label)
}

func (r *root) takeOver(h kit.Host, to kit.Place, form service.Place) tea.Cmd {
	by, session := r.d.User().Name, r.session
	return desk.Load(r.d, h, &r.taking, to.Subject, func(ctx context.Context, log *store.Store) (tookOver, error) {
		session.TakeOver(ctx, by, form)
		list, err := log.Drafts(ctx, by)
		return tookOver{to, list}, err
	})
}

func (r *root) tookOver(msg kit.Result[tookOver]) tea.Cmd {
	if !kit.Take(&r.taking, msg) || r.d.User().Name == "" {
		return nil
	}
	if msg.Err != nil {
		r.stack.Fail(desk.Words(msg.Err))
		return nil
	}
	r.d.Adopt(r.stack, msg.Value.list)
	return r.open(r.stack, msg.Value.to)
}

// asked is a request of another session.
type asked struct{ service.Request }

func (r *root) nextRequest() tea.Cmd {
	if !r.live {
		return nil
	}
	session, ctx := r.session, r.ctx
	return func() tea.Msg {
		q, ok := session.Next(ctx)
		if !ok {
			return nil
		}
		return asked{q}
	}
}

// giveUp gives a form, or the screens behind the lock, to the seat at which their owner
// goes on. The answer waits for the drafts on their way to the log.
func (r *root) giveUp(q service.Request) tea.Cmd {
	var screens service.Screens
	var closed tea.Cmd
	flush := r.d.FlushLast()
	switch a := r.people[q.By]; {
	case a != nil:
		screens = r.screensOf(a.screens, a)
		r.drop(q.By)
	case q.Form != service.Place{} && r.d.User().Name == q.By:
		closed = r.closeForm(q)
	}
	ctx := r.ctx
	answer := func() tea.Msg {
		r.waitForCommands(lastWait / 4)
		if flush != nil {
			_ = flush(ctx) // the desk of the other seat says if the log cannot be written
		}
		q.Answer(screens)
		return nil
	}
	return tea.Batch(closed, answer, r.nextRequest())
}

// drop forgets the screens of a person behind the lock, and their unsaved work, which is
// in the log.
func (r *root) drop(name string) {
	delete(r.people, name)
	r.stack.Drop(name)
	r.d.Forget(name)
}

func (r *root) closeForm(q service.Request) tea.Cmd {
	for _, s := range r.stack.Screens() {
		if form, ok := formOf(r.places[s]); ok && form == q.Form {
			cmd := r.stack.Close(s)
			r.d.ForgetForm(q.By, kit.Place{Screen: form.Screen, Subject: form.Subject})
			r.stack.Fail("You have taken this form over at " + seatWords(q.Seat) + ": it goes on there")
			return cmd
		}
	}
	return nil
}

// screensOf returns the places of screens for another session, without dialogs.
func (r *root) screensOf(list []kit.Screen, a *absent) service.Screens {
	found := service.Screens{Seat: r.session.Seat, Since: r.d.Now()}
	if a != nil {
		found.Since = a.since
	}
	for _, s := range list {
		at, known := r.places[s]
		if !known || at.Screen == desk.SignIn || at.Screen == desk.Board || at.Screen == desk.Wall {
			continue
		}
		if _, dialog := s.(kit.Dialog); !dialog || slices.Contains(forms, at.Screen) {
			found.Places = append(found.Places, service.Place(at))
		}
	}
	return found
}

// unfinished returns the screens of the people who have not signed out.
func (r *root) unfinished() map[string]service.Screens {
	all := map[string]service.Screens{}
	if name := r.d.User().Name; name != "" && !r.quitted {
		all[name] = r.screensOf(r.stack.Screens(), nil)
	}
	for name, a := range r.people {
		all[name] = r.screensOf(a.screens, a)
	}
	return all
}

// resumed is the value of a command that looked for screens to go on with.
type resumed struct {
	by string
	service.Screens
	list []store.Draft
}

// resume looks for screens that the person who has just signed in left at another seat,
// or, after the end of the server, for the form that was begun last.
func (r *root) resume(h kit.Host) tea.Cmd {
	if !r.o.Remote {
		return nil
	}
	by, session := r.d.User().Name, r.session
	return desk.Load(r.d, h, &r.taking, by, func(ctx context.Context, log *store.Store) (found resumed, err error) {
		found.by = by
		screens, ok := session.Continue(ctx, by)
		if found.list, err = log.Drafts(ctx, by); err != nil || ok {
			found.Screens = screens
			return found, err
		}
		for _, d := range slices.Backward(found.list) {
			at := service.Place{Screen: desk.Form, Subject: desk.Subject(d.PatientID)}
			if _, _, open := session.Elsewhere(by, at); d.Kind == store.CheckForm && d.Content != store.Claimed && !open {
				found.Places, found.Since = []service.Place{at}, d.Since
				break
			}
		}
		return found, nil
	})
}

func (r *root) resumed(msg kit.Result[resumed]) tea.Cmd {
	if !kit.Take(&r.taking, msg) || msg.Err != nil || r.d.User().Name != msg.Value.by || r.places[r.stack.Top()].Screen != desk.Board {
		return nil // a person who has gone on to another screen is not called back
	}
	found := msg.Value
	if len(found.Places) == 0 {
		return nil
	}
	r.d.Adopt(r.stack, found.list)
	var cmds []tea.Cmd
	for _, at := range found.Places {
		cmds = append(cmds, r.open(r.stack, kit.Place(at)))
	}
	if found.Seat == "" {
		r.stack.Say("This was not saved yet, since " + r.d.Time(found.Since) + ": go on")
	} else {
		r.stack.Say("Goes on from " + seatWords(found.Seat) + ", as you left it at " + r.d.Time(found.Since))
	}
	return tea.Batch(cmds...)
}
