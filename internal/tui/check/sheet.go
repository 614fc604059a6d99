package check

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// The lines of a form that are no field.
const (
	notDoneLine  = "not_done"
	lateLine     = "late_signs"
	takeOverLine = "take_over"
	timeLine     = "t"
	unableLine   = "u"
	causeLine    = "o"
	commentLine  = "c"
	saveLine     = "save"
)

// The groups of lines.
const (
	toolGroup  = "tool"
	signsGroup = "signs"
	seenGroup  = "seen"
	otherGroup = "other"
	endGroup   = "end"
)

// endColumn is the column of the lines that the form draws by itself, below the others.
const endColumn = 2

// layLines makes the lines anew, because a value may hide or show some of them.
func (f *form) layLines() {
	f.now = findingsOf(f.sheet.Value)
	var lines []kit.Line
	if f.sheet.Value(unableValue) != "" {
		lines = append(lines, kit.Line{ID: notDoneLine, Label: "Not done", Group: toolGroup, Open: f.openUnable, Show: f.unableShort})
	}
	late := f.asksLate()
	for _, field := range sheetFields {
		switch {
		case hidden(field, f.sheet.Value):
			continue
		case isLate(field) && !late:
			if f.sheet.Value(field.Column) == "" {
				continue
			}
		}
		lines = append(lines, f.fieldLine(field))
	}
	if !late {
		lines = append(lines, kit.Line{ID: lateLine, Label: "Late signs", Group: otherGroup, Column: 1, Open: f.openLate, Show: func() string { return "enter" }})
	}
	f.sheet.SetLines(append(lines, f.endLines()...))
}

// fieldLine returns the line of a field. Consciousness and raised pressure are answered
// by bindings of the form, because their answers do more than to set one value.
func (f *form) fieldLine(field *icans.Field) kit.Line {
	l := kit.Line{ID: field.Column, Label: field.Label, Skippable: true, Show: func() string { return f.shown(field) }}
	switch {
	case field.Group == icans.GroupDomain:
		l.Group = signsGroup
	case isFeature(field):
		l.Group, l.Column = seenGroup, 1
	case field.Group == icans.GroupSeen, field.Group == icans.GroupCRS:
		l.Group, l.Column = otherGroup, 1
	default:
		l.Group = toolGroup
	}
	if last := f.lastFor(field); last != nil {
		l.Before = shortAnswer(field, &last.Findings)
		if l.Before == "" {
			l.Before = "–"
		}
		if f.tool() == icans.CAPD && l.Column == 1 {
			l.Before = shortest(l.Before)
		}
	}
	if answersItself(field) {
		l.Skippable = false
		return l
	}
	for _, t := range field.Terms {
		l.Answers = append(l.Answers, kit.Answer{Value: t.Code, Keys: strings.Split(t.Keys, ""), Label: t.Label})
	}
	return l
}

func answersItself(field *icans.Field) bool { return field.Column == "consciousness" || field.Several }

// shortest shortens an earlier answer for the narrow column that CAPD leaves.
func shortest(answer string) string {
	switch answer {
	case "moderate":
		return "mod."
	case "severe":
		return "sev."
	}
	return answer
}

func (f *form) endLines() []kit.Line {
	end := func(id, key, label string, open func(kit.Host, kit.Key) tea.Cmd) kit.Line {
		return kit.Line{ID: id, Key: key, Label: label, Group: endGroup, Column: endColumn, Open: open}
	}
	var lines []kit.Line
	if len(f.others()) > 0 {
		lines = append(lines, end(takeOverLine, "", "Take over", f.openTakeOver))
	}
	return append(lines,
		end(timeLine, "t", "Time of this check", f.openTime),
		end(unableLine, "u", "unable, tool", f.openUnable),
		end(causeLine, "o", "Other cause", f.openCause),
		end(commentLine, "c", "Comment", f.openComment),
		end(saveLine, "", "Save", nil),
	)
}

func (f *form) openLate(kit.Host, kit.Key) tea.Cmd {
	f.late = true
	f.layLines()
	f.sheet.GoTo("movement")
	return nil
}

