package icans

const (
	maxICE  = 10
	maxCAPD = 32
)

// Result is the meaning of a check's findings.
type Result struct {
	// Score is the total of the tool, known only if every item was scored.
	Score Points
	// Low and High are the least and the greatest ICANS grade, 0 to 4, over
	// every way that the missing and uncertain parts could have come out.
	Low, High int
	// Floor is the least grade for the flag, 0 to 4: an uncertain domain counts
	// with the least grade that was found. It is F of clinical.md section 3.
	Floor int
	// Drivers are the domains whose own least grade equals Low; empty if Low is 0.
	Drivers Domains
	Flag    Flag
	Reasons Reasons // the reasons for the flag
}

// Grade returns the ICANS grade, 0 to 4, and whether it is known: a check with a
// known grade is conclusive.
func (r Result) Grade() (grade int, known bool) { return r.Low, r.Low == r.High }

// Conclusive reports whether the grade is a single one.
func (r Result) Conclusive() bool { return r.Low == r.High }

// AtBaseline reports whether the check is at the patient's own baseline.
func (r Result) AtBaseline() bool { return r.Reasons == AtBaseline }

// Evaluate grades and flags the findings by the ASTCT table (Lee et al. 2019): the
// grade is that of the most severe domain that no other cause explains. A feature
// in health that is mild does not flag: a clinician recorded that it was so before
// treatment. Reasons that compare with earlier checks are added by package ward.
// The findings must be free of [Findings.Problems]. Evaluate does not allocate.
func Evaluate(x *Findings, health FeatureSet) Result {
	var r Result
	low, high, scored := x.scoreRange()
	if scored {
		r.Score = Scored(low)
	}
	spans := [len(AllDomains)]span{
		x.scoreGrade(low, high),
		lookUp(gradeOfConsciousness[:], uint8(x.Consciousness)),
		lookUp(gradeOfSeizure[:], uint8(x.Seizure)),
		lookUp(gradeOfMotor[:], uint8(x.Motor)),
		x.icpGrade(),
	}
	uncertain := x.Uncertain()
	listed := x.OtherCause | uncertain
	var doubtful Domains // abnormal or not completely assessed, and in one of the two lists
	for i, d := range AllDomains {
		g := &spans[i]
		found := g.low
		if listed&d != 0 {
			if g.high > 0 {
				doubtful |= d
			}
			switch {
			case x.OtherCause.Has(d):
				found = 0
				if x.Assessed(d) {
					g.high = 0
				}
			case d == DomainConsciousness && x.Unable == UnableSedated:
				found = 0
			}
			g.low = 0
		}
		r.Low = max(r.Low, g.low)
		r.High = max(r.High, g.high)
		r.Floor = max(r.Floor, found)
	}
	if r.Low > 0 {
		for i, d := range AllDomains {
			if spans[i].low == r.Low {
				r.Drivers |= d
			}
		}
	}
	r.Flag, r.Reasons = x.flag(&r, health, doubtful, uncertain)
	return r
}

// span is the least and the greatest grade of a domain.
type span struct{ low, high int }

// Uncertain returns the domains whose cause is uncertain: those recorded so, and
// consciousness under sedation unless a clinician named its cause.
func (x *Findings) Uncertain() Domains {
	d := x.UncertainCause
	if x.Unable == UnableSedated && !x.OtherCause.Has(DomainConsciousness) {
		d |= DomainConsciousness
	}
	return d
}

// TableGrade returns the least and the greatest grade of the domain d by the table,
// 0 to 4, whatever its cause.
func (x *Findings) TableGrade(d Domains) (low, high int) {
	var g span
	switch d {
	case DomainScore:
		least, most, _ := x.scoreRange()
		g = x.scoreGrade(least, most)
	case DomainConsciousness:
		g = lookUp(gradeOfConsciousness[:], uint8(x.Consciousness))
	case DomainSeizure:
		g = lookUp(gradeOfSeizure[:], uint8(x.Seizure))
	case DomainMotor:
		g = lookUp(gradeOfMotor[:], uint8(x.Motor))
	case DomainICP:
		g = x.icpGrade()
	}
	return g.low, g.high
}

// Assessed reports whether the domain d was completely assessed.
func (x *Findings) Assessed(d Domains) bool {
	switch d {
	case DomainScore:
		return x.Scored() || x.StatedTotal != 0
	case DomainConsciousness:
		return x.Consciousness != 0
	case DomainSeizure:
		return x.Seizure != 0
	case DomainMotor:
		return x.Motor != 0
	case DomainICP:
		return x.ICP != 0
	}
	return false
}

// AllAssessed reports whether all of the given domains were completely assessed.
func (x *Findings) AllAssessed(domains Domains) bool {
	for _, d := range AllDomains {
		if domains.Has(d) && !x.Assessed(d) {
			return false
		}
	}
	return true
}

// FeaturesAssessed reports whether all five features were assessed.
func (x *Findings) FeaturesAssessed() bool {
	for _, s := range x.Observed[:Features] {
		if s == 0 {
			return false
		}
	}
	return true
}

