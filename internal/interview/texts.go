package interview

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/reading"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// The limits of texts that are typed, in characters: those of the form.
const (
	mostComment = 2000
	mostCause   = 200
)

// askUnable asks why the tool was not done, or for another tool.
func (v *interview) askUnable(ctx context.Context) error {
	field, tool := icans.FieldOf(bedside.UnableValue), bedside.ToolOf(v.Value)
	other := words.ToolName(bedside.OtherTool(tool))
	var list []string
	for _, t := range field.Terms {
		list = append(list, answerWords(t))
	}
	answers := strings.Join(list, "; ") + "; 9 change the tool to " + other + "; 0 it can be done: answers back; - no change"
	for {
		text, err := v.prompt(ctx, "Why was "+words.ToolName(tool)+" not done? Cannot speak or follow now, but could before? Not 5: score the items 0. "+answers)
		if err != nil {
			return err
		}
		code, ok := codeOf(field, text)
		switch {
		case text == "" || text == bedside.NotAssessed || text == "<":
			return nil
		case ok:
			carried := bedside.SetUnable(v, &v.history, v.check, code)
			c := v.toSave()
			v.say(bedside.UnableWords(&v.history, v.Site, &c, carried))
		case text == "9" || folded(text) == strings.ToLower(other):
			bedside.ChangeTool(v, bedside.OtherTool(tool))
			v.say("The tool is " + other + " now; the answers of " + words.ToolName(tool) + " are kept aside")
		case text == "0":
			bedside.SetAble(v)
			v.say("The answers are back")
		default:
			v.wrong(text, answers)
			continue
		}
		v.changed = true
		v.firstOpen()
		return nil
	}
}

// askCause asks which findings have another cause, a figure a line, and then for the cause.
func (v *interview) askCause(ctx context.Context) error {
	const answers = "1 to 5 turns one on, an empty line or - ends"
	decides := ward.MayDo(v.Role, ward.MayDecide) == nil
	for {
		text, err := v.prompt(ctx, v.causeQuestion(decides))
		if err != nil {
			return err
		}
		i := slices.Index([]string{"1", "2", "3", "4", "5"}, text)
		switch {
		case text == "" || text == bedside.NotAssessed || text == "<":
			return v.nameCause(ctx)
		case i < 0:
			v.wrong(text, answers)
			continue
		}
		if refused := bedside.TurnCause(v, icans.AllDomains[i], decides); refused != "" {
			v.say(refused + ": " + v.Decides)
		}
		if err := v.keep(ctx); err != nil {
			return err
		}
	}
}

func (v *interview) causeQuestion(decides bool) string {
	x := bedside.FindingsOf(v.Value)
	var list []string
	for i, one := range icans.AllDomains {
		state := "counts"
		switch {
		case x.OtherCause.Has(one):
			state = "other cause"
		case x.Uncertain().Has(one):
			state = "uncertain"
		}
		list = append(list, fmt.Sprintf("%d %s: %s", i+1, one.Words()[0], state))
	}
	turns := "A number turns it: counts, uncertain, other cause"
	if !decides {
		turns = "A number turns it: counts, uncertain (clinicians: other cause)"
	}
	return "Another cause? " + strings.Join(list, "; ") + ". " + turns + "; an empty line or - ends"
}

// nameCause asks for the cause in words if one is needed.
func (v *interview) nameCause(ctx context.Context) error {
	for {
		if bedside.FindingsOf(v.Value).OtherCause == 0 {
			return nil
		}
		question := "Which cause, in words? It is needed: propofol since 14:10, stroke"
		if v.cause != "" {
			question += ". An empty line leaves: " + words.Plain(v.cause)
		}
		text, err := v.prompt(ctx, question)
		switch {
		case err != nil:
			return err
		case text == "" && v.cause != "":
			return nil
		case text == "" || text == bedside.NotAssessed || text == "<":
			v.say("Other cause: needs the cause in words, o names it")
			return nil
		case utf8.RuneCountInString(text) > mostCause:
			v.wrong(text, fmt.Sprintf("at most %d characters", mostCause))
		default:
			v.SetCause(text)
			return nil
		}
	}
}

// askComment asks for the comment.
func (v *interview) askComment(ctx context.Context) error {
	for {
		question := "Comment, on one line. - is no comment"
		if v.check.Note != "" {
			question += ". An empty line leaves: " + words.Plain(v.check.Note)
		}
		text, err := v.prompt(ctx, question)
		switch {
		case err != nil:
			return err
		case text == "" || text == "<":
			return nil
		case utf8.RuneCountInString(text) > mostComment:
			v.wrong(text, fmt.Sprintf("at most %d characters", mostComment))
			continue
		case text == bedside.NotAssessed:
			text = ""
		}
		v.check.Note, v.changed = text, true
		return nil
	}
}

// askTime asks when the patient was examined.
func (v *interview) askTime(ctx context.Context) error {
	const answers = "1320, 13.20, 1:20pm, yesterday 2350, 28 Nov 0300"
	for {
		text, err := v.prompt(ctx, "When was the patient examined? "+answers+". An empty line leaves "+v.clock().DayTime(v.check.PerformedAt))
		if err != nil || text == "" || text == "<" {
			return err
		}
		at, refused, err := v.readTime(ctx, text)
		if err != nil {
			return err
		}
		if refused != "" {
			v.wrong(text, refused+"; "+answers)
			continue
		}
		if at.IsZero() {
			continue
		}
		v.check.PerformedAt, v.changed = ward.Moment(at).UTC(), true
		v.say("Time of the check: " + v.clock().DayTime(at))
		return nil
	}
}

// readTime reads a time; if the text may mean two times, it asks which. A zero time leads
// back to the text, and refused says why it cannot be the time of this check.
func (v *interview) readTime(ctx context.Context, text string) (at time.Time, refused string, err error) {
	r := reading.Time(text, v.Now(), v.Site.Zone)
	for !r.OK() {
		if r.Err != "" {
			return at, r.Err, nil
		}
		var list []string
		for _, c := range r.Choices {
			list = append(list, c.Keys[0]+" "+c.Label)
		}
		answer, err := v.prompt(ctx, r.Question+" "+strings.Join(list, "; "))
		if err != nil {
			return at, "", err
		}
		i := slices.IndexFunc(r.Choices, func(c reading.Choice[time.Time]) bool { return slices.Contains(c.Keys, strings.ToLower(answer)) })
		switch {
		case i < 0:
			v.wrong(answer, strings.Join(list, "; "))
		case r.Choices[i].Back:
			return at, "", nil
		default:
			r = reading.Reading[time.Time]{Value: r.Choices[i].Value}
		}
	}
	return r.Value, bedside.TimeRefusal(&v.history, r.Value, v.clock()), nil
}
