package kit

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// A console is a desk with a command line that notes the commands it ran.
type console struct {
	*desk
	ran      []string
	commands []Command
	jumps    func(string) []Jump
	bed      func(Host, string) (Go, bool)
}

func newConsole(t *testing.T) *console {
	c := &console{}
	do := func(name string) func(Host, string) tea.Cmd {
		return func(_ Host, argument string) tea.Cmd {
			c.ran = append(c.ran, strings.TrimSpace(name+" "+argument))
			return nil
		}
	}
	c.commands = []Command{
		{Name: "admit", Help: "admit a patient", Records: true, Do: do("admit")},
		{Name: "audit", Help: "the audit trail", Needs: "audit", Do: do("audit")},
		{Name: "quit", Also: []string{"q"}, Do: do("quit")},
		{Name: "sort", Help: "sort the board", Do: do("sort"), Complete: func(a string) []string {
			return slices.DeleteFunc([]string{"bed", "due", "urgency"}, func(s string) bool { return !strings.HasPrefix(s, a) })
		}},
	}
	c.bed = func(_ Host, text string) (Go, bool) {
		if NewQuery(text).Is("3A") {
			c.ran = append(c.ran, "bed 3A")
			return nil, true
		}
		return nil, false
	}
	c.jumps = func(text string) []Jump {
		if NewQuery(text).Matches("3A") {
			return []Jump{{"3A", "NGUYỄN, Thị Hương"}}
		}
		return nil
	}
	c.desk = newDesk(t, Config{May: func(p string) string {
		if p == "audit" {
			return "only an administrator may read it: Grace Lin"
		}
		return ""
	}}, &plain{head: ada})
	return c
}

func (c *console) run(keys ...string) {
	c.Push(NewCommandLine(c.commands, c.jumps, c.bed))
	c.press(keys...)
}

func TestCommandLine(t *testing.T) {
	d := newConsole(t)
	run := d.run
	run(append(chars("3a"), "enter")...)
	run(append(chars("so"), "tab", " ", "d", "tab", "enter")...)
	run("q", "enter")
	run("a", "d", "enter")
	if want := []string{"bed 3A", "sort due", "quit", "admit"}; !slices.Equal(d.ran, want) {
		t.Fatalf("ran %q, want %q", d.ran, want)
	}
	run("a", "enter")
	d.sees("a begins several commands: admit, audit")
	d.press("tab", "tab")
	d.sees(":audit▌")
	d.sees("the audit trail")
	d.press("enter")
	d.sees(":audit: only an administrator may read it: Grace Lin")
	d.press("ctrl+u", "x", "y", "enter")
	d.sees("no command, bed, number or name xy")
	d.press("ctrl+u", "3")
	d.sees("NGUYỄN, Thị Hương")
	d.send(tea.PasteMsg{Content: "A\n"})
	d.press("enter")
	d.Push(NewCommandLine(d.commands, nil, nil).ReadOnly("this copy cannot record"))
	d.press(append(chars("admit"), "enter")...)
	d.sees(":admit: this copy cannot record")
	d.press("esc")
	d.wait(time.Second)
	if len(d.screens) != 1 || len(d.ran) != 5 {
		t.Errorf("%d screens, ran %q", len(d.screens), d.ran)
	}
}
