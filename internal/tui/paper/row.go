package paper

import (
	"maps"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// row is one check of the sheet. A draft holds it as it is.
type row struct {
	ID     string            `json:"id"` // of the check that it will be
	At     time.Time         `json:"at"`
	Values map[string]string `json:"values"`          // by column; - is not assessed
	Done   bool              `json:"done,omitempty"`  // the row was completed once
	Other  []string          `json:"other,omitempty"` // checks of nearly the same time that are other ones
}

func newRow(id string, at time.Time, tool icans.Tool) row {
	return row{ID: id, At: at, Values: map[string]string{bedside.ToolValue: bedside.ToolCode(tool)}}
}

func (r *row) clone() row {
	c := *r
	c.Values, c.Other = maps.Clone(r.Values), slices.Clone(r.Other)
	return c
}

// Value implements [bedside.Answers].
func (r *row) Value(column string) string { return r.Values[column] }

// Set implements [bedside.Answers].
func (r *row) Set(column, code string) { r.Values[column] = code }

// Cause implements [bedside.Answers]. The sheet attributes a cause at the save, not in a row.
func (r *row) Cause() string { return "" }

// SetCause implements [bedside.Answers].
func (r *row) SetCause(string) {}

// answer gives a column a value. An answer about consciousness is the user's own from then
// on.
func (r *row) answer(column, value string) {
	r.Set(column, value)
	if column == "consciousness" {
		delete(r.Values, bedside.ReplacedValue)
	}
}

func (r *row) findings() icans.Findings { return bedside.FindingsOf(r.Value) }

func (r *row) tool() icans.Tool { return bedside.ToolOf(r.Value) }

// empty reports whether the row has no finding at all.
func (r *row) empty() bool {
	x := r.findings()
	return x == (icans.Findings{Tool: x.Tool})
}

// fields returns the fields that the row asks for.
func (r *row) fields(late bool) (list []*icans.Field) {
	for i, group := range groups(r.tool()) {
		for _, f := range group {
			if !bedside.Hidden(f, r.Value) && (i != lateGroup || late || r.Value(f.Column) != "") {
				list = append(list, f)
			}
		}
	}
	return list
}

// answered reports whether each field has an answer.
func (r *row) answered(late bool) bool {
	return !slices.ContainsFunc(r.fields(late), func(f *icans.Field) bool { return r.Value(f.Column) == "" })
}

// notTouched sets the fields without an answer to not assessed, and returns their number.
func (r *row) notTouched(late bool) (n int) {
	for _, f := range r.fields(late) {
		if r.Value(f.Column) == "" {
			r.Values[f.Column] = kit.NotAssessed
			n++
		}
	}
	return n
}

// check returns the row as a new check of a patient, without its result.
func (r *row) check(patient int64) ward.Check {
	return ward.Check{ID: r.ID, Version: 1, PatientID: patient, Status: ward.Recorded, PerformedAt: ward.Moment(r.At), Findings: r.findings()}
}

// groupNames are the names of the groups of columns, for a list of those that are missing.
var groupNames = [5]string{"all items", "all signs", "all five features", "other signs", "late signs"}

// missing lists the findings that were not assessed, a whole group by its name.
func (r *row) missing(late bool) string {
	var parts []string
	x := r.findings()
	for i, group := range groups(r.tool()) {
		var labels []string
		asked := 0
		for _, f := range group {
			if bedside.Hidden(f, r.Value) || i == lateGroup && !late {
				continue
			}
			if asked++; !f.Assessed(&x) {
				labels = append(labels, f.Label)
			}
		}
		if len(labels) == asked && asked > 0 {
			labels = []string{groupNames[i]}
		}
		parts = append(parts, labels...)
	}
	return strings.Join(parts, ", ")
}
