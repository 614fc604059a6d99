package chart

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/reading"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// orderKinds are the kinds of order in the words of the dialog.
var orderKinds = []ward.Term{
	{Code: string(ward.OrderInterval), Label: "another interval"}, {Code: string(ward.OrderStop), Label: "stop checks"},
	{Code: string(ward.OrderRestart), Label: "start again, ward intervals"}, {Code: string(ward.OrderExtend), Label: "longer"},
}

// notHere is the reason why nothing is planned for a patient who left.
const notHere = "the patient is not on the ward"

// interval is the dialog that changes the check interval of a patient.
type interval struct {
	*entry
	kind            *choice
	every           *kit.Field[time.Duration]
	until           *kit.Field[int]
	kindOf, everyOf *line
	untilOf, whyOf  *line
}

func newInterval(d *desk.Desk, to kit.Place) *entry {
	i := &interval{entry: &entry{record: recordOf(d, to.Subject), title: "CHECK INTERVAL", yes: "save", needs: ward.MayDecide}}
	i.kindOf, i.kind = choiceLine("change", orderKinds)
	i.every = kit.NewField(20, readInterval)
	i.everyOf = fieldLine("every", i.every)
	i.everyOf.hint = func(p kit.Page) []string { return p.Wrap("with a unit: 90m, 6h, 1h30", p.Width) }
	i.everyOf.width, i.everyOf.words = 10, true
	i.everyOf.after = i.consequence
	i.until = kit.NewField(8, i.readLastDay)
	i.untilOf = fieldLine("to day", i.until)
	i.untilOf.hint = func(p kit.Page) []string {
		return p.Wrap("since infusion; otherwise checks end on day "+strconv.Itoa(i.lastDay()), p.Width)
	}
	i.untilOf.width = 8
	i.whyOf = textLine("why", 200, func(text string) string {
		if ward.CleanLine(text) == "" && i.needsReason() {
			return "the reason is needed"
		}
		return ""
	})
	i.lines, i.intro, i.question = i.linesNow, i.now, i.ask
	i.problem = func() string {
		if s := i.stay(); s == nil || !s.OnWard() {
			return notHere
		}
		o := i.order()
		return refusal(o.Validate())
	}
	i.save = func() act {
		o := i.order()
		return func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.PutOrder(ctx, sig, o)
		}
	}
	i.saved = func() string { return "Saved for " + words.Name(i.patient()) + ": " + i.words() }
	return i.entry
}

// readInterval reads a length in the limits of an order.
func readInterval(text string) reading.Reading[time.Duration] {
	r := reading.Length(text)
	if r.OK() && (r.Value < 15*time.Minute || r.Value > 7*24*time.Hour) {
		return reading.Reading[time.Duration]{Err: r.Words + ": from 15 minutes to 7 days"}
	}
	return r
}

// lastDay returns the last day of checks without another order.
func (i *interval) lastDay() int {
	day := i.d.Site().LastDay
	if h := i.history(); h != nil {
		for _, o := range h.Orders {
			if o.Kind == ward.OrderExtend {
				day = max(day, o.UntilDay)
			}
		}
	}
	return day
}

// readLastDay reads a day since infusion that is later than the last day of checks.
func (i *interval) readLastDay(text string) reading.Reading[int] {
	n, err := strconv.Atoi(strings.TrimLeft(strings.TrimSpace(text), "+"))
	if err != nil || n < 1 || n > 365 {
		return reading.Reading[int]{Err: "a day from 1 to 365"}
	}
	if n <= i.lastDay() {
		return reading.Reading[int]{Err: "checks go on until day +" + strconv.Itoa(i.lastDay()) + " anyway"}
	}
	return reading.Reading[int]{Value: n, Words: "checks until day +" + strconv.Itoa(n)}
}

func (i *interval) linesNow() []*line {
	list := []*line{i.kindOf}
	switch ward.OrderKind(i.kind.chosen) {
	case ward.OrderInterval:
		list = append(list, i.everyOf)
	case ward.OrderExtend:
		list = append(list, i.untilOf)
	}
	if i.givesReason() {
		list = append(list, i.whyOf)
	}
	return list
}

// givesReason reports whether the lines ask for a reason. The selected line stays if a check
// of another terminal makes the ward rule longer meanwhile: the rest of the reason would
// answer the question.
func (i *interval) givesReason() bool {
	typing := i.at == 2 && !i.asked || ward.CleanLine(i.whyOf.editor.Value()) != ""
	return i.needsReason() || typing && ward.OrderKind(i.kind.chosen) == ward.OrderInterval
}

// needsReason reports whether the order means fewer checks than the ward rule, so that a
// person must say why.
func (i *interval) needsReason() bool {
	return ward.OrderKind(i.kind.chosen) == ward.OrderStop || i.longer()
}

