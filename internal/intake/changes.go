package intake

import (
	"slices"

	"neurocheck/internal/ward"
)

// Kind is the kind of a change: each is one write of the log.
type Kind uint8

// The kinds.
const (
	Admit       Kind = iota // a new patient with the first stay
	Begin                   // a further stay
	EditPatient             // name, birth date, language, second identifier
	EditStay                // visit, bed, clinician, admission
	End                     // the stay ends
	Undo                    // the end is taken back
	Withdraw                // the stay is withdrawn
	Differ                  // a difference is to be shown
	Agree                   // a difference is gone
	Rename                  // the MRN, by a merge: the old one stays findable
	Link                    // two patients are one, by a merge
)

// Change is one difference between the record and what the messages say. Stay has the
// ID that the log gave, or 0 for a stay that a feed began: then Nth is its place among
// the stays of its visit, from 0, without withdrawn ones.
type Change struct {
	Kind       Kind
	Patient    ward.Patient
	Stay       ward.Stay
	Nth        int
	Over       *Over // of an EditStay that takes the place of a person's bed
	Difference Difference
}

// Diff returns the changes that lead from one state of a patient to another, in the
// order in which the log can record them: stays end before others begin.
func Diff(before, after *State) []Change {
	var list []Change
	if before == nil {
		before = newState()
	}
	matched := match(before, after)
	for _, i := range before.live() {
		if !slices.Contains(matched, i) {
			list = append(list, Change{Kind: Withdraw, Stay: before.Stays[i].Stay, Nth: before.nth(i)})
		}
	}
	admitted := before.known() || !after.known()
	if admitted && !sameIdentity(&before.Patient, &after.Patient) {
		list = append(list, Change{Kind: EditPatient, Patient: after.Patient})
	}
	for n, i := range after.live() {
		stay := &after.Stays[i]
		if matched[n] >= 0 {
			at := matched[n]
			list = append(list, between(&before.Stays[at], stay, before.nth(at))...)
			continue
		}
		begin := Change{Kind: Begin, Patient: after.Patient, Stay: stay.begun(), Nth: after.nth(i)}
		if !admitted {
			begin.Kind, admitted = Admit, true
		}
		list = append(list, begin)
		if !stay.DischargedAt.IsZero() {
			list = append(list, Change{Kind: End, Stay: stay.Stay, Nth: after.nth(i)})
		}
	}
	return append(list, differences(before, after)...)
}

// begun returns the stay as it is recorded first: without its end.
func (s *Stay) begun() ward.Stay {
	begun := s.Stay
	begun.DischargedAt, begun.Discharge, begun.EndInferred = ward.Stay{}.DischargedAt, "", false
	return begun
}

// between returns the changes of one stay.
func between(before, after *Stay, nth int) (list []Change) {
	sameEnd := before.DischargedAt.Equal(after.DischargedAt) && before.Discharge == after.Discharge
	if !sameEnd && !before.DischargedAt.IsZero() {
		list = append(list, Change{Kind: Undo, Stay: before.Stay, Nth: nth})
	}
	if before.Visit != after.Visit || before.Bed != after.Bed || before.Clinician != after.Clinician || !before.AdmittedAt.Equal(after.AdmittedAt) {
		edit := Change{Kind: EditStay, Stay: after.begun(), Nth: nth}
		if before.Bed != after.Bed {
			edit.Over = after.Over
		}
		list = append(list, edit)
	}
	if !sameEnd && !after.DischargedAt.IsZero() {
		list = append(list, Change{Kind: End, Stay: after.Stay, Nth: nth})
	}
	return list
}

func sameIdentity(a, b *ward.Patient) bool {
	return a.Name == b.Name && a.BirthDate == b.BirthDate && a.SecondID == b.SecondID && a.Language == b.Language
}

// differences returns the differences that came and those that are gone.
func differences(before, after *State) (list []Change) {
	for _, d := range before.Differences {
		if !slices.Contains(after.Differences, d) {
			if !slices.ContainsFunc(after.Differences, d.sameField) {
				list = append(list, Change{Kind: Agree, Difference: d})
			}
		}
	}
	for _, d := range after.Differences {
		if !slices.Contains(before.Differences, d) {
			list = append(list, Change{Kind: Differ, Difference: d})
		}
	}
	return list
}

func (d Difference) sameField(o Difference) bool { return d.Field == o.Field && d.Visit == o.Visit }

// match returns, for each live stay of after, the index of the live stay of before that
// it is, or -1: by the log's ID, else by the place among the stays of the visit, else by
// the order.
func match(before, after *State) []int {
	live, old := after.live(), before.live()
	matched := make([]int, len(live))
	taken := make(map[int]bool)
	for n := range matched {
		matched[n] = -1
	}
	pass := func(same func(i, o int) bool) {
		for n, i := range live {
			for _, o := range old {
				if matched[n] < 0 && !taken[o] && same(i, o) {
					matched[n], taken[o] = o, true
				}
			}
		}
	}
	pass(func(i, o int) bool { return after.Stays[i].ID != 0 && after.Stays[i].ID == before.Stays[o].ID })
	pass(func(i, o int) bool {
		return sameVisit(after.Stays[i].Visit, before.Stays[o].Visit) && after.nth(i) == before.nth(o) && !otherID(&after.Stays[i], &before.Stays[o])
	})
	pass(func(i, o int) bool {
		return (after.Stays[i].Visit == "" || before.Stays[o].Visit == "") && !otherID(&after.Stays[i], &before.Stays[o])
	})
	return matched
}

func otherID(a, b *Stay) bool { return a.ID != 0 && b.ID != 0 && a.ID != b.ID }

// nth returns the place of a live stay among the live stays of its visit, from 0.
func (s *State) nth(stay int) (n int) {
	for _, i := range s.live() {
		if i < stay && sameVisit(s.Stays[i].Visit, s.Stays[stay].Visit) {
			n++
		}
	}
	return n
}
