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

// The values of a row that no column shows.
const (
	toolValue   = "tool"
	unableValue = "unable"
	// replacedValue holds the consciousness that "unarousable" as a reason has replaced,
	// after replacedMark; empty if it has replaced none.
	replacedValue = "consciousness_before"
	replacedMark  = "was:"
)

func newRow(id string, at time.Time, tool icans.Tool) row {
	return row{ID: id, At: at, Values: map[string]string{toolValue: icans.FieldOf(toolValue).Code(&icans.Findings{Tool: tool})}}
}

func (r *row) clone() row {
	c := *r
	c.Values, c.Other = maps.Clone(r.Values), slices.Clone(r.Other)
	return c
}

func (r *row) value(column string) string { return r.Values[column] }

// set gives a column a value. An answer about consciousness is the user's own from then on.
func (r *row) set(column, value string) {
	r.Values[column] = value
	if column == "consciousness" {
		delete(r.Values, replacedValue)
	}
}

func (r *row) findings() icans.Findings { return bedside.FindingsOf(r.value) }

func (r *row) tool() icans.Tool {
	x := icans.Findings{Tool: icans.ICE}
	_ = icans.FieldOf(toolValue).Set(&x, r.value(toolValue)) // else it stays ICE
	return x.Tool
}

// empty reports whether the row has no finding at all.
func (r *row) empty() bool {
	x := r.findings()
	return x == (icans.Findings{Tool: x.Tool})
}

// fields returns the fields that the row asks for.
func (r *row) fields(late bool) (list []*icans.Field) {
	for i, group := range groups(r.tool()) {
		for _, f := range group {
			if !bedside.Hidden(f, r.value) && (i != lateGroup || late || r.value(f.Column) != "") {
				list = append(list, f)
			}
		}
	}
	return list
}

// answered reports whether each field has an answer.
func (r *row) answered(late bool) bool {
	return !slices.ContainsFunc(r.fields(late), func(f *icans.Field) bool { return r.value(f.Column) == "" })
}

// notTouched sets the fields without an answer to not assessed, and returns their number.
func (r *row) notTouched(late bool) (n int) {
	for _, f := range r.fields(late) {
		if r.value(f.Column) == "" {
			r.Values[f.Column] = kit.NotAssessed
			n++
		}
	}
	return n
}

// setUnable sets the reason why the tool was not done; empty takes it back, and the answers
// return with their columns. Unarousable sets the consciousness, too.
func (r *row) setUnable(code string) {
	if before, set := strings.CutPrefix(r.value(replacedValue), replacedMark); set {
		r.set("consciousness", before)
	}
	r.Values[unableValue] = code
	if before := r.value("consciousness"); code == "unarousable" && before != "unarousable" {
		r.set("consciousness", "unarousable")
		r.Values[replacedValue] = replacedMark + before
	}
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
			if bedside.Hidden(f, r.value) || i == lateGroup && !late {
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
