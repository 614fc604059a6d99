package icans

const (
	maxICE  = 10
	maxCAPD = 32
)

// Result is what the findings of a check mean.
type Result struct {
	// Score is the total of the tool, only where every item was scored.
	Score Points
	// Low and High are the least and the greatest ICANS grade, 0 to 4, over
	// every way in which the missing parts could have come out.
	Low, High int
	// Drivers are the domains whose own least grade equals Low; none where Low
	// is 0.
	Drivers Domains
	Flag    Flag
	Reasons Reasons // why the flag
}

// Grade returns the ICANS grade, 0 to 4, and whether it is known: whether
// nothing that is missing could change it.
func (r Result) Grade() (grade int, known bool) { return r.Low, r.Low == r.High }

// Evaluate grades and flags the findings, by the ASTCT table (Lee et al. 2019):
// the grade is that of the most severe domain that no other cause explains. The
// findings must be free of [Findings.Problems]. It does not allocate.
func Evaluate(x *Findings) Result {
	var r Result
	if low, high := x.ScoreRange(); low == high && x.scored() {
		r.Score = Scored(low)
	}
	var open Domains
	var lows [len(domainOrder)]int
	for i, d := range domainOrder {
		low, high := x.DomainGrade(d)
		lows[i] = low
		r.Low = max(r.Low, low)
		r.High = max(r.High, high)
		if low < high {
			open |= d
		}
	}
	if r.Low > 0 {
		for i, d := range domainOrder {
			if lows[i] == r.Low {
				r.Drivers |= d
			}
		}
	}
	r.Flag, r.Reasons = x.flag(r.Low, r.High, open)
	return r
}

// DomainGrade returns the least and the greatest grade that the domain d alone
// can have, 0 to 4. A domain with another cause counts as 0, missing or not.
func (x *Findings) DomainGrade(d Domains) (low, high int) {
	if x.OtherCause.Has(d) {
		return 0, 0
	}
	switch d {
	case DomainScore:
		return x.scoreGrade()
	case DomainConsciousness:
		return of(gradeOfConsciousness[:], uint8(x.Consciousness))
	case DomainSeizure:
		return of(gradeOfSeizure[:], uint8(x.Seizure))
	case DomainMotor:
		return of(gradeOfMotor[:], uint8(x.Motor))
	case DomainICP:
		return x.icpGrade()
	}
	return 0, 0
}

// The table of Lee et al. 2019, by the order of the terms.
var (
	gradeOfConsciousness = [...]int{0, 1, 2, 3, 4}
	gradeOfSeizure       = [...]int{0, 3, 3, 4, 4}
	gradeOfMotor         = [...]int{0, 4}
)

// of looks a finding up; each table rises, so a missing one spans it whole.
func of(table []int, v uint8) (low, high int) {
	if v == 0 || int(v) > len(table) {
		return table[0], table[len(table)-1]
	}
	g := table[v-1]
	return g, g
}

func (x *Findings) icpGrade() (low, high int) {
	switch x.ICP {
	case 0:
		return 0, 4
	case ICPNone:
		return 0, 0
	case FocalEdema:
		return 3, 3
	}
	return 4, 4
}

// ScoreRange returns the least and the greatest total that the tool can have
// come to: an item that was not scored may be 0 or full. Without a tool it is
// 0, 0.
func (x *Findings) ScoreRange() (low, high int) {
	items, full := x.items()
	for i, p := range items {
		if n, ok := p.Value(); ok {
			low += n
			high += n
		} else {
			high += full[i]
		}
	}
	return low, high
}

var (
	fullICE  = [8]int{1, 1, 1, 1, 3, 1, 1, 1}
	fullCAPD = [8]int{4, 4, 4, 4, 4, 4, 4, 4}
)

// items returns the items of the tool in use and the most that each can earn.
func (x *Findings) items() (items []Points, full *[8]int) {
	switch x.Tool {
	case ICE:
		return x.ICE[:], &fullICE
	case CAPD:
		return x.CAPD[:], &fullCAPD
	}
	return nil, nil
}

func (x *Findings) scored() bool {
	items, _ := x.items()
	for _, p := range items {
		if p == 0 {
			return false
		}
	}
	return items != nil
}

// scoreGrade relies on both tables being monotone: ICE falls as the grade
// rises, CAPD rises with it. Grade 4 comes through consciousness alone: ICE 0
// in a patient who is awake (global aphasia) is 3.
func (x *Findings) scoreGrade() (low, high int) {
	least, most := x.ScoreRange()
	switch x.Tool {
	case ICE:
		return gradeOfICE(most), gradeOfICE(least)
	case CAPD:
		return gradeOfCAPD(least), gradeOfCAPD(most)
	}
	return 0, 3
}

func gradeOfICE(total int) int {
	switch {
	case total >= 10:
		return 0
	case total >= 7:
		return 1
	case total >= 3:
		return 2
	}
	return 3
}

func gradeOfCAPD(total int) int {
	switch {
	case total == 0:
		return 0
	case total <= 8:
		return 1
	}
	return 3
}
