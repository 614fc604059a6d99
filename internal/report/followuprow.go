package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// followUpRow is a follow-up with its course.
type followUpRow struct {
	Flag     flagged
	Peak     int
	Opened   signature
	Raised   string
	Accepted signature
	Closed   signature
	// Waiting is the time until which it may wait for acceptance, or since which it is
	// over time.
	Waiting, Remark string
	Open            bool
	Outcome, Note   string
	Asked           bool
	Code            string // ICD-10-CM, only if a clinician confirmed ICANS
	Checks          []joinRow
	Ticked          []ticked
	Todo            []string // open items of the checklist, while the follow-up is open
}

func (b patientBlock) followUpRow(f *ward.HandoverFollowUp) followUpRow {
	row := followUpRow{
		Flag: flagOf(f.Level), Peak: f.Peak, Opened: b.signed(f.Opened, time.Time{}), Accepted: b.signed(f.Acked, f.Opened.At), Closed: b.signed(f.Closed, f.Opened.At),
		Open: f.IsOpen(), Outcome: ward.WordsFor(ward.Outcomes, f.Outcome), Note: clean(f.Note), Asked: f.Asked, Code: f.ICD10(),
	}
	if !f.RaisedAt.IsZero() {
		row.Raised = b.since(f.Opened.At, f.RaisedAt)
	}
	if f.IsOpen() {
		row.Remark = strings.Join(b.remarks(f), ". ")
	}
	switch {
	case !f.IsOpen() || f.Acked.Done() || !b.Stay.OnWard():
	case f.Escalated:
		row.Waiting = "over time since " + b.since(f.Opened.At, f.EscalatesAt)
	default:
		row.Waiting = "accept by " + b.since(f.Opened.At, f.EscalatesAt)
	}
	for _, j := range f.Joined {
		row.Checks = append(row.Checks, joinRow{b.date(j.PerformedAt), joinWords[j.Event], flagged{j.Flag.Code(), level(j.Flag)}, j.Floor})
	}
	row.Ticked, row.Todo = b.checklist(f)
	return row
}

// joinRow is a check that joined a follow-up.
type joinRow struct {
	At, Event string
	Flag      flagged
	Grade     int
}

// ticked is an item of a checklist with the person who ticked it.
type ticked struct {
	Item string
	signature
}

var joinWords = map[ward.JoinEvent]string{ward.JoinOpened: "opened it", ward.JoinJoined: "joined", ward.JoinRaised: "raised it"}

// checklist returns the ticked items in the order of ticking and, of an open
// follow-up, the open ones. The site's list of today does not apply to a closed one.
func (b patientBlock) checklist(f *ward.HandoverFollowUp) (done []ticked, todo []string) {
	ticks := b.Chart.Ticks[f.ID]
	for _, item := range slices.SortedFunc(maps.Keys(ticks), func(x, y string) int {
		return cmp.Or(ticks[x].At.Compare(ticks[y].At), cmp.Compare(x, y))
	}) {
		done = append(done, ticked{clean(item), b.signed(ticks[item], f.Opened.At)})
	}
	if !f.IsOpen() {
		return done, nil
	}
	for _, item := range f.Open {
		todo = append(todo, clean(item))
	}
	return done, todo
}
