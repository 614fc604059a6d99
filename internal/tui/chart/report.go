package chart

import (
	"context"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// newReport returns the dialog that records a reported symptom: who said it, when, and
// the words. A report makes a check due now, and both the question and the line after the
// save say so.
func newReport(d *desk.Desk, to kit.Place) *entry {
	e := &entry{record: recordOf(d, to.Subject), title: "REPORTED SYMPTOM", yes: "save", needs: ward.MayRecord}
	whoOf, who := choiceLine("who", ward.Reporters)
	whenOf, when := whenLine(d.Now, d.Zone())
	saidOf := textLine("words", 200, func(text string) string {
		if ward.CleanLine(text) == "" {
			return "the words are needed, such as: very quiet since lunch"
		}
		return withoutTime(text)
	})
	e.lines = func() []*line { return []*line{whoOf, whenOf, saidOf} }
	e.intro = func() []string {
		if who.chosen == "" {
			return []string{"Who said it?"}
		}
		return nil
	}
	value := func() ward.Report {
		at, _ := when.Get()
		return ward.Report{PatientID: e.id, ToldAt: at, ToldBy: who.chosen, Words: ward.CleanLine(saidOf.editor.Value())}
	}
	e.question = func() []string {
		v := value()
		list := []string{"Save: “" + kit.Plain(v.Words) + "” said " + ward.WordsFor(ward.Reporters, v.ToldBy) + ", " + whenWords(when) + "?"}
		for _, o := range e.chart.AllReports {
			if !o.Withdrawn && o.ToldBy == v.ToldBy && v.ToldAt.Sub(o.ToldAt).Abs() <= sameWithin {
				list = append(list, "REPORTED ALREADY: "+d.ReportWords(&o)+", by "+kit.Plain(o.Recorded.By)+". Is this another one?")
			}
		}
		return append(list, e.reportDue(v.ToldAt))
	}
	e.problem = func() string {
		v := value()
		return refusal(v.Validate(e.admitted(), d.Now().Add(time.Minute)))
	}
	e.save = func() act {
		v := value()
		return func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.PutReport(ctx, sig, v)
		}
	}
	e.saved = func() string { return "Saved for " + words.Name(e.patient()) + ". " + e.reportDue(value().ToldAt) }
	return e
}

// reportDue returns the consequence of a report: a check is due now, unless one was
// performed after it.
func (e *entry) reportDue(told time.Time) string {
	if s := e.stay(); s == nil || !s.OnWard() {
		return "The patient is not on the ward: no check is due."
	}
	if h := e.history(); h != nil {
		if last := h.Last(); last != nil && last.PerformedAt.After(told) {
			return "A check was done after it, " + e.d.Time(last.PerformedAt) + "."
		}
	}
	return "A check is due now."
}
