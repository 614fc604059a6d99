package csvlog

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Column is one column of the CSV: its entry in the table schema, and the functions
// that write and read its cells. A function of a patient's column reads and changes
// the patient alone, one of a stay's column the stay alone; the others may be nil.
type Column struct {
	Field
	Part Part

	// write appends the cell as the file has it.
	write func(dst []byte, p *ward.Patient, s *ward.Stay, c *ward.Check) []byte
	// read records a cell that is not empty, or returns the reason to refuse it. It is
	// nil for a computed column, whose cells are compared and not recorded.
	read func(p *ward.Patient, s *ward.Stay, c *ward.Check, cell string) (reason string)
	// kept is set if the log keeps the cell as it is exported, a number or codes, under
	// the same name.
	kept bool
	// finding is the field of the vocabulary that the column holds, or nil.
	finding *icans.Field
	// text returns the value of a column of free text, when that of a time, and terms
	// are the words of codes; each is nil for a column of another kind.
	text  func(p *ward.Patient, s *ward.Stay, c *ward.Check) *string
	when  func(p *ward.Patient, s *ward.Stay, c *ward.Check) *time.Time
	terms []ward.Term
	// several is set if a cell may hold more than one of the terms, joined by ";".
	several bool
}

// Part is the record that a column belongs to.
type Part uint8

// The parts of a row.
const (
	PartCheck    Part = iota // the check and its version
	PartPatient              // the patient's identifiers and therapy
	PartStay                 // the stay in which the check was performed
	PartComputed             // the results of the findings
)

// ofPatient reports whether the column belongs to the patient or the stay: its cells
// are the same in many rows.
func (c *Column) ofPatient() bool { return c.Part == PartPatient || c.Part == PartStay }

// Columns returns the columns in the order in which they are written. The slice
// is shared and must not be changed.
func Columns() []*Column { return columns }

var columns = slices.Concat(
	[]*Column{
		text("check_id", "Identity of the check, the same in every version; if it is empty, an import makes it from mrn and performed_at",
			ofCheck(func(c *ward.Check) *string { return &c.ID })),
		version(),
		codes("status", "State of this version: the first is recorded, a later one corrected or withdrawn; empty is recorded", ward.Statuses,
			ofCheck(func(c *ward.Check) *string { return (*string)(&c.Status) })),
		codes("reason", "Why a later version was made; empty in the first", ward.Reasons,
			ofCheck(func(c *ward.Check) *string { return &c.Reason })),
		text("reason_note", "The reason in words",
			ofCheck(func(c *ward.Check) *string { return &c.ReasonNote })),
		timeColumn("performed_at", "When the patient was examined",
			ofCheck(func(c *ward.Check) *time.Time { return &c.PerformedAt })).must(),
		timeColumn("recorded_at", "When the version was recorded; if it is empty, the time of the import",
			ofCheck(func(c *ward.Check) *time.Time { return &c.Recorded.At })),
		text("recorded_by", "Who recorded the version; if it is empty, the author of the import",
			ofCheck(func(c *ward.Check) *string { return &c.Recorded.By })),
		text("mrn", "Medical record number: text, with its leading zeros",
			ofPatient(func(p *ward.Patient) *string { return &p.MRN })).must(),
		text("second_id", "A second identifier of the patient; needed if birth_date is unknown",
			ofPatient(func(p *ward.Patient) *string { return &p.SecondID })),
		text("name", "The patient's name: Family, Given. Needed to admit a patient whom the log does not know",
			ofPatient(func(p *ward.Patient) *string { return &p.Name })),
		birthDate(),
		text("bed", "Bed",
			ofStay(func(s *ward.Stay) *string { return &s.Bed })),
		text("visit", "The hospital's visit number of the stay",
			ofStay(func(s *ward.Stay) *string { return &s.Visit })),
		text("product", "The therapy, such as axi-cel or teclistamab",
			ofPatient(func(p *ward.Patient) *string { return &p.Product })),
		timeColumn("infused_at", "When the therapy was infused: day 0",
			ofPatient(func(p *ward.Patient) *time.Time { return &p.InfusedAt })),
		patientTool(),
		baseline(),
		list("baseline_lost", "The items of ICE that the patient could not do at baseline", iceItems(),
			ofPatient(func(p *ward.Patient) *uint8 { return (*uint8)(&p.BaselineLost) })),
		list("features_mild", "The features that are mild in this patient in health, as a clinician recorded: they do not flag while they are mild", features(),
			ofPatient(func(p *ward.Patient) *uint8 { return (*uint8)(&p.Health) })),
		text("language", "The language that the patient is examined in",
			ofPatient(func(p *ward.Patient) *string { return &p.Language })),
		interpreter(),
		text("clinician", "The responsible clinician",
			ofStay(func(s *ward.Stay) *string { return &s.Clinician })),
		timeColumn("admitted_at", "When the stay began in which the check was performed; if no row of the patient gives it, the patient's first performed_at in the file",
			ofStay(func(s *ward.Stay) *time.Time { return &s.AdmittedAt })),
		timeColumn("discharged_at", "When the stay ended; empty while on the ward. An import ends the stay of a new patient with a last check that is over 72 h old, unless --on-ward",
			ofStay(func(s *ward.Stay) *time.Time { return &s.DischargedAt })),
		codes("discharge", "How the stay ended; died_icans is ICANS grade 5", ward.Discharges,
			ofStay(func(s *ward.Stay) *string { return &s.Discharge })),
	},
	findings(),
	[]*Column{note()},
	computed(),
)

