package icans

import (
	"fmt"
	"strconv"
	"strings"
)

// Group is the part of a check that a field belongs to.
type Group uint8

// The groups, in the order of the columns.
const (
	GroupTool Group = iota
	GroupICE
	GroupCAPD
	GroupUnable
	GroupDomain     // consciousness, seizure, motor, icp
	GroupSeen       // the five features, the other signs and the late signs
	GroupCRS        // the grade of cytokine release syndrome
	GroupOtherCause // other_cause and uncertain_cause
	GroupTotal      // stated_total, which only imports have
)

// The columns of the items with material of the site, which is not part of their Ask.
const (
	ColumnNaming  = "ice_naming"  // the three objects
	ColumnWriting = "ice_writing" // the standard sentence
)

// Field is one finding of a check: its column, its words, and its values.
type Field struct {
	Column string // name in the CSV and in the database
	Label  string // plain English, short enough for the form
	Help   string // the thing to look for, or how to score it
	Ask    string // question to ask the patient, or task to set; empty if there is none
	Group  Group
	Terms  []Term
	// Several is set if a finding may hold more than one term, joined by ";".
	Several bool

	at func(*Findings) *uint8
}

// Term is one value of a field.
type Term struct {
	Code  string // value in the CSV, on the command line and in the database
	Label string // plain English
	Keys  string // the keys of the form that answer with it, one a character
}

// Fields returns every finding in the order of the columns. The slice is shared
// and must not be changed.
func Fields() []*Field { return fields }

// FieldOf returns the field with that column name, or nil.
func FieldOf(column string) *Field { return byColumn[column] }

// Assessed reports whether the finding was recorded at all.
func (f *Field) Assessed(x *Findings) bool { return *f.at(x) != 0 }

// Clear makes the finding not assessed.
func (f *Field) Clear(x *Findings) { *f.at(x) = 0 }

// Code returns the finding as its code, empty if it was not assessed.
func (f *Field) Code(x *Findings) string {
	v := *f.at(x)
	switch {
	case v == 0:
		return ""
	case !f.Several:
		if int(v) > len(f.Terms) {
			return ""
		}
		return f.Terms[v-1].Code
	case v&(v-1) == 0:
		for i := range f.Terms {
			if v == 1<<i {
				return f.Terms[i].Code
			}
		}
		return ""
	}
	return f.join(v, func(t Term) string { return t.Code }, ";")
}

// Number returns the points of a scored item, a total or a grade, and whether it was
// assessed. It is for fields whose terms are numbers from 0 on.
func (f *Field) Number(x *Findings) (n int, assessed bool) {
	v := *f.at(x)
	return int(v) - 1, v != 0
}

// Words returns the finding in plain English, empty if it was not assessed.
func (f *Field) Words(x *Findings) string {
	v := *f.at(x)
	switch {
	case v == 0:
		return ""
	case f.Several:
		return f.join(v, func(t Term) string { return t.Label }, ", ")
	case int(v) > len(f.Terms):
		return ""
	}
	return f.Terms[v-1].Label
}

func (f *Field) join(v uint8, word func(Term) string, sep string) string {
	var words []string
	for i, t := range f.Terms {
		if v&(1<<i) != 0 {
			words = append(words, word(t))
		}
	}
	return strings.Join(words, sep)
}

// Set records a code; an empty one makes the finding not assessed. For a code
// that is not in the field's list it returns a [Problem] and leaves x unchanged.
func (f *Field) Set(x *Findings, code string) error {
	v, ok := f.parse(code)
	if !ok {
		return Problem{f.Column, fmt.Sprintf("%s is not allowed here; allowed: %s", quote(code), f.Allowed())}
	}
	*f.at(x) = v
	return nil
}

