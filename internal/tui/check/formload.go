package check

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// record is the part of the log that a form needs.
type record struct {
	chart   ward.Chart
	draft   store.Draft
	drafted bool
}

func (f *form) load(h kit.Host, pending *kit.Pending, drafted bool) tea.Cmd {
	id, site, author := f.patient, f.desk.Site(), f.desk.User().Name
	late, isLate := f.desk.OnTheWay(id)
	return desk.Load(f.desk, h, pending, f.place.Subject, func(ctx context.Context, log *store.Store) (r record, err error) {
		if r.chart, err = desk.ReadChart(ctx, log, id, site); err != nil {
			return r, err
		}
		if drafted {
			r.draft, r.drafted, err = log.DraftOf(ctx, id, author)
		}
		if drafted && isLate {
			r.prefer(late)
		}
		return r, err
	})
}

// prefer takes a draft in place of an older one, unless its check is on record.
func (r *record) prefer(d store.Draft) {
	saved := slices.ContainsFunc(r.chart.Checks, func(c ward.Check) bool { return c.ID == d.CheckID })
	if !saved && (!r.drafted || d.Revision > r.draft.Revision) {
		r.draft, r.drafted = d, true
	}
}

// loaded takes the record: when the form opens, and after a change of the log.
func (f *form) loaded(h kit.Host, msg kit.Result[record]) tea.Cmd {
	if msg.Err != nil {
		h.Fail(desk.Words(msg.Err))
		return nil
	}
	if !f.opened {
		return f.begin(h, msg.Value)
	}
	before := len(f.review("").Meanwhile())
	defer f.desk.SayLeft(h, f.history.Stay(), msg.Value.chart.Stay())
	f.take(&msg.Value.chart)
	cmd := f.onNewest(h, &msg.Value.chart)
	if f.leaving != nil {
		f.leaving.Subject = []string{words.About(&f.history.Patient)}
	}
	if f.asks != nil {
		defer f.renew(h)
	}
	if c := f.takenAway(); c != nil && !f.busy() {
		f.check.ID = f.desk.NewID()
		h.Say(words.ShortName(c.Recorded.By) + " took over this check and saved it at " + f.desk.Time(c.Recorded.At) + ". A save here is a check of its own")
		return cmd
	}
	if list := f.review("").Meanwhile(); len(list) > before {
		h.Say("MEANWHILE " + bedside.MeanwhileWords(f.desk.WallClock(), &list[len(list)-1]))
	}
	return cmd
}

// onNewest makes a correction one of the newest version of its check, says so, and keeps it
// so. A question about a correction that cannot be saved any more closes.
func (f *form) onNewest(h kit.Host, chart *ward.Chart) tea.Cmd {
	said := f.newest(chart)
	if said == "" {
		return nil
	}
	h.Fail(said)
	var cmd tea.Cmd
	if f.asks != nil && f.cannotSave() != "" {
		cmd, f.asks = h.Close(f.asks), nil
	}
	return tea.Batch(cmd, f.keepDirty(h))
}

// renew makes an open question one about the record as it is now.
func (f *form) renew(h kit.Host) {
	subject, text := f.questionText("")
	desk.Renew(h, f.asks, subject, text)
}

// begin fills the form for the first time: with a draft, with the check to correct, or
// with nothing.
func (f *form) begin(h kit.Host, r record) tea.Cmd {
	reason := ""
	if f.ofCorrection() {
		reason = f.beginCorrection(&r.chart)
	} else {
		f.beginNew(&r.chart)
	}
	if reason != "" {
		h.Fail(reason)
		return h.Close(f)
	}
	f.opened = true
	f.take(&r.chart)
	f.sheet.goToFirst()
	cmd := f.reopen(h, &r)
	f.changed = false
	return cmd
}
