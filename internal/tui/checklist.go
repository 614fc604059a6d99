package tui

import (
	"context"
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// checklist ticks the items of a follow-up's checklist, each tick signed.
type checklist struct {
	box
	patient  ward.Patient
	followUp int64
	ticks    map[string]ward.Signature
	items    []string
	saving   request
	item     string // being saved
	ticked   bool
}

func newChecklist(a *app, r *followUpRow, ticks map[string]ward.Signature) *checklist {
	if ticks == nil {
		ticks = make(map[string]ward.Signature)
	}
	f := r.FollowUp
	return &checklist{patient: r.Patient, followUp: f.ID, ticks: ticks, items: a.site.Checklist(f.Level, r.Patient.Product),
		box: box{[]string{"Checklist: " + about(&r.Patient), f.Level.Words() + ", peak " + fmt.Sprint(f.Peak) + ". " + a.planWords(r.Next)}}}
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
		delete(c.ticks, c.item)
		if c.ticked {
			c.ticks[c.item] = ward.Sign(a.user.Name, a.now.In(a.zone))
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
	_, there := c.ticks[item]
	c.item, c.ticked = item, !there
	id, ticked := c.followUp, c.ticked
	c.saving, cmd = ask(a, c.patient.ID, act(signed(a, func(ctx context.Context, sig ward.Signature) error {
		return a.store.Tick(ctx, sig, id, item, ticked)
	})))
	return cmd
}

func (c *checklist) body(a *app, w, h int) []string {
	lines := c.text(a, w)
	head := len(lines)
	half := len(c.items)
	if half > 10 { // two columns
		half = (half + 1) / 2
	}
	for i, item := range c.items {
		box, by := "[ ]", ""
		if sig, ok := c.ticks[item]; ok {
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

// ticked returns the number of ticked items of a follow-up's checklist: "1 of 13".
func (a *app) ticked(r *followUpRow, ticks map[string]ward.Signature) string {
	items := a.site.Checklist(r.FollowUp.Level, r.Patient.Product)
	if len(items) == 0 {
		return ""
	}
	n := 0
	for _, item := range items {
		if _, ok := ticks[item]; ok {
			n++
		}
	}
	return fmt.Sprintf("%d of %d", n, len(items))
}
