package intake

import (
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// Kind is the kind of a change: each is one write of the log.
type Kind uint8

// The kinds.
const (
	Admit       Kind = iota // a new patient with the first stay, which may have ended
	Begin                   // a further stay, which may have ended
	EditPatient             // name, birth date, language, second identifier
	EditStay                // visit, bed, clinician, admission
	End                     // the stay ends, or its end moves
	Undo                    // the end is taken back
	Withdraw                // the stay is withdrawn
	Restore                 // a stay that was withdrawn counts again, as Stay has it
	Notice                  // the bed took the place of a person's: Over, zero if no longer
	Differ                  // a difference is to be shown
	Agree                   // a difference is gone
	Rename                  // the MRN, by a merge: the old one stays findable
	Link                    // two patients are one, by a merge
)

// Change is one difference between the record and what the messages say.
type Change struct {
	Kind    Kind
	Patient ward.Patient
	// WasPatient is the patient as the log has it when an EditPatient comes.
	WasPatient ward.Patient
	Stay       ward.Stay // as it is to be recorded
	// Was is the stay as the log has it when the change comes, but for Admit and Begin. The
	// log finds it by its ID; that is 0 if a feed began the stay, and then by the visit and
	// the times, which no two stays of a patient share.
	Was        ward.Stay
	Over       Over
	Difference Difference
}

// Diff returns the changes that lead from one state of a patient to another, in the
// order in which the log can record them: stays end before others begin. inLog says that the
// log has the patient; it does not have one whose only admission was cancelled before it came,
// and then there is nothing to change.
func Diff(before, after *State, inLog bool) []Change {
	var list []Change
	if !inLog && len(after.live()) == 0 {
		return nil
	}
	if before == nil {
		before = newState()
	}
	matched := match(before, after)
	for _, i := range before.live() {
		if !slices.Contains(matched, i) {
			list = append(list, Change{Kind: Withdraw, Was: before.Stays[i].Stay})
		}
	}
	admitted := inLog
	if admitted && !sameIdentity(&before.Patient, &after.Patient) {
		list = append(list, Change{Kind: EditPatient, Patient: after.Patient, WasPatient: before.Patient})
	}
	for n, i := range after.live() {
		stay := &after.Stays[i]
		if matched[n] >= 0 {
			at := matched[n]
			list = append(list, between(&before.Stays[at], stay)...)
			continue
		}
		if was := before.withdrawn(stay.ID); was != nil {
			list = append(list, Change{Kind: Restore, Stay: stay.Stay, Was: was.Stay}, Change{Kind: Notice, Stay: stay.Stay, Was: stay.Stay, Over: stay.Over})
			continue
		}
		begin := Change{Kind: Begin, Patient: after.Patient, Stay: stay.Stay}
		if !admitted {
			begin.Kind, admitted = Admit, true
		}
		list = append(list, begin)
		if stay.Over != (Over{}) {
			list = append(list, Change{Kind: Notice, Stay: stay.Stay, Was: stay.Stay, Over: stay.Over})
		}
	}
	return append(list, differences(before, after)...)
}

// withdrawn returns the withdrawn stay of an ID that the log gave, or nil.
func (s *State) withdrawn(id int64) *Stay {
	for i := range s.Stays {
		if stay := &s.Stays[i]; id != 0 && stay.ID == id && stay.Status == ward.Withdrawn {
			return stay
		}
	}
	return nil
}

// between returns the changes of one stay.
func between(before, after *Stay) (list []Change) {
	was := before.Stay
	record := func(c Change) {
		c.Was = was
		list = append(list, c)
		was = c.Stay
	}
	sameEnd := was.DischargedAt.Equal(after.DischargedAt) && was.Discharge == after.Discharge
	if after.DischargedAt.IsZero() && !was.DischargedAt.IsZero() {
		open := was
		open.DischargedAt, open.Discharge, open.EndInferred = time.Time{}, "", false
		record(Change{Kind: Undo, Stay: open})
	}
	if was.Visit != after.Visit || was.Bed != after.Bed || was.Clinician != after.Clinician || !was.AdmittedAt.Equal(after.AdmittedAt) {
		edited := after.Stay
		edited.ID, edited.DischargedAt, edited.Discharge, edited.EndInferred = was.ID, was.DischargedAt, was.Discharge, was.EndInferred
		record(Change{Kind: EditStay, Stay: edited})
	}
	if !sameEnd && !after.DischargedAt.IsZero() {
		ended := after.Stay
		ended.ID = was.ID
		record(Change{Kind: End, Stay: ended})
	}
	if before.Over != after.Over {
		record(Change{Kind: Notice, Stay: was, Over: after.Over})
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
			if !slices.ContainsFunc(after.Differences, func(o Difference) bool { return sameField(d, o) }) {
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

func sameField(d, o Difference) bool { return d.Field == o.Field && d.Visit == o.Visit }

// match returns, for each live stay of after, the index of the live stay of before that
// it is, or -1: by the log's ID, else by the visit and the admission, else by the place among the
// stays of the visit, else by the order if the visit was not known yet.
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
		a, b := &after.Stays[i], &before.Stays[o]
		return sameVisit(a.Visit, b.Visit) && a.AdmittedAt.Equal(b.AdmittedAt) && a.ID == b.ID
	})
	pass(func(i, o int) bool {
		return sameVisit(after.Stays[i].Visit, before.Stays[o].Visit) && after.nth(i) == before.nth(o) && after.Stays[i].ID == before.Stays[o].ID
	})
	pass(func(i, o int) bool {
		return (after.Stays[i].Visit == "" || before.Stays[o].Visit == "") && after.Stays[i].ID == before.Stays[o].ID
	})
	return matched
}

// nth returns the place of a live stay among the live stays of its visit, from 0.
func (s *State) nth(stay int) (n int) {
	for _, i := range s.live() {
		if i < stay && sameVisit(s.Stays[i].Visit, s.Stays[stay].Visit) {
			n++
		}
	}
	return n
}
