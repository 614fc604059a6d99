package csvlog

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Column is one column of the CSV: what the table schema says of it, and how it
// is written and read.
type Column struct {
	Field
	Part Part

	// write appends the cell as it stands in the file.
	write func(dst []byte, p *ward.Patient, c *ward.Check) []byte
	// read takes a cell that is not empty and returns why it cannot stand. It is
	// nil for a computed column, which is compared and not taken.
	read func(in *ward.Intake, cell string) (reason string)
	// kept says that the log keeps the cell as it leaves, a number or codes, under
	// the same name.
	kept bool
	// finding is the field of the vocabulary that the column is, or nil.
	finding *icans.Field
	// text is where free text stands, when where a time does, and terms are what
	// codes mean; each is nil for a column of another kind.
	text  func(p *ward.Patient, c *ward.Check) *string
	when  func(p *ward.Patient, c *ward.Check) *time.Time
	terms []ward.Term
}

// Part says what a column tells of.
type Part uint8

// The parts of a row.
const (
	PartCheck    Part = iota // the check and its version
	PartPatient              // the patient's particulars
	PartComputed             // what the findings mean
)

// Columns returns the columns in the order in which they are written. The slice
// is shared and must not be changed.
func Columns() []*Column { return columns }

var columns = slices.Concat(
	[]*Column{
		text(PartCheck, "check_id", "Identity of the check, the same in every version; where it is empty, an import makes it from mrn and performed_at",
			func(p *ward.Patient, c *ward.Check) *string { return &c.ID }),
		version(),
		codes(PartCheck, "status", "What this version is: the first is recorded, a later one corrected or withdrawn; empty is recorded", ward.Statuses,
			func(p *ward.Patient, c *ward.Check) *string { return (*string)(&c.Status) }),
		codes(PartCheck, "reason", "Why a later version was made; empty in the first", ward.Reasons,
			func(p *ward.Patient, c *ward.Check) *string { return &c.Reason }),
		text(PartCheck, "reason_note", "The reason in words",
			func(p *ward.Patient, c *ward.Check) *string { return &c.ReasonNote }),
		moment(PartCheck, "performed_at", "When the patient was examined",
			func(p *ward.Patient, c *ward.Check) *time.Time { return &c.PerformedAt }).must(),
		moment(PartCheck, "recorded_at", "When the version was recorded; where it is empty, the time of the import",
			func(p *ward.Patient, c *ward.Check) *time.Time { return &c.Recorded.At }),
		text(PartCheck, "recorded_by", "Who recorded the version; where it is empty, the author of the import",
			func(p *ward.Patient, c *ward.Check) *string { return &c.Recorded.By }),
		text(PartPatient, "mrn", "Medical record number: text, with its leading zeros",
			func(p *ward.Patient, c *ward.Check) *string { return &p.MRN }).must(),
		text(PartPatient, "name", "The patient's name: Family, Given. Needed to admit a patient whom the log does not know",
			func(p *ward.Patient, c *ward.Check) *string { return &p.Name }),
		birthDate(),
		text(PartPatient, "bed", "Bed",
			func(p *ward.Patient, c *ward.Check) *string { return &p.Bed }),
		text(PartPatient, "product", "The therapy, such as axi-cel or teclistamab",
			func(p *ward.Patient, c *ward.Check) *string { return &p.Product }),
		moment(PartPatient, "infused_at", "When the therapy was infused: day 0",
			func(p *ward.Patient, c *ward.Check) *time.Time { return &p.InfusedAt }),
		patientTool(),
		baseline(),
		text(PartPatient, "language", "The language that the patient is examined in",
			func(p *ward.Patient, c *ward.Check) *string { return &p.Language }),
		interpreter(),
		text(PartPatient, "clinician", "The responsible clinician",
			func(p *ward.Patient, c *ward.Check) *string { return &p.Clinician }),
		moment(PartPatient, "admitted_at", "When the patient was admitted; where it is empty, the patient's first performed_at in the file",
			func(p *ward.Patient, c *ward.Check) *time.Time { return &p.AdmittedAt }),
		moment(PartPatient, "discharged_at", "When the patient was discharged; empty while on the ward",
			func(p *ward.Patient, c *ward.Check) *time.Time { return &p.DischargedAt }),
		codes(PartPatient, "discharge", "How the stay ended; died_icans is ICANS grade 5", ward.Discharges,
			func(p *ward.Patient, c *ward.Check) *string { return &p.Discharge }),
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

func text(part Part, name, description string, at func(*ward.Patient, *ward.Check) *string) *Column {
	return &Column{
		Field: Field{Name: name, Type: "string", Description: description},
		Part:  part,
		text:  at,
		write: func(dst []byte, p *ward.Patient, c *ward.Check) []byte { return appendCell(dst, *at(p, c)) },
		read: func(in *ward.Intake, cell string) string {
			*at(&in.Patient, &in.Check) = cell
			return ""
		},
	}
}

// note is text that may run over several lines.
func note() *Column {
	return text(PartCheck, "note", "Free text; it may hold line breaks",
		func(p *ward.Patient, c *ward.Check) *string { return &c.Note })
}

func codes(part Part, name, description string, terms []ward.Term, at func(*ward.Patient, *ward.Check) *string) *Column {
	var enum []string
	for _, t := range terms {
		enum = append(enum, t.Code)
	}
	return &Column{
		Field: Field{Name: name, Type: "string", Description: description, Constraints: Constraints{Enum: enum}},
		Part:  part,
		kept:  part == PartCheck,
		terms: terms,
		write: func(dst []byte, p *ward.Patient, c *ward.Check) []byte { return append(dst, *at(p, c)...) },
		read: func(in *ward.Intake, cell string) string {
			if !slices.Contains(enum, cell) {
				return "not allowed here; allowed: " + strings.Join(enum, ", ") + ", or empty"
			}
			*at(&in.Patient, &in.Check) = cell
			return ""
		},
	}
}

func moment(part Part, name, description string, at func(*ward.Patient, *ward.Check) *time.Time) *Column {
	return &Column{
		Field: Field{Name: name, Type: "datetime", Description: description + ". RFC 3339 with the offset from UTC, to the millisecond"},
		Part:  part,
		when:  at,
		write: func(dst []byte, p *ward.Patient, c *ward.Check) []byte { return appendTime(dst, *at(p, c)) },
		read: func(in *ward.Intake, cell string) string {
			t, reason := parseTime(cell)
			*at(&in.Patient, &in.Check) = t
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

func parseTime(cell string) (t time.Time, reason string) {
	t, err := time.Parse(time.RFC3339, cell)
	_, offset := t.Zone()
	// time.Parse lets by an hour of one digit, a decimal comma and offsets of a day.
	const seconds = len("2006-01-02T15:04:05")
	switch {
	case err != nil || cell[seconds-6] != ':' || cell[seconds] == ',' || max(offset, -offset) >= 24*60*60:
		return time.Time{}, "no time; write it as 2026-03-14T09:05:00+01:00 or 2026-03-14T08:05:00Z, with the offset from UTC"
	case t.Year() < 1900:
		return time.Time{}, "lies before 1900"
	case t.Nanosecond()%int(time.Millisecond) != 0:
		return time.Time{}, "finer than a millisecond, which is what the record keeps"
	}
	return ward.Moment(t), ""
}

func birthDate() *Column {
	return &Column{
		Field: Field{Name: "birth_date", Type: "date", Description: "The patient's date of birth. Needed to admit a patient whom the log does not know"},
		Part:  PartPatient,
		write: func(dst []byte, p *ward.Patient, c *ward.Check) []byte { return append(dst, p.BirthDate.String()...) },
		read: func(in *ward.Intake, cell string) string {
			t, err := time.Parse(time.DateOnly, cell)
			if err != nil {
				return "no date; write it as 1961-03-14"
			}
			in.Patient.BirthDate = ward.DateOf(t)
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
	field, parse := integer("version", "Version of the check, from 1; the highest one stands; empty is 1", 1, unbounded)
	return &Column{
		Field: field,
		Part:  PartCheck,
		kept:  true,
		write: func(dst []byte, p *ward.Patient, c *ward.Check) []byte {
			return strconv.AppendInt(dst, int64(c.Version), 10)
		},
		read: func(in *ward.Intake, cell string) (reason string) {
			in.Check.Version, reason = parse(cell)
			return reason
		},
	}
}

func baseline() *Column {
	field, parse := integer("baseline", "Score of the patient's tool before the infusion", 0, icans.CAPD.MaxScore())
	return &Column{
		Field: field,
		Part:  PartPatient,
		write: func(dst []byte, p *ward.Patient, c *ward.Check) []byte { return appendPoints(dst, p.Baseline) },
		read: func(in *ward.Intake, cell string) string {
			n, reason := parse(cell)
			if reason == "" {
				in.Patient.Baseline = icans.Scored(n)
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
		write: func(dst []byte, p *ward.Patient, c *ward.Check) []byte {
			if p.Interpreter {
				return append(dst, '1')
			}
			return append(dst, '0')
		},
		read: func(in *ward.Intake, cell string) string {
			in.Patient.Interpreter = cell == "1"
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
		Field: Field{Name: "patient_tool", Type: "string", Description: "The patient's tool; where it is empty, the age decides. " + tool.Help, Constraints: Constraints{Enum: codesOf(tool)}},
		Part:  PartPatient,
		write: func(dst []byte, p *ward.Patient, c *ward.Check) []byte {
			return append(dst, tool.Code(&icans.Findings{Tool: p.Tool})...)
		},
		read: func(in *ward.Intake, cell string) string {
			var x icans.Findings
			if err := tool.Set(&x, cell); err != nil {
				return reasonOf(err)
			}
			in.Patient.Tool = x.Tool
			return ""
		},
	}
}

func findings() []*Column {
	var list []*Column
	for _, f := range icans.Fields() {
		c := &Column{
			Field:   Field{Name: f.Column, Type: "string", Description: describe(f)},
			kept:    true,
			finding: f,
			write:   func(dst []byte, p *ward.Patient, c *ward.Check) []byte { return append(dst, f.Code(&c.Findings)...) },
			read: func(in *ward.Intake, cell string) string {
				if err := f.Set(&in.Check.Findings, cell); err != nil {
					return reasonOf(err)
				}
				return ""
			},
		}
		switch {
		case f.Group == icans.GroupICE || f.Group == icans.GroupCAPD:
			c.Field, _ = integer(f.Column, c.Description, 0, len(f.Terms)-1)
		case f.Several:
			c.Constraints.Pattern = listPattern(codesOf(f))
		default:
			c.Constraints.Enum = codesOf(f)
		}
		if f.Group == icans.GroupTool {
			c.must()
		}
		list = append(list, c)
	}
	return list
}

// describe says what a finding is, and what its codes mean where they do not say
// so themselves.
func describe(f *icans.Field) string {
	s := f.Help
	var words []string
	for _, t := range f.Terms {
		switch {
		case strings.HasPrefix(t.Label, t.Code+" "):
			words = append(words, t.Label)
		case t.Label != t.Code:
			words = append(words, t.Code+" "+t.Label)
		}
	}
	if len(words) > 0 && f.Group != icans.GroupTool {
		s += ": " + strings.Join(words, ", ")
	}
	if f.Several {
		s += "; several are joined by ;"
	}
	return s
}

func codesOf(f *icans.Field) []string {
	var list []string
	for _, t := range f.Terms {
		list = append(list, t.Code)
	}
	return list
}

func reasonOf(err error) string {
	if p, ok := err.(icans.Problem); ok {
		return p.Reason
	}
	return err.Error()
}

func listPattern(codes []string) string {
	one := "(" + strings.Join(codes, "|") + ")"
	return one + "(;" + one + ")*"
}

// results are the computed columns, in the order of [ward.ComputedColumns].
var results = []struct {
	field  Field
	append func(dst []byte, r *icans.Result) []byte
}{
	{
		number("score", "Total of the tool, only where every item was scored", 0, icans.CAPD.MaxScore()),
		func(dst []byte, r *icans.Result) []byte { return appendPoints(dst, r.Score) },
	}, {
		number("icans_grade", "ICANS grade (ASTCT 2019), only where nothing that is missing could change it", 0, 4),
		func(dst []byte, r *icans.Result) []byte {
			if grade, known := r.Grade(); known {
				dst = strconv.AppendInt(dst, int64(grade), 10)
			}
			return dst
		},
	}, {
		number("grade_low", "Least ICANS grade over every way in which the missing parts could have come out", 0, 4),
		func(dst []byte, r *icans.Result) []byte { return strconv.AppendInt(dst, int64(r.Low), 10) },
	}, {
		number("grade_high", "Greatest ICANS grade over every way in which the missing parts could have come out", 0, 4),
		func(dst []byte, r *icans.Result) []byte { return strconv.AppendInt(dst, int64(r.High), 10) },
	}, {
		Field{Name: "drivers", Type: "string", Description: "The domains that make grade_low, joined by ;; empty where it is 0",
			Constraints: Constraints{Pattern: listPattern(codesOf(icans.FieldOf("other_cause")))}},
		func(dst []byte, r *icans.Result) []byte { return r.Drivers.AppendCodes(dst) },
	}, {
		Field{Name: "flag", Type: "string", Description: "What the check asks for; a withdrawn one asks for nothing", Constraints: Constraints{Enum: flagCodes()}},
		func(dst []byte, r *icans.Result) []byte { return append(dst, r.Flag.Code()...) },
	}, {
		Field{Name: "flag_reasons", Type: "string", Description: "Why the flag, joined by ;",
			Constraints: Constraints{Pattern: listPattern(allReasons.Codes())}},
		func(dst []byte, r *icans.Result) []byte { return r.Reasons.AppendCodes(dst) },
	},
}

// allReasons is every reason for a flag: BelowBaseline is the last of them.
const allReasons = icans.BelowBaseline<<1 - 1

func number(name, description string, least, most int) Field {
	field, _ := integer(name, description, least, most)
	return field
}

func flagCodes() []string {
	var list []string
	for _, t := range icans.FlagTerms {
		list = append(list, t.Code)
	}
	return list
}

func computed() []*Column {
	var list []*Column
	for _, r := range results {
		list = append(list, &Column{
			Field: r.field,
			Part:  PartComputed,
			kept:  true,
			write: func(dst []byte, p *ward.Patient, c *ward.Check) []byte { return r.append(dst, &c.Result) },
		})
	}
	return list
}
