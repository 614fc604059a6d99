package mapping

import (
	"strings"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/ward"
)

// cell returns a cell of the file as a cell of one of our columns, as far as the mapping
// says; package csvlog reads the rest of its spelling.
func (t *translation) cell(to target, cell string) string {
	cell = strings.TrimSpace(cell)
	if cell == "" || t.missing.has(cell) && !t.isNamed(to, cell) {
		return ""
	}
	name := to.column.Name
	if to.box != "" {
		name += "___" + to.box
	}
	if ours, known := t.values[name][csvlog.FoldWord(cell)]; known {
		return ours
	}
	for _, unit := range t.strip[name] {
		if stripped, found := cutSuffixFold(cell, unit); found {
			cell = strings.TrimSpace(stripped)
			break
		}
	}
	if ours, known := t.values[name][csvlog.FoldWord(cell)]; known {
		return ours
	}
	switch {
	case name == "mrn":
		return t.mrn(cell)
	case to.column.Type == "datetime", to.column.Type == "date":
		return t.dates.iso(cell, to.column.Type == "datetime")
	}
	return cell
}

// isNamed reports whether the mapping gives a value for the cell, so that it is not
// missing.
func (t *translation) isNamed(to target, cell string) bool {
	_, known := t.values[to.column.Name][csvlog.FoldWord(cell)]
	return known
}

// mrn returns the MRN of the patient whom the file means: with the zeros that a
// spreadsheet dropped, or as the mapping says.
func (t *translation) mrn(cell string) string {
	if ours, known := t.mrns[ward.FoldMRN(cell)]; known {
		return ours
	}
	if missing := t.mrnWidth - len(cell); missing > 0 && strings.Trim(cell, "0123456789") == "" {
		return strings.Repeat("0", missing) + cell
	}
	return cell
}

// cutSuffixFold cuts a unit off the end of a cell, in any case.
func cutSuffixFold(cell, unit string) (rest string, found bool) {
	at := len(cell) - len(unit)
	if at <= 0 || !strings.EqualFold(cell[at:], unit) {
		return cell, false
	}
	return cell[:at], true
}
