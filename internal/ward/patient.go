package ward

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"neurocheck/internal/icans"
)

// ToolAge is the age in years from which ICE is the tool; below it CAPD is
// (Lee et al. 2019).
const ToolAge = 12

// Patient is one version of a patient's particulars. Particulars are edited by
// recording a new version; the old ones stay.
type Patient struct {
	ID      int64 // given by the store, the same in every version
	Version int   // from 1

	MRN         string // medical record number: text, with its leading zeros; unique
	Name        string // "Family, Given"
	BirthDate   Date
	Bed         string
	Product     string    // the therapy, such as "axi-cel" or "teclistamab"
	InfusedAt   time.Time // day 0; zero where it is not known yet
	Tool        icans.Tool
	Baseline    icans.Points // score of the tool before infusion; zero where there is none
	Language    string
	Interpreter bool
	Clinician   string // responsible clinician

	AdmittedAt   time.Time
	DischargedAt time.Time // zero while on the ward
	Discharge    string    // code of Discharges; empty while on the ward

	Recorded Signature
}

// Discharges are the ways in which a stay ends. ICANS grade 5 is died_icans: it
// is recorded, never computed.
var Discharges = []Term{
	{"home", "home"},
	{"transferred", "transferred"},
	{"died", "died"},
	{"died_icans", "died of ICANS (grade 5)"},
	{"other", "other"},
}

// OnWard reports whether the patient has not been discharged.
func (p *Patient) OnWard() bool { return p.DischargedAt.IsZero() }

// ToolFor returns the tool for a patient of that age: CAPD under 12 years. A
// baseline developmental delay makes it CAPD at any age; that is for a person
// to say.
func ToolFor(born Date, at time.Time) icans.Tool {
	if born.YearsTo(DateOf(at)) < ToolAge {
		return icans.CAPD
	}
	return icans.ICE
}

// Day returns the day since infusion on the wall clock of loc, day 0 being the
// day of the infusion, and whether there is an infusion to count from.
func (p *Patient) Day(t time.Time, loc *time.Location) (day int, ok bool) {
	if p.InfusedAt.IsZero() {
		return 0, false
	}
	return DateOf(p.InfusedAt.In(loc)).DaysTo(DateOf(t.In(loc))), true
}

// Clean makes every text that came from outside fit for the record.
func (p *Patient) Clean() {
	for _, s := range []*string{&p.MRN, &p.Name, &p.Bed, &p.Product, &p.Language, &p.Clinician} {
		*s = CleanLine(*s)
	}
	p.InfusedAt, p.AdmittedAt, p.DischargedAt = Moment(p.InfusedAt), Moment(p.AdmittedAt), Moment(p.DischargedAt)
}

// infusionAhead is how far ahead an infusion may be planned.
const infusionAhead = 60 * 24 * time.Hour

// Problems returns an invalid [*Error] for each field that cannot stand at the
// time now.
func (p *Patient) Problems(now time.Time) []*Error {
	var found []*Error
	add := func(err error) {
		if e, ok := err.(*Error); ok && e != nil {
			found = append(found, e)
		}
	}
	add(textField("mrn", p.MRN, 40, required))
	add(textField("name", p.Name, 120, required))
	switch born := p.BirthDate; {
	case born.IsZero():
		add(Invalid("birth_date", "missing"))
	case born.DaysTo(DateOf(now)) < 0:
		add(Invalid("birth_date", "lies in the future"))
	case born.YearsTo(DateOf(now)) > 130:
		add(Invalid("birth_date", "more than 130 years ago"))
	}
	add(textField("bed", p.Bed, 20, optional))
	add(textField("product", p.Product, 60, optional))
	add(textField("language", p.Language, 40, optional))
	add(textField("clinician", p.Clinician, 60, optional))
	if p.InfusedAt.After(now.Add(infusionAhead)) {
		add(Invalid("infused_at", "more than 60 days ahead"))
	}
	if p.Tool != icans.ICE && p.Tool != icans.CAPD {
		add(Invalid("patient_tool", "missing; allowed: "+icans.FieldOf("tool").Allowed()))
	}
	if n, ok := p.Baseline.Value(); ok && n > p.Tool.MaxScore() {
		add(Invalid("baseline", "higher than the tool's highest score"))
	}
	switch {
	case p.AdmittedAt.IsZero():
		add(Invalid("admitted_at", "missing"))
	case p.AdmittedAt.After(now):
		add(Invalid("admitted_at", "lies in the future"))
	}
	switch {
	case p.OnWard():
		if p.Discharge != "" {
			add(Invalid("discharged_at", "missing beside a discharge"))
		}
	case p.DischargedAt.After(now):
		add(Invalid("discharged_at", "lies in the future"))
	case p.DischargedAt.Before(p.AdmittedAt):
		add(Invalid("discharged_at", "lies before the admission"))
	default:
		add(oneOf("discharge", p.Discharge, Discharges))
	}
	return found
}