var byName = func() map[string]*Column {
	m := make(map[string]*Column, len(columns))
	for _, c := range columns {
		m[c.Name] = c
	}
	m[profileMark.Name] = profileMark
	return m
}()

// must marks a column whose cells may not be empty.
func (c *Column) must() *Column {
	c.Constraints.Required = true
	return c
}

// value is a value of type T in one part of a row.
type value[T any] struct {
	part Part
	at   func(*ward.Patient, *ward.Stay, *ward.Check) *T
}

func ofPatient[T any](at func(*ward.Patient) *T) value[T] {
	return value[T]{PartPatient, func(p *ward.Patient, _ *ward.Stay, _ *ward.Check) *T { return at(p) }}
}

func ofStay[T any](at func(*ward.Stay) *T) value[T] {
	return value[T]{PartStay, func(_ *ward.Patient, s *ward.Stay, _ *ward.Check) *T { return at(s) }}
}

func ofCheck[T any](at func(*ward.Check) *T) value[T] {
	return value[T]{PartCheck, func(_ *ward.Patient, _ *ward.Stay, c *ward.Check) *T { return at(c) }}
}

func text(name, description string, v value[string]) *Column {
	return &Column{
		Field: Field{Name: name, Type: "string", Description: description},
		Part:  v.part,
		text:  v.at,
		write: func(dst []byte, p *ward.Patient, s *ward.Stay, c *ward.Check) []byte {
			return appendCell(dst, *v.at(p, s, c))
		},
		read: func(p *ward.Patient, s *ward.Stay, c *ward.Check, cell string) string {
			*v.at(p, s, c) = cell
			return ""
		},
	}
}

// note is text that may run over several lines.
func note() *Column {
	return text("note", "Free text; it may hold line breaks",
		ofCheck(func(c *ward.Check) *string { return &c.Note }))
}

func codes(name, description string, terms []ward.Term, v value[string]) *Column {
	enum := codesOf(terms)
	return &Column{
		Field: Field{Name: name, Type: "string", Description: description, Constraints: Constraints{Enum: enum}},
		Part:  v.part,
		kept:  v.part == PartCheck,
		terms: terms,
		write: func(dst []byte, p *ward.Patient, s *ward.Stay, c *ward.Check) []byte {
			return append(dst, *v.at(p, s, c)...)
		},
		read: func(p *ward.Patient, s *ward.Stay, c *ward.Check, cell string) string {
			if !slices.Contains(enum, cell) {
				return "not allowed here; allowed: " + strings.Join(enum, ", ") + ", or empty"
			}
			*v.at(p, s, c) = cell
			return ""
		},
	}
}

