package check

import (
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// foot draws the meaning of the answers so far, the flag, and the answers of the selected line.
// If these need more than one line, meaning and flag share one. trouble is a line
// about a save that takes the place of the flag.
func (e *examination) foot(p kit.Page, trouble string) []string {
	c := e.resulting()
	look := desk.FlagLook(p.Theme, c.Result.Flag)
	meaning, flag := words.Meaning(&c.Findings, c.Result), flagFitting(p, &c)
	if c.Findings == (icans.Findings{Tool: c.Findings.Tool}) {
		meaning, flag = "no answer yet", ""
	}
	if trouble != "" {
		flag, look = trouble, p.Bad
	}
	styled := func(text string) (lines []string) {
		for _, line := range p.Hang(" "+text, p.Width, 1) {
			lines = append(lines, look.Render(line))
		}
		return lines
	}
	field := e.sheet.field()
	if field == nil {
		return slices.Concat(styled(meaning), styled(flag), e.endFoot(p, &c))
	}
	answers, asked := e.choicesAndQuestion(p, field)
	answers = append(answers, asked[:len(asked)-1]...)
	if len(answers) == 1 {
		return slices.Concat(styled(meaning), styled(flag), answers)
	}
	both := words.ScoreWords(&c.Findings) + "   ICANS " + words.Grade(c.Result) + "   " + words.FlagMark(c.Result.Flag) + " " + words.FlagShort(c.Result.Flag)
	if flag == "" {
		both = meaning
	} else if trouble != "" {
		both = trouble
	}
	return slices.Concat(styled(both), answers)
}

// choicesAndQuestion returns the answers of a field, and the question with as much of them
// as has no other room.
func (e *examination) choicesAndQuestion(p kit.Page, field *icans.Field) (answers, asked []string) {
	x := e.sheet.findings()
	answers, whole := desk.Choices(p, field, &x)
	skip := ""
	if !whole {
		skip = desk.SkipWords
	}
	return answers, askLines(p, field, e.desk.Site().Question(field, e.history.Patient.Language), skip)
}

// flagFitting returns the flag with as many reasons as fit on a line, and the number of
// the others; the save question has all.
func flagFitting(p kit.Page, c *ward.Check) string {
	text := bedside.FlagText(c)
	reasons := c.Result.Reasons.Words()
	all := strings.Join(reasons, ", ")
	for n := len(reasons) - 1; n > 0 && p.Cells(text) > p.Width-2; n-- {
		some := strings.Join(reasons[:n], ", ") + fmt.Sprintf(", +%d", len(reasons)-n)
		text = strings.Replace(bedside.FlagText(c), all, some, 1)
	}
	return text
}

// endFoot returns the line below the flag while no field is selected.
func (e *examination) endFoot(p kit.Page, c *ward.Check) []string {
	in, _ := e.sheet.Current()
	switch in.ID {
	case saveLine:
		if left := e.review("").NotAssessed(); left != "" {
			return p.Hang(" "+left, p.Width, 1)
		}
		return []string{" " + p.Strong.Render("All answered.")}
	case takeOverLine:
		return []string{" enter shows the check of the other person and asks"}
	case lateLine:
		return []string{" enter asks for movement, face and eyes, personality"}
	}
	return []string{" enter opens " + in.Label}
}

// keyLine draws the question to ask for the selected line, and the most needed keys.
func (e *examination) keyLine(p kit.Page) string {
	keys := "? all keys   ctrl+s save"
	if in, _ := e.sheet.Current(); in.ID == saveLine {
		return " enter saves" + p.Faint.Render("   "+keys)
	}
	field := e.sheet.field()
	if field == nil {
		return " " + p.Faint.Render(keys)
	}
	_, asked := e.choicesAndQuestion(p, field)
	ask := asked[len(asked)-1]
	for _, end := range []string{"   " + keys, "   ? all keys"} {
		if p.Cells(ask+end) <= p.Width {
			return ask + p.Faint.Render(end)
		}
	}
	return ask
}
