package icans

import (
	"fmt"
	"strconv"
	"strings"
)

// Group says which part of a check a field belongs to.
type Group uint8

// The groups, in the order of the columns.
const (
	GroupTool Group = iota
	GroupICE
	GroupCAPD
	GroupUnable
	GroupDomain     // consciousness, seizure, motor, icp
	GroupSeen       // what the nurse sees beside the tool
	GroupOtherCause // domains attributed to something else
)

// Field is one finding of a check: its column, its words, and its values.
type Field struct {
	Column string // name in the CSV and in the database
	Label  string // plain English, short enough for the form
	Help   string // what to ask or look for
	Group  Group
	Terms  []Term
	// Several says that a finding may hold more than one term, joined by ";".
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

// Code returns the finding as its code, empty where it was not assessed.
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

// Words returns the finding in plain English, empty where it was not assessed.
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

// Set records a code; an empty one makes the finding not assessed. A code that
// is not in the field's list leaves x as it was and is answered by a [Problem].
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

// Answer records the i-th term of Terms: it replaces the finding, or, where a
// finding may hold several, puts the term in or takes it out. "none" and the
// other signs drive each other out.
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

// Allowed says in words what the field takes.
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

// quote shows a value from outside so that it can do no harm where it is
// printed, and cuts it where it is long.
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

var (
	yesNo = []Term{{"0", "no", "n0"}, {"1", "yes", "y1"}}

	// CAPD's items score how often: the first four from always, the last four
	// from never.
	fromAlways = []Term{{"0", "0 always", "0"}, {"1", "1 often", "1"}, {"2", "2 sometimes", "2"}, {"3", "3 rarely", "3"}, {"4", "4 never", "4"}}
	fromNever  = []Term{{"0", "0 never", "0"}, {"1", "1 rarely", "1"}, {"2", "2 sometimes", "2"}, {"3", "3 often", "3"}, {"4", "4 always", "4"}}

	severity = []Term{{"none", "none", "0n"}, {"mild", "mild", "1"}, {"moderate", "moderate", "2"}, {"severe", "severe", "3"}}
)

func ice(i int, column, label, help string, terms []Term) *Field {
	return &Field{Column: column, Label: label, Help: help, Group: GroupICE, Terms: terms,
		at: func(x *Findings) *uint8 { return (*uint8)(&x.ICE[i]) }}
}

func capd(i int, label, help string, terms []Term) *Field {
	return &Field{Column: "capd_" + strconv.Itoa(i+1), Label: label, Help: help, Group: GroupCAPD, Terms: terms,
		at: func(x *Findings) *uint8 { return (*uint8)(&x.CAPD[i]) }}
}

func seen(i int, column, label, help string) *Field {
	return &Field{Column: column, Label: label, Help: help, Group: GroupSeen, Terms: severity,
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Observed[i]) }}
}

