package csvlog

import (
	"cmp"
	"hash/maphash"
	"slices"

	"neurocheck/internal/ward"
)

// claim is a row that names a check, by hashes of its check_id and its MRN, because a file
// may have a million of them.
type claim struct{ check, mrn uint64 }

// identities finds checks that rows of several patients name.
type identities struct {
	seed   maphash.Seed
	claims []claim
	shared map[uint64]bool // hashes of check_id that rows with several MRNs have
}

// add adds a row of the first reading.
func (s *identities) add(check, mrn string) {
	if check == "" {
		return
	}
	if len(s.claims) == 0 {
		s.seed = maphash.MakeSeed()
	}
	s.claims = append(s.claims, claim{maphash.String(s.seed, check), maphash.String(s.seed, mrn)})
}

// compare ends the first reading.
func (s *identities) compare() {
	slices.SortFunc(s.claims, func(a, b claim) int { return cmp.Compare(a.check, b.check) })
	for i := 1; i < len(s.claims); i++ {
		if before := s.claims[i-1]; before.check == s.claims[i].check && before.mrn != s.claims[i].mrn {
			if s.shared == nil {
				s.shared = make(map[uint64]bool)
			}
			s.shared[before.check] = true
		}
	}
	s.claims = nil
}

// namedFirst is the first row that names a check.
type namedFirst struct {
	line int
	mrn  string // folded
}

// another returns the first line that names the check of a row for another patient; 0 if
// there is none. seen are the rows before it.
func (s *identities) another(row *ward.ImportRow, seen map[string]namedFirst) (line int) {
	if s.shared == nil || row.Unnamed || !s.shared[maphash.String(s.seed, row.Check.ID)] {
		return 0
	}
	mrn := ward.FoldMRN(row.Patient.MRN)
	first, known := seen[row.Check.ID]
	if !known {
		seen[row.Check.ID] = namedFirst{row.Line, mrn}
		return 0
	}
	if first.mrn == mrn {
		return 0
	}
	return first.line
}