// list makes a column of words joined by ";": bit i of the value is the i-th of the
// terms, at most 8.
func list(name, description string, terms []ward.Term, v value[uint8]) *Column {
	words := codesOf(terms)
	return &Column{
		Field: Field{Name: name, Type: "string", Description: description + "; several are joined by ;",
			Constraints: Constraints{Pattern: listPattern(words)}},
		Part:    v.part,
		terms:   terms,
		several: true,
		write: func(dst []byte, p *ward.Patient, s *ward.Stay, c *ward.Check) []byte {
			first := len(dst)
			for i, word := range words {
				if *v.at(p, s, c)&(1<<i) == 0 {
					continue
				}
				if len(dst) > first {
					dst = append(dst, ';')
				}
				dst = append(dst, word...)
			}
			return dst
		},
		read: func(p *ward.Patient, s *ward.Stay, c *ward.Check, cell string) string {
			var set uint8
			for word := range strings.SplitSeq(cell, ";") {
				i := slices.Index(words, word)
				if i < 0 || set&(1<<i) != 0 {
					return "not allowed here; allowed: one or more of " + strings.Join(words, ", ") + ", joined by ;, or empty"
				}
				set |= 1 << i
			}
			*v.at(p, s, c) = set
			return ""
		},
	}
}

// iceItems are the names of the items of ICE, in the order of [ward.ICEItems].
func iceItems() []ward.Term { return namesOf(icans.GroupICE, len(icans.Findings{}.ICE)) }

// features are the names of the five features, in the order of [icans.FeatureSet].
func features() []ward.Term { return namesOf(icans.GroupSeen, icans.Features) }

// namesOf returns the columns and labels of the first n findings of a group.
func namesOf(group icans.Group, n int) (terms []ward.Term) {
	for _, f := range icans.Fields() {
		if f.Group == group && len(terms) < n {
			terms = append(terms, ward.Term{Code: f.Column, Label: f.Label})
		}
	}
	return terms
}

func codesOf(terms []ward.Term) (codes []string) {
	for _, t := range terms {
		codes = append(codes, t.Code)
	}
	return codes
}

func listPattern(codes []string) string {
	one := "(" + strings.Join(codes, "|") + ")"
	return one + "(;" + one + ")*"
}

func timeColumn(name, description string, v value[time.Time]) *Column {
	return &Column{
		Field: Field{Name: name, Type: "datetime", Description: description + ". RFC 3339 with the offset from UTC, to the millisecond"},
		Part:  v.part,
		when:  v.at,
		write: func(dst []byte, p *ward.Patient, s *ward.Stay, c *ward.Check) []byte {
			return appendTime(dst, *v.at(p, s, c))
		},
		read: func(p *ward.Patient, s *ward.Stay, c *ward.Check, cell string) string {
			t, reason := parseTime(cell)
			*v.at(p, s, c) = t
			return reason
		},
	}
}

