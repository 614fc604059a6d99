package chart

import (
	"context"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// withdrawReasons are the reasons to withdraw an intervention or a report.
var withdrawReasons = []ward.Term{
	{Code: "wrong patient", Label: "wrong patient"}, {Code: "wrong value", Label: "wrong time or value"},
	{Code: "entered in error", Label: "entered in error"}, {Code: "other", Label: "other"},
}

// newWithdrawal returns the dialog that withdraws an intervention or a report with a
// reason. The entry stays readable.
func newWithdrawal(d *desk.Desk, patient int64, of ward.Event) *entry {
	e := &entry{record: recordOf(d, desk.Subject(patient)), title: "WITHDRAW", yes: "withdraw it", needs: ward.MayRecord}
	whyOf, why := choiceLine("why", withdrawReasons)
	noteOf := textLine("note", 120, func(text string) string {
		if why.chosen == "other" && ward.CleanLine(text) == "" {
			return "the reason is needed in words"
		}
		return ""
	})
	e.lines = func() []*line { return []*line{whyOf, noteOf} }
	named := d.DayTime(of.At) + "   " + kit.Plain(of.Words()) + ", recorded by " + kit.Plain(of.Recorded.By)
	e.intro = func() []string { return []string{named, "It stays readable and no longer counts. Why?"} }
	reason := func() string {
		note := ward.CleanLine(noteOf.editor.Value())
		switch {
		case why.chosen == "other":
			return note
		case note != "":
			return why.chosen + ": " + note
		}
		return why.chosen
	}
	e.question = func() []string {
		list := []string{"Withdraw it (" + kit.Plain(reason()) + ")?"}
		if of.Kind == ward.AReport {
			if h := e.history(); h != nil && h.Waiting() != nil && h.Waiting().ID == of.ID {
				list = append(list, "It makes no check due then.")
			}
		}
		return list
	}
	e.problem = func() string { return e.withdrawnMeanwhile(&of) }
	e.save = func() act {
		text := reason()
		return func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			if of.Kind == ward.AReport {
				return log.WithdrawReport(ctx, sig, of.ID, text)
			}
			return log.WithdrawIntervention(ctx, sig, of.ID, text)
		}
	}
	e.saved = func() string {
		return "Withdrawn: " + kit.Plain(of.Words()) + ", " + d.Time(of.At) + ", " + words.Name(e.patient())
	}
	return e
}

// withdrawnMeanwhile returns the reason why an entry cannot be withdrawn: another person
// did so while the dialog was open.
func (e *entry) withdrawnMeanwhile(of *ward.Event) string {
	for _, now := range e.chart.Events() {
		if now.Kind == of.Kind && now.ID == of.ID && now.Withdrawn && !e.saving.Waiting() {
			return "this entry was withdrawn already: " + kit.Plain(now.Reason)
		}
	}
	return ""
}