func (f *Field) parse(code string) (v uint8, ok bool) {
	if code == "" {
		return 0, true
	}
	if !f.Several {
		i := f.index(code)
		return uint8(i + 1), i >= 0
	}
	for {
		one, rest, more := strings.Cut(code, ";")
		i := f.index(one)
		if i < 0 || v&(1<<i) != 0 {
			return 0, false
		}
		v |= 1 << i
		if !more {
			return v, true
		}
		code = rest
	}
}

func (f *Field) index(code string) int {
	for i := range f.Terms {
		if f.Terms[i].Code == code {
			return i
		}
	}
	return -1
}

// Answer records the i-th term of Terms: it replaces the finding or, if a finding
// may hold several, adds or removes the term. "none" and the other signs exclude
// each other.
func (f *Field) Answer(x *Findings, i int) {
	p := f.at(x)
	if !f.Several {
		*p = uint8(i + 1)
		return
	}
	bit := uint8(1) << i
	none := uint8(0)
	if f.Terms[0].Code == "none" {
		none = 1
	}
	switch {
	case bit == none:
		*p = bit
	case *p&bit != 0:
		*p &^= bit
	default:
		*p = *p&^none | bit
	}
}

// Holds reports whether the finding is, or holds, the i-th term of Terms.
func (f *Field) Holds(x *Findings, i int) bool {
	v := *f.at(x)
	if f.Several {
		return v&(1<<i) != 0
	}
	return int(v) == i+1
}

// Allowed lists the codes that the field takes, in words.
func (f *Field) Allowed() string {
	codes := make([]string, len(f.Terms))
	for i, t := range f.Terms {
		codes[i] = t.Code
	}
	list := strings.Join(codes, ", ")
	if f.Several {
		list = "one or more of " + list + ", joined by ;"
	}
	if f.Group == GroupTool {
		return list
	}
	return list + ", or empty"
}

// quote makes a value from outside safe to print and cuts it if it is long.
func quote(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}

func points(highest int) []Term {
	terms := make([]Term, highest+1)
	for i := range terms {
		n := strconv.Itoa(i)
		terms[i] = Term{n, n, n}
	}
	return terms
}

// withoutKeys removes the keys of terms that no form answers with.
func withoutKeys(terms []Term) []Term {
	for i := range terms {
		terms[i].Keys = ""
	}
	return terms
}

var (
	yesNo = []Term{{"0", "no", "0n"}, {"1", "yes", "1y"}}

	// The first four items of CAPD score from always (0) to never (4), the last
	// four from never (0) to always (4), so that high is worse in all eight.
	fromAlways = []Term{{"0", "0 always", "0"}, {"1", "1 often", "1"}, {"2", "2 sometimes", "2"}, {"3", "3 rarely", "3"}, {"4", "4 never", "4"}}
	fromNever  = []Term{{"0", "0 never", "0"}, {"1", "1 rarely", "1"}, {"2", "2 sometimes", "2"}, {"3", "3 often", "3"}, {"4", "4 always", "4"}}

	severity = []Term{{"none", "none", "0n"}, {"mild", "mild", "1"}, {"moderate", "moderate", "2"}, {"severe", "severe", "3"}}
)

func ice(i int, column, label, help, ask string, terms []Term) *Field {
	return &Field{Column: column, Label: label, Help: help, Ask: ask, Group: GroupICE, Terms: terms,
		at: func(x *Findings) *uint8 { return (*uint8)(&x.ICE[i]) }}
}

func capd(i int, label, help string, terms []Term) *Field {
	return &Field{Column: "capd_" + strconv.Itoa(i+1), Label: label, Help: help, Group: GroupCAPD, Terms: terms,
		at: func(x *Findings) *uint8 { return (*uint8)(&x.CAPD[i]) }}
}

func seen(i int, column, label, help, ask string) *Field {
	return &Field{Column: column, Label: label, Help: help, Ask: ask, Group: GroupSeen, Terms: severity,
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Observed[i]) }}
}

