package follow

import (
	"context"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// checklist ticks the items of a follow-up's checklist, each tick signed and saved at
// once. After a save it opens by itself, with the people to tell.
type checklist struct {
	kit.Base
	d        *desk.Desk
	at       kit.Place
	patient  int64
	followUp int64 // 0 until the board has the follow-up that the save opened
	after    bool  // it opened after a save

	done    map[string]ward.Signature
	loading kit.Pending
	saving  kit.Pending
	queue   []tick
	number  string // the figures of an item that are typed so far
	scroll  kit.Scroll
}

// tick is an item to tick or untick.
type tick struct {
	item   string
	ticked bool
}

// itemTicks are the ticked items of one checklist.
type itemTicks map[string]ward.Signature

func newChecklist(d *desk.Desk, to kit.Place) kit.Screen {
	id := desk.PatientOf(to.Subject)
	c := &checklist{d: d, at: to, patient: id, after: to.Detail == desk.AfterSave}
	switch s := open(d, id); {
	case s != nil:
		c.followUp = s.FollowUp.ID
	case !c.after:
		return nothing(d, to, "tick")
	}
	return c
}

// Over implements [kit.Dialog].
func (c *checklist) Over() {}

// Init implements [kit.Screen].
func (c *checklist) Init(h kit.Host) tea.Cmd { return c.load(h) }

func (c *checklist) load(h kit.Host) tea.Cmd {
	id := c.followUp
	if id == 0 {
		return nil
	}
	return desk.Load(c.d, h, &c.loading, c.at.Subject, func(ctx context.Context, log *store.Store) (itemTicks, error) { return log.Ticks(ctx, id) })
}

// state returns the patient with the follow-up of this checklist; nil if it was closed.
func (c *checklist) state() *ward.PatientState {
	s := open(c.d, c.patient)
	if s == nil || s.FollowUp.ID != c.followUp {
		return nil
	}
	return s
}

// items returns the items of the list.
func (c *checklist) items() []string {
	s := c.state()
	if s == nil {
		return nil
	}
	return c.d.Site().Checklist(s.FollowUp.Level, s.Patient.Product)
}

// Update implements [kit.Screen].
func (c *checklist) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	if c.followUp == 0 {
		if s := open(c.d, c.patient); s != nil {
			c.followUp = s.FollowUp.ID
			return c.load(h)
		}
		return nil
	}
	switch msg := msg.(type) {
	case desk.Changed:
		if msg.Concerns(c.patient) {
			return c.load(h)
		}
	case kit.Result[itemTicks]:
		if !kit.Take(&c.loading, msg) {
			return nil
		}
		if msg.Err != nil {
			h.Fail(desk.Words(msg.Err))
			return nil
		}
		c.done = msg.Value
	case kit.Result[desk.Done]:
		if !kit.Take(&c.saving, msg) {
			return nil
		}
		first := c.queue[0]
		c.queue = c.queue[1:]
		if msg.Err != nil {
			h.Fail(desk.NotSaved(msg.Err))
			c.queue = nil
			return nil
		}
		if c.done == nil {
			c.done = itemTicks{}
		}
		delete(c.done, first.item)
		if first.ticked {
			c.done[first.item] = ward.Sign(c.d.User().Name, c.d.Now())
		}
		return c.save(h)
	}
	return nil
}

// toggle ticks an item, or unticks it.
func (c *checklist) toggle(h kit.Host, item string) tea.Cmd {
	c.queue = append(c.queue, tick{item, !c.ticked(item)})
	if c.saving.Waiting() {
		return nil
	}
	return c.save(h)
}

// ticked reports whether an item is ticked, or will be after the ticks that wait.
func (c *checklist) ticked(item string) bool {
	_, ticked := c.done[item]
	for _, t := range c.queue {
		if t.item == item {
			ticked = t.ticked
		}
	}
	return ticked
}

// verb says what enter does to the item whose number is typed.
func (c *checklist) verb() string {
	if n, _ := strconv.Atoi(c.number); n >= 1 && n <= len(c.items()) && c.ticked(c.items()[n-1]) {
		return "untick"
	}
	return "tick"
}

