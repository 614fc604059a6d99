package ward

import (
	"cmp"
	"slices"
	"sort"
	"sync"
	"time"

	"neurocheck/internal/icans"
)

// Act is one act of recording: the check that a person saved, the rows of a paper
// sheet, or those rows of a file that are about one patient.
type Act struct {
	At     time.Time
	By     string
	Checks []Check // new versions; each has been validated
	// Import is set for a file. A follow-up whose last flagged check is over 24 h old
	// and of a stay that had ended before is then not opened.
	Import bool
}

// Outcome holds the consequences of an act for one patient.
type Outcome struct {
	Checks      []Check        // those of the act, with their results
	Reevaluated []Reevaluation // earlier checks of the record whose result changed
	Events      []FollowUpEvent
	OldFlags    int // flagged checks of the act that opened and joined no follow-up
}

// Reevaluation is a check whose flag or reasons changed because another check was
// added, corrected or withdrawn, or because the patient's record changed.
type Reevaluation struct {
	Check   Check
	Because string // ID of the other check; empty for a change of the patient's record
}

// FollowUpEvent is an event that an act adds to the follow-up with the index Index in
// [History].FollowUps.
type FollowUpEvent struct {
	Index int
	Joined
	By string
}

// Record adds the checks of an act to a patient's history and returns the
// consequences. It is the one algorithm of saving and of importing: the checks are
// evaluated in the order in which they were performed, and open, join and raise
// follow-ups in the order in which they were recorded.
//
// h must hold all of the patient's checks, unless the act is new checks performed after all
// others, or h is the part that [History.Tail] returned for the act.
// Source: clinical.md sections 3, 4 and 6.
func Record(h *History, site *Site, act Act) Outcome {
	before := results(h)
	entries := inOrderOfRecording(act.Checks)
	final := func() *History { return h }
	if len(entries) > 1 { // the flags of an act are decided together: by its end
		final = afterAll(h, site, entries)
	}
	known := len(h.FollowUps)
	r := recorder{patientHistory: newPatientHistory(h, site), final: final, act: act, because: make(map[string]string)}
	r.expect(len(entries))
	for _, c := range entries {
		r.record(c)
	}
	if act.Import {
		r.dropEnded(known)
	}
	return r.outcome(before)
}

// afterAll returns a function that returns the history as it is after all entries. Few acts
// call it: those with a flagged check that was recorded late.
func afterAll(h *History, site *Site, entries []*Check) func() *History {
	clone := *h
	clone.Checks, clone.FollowUps = slices.Clone(h.Checks), slices.Clone(h.FollowUps)
	return sync.OnceValue(func() *History {
		k := newPatientHistory(&clone, site)
		k.expect(len(entries))
		for _, c := range entries {
			k.apply(c)
		}
		return &clone
	})
}

