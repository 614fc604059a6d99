package check

import (
	"slices"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// candidates are the patients who may get a check that is moved, those who left included.
type candidates []store.Known

// othersThan returns the known patients but one.
func othersThan(known []store.Known, patient int64) candidates {
	return slices.DeleteFunc(known, func(k store.Known) bool { return k.Patient.ID == patient })
}

// index returns the index of a patient, or -1.
func (list candidates) index(patient int64) int {
	return slices.IndexFunc(list, func(k store.Known) bool { return k.Patient.ID == patient })
}

// matching returns the patients that a text names by bed, name or MRN, the former ones
// included: of an MRN in full that patient alone, and those on the ward before those who
// left. An empty text names none.
func (list candidates) matching(text string) candidates {
	q := kit.NewQuery(text)
	if q.Empty() {
		return nil
	}
	for _, k := range list {
		if hasMRN(&k, text) {
			return candidates{k}
		}
	}
	found := kit.Filter(q, list, func(k store.Known) []string {
		fields := slices.Concat([]string{k.Patient.Name, k.Patient.MRN}, k.Names, k.MRNs)
		if isOnWard(&k.Stay) {
			fields = append(fields, k.Stay.Bed)
		}
		return fields
	})
	slices.SortStableFunc(found, func(a, b store.Known) int {
		if x, y := rank(&a, q), rank(&b, q); x != y {
			return x - y
		}
		return b.Stay.DischargedAt.Compare(a.Stay.DischargedAt)
	})
	return found
}

func hasMRN(k *store.Known, text string) bool {
	return slices.ContainsFunc(append([]string{k.Patient.MRN}, k.MRNs...), func(mrn string) bool { return ward.FoldMRN(mrn) == ward.FoldMRN(text) })
}

func isOnWard(stay *ward.Stay) bool { return stay.ID != 0 && stay.OnWard() }

// rank sorts the patient in the bed of the search first, and those who left last.
func rank(k *store.Known, q kit.Query) int {
	switch {
	case !isOnWard(&k.Stay):
		return 2
	case q.Is(k.Stay.Bed):
		return 0
	}
	return 1
}
