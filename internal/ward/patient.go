package ward

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
)

// ToolAge is the age in years from which ICE is the tool; below it CAPD is
// (Lee et al. 2019).
const ToolAge = 12

// Patient is one version of a patient's identifiers and therapy. An edit records a
// new version; the old ones stay. The bed and the admission are in [Stay].
type Patient struct {
	ID      int64 // given by the store, the same in every version
	Version int   // from 1

	MRN         string // medical record number: text, with its leading zeros; unique after [FoldMRN]
	Name        string // "Family, Given"
	BirthDate   Date   // zero if unknown; SecondID is required then
	SecondID    string // a second identifier in addition to the MRN
	Language    string
	Interpreter bool // an interpreter is needed

	Product      string    // the therapy, such as "axi-cel" or "teclistamab"
	InfusedAt    time.Time // day 0; zero if it is not known yet
	Tool         icans.Tool
	Baseline     icans.Points // total of the tool before the infusion; zero if there is none
	BaselineLost ICEItems     // ICE items that the patient could not do at baseline
	// Health are the features that are mild in this patient in health, as a clinician
	// recorded: see [icans.Evaluate].
	Health icans.FeatureSet

	Reason   string // the reason for this version, if one was asked for
	Recorded Signature
}

// ICEItems is a set of ICE items: bit i is the item with index i of
// [icans.Findings].ICE.
type ICEItems uint8

// Codes returns the columns of the items, joined by ";".
func (s ICEItems) Codes() string {
	var codes []string
	for i, column := range iceColumns() {
		if s&(1<<i) != 0 {
			codes = append(codes, column)
		}
	}
	return strings.Join(codes, ";")
}

// ParseICEItems returns the items with these columns joined by ";", and whether all are
// known.
func ParseICEItems(codes string) (s ICEItems, ok bool) {
	if codes == "" {
		return 0, true
	}
	columns := iceColumns()
	for code := range strings.SplitSeq(codes, ";") {
		i := slices.Index(columns, code)
		if i < 0 {
			return 0, false
		}
		s |= 1 << i
	}
	return s, true
}

func iceColumns() []string {
	var columns []string
	for _, f := range icans.Fields() {
		if f.Group == icans.GroupICE {
			columns = append(columns, f.Column)
		}
	}
	return columns
}

// ToolFor returns the tool for a patient of that age: CAPD under 12 years. A
// developmental delay makes it CAPD at any age; a person decides that. at must be
// in the ward's zone.
func ToolFor(born Date, at time.Time) icans.Tool {
	if !born.IsZero() && born.YearsTo(DateOf(at)) < ToolAge {
		return icans.CAPD
	}
	return icans.ICE
}

// Day returns the day since infusion on the wall clock of zone, day 0 being the
// day of the infusion, and whether there is an infusion to count from.
func (p *Patient) Day(t time.Time, zone *time.Location) (day int, ok bool) {
	if p.InfusedAt.IsZero() {
		return 0, false
	}
	return DateOf(p.InfusedAt.In(zone)).DaysTo(DateOf(t.In(zone))), true
}

// Clean makes every text that came from outside fit for the record.
func (p *Patient) Clean() {
	for _, s := range []*string{&p.MRN, &p.Name, &p.SecondID, &p.Product, &p.Language, &p.Reason} {
		*s = CleanLine(*s)
	}
	p.InfusedAt = Moment(p.InfusedAt)
}

// infusionAhead is the longest time ahead that an infusion may be planned.
const infusionAhead = 60 * 24 * time.Hour

// Problems returns an invalid [*Error] for each field that cannot be recorded at
// the time now. now must be in the ward's zone, because ages count on its calendar.
func (p *Patient) Problems(now time.Time) []*Error {
	var found problems
	found.add(textField("mrn", p.MRN, 40, required))
	found.add(textField("name", p.Name, 120, required))
	found.add(textField("second_id", p.SecondID, 40, optional))
	switch born := p.BirthDate; {
	case born.IsZero():
		if p.SecondID == "" {
			found.add(Invalid("birth_date", "missing; if it is unknown, give a second identifier"))
		}
	case born.DaysTo(DateOf(now)) < 0:
		found.add(Invalid("birth_date", "is in the future"))
	case born.YearsTo(DateOf(now)) > 130:
		found.add(Invalid("birth_date", "more than 130 years ago"))
	}
	found.add(textField("product", p.Product, 60, optional))
	found.add(textField("language", p.Language, 40, optional))
	found.add(textField("reason", p.Reason, 200, optional))
	if p.InfusedAt.After(now.Add(infusionAhead)) {
		found.add(Invalid("infused_at", "more than 60 days ahead"))
	}
	if p.Tool != icans.ICE && p.Tool != icans.CAPD {
		found.add(Invalid("patient_tool", "missing; allowed: "+icans.FieldOf("tool").Allowed()))
	}
	if n, ok := p.Baseline.Value(); ok && n > p.Tool.MaxScore() {
		found.add(Invalid("baseline", "higher than the tool's highest score"))
	}
	return found
}