// reason returns the reason that was typed. An order that needs none has a reason in the
// record all the same: it asks for no fewer checks than the ward.
func (i *interval) reason() string {
	if reason := ward.CleanLine(i.whyOf.editor.Value()); i.needsReason() || reason != "" && i.givesReason() {
		return reason
	}
	switch ward.OrderKind(i.kind.chosen) {
	case ward.OrderRestart:
		return "ward intervals again"
	case ward.OrderExtend:
		return "more days than the ward rule"
	}
	return "not longer than the ward rule"
}

// now returns the interval that applies, and the order that set it.
func (i *interval) now() []string {
	h := i.history()
	if h == nil {
		return nil
	}
	plan := h.Next(i.d.Site(), i.d.Now())
	text := "now: " + i.d.Plan(&plan)
	if end, then, ok := h.AfterBurst(i.d.Site(), i.d.Now()); ok {
		text += "; until " + i.d.Time(end) + ", then every " + ward.Elapsed(then)
	}
	return []string{text}
}

// order returns the order that the lines describe.
func (i *interval) order() ward.Order {
	o := ward.Order{PatientID: i.id, Kind: ward.OrderKind(i.kind.chosen), Reason: i.reason()}
	switch o.Kind {
	case ward.OrderInterval:
		o.Interval, _ = i.every.Get()
	case ward.OrderExtend:
		o.UntilDay, _ = i.until.Get()
	}
	return o
}

// with returns the plan of the next check if an order is added to the record.
func (i *interval) with(o ward.Order) ward.Plan {
	now := i.d.Now()
	h := *i.history()
	o.Ordered = ward.Sign(i.d.User().Name, now)
	h.Orders = append(slices.Clone(h.Orders), o)
	return h.Next(i.d.Site(), now)
}

// rule returns the plan of the ward without an order.
func (i *interval) rule() ward.Plan {
	h := *i.history()
	h.Orders = slices.DeleteFunc(slices.Clone(h.Orders), func(o ward.Order) bool { return o.Kind != ward.OrderExtend })
	return h.Next(i.d.Site(), i.d.Now())
}

// consequence returns the time of the next check by the interval that was typed, the
// interval of the ward, and a warning if the new one is longer.
func (i *interval) consequence() []string {
	every, ok := i.every.Get()
	if !ok || i.history() == nil {
		return nil
	}
	plan, rule := i.with(i.order()), i.rule()
	text := "every " + reading.LengthWords(every)
	if !plan.Due.IsZero() {
		text += ", next " + i.d.Time(plan.Due)
		if plan.State == ward.Overdue {
			text += " (" + i.d.Due(&plan) + ")"
		}
	}
	list := []string{text + ". " + i.ruleWords(&rule)}
	if plan.Why == ward.WhyOrder && plan.Interval < every {
		list = append(list, "But every "+reading.LengthWords(plan.Interval)+" for 24 h after a flagged check.")
	}
	if i.longer() {
		list = append(list, "LONGER than the ward rule. Why? (needed)")
	}
	return list
}

func (i *interval) ruleWords(rule *ward.Plan) string {
	why := ward.WordsFor(ward.Whys, string(rule.Why))
	if rule.Interval <= 0 {
		return "Ward rule: " + why + "."
	}
	return "Ward rule (" + why + "): " + reading.LengthWords(rule.Interval) + "."
}

// longer reports whether the interval that was typed is longer than that of the ward.
func (i *interval) longer() bool {
	every, ok := i.every.Get()
	if !ok || ward.OrderKind(i.kind.chosen) != ward.OrderInterval || i.history() == nil {
		return false
	}
	rule := i.rule()
	return rule.Interval > 0 && every > rule.Interval
}

// words returns the order in words.
func (i *interval) words() string {
	o := i.order()
	switch o.Kind {
	case ward.OrderInterval:
		return "a check every " + reading.LengthWords(o.Interval)
	case ward.OrderExtend:
		return "checks until day +" + strconv.Itoa(o.UntilDay)
	case ward.OrderStop:
		return "checks stop"
	}
	return "checks start again at the ward's intervals"
}

// ask returns the question with the next check before and after.
func (i *interval) ask() []string {
	text := i.words()
	if i.givesReason() {
		text += " (" + kit.Plain(i.reason()) + ")"
	}
	list := []string{"Save: " + text + "?"}
	if i.history() == nil {
		return list
	}
	before, after := i.history().Next(i.d.Site(), i.d.Now()), i.with(i.order())
	list = append(list, "next check: "+i.nextOf(&before)+" → "+i.nextOf(&after))
	if i.longer() {
		list = append(list, "This is LONGER than the ward rule.")
	}
	if ward.OrderKind(i.kind.chosen) == ward.OrderStop {
		if i.history().Open() != nil {
			list = append(list, "A follow-up is OPEN: it stays until a clinician closes it.")
		}
		list = append(list, "A flagged check, a report or a dose starts the checks again.")
	}
	return list
}

func (i *interval) nextOf(p *ward.Plan) string {
	if p.Due.IsZero() {
		return "none (" + ward.WordsFor(ward.Whys, string(p.Why)) + ")"
	}
	text := i.d.Time(p.Due) + ", " + i.d.Due(p)
	if every := desk.Every(p); every != "" {
		text += ", " + every
	}
	return text
}
