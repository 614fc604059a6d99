package paper

import (
	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// draft is an unfinished sheet as the log keeps it over a change of shift, a crash and a
// restart.
type draft struct {
	state
	TakenFrom string `json:"taken_from,omitempty"`
}

// readDraft reads the content of a draft. It leaves out a value that this version does not
// know: the row then asks for it again.
func readDraft(content string) (d draft, ok bool) {
	if content == "" || !desk.Unmarshal(content, &d) {
		return draft{}, false
	}
	for i := range d.Rows {
		r := &d.Rows[i]
		values := map[string]string{}
		var x icans.Findings
		for column, code := range r.Values {
			field := icans.FieldOf(column)
			switch {
			case column == bedside.ReplacedValue, field != nil && (code == kit.NotAssessed || field.Set(&x, code) == nil):
				values[column] = code
			}
		}
		r.ID, r.Values = ward.CleanLine(r.ID), values
	}
	d.Typed = kit.Clean(d.Typed)
	d.Selected = max(0, min(d.Selected, len(d.Rows)))
	if d.Selected == len(d.Rows) || d.Column != twinColumn && icans.FieldOf(d.Column) == nil {
		d.Column = timeColumn
	}
	return d, true
}

// rowsIn returns the number of rows of a draft in words.
func rowsIn(d *store.Draft) string {
	read, _ := readDraft(d.Content)
	return ward.Several(len(read.Rows), "row")
}
