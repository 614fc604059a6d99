package chart

import (
	"context"
	"regexp"
	"strings"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// sameWithin is the time between two entries of one kind in which the question asks if
// both are the same.
const sameWithin = 30 * time.Minute

// newIntervention returns the dialog that records an intervention: its kind, its time in
// a line of its own, and the dose, route or result.
func newIntervention(d *desk.Desk, to kit.Place) *entry {
	e := &entry{record: recordOf(d, to.Subject), title: "WHAT WAS DONE", yes: "save", needs: ward.MayRecord}
	kindOf, kind := kindsLine("what", ward.Interventions)
	whenOf, when := whenLine(d.Now, d.Zone())
	detailOf := textLine("detail", 120, withoutTime)
	e.lines = func() []*line { return []*line{kindOf, whenOf, detailOf} }
	e.intro = func() []string { return nil }
	value := func() ward.Intervention {
		at, _ := when.Get()
		return ward.Intervention{PatientID: e.id, DoneAt: at, Kind: kind.chosen, Detail: ward.CleanLine(detailOf.editor.Value())}
	}
	summary := func() string {
		v := value()
		text := ward.WordsFor(ward.Interventions, v.Kind)
		if v.Detail != "" {
			text += ", " + kit.Plain(v.Detail)
		}
		return text
	}
	e.question = func() []string {
		list := []string{"Save: " + summary() + ", " + whenWords(when) + "?"}
		v := value()
		for _, o := range e.chart.Interventions {
			if gap := v.DoneAt.Sub(o.DoneAt).Abs(); o.Kind == v.Kind && !o.Withdrawn && gap <= sameWithin {
				list = append(list, "RECORDED ALREADY: "+eventLineOf(o)+", "+d.Time(o.DoneAt)+" by "+kit.Plain(o.Recorded.By)+". Is this another one?")
			}
		}
		return list
	}
	e.problem = func() string {
		v := value()
		return refusal(v.Validate(e.admitted(), d.Now().Add(time.Minute)))
	}
	e.save = func() act {
		v := value()
		return func(ctx context.Context, log *store.Store, sig ward.Signature) error {
			return log.PutIntervention(ctx, sig, v)
		}
	}
	e.saved = func() string {
		return "Saved: " + summary() + ", " + d.Time(value().DoneAt) + ", " + words.Name(e.patient())
	}
	return e
}

func eventLineOf(i ward.Intervention) string {
	text := ward.WordsFor(ward.Interventions, i.Kind)
	if i.Detail != "" {
		text += ", " + kit.Plain(i.Detail)
	}
	return text
}

var (
	clockAhead  = regexp.MustCompile(`^(\d{2}):(\d{2})\b`)
	figureAhead = regexp.MustCompile(`^[0-2]\d[0-5]\d\b[ ,]+(\pL+)`)
)

// units are the words after four figures that make them a dose and no time.
var units = []string{"mg", "g", "ml", "mcg", "ug", "µg", "iu", "u", "units", "unit", "mmol", "l", "x"}

// withoutTime refuses a text that begins like a time, because a time that is typed there
// would be recorded as now.
func withoutTime(text string) string {
	text = strings.TrimSpace(text)
	const belongs = ": a time goes into the line when (↑)"
	if m := clockAhead.FindStringSubmatch(text); m != nil {
		if m[1] > "23" || m[2] > "59" {
			return m[0] + " is no time" + belongs
		}
		return "it begins with " + m[0] + belongs
	}
	m := figureAhead.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	for _, unit := range units {
		if strings.EqualFold(m[1], unit) {
			return ""
		}
	}
	return "it begins like a time, " + text[:4] + belongs + "; a dose needs its unit"
}