// FeaturesNone reports whether all five features were assessed and none was found,
// a mild one in health not counting.
func (x *Findings) FeaturesNone(health FeatureSet) bool {
	for i, s := range x.Observed[:Features] {
		if s == 0 || s > Mild || s == Mild && !health.Has(i) {
			return false
		}
	}
	return true
}

// Total returns the total of the tool, scored or stated, and whether it is known.
func (x *Findings) Total() (total int, known bool) {
	if n, ok := x.StatedTotal.Value(); ok {
		return n, true
	}
	if !x.Scored() {
		return 0, false
	}
	total, _ = x.ScoreRange()
	return total, true
}

// Unexamined reports whether the check leaves the patient unexamined: it is not
// conclusive because a domain was not completely assessed. Under sedation or with a
// tube, domains that a clinician attributed do not count if consciousness was
// assessed, and none counts if consciousness is one of them. r must be the result
// of x.
func (x *Findings) Unexamined(r *Result) bool {
	if r.Conclusive() {
		return false
	}
	needed := Domains(1<<len(AllDomains) - 1)
	if (x.Unable == UnableSedated || x.Unable == UnableIntubated) && x.Consciousness != 0 {
		if x.OtherCause.Has(DomainConsciousness) {
			return false
		}
		needed &^= x.OtherCause
	}
	return !x.AllAssessed(needed)
}

// Normal reports whether the check is a normal check: no flag, every item scored,
// nothing attributed or uncertain, and every feature and sign that was assessed
// none. r must be the result of x.
func (x *Findings) Normal(r *Result) bool {
	if r.Flag != FlagNone || r.Reasons != 0 || !x.Scored() || x.OtherCause != 0 || x.UncertainCause != 0 {
		return false
	}
	for _, s := range x.Observed {
		if s > None {
			return false
		}
	}
	return true
}

// The table of Lee et al. 2019, by the order of the terms.
var (
	gradeOfConsciousness = [...]int{0, 1, 2, 3, 4}
	gradeOfSeizure       = [...]int{0, 3, 3, 4, 4}
	gradeOfMotor         = [...]int{0, 4}
)

// lookUp returns the grade of a finding. Each table rises, so a missing finding
// spans all of it.
func lookUp(table []int, v uint8) span {
	if v == 0 || int(v) > len(table) {
		return span{table[0], table[len(table)-1]}
	}
	g := table[v-1]
	return span{g, g}
}

func (x *Findings) icpGrade() span {
	switch x.ICP {
	case 0:
		return span{0, 4}
	case ICPNone:
		return span{0, 0}
	case FocalEdema:
		return span{3, 3}
	}
	return span{4, 4}
}

// ScoreRange returns the least and the greatest total that the tool can have come
// to: an item that was not scored may be 0 or full. Without a tool it returns 0, 0.
func (x *Findings) ScoreRange() (low, high int) {
	low, high, _ = x.scoreRange()
	return low, high
}

// scoreRange is [Findings.ScoreRange], and reports whether every item was scored.
func (x *Findings) scoreRange() (low, high int, scored bool) {
	items, full := x.items()
	scored = items != nil
	for i, p := range items {
		if p != 0 {
			low += int(p) - 1
			high += int(p) - 1
			continue
		}
		scored = false
		high += full[i]
	}
	return low, high, scored
}

var (
	fullICE  = [8]int{1, 1, 1, 1, 3, 1, 1, 1}
	fullCAPD = [8]int{4, 4, 4, 4, 4, 4, 4, 4}
)

// items returns the items of the tool in use and the most points of each.
func (x *Findings) items() (items []Points, full *[8]int) {
	switch x.Tool {
	case ICE:
		return x.ICE[:], &fullICE
	case CAPD:
		return x.CAPD[:], &fullCAPD
	}
	return nil, nil
}

// Scored reports whether every item of the tool was scored.
func (x *Findings) Scored() bool {
	items, _ := x.items()
	for _, p := range items {
		if p == 0 {
			return false
		}
	}
	return items != nil
}

// scoreGrade relies on both tables being monotone: ICE falls as the grade rises,
// CAPD rises with it. Grade 4 comes through consciousness alone: ICE 0 in a patient
// who is awake (global aphasia) is 3. least and most are the range of the items.
func (x *Findings) scoreGrade(least, most int) span {
	if n, ok := x.StatedTotal.Value(); ok {
		least, most = n, n
	}
	switch x.Tool {
	case ICE:
		return span{gradeOfICE(most), gradeOfICE(least)}
	case CAPD:
		return span{gradeOfCAPD(least), gradeOfCAPD(most)}
	}
	return span{0, 3}
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

// Complete reports whether no item (unless a total is stated), no domain and none of
// the five features was left out.
func (x *Findings) Complete() bool {
	return x.AllAssessed(1<<len(AllDomains)-1) && x.FeaturesAssessed()
}
