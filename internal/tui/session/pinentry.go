package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// pinEntry asks one person for the PIN.
type pinEntry struct {
	d         *desk.Desk
	asked     ward.Staff // the person; without a name while the list is shown
	text      *kit.Text
	comparing kit.Pending
	crowd     bool // other sign-ins wait as well
	counting  kit.Pending
	wrong     map[string]guesses // by name
	line      string             // the outcome of the last try
	pressed   time.Time          // the time of the last key
}

// tried is the count of wrong PINs in the log.
type tried struct{ wrong int }

func (e *pinEntry) asking() bool { return e.asked.Name != "" }

func (e *pinEntry) ask(m ward.Staff) {
	e.asked, e.line = m, ""
	e.text = kit.NewText("", pin.Most)
	e.text.Mask = kit.Hidden
}

func (e *pinEntry) leave() {
	e.asked, e.text, e.line = ward.Staff{}, nil, ""
	e.comparing.Forget()
}

// typed takes a key into the PIN. While a PIN is compared, keys wait for nothing: they are
// dropped, so that they cannot reach the screen that opens.
func (e *pinEntry) typed(h kit.Host, k kit.Key) bool {
	if e.comparing.Waiting() {
		return k.Text != ""
	}
	refusal, mine := e.text.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	return mine
}

// burst takes a scan or a paste as the PIN. It stays hidden.
func (e *pinEntry) burst(h kit.Host, b kit.Burst) tea.Cmd {
	if e.comparing.Waiting() {
		return nil
	}
	if b.Paste {
		if refusal := e.text.Insert(strings.TrimRight(b.Text, "\r\n")); refusal != "" {
			h.Fail(refusal)
		}
	}
	if b.End == "enter" {
		return e.compare(h)
	}
	return nil
}

func (e *pinEntry) bindings(somebodyElse func()) []kit.Binding {
	return []kit.Binding{
		kit.Bind("enter", "sign in", "sign in with this PIN", func(h kit.Host, _ kit.Key) tea.Cmd { return e.compare(h) }).If(!e.comparing.Waiting(), "the PIN is being checked"),
		kit.Bind("esc", "somebody else", "back to the names", func(kit.Host, kit.Key) tea.Cmd {
			somebodyElse()
			return nil
		}).If(!e.comparing.Waiting(), "the PIN is being checked"),
	}
}

// compare asks the log whether the PIN is right. One try is compared at a time.
func (e *pinEntry) compare(h kit.Host) tea.Cmd {
	if e.comparing.Waiting() {
		return nil
	}
	secret := e.text.Value()
	if secret == "" && !e.d.Ward().Synthetic {
		h.Fail("type your PIN")
		return nil
	}
	if reason := e.wrong[e.asked.Name].refusal(e.pressed); reason != "" {
		e.line = reason
		e.text.Set("")
		return nil
	}
	e.text.Set("")
	e.line = ""
	e.crowded()
	how := ward.SignedIn
	if e.d.Doors.Locked != nil {
		if _, locked := e.d.Doors.Locked(e.asked.Name); locked {
			how = ward.Unlocked
		}
	}
	return comparePIN(e.d, h, &e.comparing, e.asked.Name, how, secret)
}

// comparePIN returns a command that compares a PIN; its result is the member of staff.
func comparePIN(d *desk.Desk, h kit.Host, p *kit.Pending, name, how, secret string) tea.Cmd {
	keeper, zone, clock := d.PINs, d.Zone(), d.Clock
	return desk.Load(d, h, p, name, func(ctx context.Context, log *store.Store) (ward.Staff, error) {
		return log.SignIn(ctx, ward.Sign(name, clock().In(zone)), how, keeper.Guess(secret, false))
	})
}

// crowded notes whether other sign-ins wait until their PIN is compared.
func (e *pinEntry) crowded() { e.crowd = e.d.Waiting != nil && e.d.Waiting() > 0 }

