package check

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
)

// endColumn is the column of the lines that the form draws by itself, below the others.
const endColumn = 2

// lay makes the lines anew, because a value may hide or show some of them.
func (s *sheet) lay() {
	s.now = bedside.FindingsOf(s.Value)
	var lines []kit.Line
	if s.Value(bedside.UnableValue) != "" {
		lines = append(lines, kit.Line{ID: notDoneLine, Label: "Not done", Group: toolGroup, Open: s.opener(unableLine), Show: func() string { return unableShort(&s.now) }})
	}
	for _, field := range bedside.Fields {
		if s.asks(field) || !s.hides(field) && s.Value(field.Column) != "" {
			lines = append(lines, s.fieldLine(field))
		}
	}
	if !s.late && !s.asksLate {
		lines = append(lines, kit.Line{ID: lateLine, Label: "Late signs", Group: otherGroup, Column: 1, Open: s.askLate, Show: func() string { return "enter" }})
	}
	s.SetLines(append(lines, s.endLines()...))
}

// askLate asks for the late signs.
func (s *sheet) askLate(kit.Host, kit.Key) tea.Cmd {
	s.late = true
	s.lay()
	s.GoTo("movement")
	return nil
}

func (s *sheet) opener(line string) func(kit.Host, kit.Key) tea.Cmd {
	return func(h kit.Host, _ kit.Key) tea.Cmd { return s.open(h, line) }
}

// fieldLine returns the line of a field. Consciousness and raised pressure are answered
// by [sheet.ownAnswers], because their answers do more than to set one value.
func (s *sheet) fieldLine(field *icans.Field) kit.Line {
	l := kit.Line{ID: field.Column, Label: field.Label, Skippable: !answersItself(field), Before: s.earlierAnswers(field), Words: answerWords(field),
		Show: func() string { return s.shown(field) }}
	if s.help != nil {
		l.Ask = s.help(field)
	}
	switch {
	case field.Group == icans.GroupDomain:
		l.Group = signsGroup
	case bedside.IsFeature(field):
		l.Group, l.Column = seenGroup, 1
	case onTheRight(field):
		l.Group, l.Column = otherGroup, 1
	default:
		l.Group = toolGroup
	}
	if answersItself(field) {
		return l
	}
	for _, t := range field.Terms {
		l.Answers = append(l.Answers, kit.Answer{Value: t.Code, Keys: strings.Split(t.Keys, ""), Label: t.Label})
	}
	return l
}

// earlierAnswers returns the answers to a field at the earlier checks.
func (s *sheet) earlierAnswers(field *icans.Field) (list []string) {
	for _, c := range s.before.next(field) {
		answer := desk.Dash(shortAnswer(field, &c.Findings))
		if s.tool() == icans.CAPD && onTheRight(field) {
			answer = shortest(answer)
		}
		list = append(list, answer)
	}
	return list
}

func (s *sheet) endLines() []kit.Line {
	end := func(id, key, label string, open func(kit.Host, kit.Key) tea.Cmd) kit.Line {
		return kit.Line{ID: id, Key: key, Label: label, Group: endGroup, Column: endColumn, Open: open}
	}
	var lines []kit.Line
	if s.others {
		lines = append(lines, end(takeOverLine, "", "Take over", s.opener(takeOverLine)))
	}
	return append(lines,
		end(timeLine, "t", "Time of this check", s.opener(timeLine)),
		end(unableLine, "u", "unable, tool", s.opener(unableLine)),
		end(causeLine, "o", "Other cause", s.opener(causeLine)),
		end(commentLine, "c", "Comment", s.opener(commentLine)),
		end(saveLine, "", "Save", nil),
	)
}