// tool returns the tool of the check.
func (f *form) tool() icans.Tool {
	return bedside.ToolOf(f.sheet.Value)
}

// lastFor returns the check whose answer is shown next to a field: the last one before
// the time of this check, and for an item the last one at which the tool was done.
func (f *form) lastFor(field *icans.Field) *ward.Check {
	if field.Group == icans.GroupICE || field.Group == icans.GroupCAPD {
		return f.lastTool
	}
	return f.last
}

// field returns the field of the line in hand, or nil.
func (f *form) field() *icans.Field {
	l, _ := f.sheet.Current()
	i := slices.IndexFunc(sheetFields, func(x *icans.Field) bool { return x.Column == l.ID })
	if i < 0 {
		return nil
	}
	return sheetFields[i]
}

// firstOpen takes the first line without an answer in hand, or the save line.
func (f *form) firstOpen() {
	for _, field := range sheetFields {
		if f.sheet.Value(field.Column) == "" && !hidden(field, f.sheet.Value) && (!isLate(field) || f.asksLate()) {
			f.sheet.GoTo(field.Column)
			return
		}
	}
	f.sheet.GoTo(saveLine)
}

// ownAnswers returns the answers of a line that the form answers by itself.
func (f *form) ownAnswers() (list []kit.Binding) {
	field := f.field()
	if field == nil || !answersItself(field) || f.sheet.Typing() {
		return nil
	}
	for i, t := range field.Terms {
		list = append(list, kit.Binding{
			Keys: strings.Split(t.Keys, ""), Shown: strings.Join(strings.Split(t.Keys, ""), " "), Help: field.Label + ": " + t.Label, Answer: true, AtOnce: true,
			Do: func(_ kit.Host, k kit.Key) tea.Cmd {
				x := f.findings()
				field.Answer(&x, i)
				f.give(field, field.Code(&x), k.Serial)
				return nil
			},
		})
	}
	return append(list, kit.Binding{Keys: []string{"-"}, Help: field.Label + ": not assessed", AtOnce: true, Do: func(_ kit.Host, k kit.Key) tea.Cmd {
		f.give(field, kit.NotAssessed, k.Serial)
		return nil
	}})
}

// give sets the answer of such a line as one step. Of several signs there may be more,
// so that only "none" and "not assessed" go on to the next line.
func (f *form) give(field *icans.Field, code string, serial uint64) {
	f.sheet.Step(field.Label, serial, func() {}, func() {
		f.sheet.Set(field.Column, code, serial)
		if field.Column == "consciousness" {
			f.sheet.Set(replacedValue, "", serial) // the answer is the user's own now
		}
	})
	if field.Several && code != "none" && code != kit.NotAssessed {
		return
	}
	next := slices.Index(sheetFields, field) + 1
	f.sheet.GoTo(sheetFields[next].Column)
}

// restNone sets the features and signs from the line in hand on to none. It stops before
// each line that was not none when it was last assessed.
func (f *form) restNone(h kit.Host, k kit.Key) tea.Cmd {
	late, stopped := f.asksLate(), ""
	n := f.sheet.Fill("rest none", k.Serial, func(l kit.Line) (string, bool) {
		field := icans.FieldOf(l.ID)
		if field == nil {
			return "", false
		}
		code, stop := bedside.RestNone(&f.history, &f.check, field, f.sheet.Value(l.ID), late)
		if stop {
			stopped = fmt.Sprintf("; %s was %s last time: answer it", l.Label, field.Terms[bedside.LastTerm(&f.history, &f.check, field)].Label)
		}
		return code, stop
	})
	h.Say(fmt.Sprintf("%d set to none%s", n, stopped))
	return nil
}

// restNoneWorks reports whether the line in hand is Confusion or a later one.
func (f *form) restNoneWorks() bool {
	l, _ := f.sheet.Current()
	return l.Group == seenGroup || l.Group == otherGroup
}

// unableShort returns the reason for "not done" in short, or an empty text.
func (f *form) unableShort() string {
	x := f.findings()
	if x.Unable == 0 {
		return ""
	}
	if x.Unable == icans.UnableUnarousable {
		return shortAnswers["unarousable"]
	}
	return desk.Score(&x)
}