func (e *pinEntry) update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case desk.Tick:
		e.crowded()
	case kit.Result[ward.Staff]:
		if kit.Take(&e.comparing, msg) {
			return e.compared(h, msg)
		}
	case kit.Result[tried]:
		if kit.Take(&e.counting, msg) && msg.Err == nil {
			g := e.wrong[msg.Subject]
			g.inLog = msg.Value.wrong
			e.wrong[msg.Subject] = g
			if e.asked.Name == msg.Subject && strings.HasPrefix(e.line, "Wrong PIN") {
				e.line = g.words()
			}
		}
	}
	return nil
}

func (e *pinEntry) compared(h kit.Host, msg kit.Result[ward.Staff]) tea.Cmd {
	name := msg.Subject
	refused, known := errors.AsType[*ward.Error](msg.Err)
	switch {
	case msg.Err == nil:
		delete(e.wrong, name)
		m := msg.Value
		e.leave()
		if m.PIN.OneTime {
			return h.Push(firstPIN(e.d, m))
		}
		return e.d.Doors.Enter(h, m)
	case known && isWrongPIN(refused):
		e.wrong[name] = e.wrong[name].add(e.pressed)
		e.line = e.wrong[name].words()
		return e.count(h, name)
	case known && refused.Field == "":
		e.line = refused.Reason
	default:
		e.line = desk.Words(msg.Err)
	}
	return nil
}

func isWrongPIN(e *ward.Error) bool { return e.Kind == ward.KindInvalid && e.Field == "pin" }

// count reads the wrong PINs of a name from the log, which knows those of other terminals.
func (e *pinEntry) count(h kit.Host, name string) tea.Cmd {
	if e.d.ReadOnly() != "" {
		return nil
	}
	return desk.Load(e.d, h, &e.counting, name, func(ctx context.Context, log *store.Store) (t tried, err error) {
		const enough = 3 // the newest events of the name: a wrong PIN, and a lock
		err = log.EachAudit(ctx, store.AuditSelection{Author: name, Newest: enough}, func(a *ward.AuditEntry) error {
			if a.Event == ward.SignInFailed && t.wrong == 0 {
				_, err := fmt.Sscanf(a.Detail, "%d in a row", &t.wrong)
				return err
			}
			return nil
		})
		return t, err
	})
}

// body draws the line for the PIN under the words about the lock.
func (e *pinEntry) body(p kit.Page, unsaved []string, locked bool, since time.Time) []string {
	name := kit.Plain(e.asked.Name)
	head := "SIGN IN   " + name
	if e.asked.Role != "" {
		head += "   " + ward.WordsFor(ward.Roles, string(e.asked.Role))
	}
	if locked {
		head = "LOCKED by " + name + " at " + e.d.Time(since) + ". " + kept(unsaved)
	} else if len(unsaved) > 0 {
		head += "   " + desk.UnsavedWords(unsaved) + " not saved yet"
	}
	lines := []string{""}
	for _, line := range p.Wrap(head, p.Width-2) {
		lines = append(lines, " "+p.Strong.Render(line))
	}
	const column = 31
	switch {
	case e.comparing.Waiting():
		text := " checking…"
		if e.crowd {
			text += " many sign in at this moment: yours is in the queue"
		}
		lines = append(lines, text)
	case e.d.Ward().Synthetic:
		lines = append(lines, " "+p.Pad("demo ward: no PIN, press enter", column-1)+"   somebody else: esc")
	default:
		text := e.text.View(p.Narrow(column-6), true)[0]
		lines = append(lines, " "+p.Pad("PIN "+text, column-1)+"somebody else: esc")
	}
	for _, line := range p.Wrap(e.line, p.Width-2) {
		lines = append(lines, " "+p.Bad.Render(line))
	}
	return lines
}

// kept says to the person who locked the screen that nothing is lost.
func kept(unsaved []string) string {
	others := slices.ContainsFunc(unsaved, func(kind string) bool { return kind != store.CheckForm })
	switch {
	case len(unsaved) == 0:
		return "Unsaved work is kept."
	case !others && len(unsaved) == 1:
		return "1 unsaved check is kept."
	case !others:
		return fmt.Sprintf("%d unsaved checks are kept.", len(unsaved))
	}
	return "Kept, not saved: " + desk.UnsavedWords(unsaved) + "."
}