// save saves the first tick of the queue.
func (c *checklist) save(h kit.Host) tea.Cmd {
	if len(c.queue) == 0 {
		return nil
	}
	t, id := c.queue[0], c.followUp
	return desk.Save(c.d, h, &c.saving, c.at.Subject, c.d.NewID(), func(ctx context.Context, log *store.Store, sig ward.Signature) (desk.Done, error) {
		return desk.Done{}, log.Tick(ctx, sig, id, t.item, t.ticked)
	})
}

// figure takes a figure of an item's number. If no longer number can follow, it ticks at
// once; else enter does.
func (c *checklist) figure(h kit.Host, k kit.Key) tea.Cmd {
	items := c.items()
	typed := c.number + k.Name
	n, _ := strconv.Atoi(typed)
	switch {
	case n < 1 || n > len(items):
		c.number = ""
		h.Fail("there is no item " + typed + ": 1 to " + strconv.Itoa(len(items)))
		return nil
	case n*10 <= len(items):
		c.number = typed
		return nil
	}
	c.number = ""
	return c.toggle(h, items[n-1])
}

// Bindings implements [kit.Screen].
func (c *checklist) Bindings() []kit.Binding {
	if c.state() == nil {
		return []kit.Binding{kit.Bind("esc enter 0", "", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(c) })}
	}
	figures := kit.Bind("0 1 2 3 4 5 6 7 8 9", "", "the number of an item ticks it, again unticks it", c.figure).As("0-9").Recording(string(ward.MayRecord))
	figures.Answer = true
	list := []kit.Binding{figures}
	if c.number != "" {
		list = append(list,
			kit.Bind("enter", "", c.verb()+" item "+c.number, func(h kit.Host, _ kit.Key) tea.Cmd {
				n, _ := strconv.Atoi(c.number)
				c.number = ""
				return c.toggle(h, c.items()[n-1])
			}).Recording(string(ward.MayRecord)),
			kit.Bind("esc backspace", "", "forget the number", func(kit.Host, kit.Key) tea.Cmd {
				c.number = ""
				return nil
			}))
	}
	to := func(screen string) func(kit.Host, kit.Key) tea.Cmd {
		return func(h kit.Host, _ kit.Key) tea.Cmd { return h.Go(kit.Place{Screen: screen, Subject: c.at.Subject}) }
	}
	list = append(list,
		kit.Bind("a", "", "accept the follow-up", to(desk.Accept)).Recording(string(ward.MayRecord)).If(acceptable(c.d, c.state())),
		kit.Bind("c", "", "comment on the follow-up", to(desk.Comment)).Recording(string(ward.MayRecord)),
		kit.Bind("x", "", "close the follow-up", to(desk.Close)).Recording(string(ward.MayDecide)).If(closable(c.state())),
	)
	list = append(list, c.leaving()...)
	return append(list, c.scroll.Bindings()...)
}

// leaving returns the keys that end the checklist. After a save enter goes on with the
// screen below, such as the next patient of a round, and esc goes to the board, or
// to the card of a round.
func (c *checklist) leaving() []kit.Binding {
	end := func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(c) }
	if !c.after {
		return []kit.Binding{kit.Bind("esc enter", "", "back", end)}
	}
	board := "the board"
	if c.d.InRound() {
		board = "the card of the round"
	}
	return []kit.Binding{
		kit.Bind("enter", "", "OK, the screen below", end),
		kit.Bind("g", "", "go on with the patient due first", func(h kit.Host, k kit.Key) tea.Cmd {
			return tea.Batch(end(h, k), h.Go(kit.Place{Screen: desk.Round}))
		}).Recording(string(ward.MayRecord)),
		kit.Bind("esc", "", board, func(h kit.Host, _ kit.Key) tea.Cmd {
			return h.Go(kit.Place{Screen: desk.Board, Subject: c.at.Subject})
		}),
	}
}
