package tui

import (
	"context"
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// checklist ticks what a follow-up asks for, each item signed.
type checklist struct {
	box
	flagged ward.Flagged
	items   []string
	saving  request
	item    string // being saved
	ticked  bool
}

func newChecklist(a *app, f ward.Flagged) *checklist {
	return &checklist{flagged: f, items: a.site.Checklist(f.FollowUp.Level),
		box: box{[]string{"Checklist for " + about(&f.Patient) + ": " + f.FollowUp.Level.Words()}}}
}

func (c *checklist) keys(*app) []key.Binding {
	last := string(rune('a' + len(c.items) - 1))
	return keyList(bind("a", "a to "+last, "tick or untick"), keyBack)
}

func (c *checklist) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[done]:
		if msg.request != c.saving {
			return nil
		}
		c.saving = 0
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		delete(c.flagged.Ticks, c.item)
		if c.ticked {
			c.flagged.Ticks[c.item] = ward.Sign(a.user.Name, a.now.In(a.zone))
		}
	case tea.KeyPressMsg:
		if key.Matches(msg, keyBack) {
			return a.pop()
		}
		for i, item := range c.items {
			if msg.String() == string(rune('a'+i)) && c.saving == 0 {
				return c.tick(a, item)
			}
		}
	}
	return nil
}

func (c *checklist) tick(a *app, item string) (cmd tea.Cmd) {
	_, there := c.flagged.Ticks[item]
	c.item, c.ticked = item, !there
	id, ticked := c.flagged.FollowUp.ID, c.ticked
	c.saving, cmd = ask(a, c.flagged.Patient.ID, act(signed(a, func(ctx context.Context, sig ward.Signature) error {
		return a.store.Tick(ctx, sig, id, item, ticked)
	})))
	return cmd
}

func (c *checklist) body(a *app, w, h int) []string {
	lines := c.text(a, w)
	head := len(lines)
	half := len(c.items)
	if half > 12 { // two columns
		half = (half + 1) / 2
	}
	for i, item := range c.items {
		box, by := "[ ]", ""
		if sig, ok := c.flagged.Ticks[item]; ok {
			box, by = "[x]", "   "+a.clock(sig.At)+" "+plain(sig.By)
		}
		cell := fmt.Sprintf(" %s %s %s%s", a.theme.strong.Render(string(rune('a'+i))), box, item, a.theme.faint.Render(by))
		if i < half {
			lines = append(lines, a.fit(cell, w))
		} else {
			lines[head+i-half] = a.pad(lines[head+i-half], w/2) + a.fit(cell, w-w/2)
		}
	}
	return lines
}

// ticked says how much of a follow-up's checklist is done.
func (a *app) ticked(f *ward.Flagged) string {
	items := a.site.Checklist(f.FollowUp.Level)
	if len(items) == 0 {
		return ""
	}
	n := 0
	for _, item := range items {
		if _, ok := f.Ticks[item]; ok {
			n++
		}
	}
	return fmt.Sprintf("%d of %d", n, len(items))
}
