package interview

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/words"
)

// items returns the fields that are asked for, in their order. The tool or the reason for
// "not done" hides some of them.
func (v *interview) items() (list []*icans.Field) {
	late := v.asksLate()
	for _, field := range bedside.Fields {
		if bedside.Hidden(field, v.Value) || bedside.IsLate(field) && !late && v.values[field.Column] == "" {
			continue
		}
		list = append(list, field)
	}
	return list
}

// firstOpen selects the first item that has no answer, or the save.
func (v *interview) firstOpen() {
	v.at = atSave
	for _, field := range v.items() {
		if v.values[field.Column] == "" {
			v.at = field.Column
			return
		}
	}
}

// move goes on by one item, or back. Before the first one it stays.
func (v *interview) move(by int) {
	items := v.items()
	i := slices.IndexFunc(items, func(f *icans.Field) bool { return f.Column == v.at })
	if i < 0 {
		i = len(items)
	}
	i = max(i+by, 0)
	v.at = atSave
	if i < len(items) {
		v.at = items[i].Column
	}
}

// askItem asks for one item and takes its answer, or runs a command.
func (v *interview) askItem(ctx context.Context, field *icans.Field) error {
	text, err := v.prompt(ctx, v.question(field))
	if err != nil {
		return err
	}
	switch code, ok := codeOf(field, text); {
	case text == "": // as it is
		v.move(+1)
	case text == bedside.NotAssessed:
		v.give(field, bedside.NotAssessed)
	case ok:
		v.give(field, code)
	default:
		known, err := v.command(ctx, text)
		if err != nil {
			return err
		}
		if !known {
			v.wrong(text, answersOf(field)+"; "+helpWords)
		}
	}
	return v.keep(ctx)
}

// give sets the answer of an item and goes on to the next one.
func (v *interview) give(field *icans.Field, code string) {
	v.Set(field.Column, code)
	if field.Column == "consciousness" {
		v.Set(bedside.ReplacedValue, "") // the answer is the user's own now
	}
	v.move(+1)
}

// question returns the line that asks for an item: its label, the present answer, the last
// one, the question to ask, and the answers.
func (v *interview) question(field *icans.Field) string {
	text := field.Label
	var notes []string
	if code := v.values[field.Column]; code != "" {
		notes = append(notes, "now "+v.words(field, code))
	}
	if last := v.lastFor(field); last != "" {
		notes = append(notes, "last "+last)
	}
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	if ask := v.Site.Question(field, v.history.Patient.Language); ask != "" {
		return text + `. Ask: "` + ask + `" ` + answersOf(field)
	}
	return text + ". " + answersOf(field)
}

func (v *interview) words(field *icans.Field, code string) string {
	if code == bedside.NotAssessed {
		return "not assessed"
	}
	var x icans.Findings
	_ = field.Set(&x, code) // a value of the check is one of its codes
	return field.Words(&x)
}

// lastFor returns the answer of the last check before the time of this one, for an item of
// the tool of the last one at which it was done.
func (v *interview) lastFor(field *icans.Field) string {
	last := bedside.LastBefore(&v.history, &v.check)
	if field.Group == icans.GroupICE || field.Group == icans.GroupCAPD {
		last = bedside.LastWithTool(&v.history, &v.check, bedside.ToolOf(v.Value))
	}
	if last == nil {
		return ""
	}
	return field.Words(&last.Findings)
}

// answered lists the items with their answers on one line.
func (v *interview) answered() string {
	var list []string
	for _, field := range v.items() {
		if code := v.values[field.Column]; code != "" {
			list = append(list, field.Label+" "+v.words(field, code))
		}
	}
	return strings.Join(list, ", ")
}

// restNone sets the features and signs from the selected item on to none, as z does on the
// form.
func (v *interview) restNone() {
	if field := icans.FieldOf(v.at); field == nil || field.Group != icans.GroupSeen && field.Group != icans.GroupCRS {
		v.say("rest works from Confusion on; answer the questions before it first")
		return
	}
	items, late, n := v.items(), v.asksLate(), 0
	from := slices.IndexFunc(items, func(f *icans.Field) bool { return f.Column == v.at })
	v.at = atSave
	for _, field := range items[from:] {
		code, stop := bedside.RestNone(&v.history, &v.check, field, v.values[field.Column], late)
		if stop {
			v.at = field.Column
			last := field.Terms[bedside.LastTerm(&v.history, &v.check, field)]
			v.say(fmt.Sprintf("%d set to none; %s was %s last time: answer it", n, field.Label, last.Label))
			return
		}
		if code != "" {
			v.Set(field.Column, code)
			n++
		}
	}
	v.say(fmt.Sprintf("%d set to none", n))
}

// help explains the selected item and the commands.
func (v *interview) help() {
	if field := icans.FieldOf(v.at); field != nil {
		v.say(field.Label + ". Answers: " + answersOf(field) + ", or the word for one")
	}
	for _, c := range commands() {
		v.say("  " + c.shown + "  " + c.help)
	}
	v.say("  an empty line goes on without a change")
}

// meaning says the result of the answers so far.
func (v *interview) meaning() {
	c := v.toSave()
	c.Result = bedside.PreviewOf(&v.history, v.Site, c, v.By, v.Now()).Result
	v.say(words.Meaning(&c.Findings, c.Result))
	v.say(bedside.FlagText(&c))
}