var fields = []*Field{
	{
		Column: "tool", Label: "Tool", Group: GroupTool,
		Help: "ICE for 12 years and older; CAPD under 12, or with a developmental delay before treatment",
		Terms: []Term{
			{"ice", "ICE", "i"},
			{"capd", "CAPD", "c"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Tool) },
	},
	ice(ICEYear, "ice_year", "Year", "Oriented to the year", "What year is it?", yesNo),
	ice(ICEMonth, "ice_month", "Month", "Oriented to the month", "What month is it?", yesNo),
	ice(ICECity, "ice_city", "City", "Oriented to the city", "Which city are we in?", yesNo),
	ice(ICEHospital, "ice_hospital", "Hospital", "Oriented to the hospital", "Which hospital is this?", yesNo),
	ice(ICENaming, ColumnNaming, "Names 3 objects", "Names three objects: clock, pen, button", "What is this?", points(3)),
	ice(ICECommand, "ice_command", "Follows command", "Follows a simple command", "Show me two fingers", yesNo),
	ice(ICEWriting, ColumnWriting, "Writes sentence", "Writes a standard sentence, the same one at each check", "Write a sentence", yesNo),
	ice(ICEAttention, "ice_attention", "Counts back", "Counts backwards from 100 by 10", "Count backwards from 100 in tens: 100, 90, …", yesNo),
	capd(0, "Eye contact", "Makes eye contact with the caregiver", fromAlways),
	capd(1, "Acts with purpose", "Actions are purposeful", fromAlways),
	capd(2, "Aware", "Aware of the surroundings", fromAlways),
	capd(3, "Communicates", "Communicates needs and wants", fromAlways),
	capd(4, "Restless", "Restless", fromNever),
	capd(5, "Not comforted", "Cannot be comforted", fromNever),
	capd(6, "Moves little", "Moves little when awake", fromNever),
	capd(7, "Slow to respond", "Takes long to respond to interactions", fromNever),
	{
		Column: "stated_total", Label: "Total only", Group: GroupTotal,
		Help:  "Total of the tool if the items are not all known; imports only",
		Terms: withoutKeys(points(maxCAPD)),
		at:    func(x *Findings) *uint8 { return (*uint8)(&x.StatedTotal) },
	},
	{
		Column: "unable", Label: "Not done", Group: GroupUnable,
		Help: "Why the tool was not done at all; its items then stay empty",
		Terms: []Term{
			{"unarousable", "unarousable", "1"},
			{"asleep", "asleep", "2"},
			{"sedated", "sedated, with or without a tube", "3"},
			{"intubated", "intubated, not sedated", "4"},
			{"language", "language barrier, no interpreter", "5"},
			{"refused", "refused", "6"},
			{"off_unit", "off the unit", "7"},
			{"other", "other", "8"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Unable) },
	},
	{
		Column: "consciousness", Label: "Consciousness", Group: GroupDomain,
		Help: "Alert: awake, or wakes by itself and is then fully awake. Drowsy: depressed, but wakes by itself. Unarousable includes stupor and coma, or only vigorous or repeated touch",
		Terms: []Term{
			{"alert", "alert", "0a"},
			{"drowsy", "drowsy, wakes by itself", "1d"},
			{"voice", "opens eyes to voice", "2v"},
			{"tactile", "only to touch", "3"},
			{"unarousable", "unarousable", "4"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Consciousness) },
	},
	{
		Column: "seizure", Label: "Seizure", Group: GroupDomain,
		Help: "Since the last check. Short: clinical, ends rapidly. EEG only: stopped by treatment. Repeated: no return to baseline between, or ongoing, also on EEG only",
		Terms: []Term{
			{"none", "none", "0n"},
			{"brief", "short", "1"},
			{"nonconvulsive", "EEG only, stopped by treatment", "2"},
			{"prolonged", "over 5 min", "3"},
			{"repetitive", "repeated or ongoing, also on EEG", "4"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Seizure) },
	},
	{
		Column: "motor", Label: "New weakness", Group: GroupDomain,
		Help: "New weakness of one side or both legs: hemiparesis, paraparesis",
		Terms: []Term{
			{"none", "none", "0n"},
			{"focal_weakness", "yes", "1y"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Motor) },
	},
	{
		Column: "icp", Label: "Raised pressure", Group: GroupDomain, Several: true,
		Help: "Raised intracranial pressure or brain oedema: choose all that apply",
		Terms: []Term{
			{"none", "none", "0n"},
			{"focal_edema", "focal oedema", "1"},
			{"diffuse_edema", "diffuse oedema", "2"},
			{"posturing", "abnormal posture", "3"},
			{"cn6_palsy", "6th nerve palsy", "4"},
			{"papilledema", "papilloedema", "5"},
			{"cushing_triad", "slow pulse, high BP, odd breathing (Cushing)", "6"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.ICP) },
	},
	seen(Confusion, "confusion", "Confusion", "The worst since the last check, seen or reported", "Confused about place or time?"),
	seen(Agitation, "agitation", "Agitation", "The worst since the last check, seen or reported", "Restless, cannot be calmed?"),
	seen(Inattention, "inattention", "Loses attention", "The worst since the last check, seen or reported", "Drifts off, cannot stay with the question?"),
	seen(Memory, "memory", "Memory", "The worst since the last check, seen or reported", "Forgets things said or done today?"),
	seen(Speech, "speech", "Speech", "The worst since the last check: word finding, hesitancy, dysphasia, not understanding", "Searches for words, wrong words, does not understand?"),
	seen(Headache, "headache", "Headache", "Never changes the grade", "Any headache? How bad?"),
	seen(Tremor, "tremor", "Tremor", "Never changes the grade", "Hands stretched out: do they shake?"),
	seen(Hallucinations, "hallucinations", "Hallucinations", "Never change the grade; flag the check", "Sees or hears things that are not there?"),
	seen(Handwriting, "handwriting", "Handwriting", "Never changes the grade; a change flags the check", "Is the sentence written worse than before?"),
	seen(Movement, "movement", "Movement", "Late sign: slowness, rigidity or gait", "Slow, stiff, or walks differently?"),
	seen(CranialNerve, "cranial_nerve", "Face, eyes", "Late sign: facial palsy or double vision", "Face uneven, or sees double?"),
	seen(Personality, "personality", "Personality", "Late sign: a change that the family notices", "Does the family say: not like before?"),
	{
		Column: "crs_grade", Label: "CRS grade 0-4", Group: GroupCRS,
		Help:  "Grade of cytokine release syndrome now, if known",
		Terms: points(4),
		at:    func(x *Findings) *uint8 { return (*uint8)(&x.CRSGrade) },
	},
	{
		Column: "other_cause", Label: "Other cause", Group: GroupOtherCause, Several: true,
		Help:  "A clinician attributes the finding of the domain to another cause: it does not count in the grade",
		Terms: domainTerms,
		at:    func(x *Findings) *uint8 { return (*uint8)(&x.OtherCause) },
	},
	{
		Column: "uncertain_cause", Label: "Uncertain cause", Group: GroupOtherCause, Several: true,
		Help:  "Another cause is possible (a sedative, after a seizure, language): the grade becomes an interval, the flag stays",
		Terms: domainTerms,
		at:    func(x *Findings) *uint8 { return (*uint8)(&x.UncertainCause) },
	},
}

// domainTerms are the names of the domains, in the order of AllDomains.
var domainTerms = []Term{
	{"score", "score", "1"},
	{"consciousness", "consciousness", "2"},
	{"seizure", "seizure", "3"},
	{"motor", "new weakness", "4"},
	{"icp", "raised pressure", "5"},
}

var byColumn = func() map[string]*Field {
	m := make(map[string]*Field, len(fields))
	for _, f := range fields {
		m[f.Column] = f
	}
	return m
}()