func appendTime(dst []byte, t time.Time) []byte {
	if t.IsZero() {
		return dst
	}
	const seconds = len("2006-01-02T15:04:05")
	end := len(dst) + seconds
	dst = t.AppendFormat(dst, time.RFC3339) // which package time has a quick way for
	if ms := t.Nanosecond() / int(time.Millisecond); ms > 0 {
		dst = slices.Insert(dst, end, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	}
	return dst
}

// unknownDate is the cell of a birth date that is not known. An export leaves the cell
// empty.
const unknownDate = "unknown"

func birthDate() *Column {
	return &Column{
		Field: Field{Name: "birth_date", Type: "date", Description: "The patient's date of birth; an import may say unknown, and then needs second_id. Needed to admit a patient whom the log does not know"},
		Part:  PartPatient,
		write: func(dst []byte, p *ward.Patient, _ *ward.Stay, _ *ward.Check) []byte {
			return append(dst, p.BirthDate.String()...)
		},
		read: func(p *ward.Patient, _ *ward.Stay, _ *ward.Check, cell string) string {
			if cell == unknownDate {
				p.BirthDate = ward.Date{}
				return ""
			}
			t, err := time.Parse(time.DateOnly, cell)
			if err != nil {
				return dateReason
			}
			p.BirthDate = ward.DateOf(t)
			return ""
		},
	}
}

// integer makes the field of a whole number and the reader for it.
func integer(name, description string, least, most int) (Field, func(cell string) (n int, reason string)) {
	field := Field{Name: name, Type: "integer", Description: description, Constraints: Constraints{Minimum: &least}}
	allowed := "no whole number from " + strconv.Itoa(least)
	if most < unbounded {
		field.Constraints.Maximum = &most
		allowed += " to " + strconv.Itoa(most)
	}
	return field, func(cell string) (int, string) {
		n, err := strconv.Atoi(cell)
		if err != nil || n < least || n > most || strconv.Itoa(n) != cell {
			return 0, allowed
		}
		return n, ""
	}
}

const unbounded = 1 << 30

func version() *Column {
	field, parse := integer("version", "Version of the check, from 1; the highest one counts; empty is 1", 1, unbounded)
	return &Column{
		Field: field,
		Part:  PartCheck,
		kept:  true,
		write: func(dst []byte, _ *ward.Patient, _ *ward.Stay, c *ward.Check) []byte {
			return strconv.AppendInt(dst, int64(c.Version), 10)
		},
		read: func(_ *ward.Patient, _ *ward.Stay, c *ward.Check, cell string) (reason string) {
			c.Version, reason = parse(cell)
			return reason
		},
	}
}

func baseline() *Column {
	field, parse := integer("baseline", "Total of the patient's tool before the infusion", 0, icans.CAPD.MaxScore())
	return &Column{
		Field: field,
		Part:  PartPatient,
		write: func(dst []byte, p *ward.Patient, _ *ward.Stay, _ *ward.Check) []byte {
			return appendPoints(dst, p.Baseline)
		},
		read: func(p *ward.Patient, _ *ward.Stay, _ *ward.Check, cell string) string {
			n, reason := parse(cell)
			if reason == "" {
				p.Baseline = icans.Scored(n)
			}
			return reason
		},
	}
}

func appendPoints(dst []byte, p icans.Points) []byte {
	if n, ok := p.Value(); ok {
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	return dst
}

func interpreter() *Column {
	return &Column{
		Field: Field{Name: "interpreter", Type: "boolean", Description: "Whether an interpreter is needed; empty is no", TrueValues: []string{"1"}, FalseValues: []string{"0"}},
		Part:  PartPatient,
		write: func(dst []byte, p *ward.Patient, _ *ward.Stay, _ *ward.Check) []byte {
			if p.Interpreter {
				return append(dst, '1')
			}
			return append(dst, '0')
		},
		read: func(p *ward.Patient, _ *ward.Stay, _ *ward.Check, cell string) string {
			p.Interpreter = cell == "1"
			if cell != "0" && cell != "1" {
				return "not allowed here; allowed: 0, 1, or empty"
			}
			return ""
		},
	}
}

func patientTool() *Column {
	tool := icans.FieldOf("tool")
	return &Column{
		Field: Field{Name: "patient_tool", Type: "string", Description: "The patient's tool; if it is empty, the age decides. " + tool.Help, Constraints: Constraints{Enum: wordsOf(tool)}},
		Part:  PartPatient,
		write: func(dst []byte, p *ward.Patient, _ *ward.Stay, _ *ward.Check) []byte {
			return append(dst, tool.Code(&icans.Findings{Tool: p.Tool})...)
		},
		read: func(p *ward.Patient, _ *ward.Stay, _ *ward.Check, cell string) string {
			var x icans.Findings
			if err := tool.Set(&x, cell); err != nil {
				return notAllowed(tool, cell)
			}
			p.Tool = x.Tool
			return ""
		},
	}
}
