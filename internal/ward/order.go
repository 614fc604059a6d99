package ward

import (
	"time"

	"neurocheck/internal/icans"
)

// Order is a clinician's change of one patient's schedule. The newest one of
// interval, stop and restart applies.
type Order struct {
	PatientID int64
	Kind      OrderKind
	Interval  time.Duration // for OrderInterval
	UntilDay  int           // for OrderExtend: the last day since infusion
	Reason    string
	Ordered   Signature
}

// OrderKind is the effect of an order.
type OrderKind string

// The kinds of order. Restart also goes back to the site's intervals.
const (
	OrderInterval OrderKind = "interval"
	OrderStop     OrderKind = "stop"
	OrderRestart  OrderKind = "restart"
	OrderExtend   OrderKind = "extend"
)

// OrderKinds are the kinds of order with their words.
var OrderKinds = []Term{
	{string(OrderInterval), "another interval"},
	{string(OrderStop), "stop the checks"},
	{string(OrderRestart), "restart, at the ward's intervals"},
	{string(OrderExtend), "longer than the last day"},
}

// Validate returns an invalid [*Error] on the first field that cannot be recorded.
func (o *Order) Validate() error {
	if err := oneOf("kind", string(o.Kind), OrderKinds); err != nil {
		return err
	}
	if o.Kind == OrderInterval && (o.Interval < 15*time.Minute || o.Interval > 7*24*time.Hour) {
		return Invalid("interval", "from 15 minutes to 7 days")
	}
	if o.Kind == OrderExtend && (o.UntilDay < 1 || o.UntilDay > 365) {
		return Invalid("until_day", "a day from 1 to 365")
	}
	return textField("reason", o.Reason, 200, required)
}

// Attribution is a cause that a clinician named in advance, for at most 24 h, for
// consciousness or for the score of a patient with a tube. Checks with unable
// sedated or intubated recorded meanwhile carry it. It ends by itself, by any check
// done with the tool, or when a clinician ends it.
type Attribution struct {
	ID        int64
	PatientID int64
	Domain    string // "consciousness" or "score"
	Cause     string
	Until     time.Time
	Named     Signature
	Ended     Signature // not done while it applies
}

// AttributionAhead is the longest time that a cause can be named ahead.
const AttributionAhead = 24 * time.Hour

// Validate returns an invalid [*Error] on the first field that cannot be recorded.
func (a *Attribution) Validate(now time.Time) error {
	if a.Domain != "consciousness" && a.Domain != "score" {
		return Invalid("domain", "allowed: consciousness, score")
	}
	if !a.Until.After(now) || a.Until.After(now.Add(AttributionAhead)) {
		return Invalid("until", "at most 24 h ahead")
	}
	return textField("cause", a.Cause, 200, required)
}

// Applies reports whether the attribution applies at the time t, given the time of
// the last check done with the tool.
func (a *Attribution) Applies(t, lastWithTool time.Time) bool {
	return !t.Before(a.Named.At) && t.Before(a.Until) && !a.Ended.Done() && !lastWithTool.After(a.Named.At)
}

// NamedAhead returns the domains of the check c whose cause a clinician named ahead, and
// the causes in words: they apply to checks with unable sedated or intubated.
func (h *History) NamedAhead(c *Check) (domains icans.Domains, cause string) {
	if u := c.Findings.Unable; u != icans.UnableSedated && u != icans.UnableIntubated {
		return 0, ""
	}
	var withTool time.Time
	for i := range h.Checks {
		if o := &h.Checks[i]; o.ID != c.ID && o.Findings.Unable == 0 && !o.PerformedAt.After(c.PerformedAt) {
			withTool = o.PerformedAt
		}
	}
	for i := range h.Attributions {
		a := &h.Attributions[i]
		if !a.Applies(c.PerformedAt, withTool) {
			continue
		}
		if d, ok := icans.ParseDomains(a.Domain); ok {
			domains |= d
			if cause != "" {
				cause += "; "
			}
			cause += a.Cause
		}
	}
	return domains, cause
}
