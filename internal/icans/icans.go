// Package icans says what a bedside neuro check means: the ICE or CAPD score,
// the ICANS grade as an interval, the findings that made the grade, and the
// flag. It is pure: it imports the standard library alone, reads no clock and
// does no I/O.
//
// Start with [Findings], what was seen at one bedside examination, and
// [Evaluate], which turns it into a [Result]. [Fields] is the vocabulary: every
// column with its allowed values, their plain-English labels and the key that
// answers with them. The form, the CSV columns and the database are made from
// it or tested against it.
//
// # Missing is not normal
//
// The zero value of every finding is not assessed. What is missing makes an
// interval, not a guess: [Result].Low and [Result].High are the least and the
// greatest grade over every way in which the missing parts could have come out.
//
// # Sources
//
//   - Lee et al. 2019, ASTCT Consensus Grading for CRS and Neurologic Toxicity,
//     Biol Blood Marrow Transplant 25:625-638: the grades and ICE.
//   - Traube et al. 2014, Crit Care Med 42:656-663: CAPD.
//
// The package supports judgement and does not replace it.
package icans

// Findings are what was seen in one neuro check. The zero value of each field
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
	Observed      [9]Severity // indexed by Confusion … Handwriting
	OtherCause    Domains     // domains that a clinician attributes to something else
}

// Points are what one scored item earned. The zero value is not assessed,
// which is another thing than 0 points: see [Scored].
type Points uint8

// Scored returns n points, n at least 0.
func Scored(n int) Points { return Points(n + 1) }

// Value returns the number of points, and whether the item was assessed.
func (p Points) Value() (n int, assessed bool) { return int(p) - 1, p != 0 }

// Tool is the instrument that gives a check its score.
type Tool uint8

// ICE is for patients of 12 years and older; CAPD for younger ones, and for
// those with a baseline developmental delay (Lee et al. 2019).
const (
	ICE Tool = iota + 1
	CAPD
)

// MaxScore returns the highest total of the tool: 10 for ICE, where high is
// well; 32 for CAPD, where high is ill; 0 for no tool.
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

// Unable is why the tool could not be done at all; its items then stay empty.
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
// published table, which stands there under depressed level of consciousness.
const (
	Alert Consciousness = iota + 1
	Drowsy
	Voice
	Tactile
	Unarousable
)

// Seizure is what happened since the last check.
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
// ICPNone says that there are none, and stands alone.
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

// Severity is how marked an observed feature is.
type Severity uint8

// The degrees of [Severity].
const (
	None Severity = iota + 1
	Mild
	Moderate
	Severe
)

// Indexes into [Findings].Observed. The first five can flag a check; the other
// four are recorded and trended, and change neither grade nor flag.
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

	flagging = Speech + 1
)

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

// domainOrder is every domain, in order.
var domainOrder = [5]Domains{DomainScore, DomainConsciousness, DomainSeizure, DomainMotor, DomainICP}

// Has reports whether d holds every member of one.
func (d Domains) Has(one Domains) bool { return d&one == one }