var fields = []*Field{
	{
		Column: "tool", Label: "Tool", Group: GroupTool,
		Help: "ICE for 12 years and older; CAPD under 12, or with a baseline developmental delay",
		Terms: []Term{
			{"ice", "ICE", "i"},
			{"capd", "CAPD", "c"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Tool) },
	},
	ice(ICEYear, "ice_year", "Year", "Oriented to the year", yesNo),
	ice(ICEMonth, "ice_month", "Month", "Oriented to the month", yesNo),
	ice(ICECity, "ice_city", "City", "Oriented to the city", yesNo),
	ice(ICEHospital, "ice_hospital", "Hospital", "Oriented to the hospital", yesNo),
	ice(ICENaming, "ice_naming", "Names 3 objects", "Names three objects: clock, pen, button", points(3)),
	ice(ICECommand, "ice_command", "Follows command", "Follows a simple command: show me two fingers", yesNo),
	ice(ICEWriting, "ice_writing", "Writes sentence", "Writes a standard sentence, the same one at each check", yesNo),
	ice(ICEAttention, "ice_attention", "Counts back", "Counts backwards from 100 by 10", yesNo),
	capd(0, "Eye contact", "Makes eye contact with the caregiver", fromAlways),
	capd(1, "Purposeful", "Actions are purposeful", fromAlways),
	capd(2, "Aware", "Aware of the surroundings", fromAlways),
	capd(3, "Communicates", "Communicates needs and wants", fromAlways),
	capd(4, "Restless", "Restless", fromNever),
	capd(5, "Inconsolable", "Inconsolable", fromNever),
	capd(6, "Underactive", "Underactive: moves very little while awake", fromNever),
	capd(7, "Slow to respond", "Takes long to respond to interactions", fromNever),
	{
		Column: "unable", Label: "Unable", Group: GroupUnable,
		Help: "Why the tool could not be done at all; its items then stay empty",
		Terms: []Term{
			{"unarousable", "unarousable", "1"},
			{"asleep", "asleep", "2"},
			{"sedated", "sedated", "3"},
			{"intubated", "intubated", "4"},
			{"language", "language", "5"},
			{"refused", "refused", "6"},
			{"off_unit", "off the unit", "7"},
			{"other", "other", "8"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Unable) },
	},
	{
		Column: "consciousness", Label: "Awake", Group: GroupDomain,
		Help: "Alert: awake, or wakes by itself and is then fully awake. Drowsy: depressed, but awakens by itself",
		Terms: []Term{
			{"alert", "alert", "0a"},
			{"drowsy", "drowsy", "1d"},
			{"voice", "to voice", "2v"},
			{"tactile", "to touch", "3"},
			{"unarousable", "unarousable", "4"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Consciousness) },
	},
	{
		Column: "seizure", Label: "Seizure", Group: GroupDomain,
		Help: "Since the last check. Prolonged: over 5 minutes. Repetitive: no return to baseline between",
		Terms: []Term{
			{"none", "none", "0n"},
			{"brief", "brief", "1"},
			{"nonconvulsive", "EEG only", "2"},
			{"prolonged", "over 5 min", "3"},
			{"repetitive", "repetitive", "4"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Seizure) },
	},
	{
		Column: "motor", Label: "Focal weakness", Group: GroupDomain,
		Help: "Deep focal weakness: hemiparesis, paraparesis",
		Terms: []Term{
			{"none", "none", "0n"},
			{"focal_weakness", "yes", "1y"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.Motor) },
	},
	{
		Column: "icp", Label: "Raised ICP", Group: GroupDomain, Several: true,
		Help: "Raised intracranial pressure or cerebral oedema: all the signs that there are",
		Terms: []Term{
			{"none", "none", "0n"},
			{"focal_edema", "focal oedema", "1"},
			{"diffuse_edema", "diffuse oedema", "2"},
			{"posturing", "posturing", "3"},
			{"cn6_palsy", "6th nerve palsy", "4"},
			{"papilledema", "papilloedema", "5"},
			{"cushing_triad", "Cushing's triad", "6"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.ICP) },
	},
	seen(Confusion, "confusion", "Confusion", "Confused"),
	seen(Agitation, "agitation", "Agitation", "Agitated"),
	seen(Inattention, "inattention", "Inattention", "Slips of attention"),
	seen(Memory, "memory", "Memory", "Difficulty with memory"),
	seen(Speech, "speech", "Speech", "Word-finding difficulty, hesitancy, dysphasia, not understanding"),
	seen(Headache, "headache", "Headache", "Headache; never changes the ICANS grade"),
	seen(Tremor, "tremor", "Tremor", "Tremor; never changes the ICANS grade"),
	seen(Hallucinations, "hallucinations", "Hallucinations", "Hallucinations; never change the ICANS grade"),
	seen(Handwriting, "handwriting", "Handwriting", "Handwriting changed; never changes the ICANS grade"),
	{
		Column: "other_cause", Label: "Other cause", Group: GroupOtherCause, Several: true,
		Help: "A clinician attributes the domain to something else (sedation, stroke, haemorrhage): it leaves the grade",
		Terms: []Term{
			{"score", "score", "1"},
			{"consciousness", "consciousness", "2"},
			{"seizure", "seizure", "3"},
			{"motor", "focal weakness", "4"},
			{"icp", "raised ICP", "5"},
		},
		at: func(x *Findings) *uint8 { return (*uint8)(&x.OtherCause) },
	},
}

// domainTerms are the names of the domains: the terms of other_cause, in the
// order of domainOrder.
var domainTerms = fields[len(fields)-1].Terms

var byColumn = func() map[string]*Field {
	m := make(map[string]*Field, len(fields))
	for _, f := range fields {
		m[f.Column] = f
	}
	return m
}()
