package ward

import (
	"cmp"
	"slices"
	"time"

	"neurocheck/internal/icans"
)

// History is the part of a patient's record that the rules read. All slices are in
// the order of time, the oldest first; of two patients linked as one it holds both.
type History struct {
	Patient Patient
	// FormerMRNs are the MRNs of earlier versions, and of the patients that are linked into
	// this one: a wristband may still have one. The histories of the board have them.
	FormerMRNs []string
	Stays      []Stay // without withdrawn ones
	// Checks are the valid versions, in the order of [Check.Compare]: all of them, or
	// those of the last 72 h before the newest one and later. LastConclusive is the
	// last conclusive one if none is among them.
	Checks         []Check
	LastConclusive *Check
	Memory         Memory // after the last check
	Known          *Known // of a part that [History.Tail] returned; nil of any other

	FollowUps    []FollowUp // in the order of opening
	Orders       []Order
	Reports      []Report    // without withdrawn ones
	Doses        []time.Time // of the immunotherapy
	Attributions []Attribution
	Drafts       []Draft // unsaved forms about the patient

	Differences []Difference // values of a feed that are not taken
	Alike       []int64      // patients who are perhaps the same person
	BedChange   *BedChange   // of the latest stay, until the patient is opened
}

// Draft is an unsaved form about a patient: its author, and when it was begun.
type Draft struct {
	PatientID int64
	Author    string
	CheckID   string
	Paper     bool // a sheet of checks from paper, not the form of one check
	Since     time.Time
}

// Stay returns the latest stay, or nil.
func (h *History) Stay() *Stay {
	if len(h.Stays) == 0 {
		return nil
	}
	return &h.Stays[len(h.Stays)-1]
}

// NoCheck says that the latest stay has no check. The checks of an earlier one are shown
// next to these words. The history may be nil.
func (h *History) NoCheck() string {
	if h != nil && len(h.Stays) > 1 {
		return "no check yet in this stay"
	}
	return "no check yet"
}

// OnWard reports whether the patient is on the ward.
func (h *History) OnWard() bool {
	s := h.Stay()
	return s != nil && s.OnWard()
}

// Last returns the last check of all, or nil.
func (h *History) Last() *Check {
	if len(h.Checks) == 0 {
		return nil
	}
	return &h.Checks[len(h.Checks)-1]
}

// LastOfStay returns the last check of the latest stay, or nil.
func (h *History) LastOfStay() *Check {
	last, stay := h.Last(), h.Stay()
	if last == nil || stay == nil || !stay.Holds(last.PerformedAt) {
		return nil
	}
	return last
}

// Conclusive returns the last conclusive check, or nil.
func (h *History) Conclusive() *Check {
	for i := len(h.Checks) - 1; i >= 0; i-- {
		if h.Checks[i].Result.Conclusive() {
			return &h.Checks[i]
		}
	}
	return h.LastConclusive
}

// Open returns the open follow-up, or nil. Two patients who were linked as one may each
// have one: it is then the more urgent one; of equal ones that which waits for acceptance,
// or its clock would be hidden; and then the later.
func (h *History) Open() *FollowUp {
	if i := h.openIndex(); i >= 0 {
		return &h.FollowUps[i]
	}
	return nil
}

// openIndex returns the index of the open follow-up, or -1.
func (h *History) openIndex() int {
	open := -1
	for i := range h.FollowUps {
		f := &h.FollowUps[i]
		if !f.IsOpen() {
			continue
		}
		if open < 0 {
			open = i
			continue
		}
		o := &h.FollowUps[open]
		if cmp.Or(cmp.Compare(f.Level, o.Level), compareBool(!f.Acked.Done(), !o.Acked.Done())) >= 0 {
			open = i
		}
	}
	return open
}

// Waiting returns the first report after which no check was performed, or nil. A
// report of an earlier stay waits too.
func (h *History) Waiting() *Report {
	last := h.Last()
	for i := range h.Reports {
		if r := &h.Reports[i]; last == nil || !last.PerformedAt.After(r.ToldAt) {
			return r
		}
	}
	return nil
}

// ICEBefore reports whether the patient has an ICE total from before the check c.
func (h *History) ICEBefore(c *Check) bool {
	latest := true // c is a new check after all others: the memory is about those before it
	for i := range h.Checks {
		o := &h.Checks[i]
		if o.ID == c.ID || o.Compare(c) > 0 {
			latest = false
			continue
		}
		if _, known := o.Findings.Total(); known && o.Findings.Tool == icans.ICE {
			return true
		}
	}
	return latest && h.Memory.EverICE
}

// lastBefore returns the last check before c in time, or nil.
func (h *History) lastBefore(c *Check) *Check {
	for i := len(h.Checks) - 1; i >= 0; i-- {
		if o := &h.Checks[i]; o.ID != c.ID && o.Compare(c) < 0 {
			return o
		}
	}
	return nil
}

// AskResolved reports whether closing as resolved must be asked about again: the
// last conclusive check is flagged, or no conclusive check was made since the last
// flagged one.
func (h *History) AskResolved() bool {
	last := h.Conclusive()
	if last == nil || last.Result.Flag.Flagged() {
		return true
	}
	for i := range h.Checks {
		if c := &h.Checks[i]; c.Result.Flag.Flagged() && c.Compare(last) > 0 {
			return true
		}
	}
	return false
}

// Evaluate evaluates every check anew, in order, from the zero Memory on. Checks must
// be all of the patient's.
func (h *History) Evaluate(site *Site) {
	var m Memory
	for i := range h.Checks {
		h.Checks[i].Result = h.evaluate(i, &m, site)
		m.add(h, i, site)
	}
	h.Memory = m
}

// Remember sets the memory from the checks with the results that they have. Checks must
// be all of the patient's.
func (h *History) Remember(site *Site) {
	h.Memory = Memory{}
	for i := range h.Checks {
		h.Memory.add(h, i, site)
	}
}

// SameRecord reports whether two memories agree in all that follows from the record
// alone. The rest depends on the settings that were in force, too.
func (m Memory) SameRecord(o Memory) bool {
	m.ConclEveryS, m.OrderEnded = o.ConclEveryS, o.OrderEnded
	return m == o
}

// Sort puts the checks in order.
func (h *History) Sort() {
	slices.SortStableFunc(h.Checks, func(a, b Check) int { return a.Compare(&b) })
}
