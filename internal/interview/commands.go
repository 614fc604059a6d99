package interview

import (
	"context"
	"slices"
	"strings"
)

// command is an answer that any question of the check takes.
type command struct {
	names []string
	shown string
	help  string
	run   func(*interview, context.Context) error
}

func plainly(run func(*interview)) func(*interview, context.Context) error {
	return func(v *interview, _ context.Context) error {
		run(v)
		return nil
	}
}

// commands returns the answers that every item takes.
func commands() []command {
	return []command{
		{[]string{"?", "help"}, "?    ", "this help", plainly((*interview).help)},
		{[]string{"<", "+"}, "<    ", "the previous question", plainly(func(v *interview) { v.move(-1) })},
		{[]string{"rest", "z", "*"}, "rest ", "the rest of the features and signs is none (from Confusion on)", plainly((*interview).restNone)},
		{[]string{"end"}, "end  ", "go to the save question", plainly(func(v *interview) { v.at = atSave })},
		{[]string{"="}, "=    ", "the grade and the flag of the answers so far", plainly((*interview).meaning)},
		{[]string{"u"}, "u    ", "the tool was not done, or is another one", (*interview).askUnable},
		{[]string{"o"}, "o    ", "another cause", (*interview).askCause},
		{[]string{"t"}, "t    ", "the time of the check", (*interview).askTime},
		{[]string{"c"}, "c    ", "a comment", (*interview).askComment},
		{[]string{"late"}, "late ", "ask for the late signs: movement, face and eyes, personality", plainly(func(v *interview) {
			v.late, v.changed, v.at = true, true, "movement"
		})},
	}
}

// helpWords names the help in a refusal.
const helpWords = "? helps"

// commandWords is the line about the commands before the first question.
const commandWords = "Answer with the number or the word. Also: ? help, - not assessed, < back, rest, end, u unable, o cause, t time, c comment."

// command runs the command of that name, and reports whether there is one. A text after /
// goes to the item of that name.
func (v *interview) command(ctx context.Context, text string) (known bool, err error) {
	text = strings.ToLower(text)
	for _, c := range commands() {
		if slices.Contains(c.names, text) {
			return true, c.run(v, ctx)
		}
	}
	name, jump := strings.CutPrefix(text, "/")
	if name = folded(name); !jump || name == "" {
		return false, nil
	}
	for _, field := range v.items() {
		if strings.HasPrefix(folded(field.Label), name) {
			v.at = field.Column
			return true, nil
		}
	}
	return false, nil
}
