package ward

import (
	"cmp"
	"slices"
	"time"
)

// Chart is the whole record of one patient, or of two that were linked as one.
type Chart struct {
	History

	PatientVersions []Patient // newest first
	StayVersions    []Stay    // newest first
	// Versions are all versions of all checks: the last performed first, of one check
	// the newest version first.
	Versions      []Check
	Interventions []Intervention // the last done first, withdrawn ones too
	AllReports    []Report       // newest first, withdrawn ones too
	Links         []Link         // newest first
	// Ticks are the ticked items on the checklist of each follow-up, by its ID, with
	// the member of staff who ticked them.
	Ticks map[int64]map[string]Signature
}

// Link joins two patients as one, or undoes that. Views, exports and comparisons read
// both as Into; each check keeps the patient it was recorded under.
type Link struct {
	PatientID, Into int64
	Undone          bool
	Reason          string
	Recorded        Signature
}

// VersionsOf returns every version of one check, newest first.
func (c *Chart) VersionsOf(id string) []Check {
	var versions []Check
	for _, check := range c.Versions {
		if check.ID == id {
			versions = append(versions, check)
		}
	}
	return versions
}

// First returns the first version of a check, or nil.
func (c *Chart) First(id string) *Check {
	for i := range c.Versions {
		if v := &c.Versions[i]; v.ID == id && v.Version <= 1 {
			return v
		}
	}
	return nil
}

// Current returns the version of a check that counts now, also a withdrawn one, or
// nil.
func (c *Chart) Current(id string) *Check {
	for i := range c.Versions {
		if v := &c.Versions[i]; v.ID == id && !v.Superseded {
			return v
		}
	}
	return nil
}

// At returns the history as the record had it at the time t, evaluated with the
// settings of site, and whether the patient was known then. A record counts from its
// time of recording; for an imported one that is the file's time.
func (c *Chart) At(t time.Time, site *Site) (h History, known bool) {
	for i := range c.PatientVersions {
		if p := &c.PatientVersions[i]; p.ID == c.Patient.ID && !p.Recorded.At.After(t) {
			h.Patient, known = *p, true
			break
		}
	}
	if !known {
		return h, false
	}
	stays := make(map[int64]bool)
	for _, s := range c.StayVersions {
		if s.Recorded.At.After(t) || stays[s.ID] {
			continue
		}
		stays[s.ID] = true
		if s.DischargedAt.After(t) {
			s.DischargedAt, s.Discharge, s.EndInferred, s.EndUnconfirmed = time.Time{}, "", false, false
		}
		if s.Status != Withdrawn && !s.AdmittedAt.After(t) {
			h.Stays = append(h.Stays, s)
		}
	}
	slices.SortFunc(h.Stays, func(a, b Stay) int { return cmp.Compare(a.ID, b.ID) })
	SortStays(h.Stays)
	checks := make(map[string]bool)
	for _, v := range c.Versions {
		if v.Recorded.At.After(t) || checks[v.ID] {
			continue
		}
		checks[v.ID] = true
		if v.Status != Withdrawn {
			v.Superseded = false
			h.Checks = append(h.Checks, v)
		}
	}
	h.Sort()
	h.eventsAt(c, t)
	h.Evaluate(site)
	return h, true
}

// eventsAt adds to h the follow-ups, orders, reports and doses that the chart had at
// the time t.
func (h *History) eventsAt(c *Chart, t time.Time) {
	for i := range c.FollowUps {
		if f, opened := c.FollowUps[i].At(t); opened {
			h.FollowUps = append(h.FollowUps, f)
		}
	}
	for _, o := range c.Orders {
		if !o.Ordered.At.After(t) {
			h.Orders = append(h.Orders, o)
		}
	}
	for _, r := range slices.Backward(c.AllReports) {
		if !r.Recorded.At.After(t) && (!r.Withdrawn || r.Undone.At.After(t)) {
			h.Reports = append(h.Reports, r)
		}
	}
	for _, i := range slices.Backward(c.Interventions) {
		if i.Kind == DoseGiven && !i.Recorded.At.After(t) && (!i.Withdrawn || i.Undone.At.After(t)) {
			h.Doses = append(h.Doses, i.DoneAt)
		}
	}
	slices.SortStableFunc(h.Reports, func(a, b Report) int { return a.ToldAt.Compare(b.ToldAt) })
	slices.SortFunc(h.Doses, time.Time.Compare)
}

// At returns the follow-up as the record had it at the time t, and whether it was
// open or closed then at all.
func (f *FollowUp) At(t time.Time) (then FollowUp, opened bool) {
	if f.Opened.At.After(t) {
		return then, false
	}
	then = FollowUp{ID: f.ID, PatientID: f.PatientID, Opened: f.Opened}
	for _, j := range f.Joined {
		if !j.At.After(t) {
			then.Join(j)
		}
	}
	for _, a := range f.Acks {
		if !a.At.After(t) {
			then.Acks = append(then.Acks, a)
			if !a.At.Before(then.RaisedAt) {
				then.Acked = a
			}
		}
	}
	for _, n := range f.Notes {
		if !n.At.After(t) {
			then.Notes = append(then.Notes, n)
		}
	}
	if f.Closed.Done() && !f.Closed.At.After(t) {
		then.Closed, then.Outcome, then.Note, then.Asked = f.Closed, f.Outcome, f.Note, f.Asked
	}
	return then, true
}

// ByCheck puts the versions of each check together: checks in the order of their
// version that counts, of each the newest version first. versions must be ordered
// the last performed first.
func ByCheck(versions []Check) []Check {
	order := make(map[string]int, len(versions))
	for i, v := range versions {
		if !v.Superseded {
			order[v.ID] = i
		}
	}
	slices.SortStableFunc(versions, func(a, b Check) int {
		return cmp.Or(cmp.Compare(order[a.ID], order[b.ID]), cmp.Compare(b.Version, a.Version))
	})
	return versions
}
