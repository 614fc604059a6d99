package kit

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Command is a command of the command line.
type Command struct {
	Name    string
	Also    []string // other names
	Help    string
	Records bool
	Needs   string
	// Complete returns the arguments that can follow; nil if the command has none.
	Complete func(argument string) []string
	Do       func(h Host, argument string) tea.Cmd
}

// Jump is a target that a text without a command names, such as a bed.
type Jump struct{ Text, Help string }

// Go is an act for the time when the command line is closed; nil does nothing.
type Go func(Host) tea.Cmd

// CommandLine is the dialog behind ":". It completes names and arguments with tab.
type CommandLine struct {
	Base
	commands []Command
	jumps    func(text string) []Jump                // the matches of a text, for completion
	other    func(h Host, text string) (Go, bool)    // the act of a text that is no command
	refuse   func(h Host, c Command) (reason string) // nil allows all
	line     *Text
	offered  []string // the completions that tab goes through
	next     int
}

// NewCommandLine returns a command line. jumps and other may be nil.
func NewCommandLine(commands []Command, jumps func(string) []Jump, other func(Host, string) (Go, bool)) *CommandLine {
	return &CommandLine{commands: commands, jumps: jumps, other: other, line: NewText("", 200)}
}

// ReadOnly lets the command line refuse the commands that record.
func (c *CommandLine) ReadOnly(reason string) *CommandLine {
	c.refuse = func(_ Host, command Command) string {
		if command.Records {
			return reason
		}
		return ""
	}
	return c
}

// Over implements [Dialog].
func (c *CommandLine) Over() {}

// Typing implements [Screen].
func (c *CommandLine) Typing() bool { return true }

// Type implements [Screen].
func (c *CommandLine) Type(h Host, k Key) (bool, tea.Cmd) {
	if k.Name == "backspace" && c.line.Value() == "" {
		return true, h.Close(c)
	}
	refusal, mine := c.line.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	if mine {
		c.offered = nil
	}
	return mine, nil
}

// Update takes a paste as text, and the enter at the end of a scan as enter.
func (c *CommandLine) Update(h Host, msg tea.Msg) tea.Cmd {
	b, ok := msg.(Burst)
	if !ok {
		return nil
	}
	if b.Paste {
		if refusal := c.line.Insert(b.Line()); refusal != "" {
			h.Fail(refusal)
		}
		c.offered = nil
	}
	if b.End == "enter" {
		return c.run(h)
	}
	return nil
}

// Bindings implements [Screen].
func (c *CommandLine) Bindings() []Binding {
	return []Binding{
		Bind("enter", "run", "run the command", func(h Host, _ Key) tea.Cmd { return c.run(h) }),
		Bind("tab down", "complete", "complete, and the next completion", func(Host, Key) tea.Cmd {
			c.complete(1)
			return nil
		}),
		Bind("shift+tab up", "", "previous completion", func(Host, Key) tea.Cmd {
			c.complete(-1)
			return nil
		}),
		Bind("esc", "back", "leave the command line", func(h Host, _ Key) tea.Cmd { return h.Close(c) }),
	}
}

// find returns the command of a name: the exact one, or the only one that begins so.
func (c *CommandLine) find(name string) (found Command, exact, known bool) {
	var begin []Command
	for _, command := range c.commands {
		same := func(n string) bool { return strings.EqualFold(n, name) }
		if same(command.Name) || slices.ContainsFunc(command.Also, same) {
			return command, true, true
		}
		if hasPrefixFold(command.Name, name) {
			begin = append(begin, command)
		}
	}
	if len(begin) == 1 {
		return begin[0], false, true
	}
	return Command{}, false, false
}

func (c *CommandLine) run(h Host) tea.Cmd {
	text := strings.TrimSpace(c.line.Value())
	if text == "" {
		return h.Close(c)
	}
	name, argument, _ := strings.Cut(text, " ")
	command, exact, known := c.find(name)
	if c.other != nil && !exact { // a bed goes before the beginning of a command
		if do, ok := c.other(h, text); ok {
			cmd := h.Close(c)
			if do != nil {
				cmd = tea.Batch(cmd, do(h))
			}
			return cmd
		}
	}
	if !known {
		h.Fail(c.unknown(name))
		return nil
	}
	reason := h.May(command.Needs)
	if reason == "" && c.refuse != nil {
		reason = c.refuse(h, command)
	}
	if reason != "" {
		h.Fail(":" + command.Name + ": " + reason)
		return nil
	}
	return tea.Batch(h.Close(c), command.Do(h, strings.TrimSpace(argument)))
}

func (c *CommandLine) unknown(name string) string {
	var begin []string
	for _, command := range c.commands {
		if hasPrefixFold(command.Name, name) {
			begin = append(begin, command.Name)
		}
	}
	if len(begin) > 1 {
		return Plain(name) + " begins several commands: " + strings.Join(begin, ", ")
	}
	return "no command, bed, number or name " + Plain(name)
}

// completions returns the whole lines that the text can become.
func (c *CommandLine) completions(text string) (lines []string) {
	name, argument, typed := strings.Cut(strings.TrimLeft(text, " "), " ")
	if typed {
		if command, _, ok := c.find(name); ok && command.Complete != nil {
			for _, a := range command.Complete(argument) {
				lines = append(lines, command.Name+" "+a)
			}
		}
		return lines
	}
	for _, command := range c.commands {
		if hasPrefixFold(command.Name, name) {
			lines = append(lines, command.Name)
		}
	}
	slices.Sort(lines)
	if c.jumps != nil && name != "" {
		for _, j := range c.jumps(text) {
			lines = append(lines, j.Text)
		}
	}
	return lines
}

func (c *CommandLine) complete(by int) {
	if c.offered == nil {
		c.offered = c.completions(c.line.Value())
		c.next = 0
		if by < 0 {
			c.next = len(c.offered) - 1
		}
	} else if len(c.offered) > 0 {
		c.next = (c.next + by + len(c.offered)) % len(c.offered)
	}
	if len(c.offered) > 0 {
		c.line.Set(c.offered[c.next])
	}
}

// Body draws the line and the completions with their help.
func (c *CommandLine) Body(p Page) []string {
	lines := []string{" :" + c.line.View(p.Narrow(p.Width-3), true)[0]}
	offered := c.offered
	if offered == nil {
		offered = c.completions(c.line.Value())
	}
	const most = 6
	from := 0
	if c.offered != nil && c.next >= most {
		from = c.next - most + 1
	}
	for i := from; i < min(from+most, len(offered)); i++ {
		row := "   " + p.Pad(Plain(offered[i]), 24) + " " + c.helpOf(offered[i])
		if c.offered != nil && i == c.next {
			row = p.Selected.Render(row)
		}
		lines = append(lines, row)
	}
	if hidden := len(offered) - from - most; hidden > 0 {
		lines = append(lines, p.More(hidden, true))
	}
	return lines
}

func (c *CommandLine) helpOf(text string) string {
	for _, command := range c.commands {
		if command.Name == text {
			return command.Help
		}
	}
	if c.jumps != nil {
		for _, j := range c.jumps(text) {
			if j.Text == text {
				return Plain(j.Help)
			}
		}
	}
	return ""
}

// Foot implements [Screen].
func (c *CommandLine) Foot(p Page) []string {
	return []string{p.Faint.Render(" enter run   tab complete   esc back")}
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