// inOrderOfRecording returns the checks in the order in which they were recorded. The
// versions of one check come in their order, also if a file gives them all one time.
func inOrderOfRecording(checks []Check) []*Check {
	entries, first := make([]*Check, len(checks)), true
	for i := range checks {
		entries[i] = &checks[i]
		first = first && checks[i].Version <= 1
	}
	slices.SortStableFunc(entries, func(a, b *Check) int {
		return cmp.Or(a.Recorded.At.Compare(b.Recorded.At), a.PerformedAt.Compare(b.PerformedAt), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	})
	if first {
		return entries
	}
	places := make(map[string][]int, len(entries))
	for i, c := range entries {
		places[c.ID] = append(places[c.ID], i)
	}
	sorted := slices.Clone(entries)
	for _, at := range places {
		versions := slices.Clone(at)
		slices.SortStableFunc(versions, func(a, b int) int { return cmp.Compare(entries[a].Version, entries[b].Version) })
		for k, from := range versions {
			sorted[at[k]] = entries[from]
		}
	}
	return sorted
}

// Reassess evaluates all checks of a patient anew after a change of the record that
// flags depend on: the baseline, the infusion, a stay, a link, an order, or a report.
func Reassess(h *History, site *Site, act Act) Outcome {
	before := results(h)
	r := recorder{patientHistory: newPatientHistory(h, site), final: func() *History { return h }, act: act, because: make(map[string]string)}
	var m Memory
	for i := range h.Checks {
		r.before[i] = m
		h.Checks[i].Result = h.evaluate(i, &m, site)
		m.add(h, i, site)
	}
	h.Memory = m
	for i := range h.Checks {
		if c := &h.Checks[i]; c.Result.Flag > before[c.ID].Flag {
			r.join(i, act.At, act.By)
		}
	}
	return r.outcome(before)
}

func results(h *History) map[string]icans.Result {
	before := make(map[string]icans.Result, len(h.Checks))
	for i := range h.Checks {
		before[h.Checks[i].ID] = h.Checks[i].Result
	}
	return before
}

// patientHistory is a history under change: the memory before each check lets it evaluate
// only the checks that a change can reach.
type patientHistory struct {
	h      *History
	site   *Site
	before []Memory // before each check; not known of those that were loaded in part
	// replaced holds the last result of each version that a later one of the act replaced.
	replaced map[versionKey]icans.Result
}

// versionKey names a version of a check.
type versionKey struct {
	id      string
	version int
}

func newPatientHistory(h *History, site *Site) *patientHistory {
	before := make([]Memory, len(h.Checks))
	if h.Known != nil {
		before[h.Known.Index] = h.Known.Memory
	}
	return &patientHistory{h: h, site: site, before: before}
}

// expect makes room for so many checks.
func (k *patientHistory) expect(checks int) {
	k.h.Checks, k.before = slices.Grow(k.h.Checks, checks), slices.Grow(k.before, checks)
}

// apply adds one version of a check and evaluates the checks that it can change. It
// returns each check whose result changed, with the result before.
func (k *patientHistory) apply(c *Check) (changed []change) {
	from, at := len(k.h.Checks), c.PerformedAt
	var was icans.Result
	replaced := false
	if c.Version > 1 {
		if i := placeOf(k.h.Checks, c.ID); i >= 0 {
			was, from = k.h.Checks[i].Result, i
			if k.replaced == nil {
				k.replaced = make(map[versionKey]icans.Result)
			}
			k.replaced[versionKey{c.ID, k.h.Checks[i].Version}] = was
			if k.h.Checks[i].PerformedAt.After(at) {
				at = k.h.Checks[i].PerformedAt
			}
			k.h.Checks = slices.Delete(k.h.Checks, i, i+1)
			k.before = slices.Delete(k.before, i, i+1)
			replaced = true
		}
	}
	pos := -1
	if c.Status != Withdrawn {
		pos = sort.Search(len(k.h.Checks), func(i int) bool { return k.h.Checks[i].Compare(c) >= 0 })
		k.h.Checks = slices.Insert(k.h.Checks, pos, *c)
		k.before = slices.Insert(k.before, pos, Memory{})
		from = min(from, pos)
	}
	m := k.h.Memory
	if replaced || pos != len(k.h.Checks)-1 { // not simply after all others
		m = k.memoryBefore(from)
	}
	return k.reevaluate(from, pos, m, at, was)
}

// change is a check whose result changed.
type change struct {
	index int
	id    string
	was   icans.Result
}

// reevaluate evaluates the checks from an index on, m being the memory before it. The check with index pos is new
// and had the result was; at is the latest time that changed. It stops at the first
// check that nothing can have changed any more: the memory before it is as it was, and
// no check in the windows before it changed.
func (k *patientHistory) reevaluate(from, pos int, m Memory, at time.Time, was icans.Result) (changed []change) {
	for i := from; i < len(k.h.Checks); i++ {
		c := &k.h.Checks[i]
		if i > pos && m == k.before[i] && c.PerformedAt.Sub(at) > baselineWindow {
			return changed // and the memory after the last check is as it was
		}
		k.before[i] = m
		old := c.Result
		if i == pos {
			old = was
		}
		c.Result = k.h.evaluate(i, &m, k.site)
		if i == pos || c.Result != old {
			changed = append(changed, change{i, c.ID, old})
			if c.PerformedAt.After(at) {
				at = c.PerformedAt
			}
		}
		m.add(k.h, i, k.site)
	}
	k.h.Memory = m
	return changed
}

// memoryBefore returns the memory before the check with index i. It computes those
// that are not known yet.
func (k *patientHistory) memoryBefore(i int) Memory {
	if i == 0 {
		return Memory{}
	}
	start := i - 1
	for start > 0 && k.before[start] == (Memory{}) {
		start--
	}
	m := k.before[start]
	for ; start < i; start++ {
		k.before[start] = m
		m.add(k.h, start, k.site)
	}
	return m
}

// recorder replays an act in the order of recording.
type recorder struct {
	*patientHistory
	final   func() *History // the history after the act, by which old flags are decided
	act     Act
	because map[string]string // the check that changed another one last
	events  []FollowUpEvent
}

func (r *recorder) record(c *Check) {
	for _, change := range r.apply(c) {
		now := &r.h.Checks[change.index]
		if change.id != c.ID {
			r.because[change.id] = c.ID
		}
		rises := now.Result.Flag > change.was.Flag || now.ID == c.ID && now.Result.Floor > change.was.Floor
		if rises {
			r.join(change.index, c.Recorded.At, c.Recorded.By)
		}
	}
}

// join lets the check with index i open, join or raise a follow-up, if it is flagged
// and not old.
func (r *recorder) join(i int, at time.Time, by string) {
	c := &r.h.Checks[i]
	if !c.Result.Flag.Flagged() || r.old(c, at) {
		return
	}
	joined := Joined{CheckID: c.ID, Event: JoinJoined, Flag: c.Result.Flag, Floor: c.Floor(), PerformedAt: c.PerformedAt, At: at}
	index := r.h.openIndex()
	switch {
	case index < 0:
		joined.Event = JoinOpened
		index = len(r.h.FollowUps)
		r.h.FollowUps = append(r.h.FollowUps, FollowUp{PatientID: r.h.Patient.ID, Opened: Sign(by, at)})
	case r.raises(&r.h.FollowUps[index], i):
		joined.Event = JoinRaised
	}
	r.h.FollowUps[index].Join(joined)
	r.events = append(r.events, FollowUpEvent{index, joined, by})
}

// Join applies an event of joining to the follow-up.
func (f *FollowUp) Join(j Joined) {
	f.Level, f.Peak = max(f.Level, j.Flag), max(f.Peak, j.Floor)
	f.Joined = append(f.Joined, j)
	if j.Event == JoinRaised {
		f.RaisedAt, f.Acked = j.At, Signature{}
	}
}

// raises reports whether the check with index i raises the follow-up.
func (r *recorder) raises(f *FollowUp, i int) bool {
	c := &r.h.Checks[i]
	if c.Result.Flag > f.Level || c.Floor() > f.Peak {
		return true
	}
	if i == len(r.h.Checks)-1 {
		last := r.before[i].LastFloor
		if c.Result.Reasons&icans.GradeUp2 != 0 || c.Floor() >= 3 && last != 0 && last-1 < 3 {
			return true
		}
	}
	var recent time.Time
	for _, j := range f.Joined {
		if j.CheckID != c.ID && j.PerformedAt.After(recent) {
			recent = j.PerformedAt
		}
	}
	return !recent.IsZero() && c.PerformedAt.Sub(recent) >= 24*time.Hour
}

// old reports whether the flag of a check that was recorded, or changed, at a time
// is an old one, which opens and joins no follow-up.
func (r *recorder) old(c *Check, at time.Time) bool {
	const fresh, urgent = 24 * time.Hour, 72 * time.Hour
	if at.Sub(c.PerformedAt) <= fresh {
		return false
	}
	if !r.h.OnWard() { // an act changes no stay
		return true
	}
	checks := r.final().Checks
	i := placeOf(checks, c.ID)
	if i < 0 {
		return true
	}
	last := &checks[i]
	switch {
	case i == len(checks)-1:
		return false
	case last.Result.Flag == icans.FlagUrgent && r.act.At.Sub(last.PerformedAt) <= urgent:
		return false
	case last.Floor() < 3:
		return true
	}
	return slices.ContainsFunc(checks[i+1:], func(o Check) bool { return o.Result.Conclusive() })
}

// placeOf returns the index of a check; -1 if it is not there.
func placeOf(checks []Check, id string) int {
	for i := range checks {
		if checks[i].ID == id {
			return i
		}
	}
	return -1
}

// dropEnded removes the follow-ups that the act opened and that are long over: the
// known first ones were in the record before.
func (r *recorder) dropEnded(known int) {
	for k := len(r.h.FollowUps) - 1; k >= known; k-- {
		f := &r.h.FollowUps[k]
		var last time.Time
		for _, j := range f.Joined {
			if j.PerformedAt.After(last) {
				last = j.PerformedAt
			}
		}
		stay := StayAt(r.h.Stays, last)
		ended := stay != nil && !stay.DischargedAt.IsZero() && stay.DischargedAt.Before(r.act.At)
		if !ended || r.act.At.Sub(last) <= 24*time.Hour {
			continue
		}
		r.h.FollowUps = slices.Delete(r.h.FollowUps, k, k+1)
		r.events = slices.DeleteFunc(r.events, func(e FollowUpEvent) bool { return e.Index == k })
		for i := range r.events {
			if r.events[i].Index > k {
				r.events[i].Index--
			}
		}
	}
}

// outcome returns the consequences: before holds the results that the record had.
func (r *recorder) outcome(before map[string]icans.Result) Outcome {
	out := Outcome{Events: r.events, Checks: slices.Grow([]Check(nil), len(r.act.Checks))}
	joined := make(map[string]bool)
	for _, e := range r.events {
		joined[e.CheckID] = true
	}
	byID := make(map[string]int, len(r.h.Checks))
	for i := range r.h.Checks {
		byID[r.h.Checks[i].ID] = i
	}
	mine := make(map[string]bool, len(r.act.Checks))
	for _, c := range r.act.Checks {
		mine[c.ID] = true
		i, valid := byID[c.ID]
		valid = valid && r.h.Checks[i].Version == c.Version
		if last, replaced := r.replaced[versionKey{c.ID, c.Version}]; valid {
			c.Result = r.h.Checks[i].Result
		} else if replaced { // as in a log that recorded one version after the other
			c.Result = last
		} else { // withdrawn
			c.Grade(r.h.Patient.Health)
		}
		out.Checks = append(out.Checks, c)
		if was, ok := before[c.ID]; valid && c.Result.Flag.Flagged() && !joined[c.ID] && (!ok || c.Result.Flag > was.Flag) {
			out.OldFlags++
		}
	}
	for i := range r.h.Checks {
		c := &r.h.Checks[i]
		if was, ok := before[c.ID]; ok && !mine[c.ID] && c.Result != was {
			out.Reevaluated = append(out.Reevaluated, Reevaluation{*c, r.because[c.ID]})
		}
	}
	return out
}
