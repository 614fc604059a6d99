package chart

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"neurocheck/internal/reading"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

var causeDomains = []ward.Term{{Code: "consciousness", Label: "consciousness"}, {Code: "score", Label: "score, of a patient with a tube"}}

const nameCause = "name"

// cause is the dialog that names a cause up to 24 h ahead, or ends one.
type cause struct {
	*entry
	choose, domain    *choice
	until             *kit.Field[time.Time]
	chooseOf          *line
	domainOf, untilOf *line
	causeOf           *line
}

func newCause(d *desk.Desk, to kit.Place) *entry {
	c := &cause{entry: &entry{record: recordOf(d, to.Subject), title: "OTHER CAUSE, up to 24 h ahead", yes: "save", needs: ward.MayDecide}}
	c.chooseOf, c.choose = choiceLine("act", nil)
	c.domainOf, c.domain = choiceLine("finding", causeDomains)
	c.causeOf = textLine("cause", 200, func(text string) string {
		if ward.CleanLine(text) == "" {
			return "the cause is needed, such as: propofol since 14:10"
		}
		return ""
	})
	c.until = kit.NewField(40, func(text string) reading.Reading[time.Time] { return readUntil(text, d.Now(), d.Zone()) })
	end := d.Now().Add(ward.AttributionAhead).Truncate(time.Minute)
	c.until.Say = func(at time.Time) string { return untilNow(at, d.Now(), d.Zone()) }
	c.until.Start(end, reading.DayTime(end, d.Now(), d.Zone()), c.until.Say(end))
	c.untilOf = timeLine("until", c.until, d.Zone())
	c.untilOf.hint = func(p kit.Page) []string {
		return p.Wrap("(t)  at most 24 h ahead: 22:30, tomorrow 14:00", p.Width)
	}
	c.untilOf.width, c.untilOf.time = len("tomorrow 14:00")+1, true
	c.lines, c.intro, c.question = c.linesNow, c.explain, c.ask
	c.problem = func() string {
		if s := c.stay(); s == nil || !s.OnWard() {
			return notHere
		}
		if c.ending() != nil {
			return ""
		}
		v := c.value()
		return refusal(v.Validate(d.Now()))
	}
	c.save = c.act
	c.saved = func() string { return "Saved for " + words.Name(c.patient()) + ": " + c.words() }
	return c.entry
}

// linesNow returns the choice of the act if a cause applies, and the lines that name one.
func (c *cause) linesNow() []*line {
	applying := c.causesNow()
	naming := []*line{c.domainOf, c.causeOf, c.untilOf}
	if c.choose.chosen == "" && (len(applying) == 0 || c.domain.chosen != "") {
		return naming // also if another person names one while this one is typed
	}
	c.choose.terms = []ward.Term{{Code: nameCause, Label: "name a cause"}}
	for _, a := range applying {
		c.choose.terms = append(c.choose.terms, ward.Term{Code: strconv.FormatInt(a.ID, 10), Label: "end " + a.Domain + ": " + kit.Plain(a.Cause)})
	}
	if c.choose.chosen == nameCause {
		return append([]*line{c.chooseOf}, naming...)
	}
	return []*line{c.chooseOf}
}

func (c *cause) explain() []string {
	list := []string{"Checks of a sedated or intubated patient carry it, until a check is done with the tool."}
	for _, a := range c.causesNow() {
		list = append(list, "now: "+causeWords(c.d, &a))
	}
	return list
}

// ending returns the cause that the dialog ends, or nil if it names one.
func (c *cause) ending() *ward.Attribution {
	h := c.history()
	if c.choose.chosen == nameCause || c.choose.chosen == "" || h == nil {
		return nil
	}
	for i := range h.Attributions {
		if a := &h.Attributions[i]; strconv.FormatInt(a.ID, 10) == c.choose.chosen {
			return a
		}
	}
	return nil
}

func (c *cause) value() ward.Attribution {
	until, _ := c.until.Get()
	return ward.Attribution{PatientID: c.id, Domain: c.domain.chosen, Cause: ward.CleanLine(c.causeOf.editor.Value()), Until: until}
}

func (c *cause) words() string {
	if a := c.ending(); a != nil {
		return "ended, " + a.Domain + ": " + kit.Plain(a.Cause)
	}
	v := c.value()
	return v.Domain + ": " + kit.Plain(v.Cause) + ", until " + untilWords(c.d, v.Until) + ", " + words.ShortName(c.d.User().Name)
}

func (c *cause) ask() []string {
	if a := c.ending(); a != nil {
		return []string{"End it now, " + a.Domain + ": " + kit.Plain(a.Cause) + "?", "From now on the finding counts in the grade again."}
	}
	return []string{"Save: " + c.words() + "?"}
}

func (c *cause) act() act {
	if a := c.ending(); a != nil {
		id := a.ID
		return func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.EndCause(ctx, sig, id)
		}
	}
	v := c.value()
	return func(ctx context.Context, log *store.Store, sig ward.Signature) error {
		return log.NameCause(ctx, sig, v)
	}
}

// untilNow returns the words of an end. The longest one is in 24 h, as the limit says it.
func untilNow(at, now time.Time, zone *time.Location) string {
	if now = now.Truncate(time.Minute); at.Sub(now) == ward.AttributionAhead {
		return reading.DayTime(at, now, zone) + ", in 24 h"
	}
	return reading.TimeWords(at, now, zone)
}

// readUntil reads a time that is ahead by at most 24 h. A time alone that is over today
// is asked about.
func readUntil(text string, now time.Time, zone *time.Location) reading.Reading[time.Time] {
	r := reading.PlannedTime(text, now, zone)
	if !r.OK() {
		return r
	}
	last := now.Add(ward.AttributionAhead)
	if !r.Value.After(now) {
		tomorrow := reading.PlannedTime("tomorrow "+text, now, zone)
		if !tomorrow.OK() || tomorrow.Value.After(last) {
			return reading.Reading[time.Time]{Err: r.Words + ": is over already"}
		}
		return reading.Reading[time.Time]{Question: fmt.Sprintf("over today, the clock says %s. Tomorrow?", now.In(zone).Format("15:04")), Choices: []reading.Choice[time.Time]{
			{Keys: []string{"1", "y"}, Label: "yes, " + tomorrow.Words, Value: tomorrow.Value, Words: tomorrow.Words},
			{Keys: []string{"0", "n"}, Label: "no", Back: true},
		}}
	}
	if r.Value.After(last) {
		return reading.Reading[time.Time]{Err: r.Words + ": at most 24 h ahead, " + reading.DayTime(last, now, zone)}
	}
	return r
}
