package intake

import (
	"slices"

	"neurocheck/internal/ward"
)

// Candidate is a patient of a merge.
type Candidate struct {
	Patient ward.Patient
	Stays   []ward.Stay
	// Recorded is set if something was recorded about the patient besides stays.
	Recorded bool
}

// Merge is the decision about two MRNs that the hospital says are one patient.
type Merge struct {
	Outcome
	Changes []Change // a Rename or a Link, or none
}

// DecideMerge decides about a prior MRN of MRG-1 and the MRN of PID-3 that it goes into.
// prior and into are the patients that the log has under exactly these MRNs, present or
// former, or nil. links are the links that are not undone.
func DecideMerge(priorMRN, intoMRN string, prior, into *Candidate, links []ward.Link) Merge {
	switch {
	case prior == nil:
		return Merge{Outcome: Outcome{Did: Applied}}
	case into == nil:
		renamed := prior.Patient
		renamed.MRN = ward.CleanLine(intoMRN)
		return Merge{Outcome{Did: Applied}, []Change{{Kind: Rename, Patient: renamed}}}
	case prior.Patient.ID == into.Patient.ID:
		if ward.FoldMRN(prior.Patient.MRN) == ward.FoldMRN(priorMRN) {
			return Merge{Outcome: Outcome{Held, ReasonReverse}} // intoMRN is a former one
		}
		return Merge{Outcome: Outcome{Did: Applied}}
	case linked(links, into.Patient.ID, prior.Patient.ID):
		return Merge{Outcome: Outcome{Held, ReasonReverse}}
	case linked(links, prior.Patient.ID, into.Patient.ID):
		return Merge{Outcome: Outcome{Did: Applied}}
	case !samePerson(&prior.Patient, &into.Patient), overlapping(prior.Stays, into.Stays), prior.Recorded && into.Recorded:
		return Merge{Outcome: Outcome{Held, ReasonMerge}}
	}
	return Merge{Outcome{Did: Applied}, []Change{{Kind: Link, Patient: prior.Patient}}}
}

// linked reports whether the links lead from one patient to another.
func linked(links []ward.Link, from, to int64) bool {
	for range links {
		i := slices.IndexFunc(links, func(l ward.Link) bool { return l.PatientID == from && !l.Undone })
		if i < 0 {
			return false
		}
		if from = links[i].Into; from == to {
			return true
		}
	}
	return false
}

// samePerson reports whether name and birth date of two patients agree.
func samePerson(a, b *ward.Patient) bool {
	return compareNames(a.Name, b.Name) == sameName && !a.BirthDate.IsZero() && a.BirthDate == b.BirthDate
}

// overlapping reports whether a stay of one patient overlaps one of another. One may
// begin at the end of the other.
func overlapping(a, b []ward.Stay) bool {
	endsBefore := func(x, y *ward.Stay) bool {
		return !x.DischargedAt.IsZero() && !x.DischargedAt.After(y.AdmittedAt)
	}
	for i := range a {
		for j := range b {
			if !endsBefore(&a[i], &b[j]) && !endsBefore(&b[j], &a[i]) {
				return true
			}
		}
	}
	return false
}