// AlikeNames returns the IDs of the patients whose name could be taken for that
// of another in the list: the same family name, or a name that differs by one or
// two letters. Case and accents make no difference.
func AlikeNames(patients []Patient) map[int64]bool {
	alike := make(map[int64]bool)
	keys := make([][]rune, len(patients))
	families := make([][]string, len(patients))
	for i := range patients {
		keys[i] = []rune(FoldName(patients[i].Name))
		families[i] = familyNames(patients[i].Name)
	}
	for i := range patients {
		for j := range i {
			same := slices.ContainsFunc(families[i], func(name string) bool { return slices.Contains(families[j], name) })
			if same || nearlySame(keys[i], keys[j]) {
				alike[patients[i].ID] = true
				alike[patients[j].ID] = true
			}
		}
	}
	return alike
}

// familyNames returns the part of a name before the comma as it is compared. Without a
// comma it may be the first word or the last one.
func familyNames(name string) []string {
	family, _, hasComma := strings.Cut(name, ",")
	words := strings.Fields(family)
	if hasComma || len(words) < 2 {
		return []string{FoldName(family)}
	}
	return []string{FoldName(words[0]), FoldName(words[len(words)-1])}
}

// nearlySame reports whether a and b, of more than four letters, are at most two
// changes of a letter apart.
func nearlySame(a, b []rune) bool {
	const most = 2
	if len(a) < 5 || len(b) < 5 || len(a)-len(b) > most || len(b)-len(a) > most {
		return false
	}
	return Distance(a, b) <= most
}

// Distance returns the Levenshtein distance: the least number of letters to insert,
// remove or change.
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

// Change is one field that an edit changed, in words.
type Change struct{ Field, From, To string }

// changes collects the fields that differ.
type changes []Change

func (list *changes) add(field, from, to string) {
	if from != to {
		*list = append(*list, Change{field, from, to})
	}
}

// FormerMRNsOf returns the MRNs of versions of a patient, and of the patients who are linked
// into it, that are not the current one: each once, compared as MRNs are.
func FormerMRNsOf(current string, versions []Patient) (former []string) {
	for i := range versions {
		mrn := versions[i].MRN
		same := func(known string) bool { return FoldMRN(known) == FoldMRN(mrn) }
		if !same(current) && !slices.ContainsFunc(former, same) {
			former = append(former, mrn)
		}
	}
	return former
}

// addTimes collects a time that differs, on the wall clock of the zone. Times that it shows
// alike have the letters of the zone and the seconds.
func (list *changes) addTimes(field string, from, to time.Time, zone *time.Location) {
	if from.Equal(to) {
		return
	}
	c := Change{field, whenWords(from.In(zone)), whenWords(to.In(zone))}
	if c.From == c.To {
		const exact = "2 Jan 2006 15:04:05 MST"
		c.From, c.To = from.In(zone).Format(exact), to.In(zone).Format(exact)
	}
	*list = append(*list, c)
}

// ChangesFrom returns the fields of p that differ from the version before it.
func (p *Patient) ChangesFrom(before *Patient, zone *time.Location) []Change {
	var list changes
	score := func(n icans.Points) string {
		if v, ok := n.Value(); ok {
			return strconv.Itoa(v)
		}
		return ""
	}
	tool := func(t icans.Tool) string { return icans.FieldOf("tool").Words(&icans.Findings{Tool: t}) }
	yes := map[bool]string{true: "yes", false: "no"}
	list.add("mrn", before.MRN, p.MRN)
	list.add("name", before.Name, p.Name)
	list.add("birth_date", before.BirthDate.Words(), p.BirthDate.Words())
	list.add("second_id", before.SecondID, p.SecondID)
	list.add("product", before.Product, p.Product)
	list.addTimes("infused_at", before.InfusedAt, p.InfusedAt, zone)
	list.add("patient_tool", tool(before.Tool), tool(p.Tool))
	list.add("baseline", score(before.Baseline), score(p.Baseline))
	list.add("features_mild", string(before.Health.AppendCodes(nil)), string(p.Health.AppendCodes(nil)))
	list.add("language", before.Language, p.Language)
	list.add("interpreter", yes[before.Interpreter], yes[p.Interpreter])
	return list
}

func whenWords(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2 Jan 2006 15:04")
}
