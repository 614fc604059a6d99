package csvlog

import (
	"strconv"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// findings returns the columns of the findings, in the order of the vocabulary.
func findings() []*Column {
	var list []*Column
	for _, f := range icans.Fields() {
		list = append(list, findingColumn(f))
		if f.Column == "other_cause" {
			list = append(list, causeNote())
		}
	}
	return list
}

// causeNote is the text that other_cause needs.
func causeNote() *Column {
	return text("other_cause_note", "The cause that other_cause names; required with it, but not to grade",
		ofCheck(func(c *ward.Check) *string { return &c.CauseNote }))
}

func findingColumn(f *icans.Field) *Column {
	c := &Column{
		Field:   Field{Name: f.Column, Type: "string", Description: describe(f)},
		kept:    true,
		finding: f,
		write: func(dst []byte, _ *ward.Patient, _ *ward.Stay, c *ward.Check) []byte {
			return append(dst, f.Code(&c.Findings)...)
		},
		read: func(_ *ward.Patient, _ *ward.Stay, c *ward.Check, cell string) string {
			if err := f.Set(&c.Findings, cell); err != nil {
				return notAllowed(f, cell)
			}
			return ""
		},
	}
	switch f.Group {
	case icans.GroupICE, icans.GroupCAPD, icans.GroupTotal, icans.GroupCRS:
		c.Field, _ = integer(f.Column, c.Description, 0, len(f.Terms)-1)
	case icans.GroupTool:
		c.Constraints.Enum = wordsOf(f)
		c.must()
	default:
		if f.Several {
			c.Constraints.Pattern = listPattern(wordsOf(f))
		} else {
			c.Constraints.Enum = wordsOf(f)
		}
	}
	return c
}

// describe returns the help of a finding, with the meaning of each code that is not
// plain English.
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

// wordsOf returns the codes of a finding.
func wordsOf(f *icans.Field) (codes []string) {
	for _, t := range f.Terms {
		codes = append(codes, t.Code)
	}
	return codes
}

// results are the computed columns, in the order of [ward.ComputedColumns].
var results = []struct {
	field  Field
	append func(dst []byte, r *icans.Result) []byte
}{
	{
		number("score", "Total of the tool, only if every item was scored; an import keeps one without all items as stated_total", 0, icans.CAPD.MaxScore()),
		func(dst []byte, r *icans.Result) []byte { return appendPoints(dst, r.Score) },
	}, {
		number("icans_grade", "ICANS grade (ASTCT 2019), only if grade_low and grade_high are equal", 0, 4),
		func(dst []byte, r *icans.Result) []byte {
			if grade, known := r.Grade(); known {
				dst = strconv.AppendInt(dst, int64(grade), 10)
			}
			return dst
		},
	}, {
		number("grade_low", "Least ICANS grade over every way in which the missing and uncertain parts could have come out", 0, 4),
		func(dst []byte, r *icans.Result) []byte { return strconv.AppendInt(dst, int64(r.Low), 10) },
	}, {
		number("grade_high", "Greatest ICANS grade over every way in which the missing and uncertain parts could have come out", 0, 4),
		func(dst []byte, r *icans.Result) []byte { return strconv.AppendInt(dst, int64(r.High), 10) },
	}, {
		Field{Name: "drivers", Type: "string", Description: "The domains that determine grade_low, joined by ;; empty if it is 0",
			Constraints: Constraints{Pattern: listPattern(wordsOf(icans.FieldOf("other_cause")))}},
		func(dst []byte, r *icans.Result) []byte { return r.Drivers.AppendCodes(dst) },
	}, {
		Field{Name: "flag", Type: "string", Description: "Urgency of the follow-up that the check needs; a withdrawn check has none", Constraints: Constraints{Enum: flagCodes()}},
		func(dst []byte, r *icans.Result) []byte { return append(dst, r.Flag.Code()...) },
	}, {
		Field{Name: "flag_reasons", Type: "string", Description: "The reasons for the flag, joined by ;",
			Constraints: Constraints{Pattern: listPattern(allReasons.Codes())}},
		func(dst []byte, r *icans.Result) []byte { return r.Reasons.AppendCodes(dst) },
	},
}

// allReasons holds every reason for a flag: AtBaseline is the last of them.
const allReasons = icans.AtBaseline<<1 - 1

func number(name, description string, least, most int) Field {
	field, _ := integer(name, description, least, most)
	return field
}

func flagCodes() (codes []string) {
	for _, t := range icans.FlagTerms {
		codes = append(codes, t.Code)
	}
	return codes
}

func computed() []*Column {
	var list []*Column
	for _, r := range results {
		list = append(list, &Column{
			Field: r.field,
			Part:  PartComputed,
			kept:  true,
			write: func(dst []byte, _ *ward.Patient, _ *ward.Stay, c *ward.Check) []byte { return r.append(dst, &c.Result) },
		})
	}
	return list
}