// AlikeNames returns the IDs of the patients whose name could be taken for that
// of another in the list: the same family name, or a name that differs by one
// letter or two.
func AlikeNames(patients []Patient) map[int64]bool {
	alike := make(map[int64]bool)
	keys := make([][]rune, len(patients))
	families := make([]string, len(patients))
	for i := range patients {
		folded := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || r == ',' {
				return unicode.ToLower(r)
			}
			return -1
		}, patients[i].Name)
		families[i], _, _ = strings.Cut(folded, ",")
		keys[i] = []rune(strings.ReplaceAll(folded, ",", ""))
	}
	for i := range patients {
		for j := range i {
			if families[i] == families[j] || nearlySame(keys[i], keys[j]) {
				alike[patients[i].ID] = true
				alike[patients[j].ID] = true
			}
		}
	}
	return alike
}

// nearlySame reports whether a and b, of more than four letters, are at most
// two changes of a letter apart.
func nearlySame(a, b []rune) bool {
	const most = 2
	if len(a) < 5 || len(b) < 5 || len(a)-len(b) > most || len(b)-len(a) > most {
		return false
	}
	return Distance(a, b) <= most
}

// Distance is the Levenshtein distance: the least number of letters to put in,
// take out or change.
func Distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// Change is one field of the particulars that an edit changed, in words.
type Change struct{ Field, From, To string }

// ChangesFrom returns what is other in p than in the version before it.
func (p *Patient) ChangesFrom(before *Patient) []Change {
	var list []Change
	add := func(field, from, to string) {
		if from != to {
			list = append(list, Change{field, from, to})
		}
	}
	when := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format("2 Jan 2006 15:04")
	}
	score := func(n icans.Points) string {
		if v, ok := n.Value(); ok {
			return strconv.Itoa(v)
		}
		return ""
	}
	tool := func(t icans.Tool) string { return icans.FieldOf("tool").Words(&icans.Findings{Tool: t}) }
	yes := map[bool]string{true: "yes", false: "no"}
	add("mrn", before.MRN, p.MRN)
	add("name", before.Name, p.Name)
	add("birth_date", before.BirthDate.Words(), p.BirthDate.Words())
	add("bed", before.Bed, p.Bed)
	add("product", before.Product, p.Product)
	add("infused_at", when(before.InfusedAt), when(p.InfusedAt))
	add("patient_tool", tool(before.Tool), tool(p.Tool))
	add("baseline", score(before.Baseline), score(p.Baseline))
	add("language", before.Language, p.Language)
	add("interpreter", yes[before.Interpreter], yes[p.Interpreter])
	add("clinician", before.Clinician, p.Clinician)
	add("admitted_at", when(before.AdmittedAt), when(p.AdmittedAt))
	add("discharged_at", when(before.DischargedAt), when(p.DischargedAt))
	add("discharge", WordsFor(Discharges, before.Discharge), WordsFor(Discharges, p.Discharge))
	return list
}
