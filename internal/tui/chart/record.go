package chart

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// record is the common part of the screens about one patient: it loads the chart, and
// loads it again if the record of the patient changes. Until the first load it has the
// patient and the stay from the board.
type record struct {
	d       *desk.Desk
	id      int64
	subject string
	loading kit.Pending
	chart   ward.Chart
	loaded  bool
	loads   int    // the number of loads, for results that depend on the chart
	failure string // the reason why the chart could not be read

	watched   ward.PatientState
	watchedAt time.Time
	watchedOf int

	found   []ward.Episode
	foundAs asOf
}

// asOf is the load and the time of a result that takes longer than one frame for a long
// record.
type asOf struct {
	loads int
	at    time.Time
}

// outdated reports whether the chart changed since a result was made, or a minute has
// passed. The caller then makes another one.
func (r *record) outdated(a *asOf) bool {
	now := r.d.Now()
	if a.loads == r.loads && !now.Before(a.at) && now.Sub(a.at) < time.Minute {
		return false
	}
	*a = asOf{r.loads, now}
	return true
}

func recordOf(d *desk.Desk, subject string) record {
	return record{d: d, id: desk.PatientOf(subject), subject: subject}
}

func (r *record) load(h kit.Host) tea.Cmd {
	id := r.id
	return desk.Load(r.d, h, &r.loading, r.subject, func(ctx context.Context, log *store.Store) (ward.Chart, error) {
		return log.Chart(ctx, id)
	})
}

// take takes the messages that concern the chart. It reports whether another chart was
// loaded.
func (r *record) take(h kit.Host, msg tea.Msg) (loaded bool, cmd tea.Cmd) {
	switch msg := msg.(type) {
	case desk.Changed:
		if msg.Concerns(r.id) {
			return false, r.load(h)
		}
	case kit.Result[ward.Chart]:
		if !kit.Take(&r.loading, msg) {
			return false, nil
		}
		if msg.Err != nil {
			r.failure = desk.Words(msg.Err)
			h.Fail(r.failure)
			return false, nil
		}
		r.chart, r.loaded, r.failure = msg.Value, true, ""
		r.loads++
		return true, nil
	}
	return false, nil
}

// patient returns the patient, or nil if neither the chart nor the board has them yet.
func (r *record) patient() *ward.Patient {
	if r.loaded {
		return &r.chart.Patient
	}
	if s, ok := r.d.State(r.id); ok {
		return &s.Patient
	}
	return nil
}

// stay returns the latest stay, or nil.
func (r *record) stay() *ward.Stay {
	if r.loaded {
		return r.chart.Stay()
	}
	if s, ok := r.d.State(r.id); ok && s.Stay.ID != 0 {
		return &s.Stay
	}
	return nil
}

// admitted returns the begin of the latest stay, or the zero time.
func (r *record) admitted() time.Time {
	if s := r.stay(); s != nil {
		return s.AdmittedAt
	}
	return time.Time{}
}

// history returns the record that the rules read, or nil if it is not loaded.
func (r *record) history() *ward.History {
	if r.loaded {
		return &r.chart.History
	}
	return r.d.History(r.id)
}

// state returns the state of the patient now.
func (r *record) state() *ward.PatientState {
	if now := r.d.Now(); !now.Equal(r.watchedAt) || r.watchedOf != r.loads {
		r.watched = ward.Watch(&r.chart.History, r.d.Site(), now)
		if s, ok := r.d.State(r.id); ok {
			r.watched.Drafts = s.Drafts
		}
		r.watchedAt, r.watchedOf = now, r.loads
	}
	return &r.watched
}

// waiting returns the lines of a screen whose chart is not loaded.
func (r *record) waiting(p kit.Page) []string {
	if r.failure != "" {
		return append([]string{""}, p.Hang("  The chart could not be read: "+r.failure, p.Width-1, 2)...)
	}
	return []string{"", "  loading…"}
}

// scan takes a burst on a screen about a patient: the wristband of another patient leads
// to that one in place of the screen.
func (r *record) scan(h kit.Host, b kit.Burst, screen kit.Screen) tea.Cmd {
	p := r.patient()
	if p != nil && r.d.IsBandOf(b.Line(), p) {
		return r.d.Wristband(h, b, p)
	}
	if _, ok := r.d.ByMRN(b.Line()); ok {
		return tea.Batch(h.Close(screen), r.d.Scan(h, b))
	}
	return r.d.Scan(h, b)
}
