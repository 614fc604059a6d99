// Package icans grades a bedside neuro check: the ICE or CAPD score, the ICANS
// grade as an interval, the findings that determined the grade, and the flag. It
// is pure: it imports only the standard library, reads no clock and does no I/O.
//
// Start with [Findings], the observations of one bedside examination, and
// [Evaluate], which turns them into a [Result]. [Fields] is the vocabulary: every
// column with its allowed values, their plain-English labels and the keys that
// answer with them. The form, the CSV columns and the database are made from it
// or tested against it.
//
// # Missing is not normal
//
// The zero value of every finding is not assessed. If a finding is missing, the
// grade is an interval, not a guess: [Result].Low and [Result].High are the least
// and the greatest grade over every way that the missing parts could have come
// out.
//
// # Sources
//
//   - Lee et al. 2019, ASTCT Consensus Grading for CRS and Neurologic Toxicity,
//     Biol Blood Marrow Transplant 25:625-638: the grades and ICE.
//   - Traube et al. 2014, Crit Care Med 42:656-663: CAPD.
//
// The package supports judgement and does not replace it.
package icans

// Findings are the observations of one neuro check. The zero value of each field
// is not assessed. Findings are comparable with ==.
//
// Not every value is a valid check: see [Findings.Problems].
type Findings struct {
	Tool          Tool
	ICE           [8]Points // indexed by ICEYear … ICEAttention
	CAPD          [8]Points // indexed by question number less one
	Unable        Unable
	Consciousness Consciousness
	Seizure       Seizure
	Motor         Motor
	ICP           ICP
	Observed      [16]Severity // indexed by Confusion … Personality; the rest is room for more signs
	CRSGrade      Points       // grade of cytokine release syndrome, 0 to 4; changes nothing here
	// StatedTotal is the total of the tool if only the total is known, as in some
	// imported records.
	StatedTotal    Points
	OtherCause     Domains // domains that a clinician attributes to another cause
	UncertainCause Domains // domains that may have another cause
}

// Points are the points of one scored item or of a total. The zero value is not
// assessed, which differs from 0 points: see [Scored].
type Points uint8

// Scored returns n points, n at least 0.
func Scored(n int) Points { return Points(n + 1) }

// Value returns the number of points, and whether the item was assessed.
func (p Points) Value() (n int, assessed bool) { return int(p) - 1, p != 0 }

// Tool is the instrument that a check was scored with.
type Tool uint8

// ICE is for patients of 12 years and older; CAPD for younger ones, and for
// those with a baseline developmental delay (Lee et al. 2019).
const (
	ICE Tool = iota + 1
	CAPD
)

// MaxScore returns the highest total of the tool: 10 for ICE, the best one; 32 for
// CAPD, the worst one; 0 for no tool.
func (t Tool) MaxScore() int {
	switch t {
	case ICE:
		return maxICE
	case CAPD:
		return maxCAPD
	}
	return 0
}

// Indexes into [Findings].ICE.
const (
	ICEYear = iota
	ICEMonth
	ICECity
	ICEHospital
	ICENaming
	ICECommand
	ICEWriting
	ICEAttention
)

// Unable is the reason that the tool could not be done at all; its items then
// stay empty.
type Unable uint8

// The reasons for [Unable].
const (
	UnableUnarousable Unable = iota + 1
	UnableAsleep
	UnableSedated
	UnableIntubated
	UnableLanguage
	UnableRefused
	UnableOffUnit
	UnableOther
)

// Consciousness is the level of consciousness, best first.
type Consciousness uint8

// Alert is awake, or wakes by itself and is then fully awake. Drowsy is
// depressed but awakens spontaneously: the "awakens spontaneously" of the
// published table, listed there under depressed level of consciousness.
const (
	Alert Consciousness = iota + 1
	Drowsy
	Voice
	Tactile
	Unarousable
)

// Seizure is the worst seizure since the last check.
type Seizure uint8

// The kinds of [Seizure].
const (
	NoSeizure Seizure = iota + 1
	BriefSeizure
	NonconvulsiveSeizure
	ProlongedSeizure
	RepetitiveSeizure
)

// Motor is the motor domain.
type Motor uint8

// FocalWeakness is deep focal weakness: hemiparesis, paraparesis.
const (
	NoWeakness Motor = iota + 1
	FocalWeakness
)

// ICP is the set of signs of raised intracranial pressure or cerebral oedema.
// ICPNone records that there are none, and excludes the others.
type ICP uint8

// The members of [ICP].
const (
	ICPNone ICP = 1 << iota
	FocalEdema
	DiffuseEdema
	Posturing
	CN6Palsy
	Papilledema
	CushingTriad
)

// Severity is the degree of an observed feature.
type Severity uint8

// The degrees of [Severity].
const (
	None Severity = iota + 1
	Mild
	Moderate
	Severe
)

// Indexes into [Findings].Observed. The first five are the five features, which a
// complete check assesses; they and Hallucinations flag a check. Of the others a
// change can flag: see package ward.
const (
	Confusion = iota
	Agitation
	Inattention
	Memory
	Speech
	Headache
	Tremor
	Hallucinations
	Handwriting
	Movement
	CranialNerve
	Personality

	// Features is the number of features, the first of Observed.
	Features = Speech + 1
)

// FeatureSet is a set of the five features: bit i is the feature with index i.
type FeatureSet uint8

// Has reports whether the set holds the feature with index i.
func (s FeatureSet) Has(i int) bool { return s&(1<<i) != 0 }

// Domains is a set of the five domains of the ICANS grade.
type Domains uint8

// The domains, in the order in which [Result].Drivers lists them.
const (
	DomainScore Domains = 1 << iota
	DomainConsciousness
	DomainSeizure
	DomainMotor
	DomainICP
)

// AllDomains lists every domain, in order.
var AllDomains = [5]Domains{DomainScore, DomainConsciousness, DomainSeizure, DomainMotor, DomainICP}

// Has reports whether d holds every member of one.
func (d Domains) Has(one Domains) bool { return d&one == one }
