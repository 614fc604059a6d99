package csvlog

import (
	"cmp"
	"regexp"
	"slices"
)

// DamagedMRNs returns a problem for each patient whose MRN looks as if a spreadsheet has
// changed it: such an MRN would make a second record of a known patient.
func (f *Import) DamagedMRNs() (found []Problem) {
	for mrn, p := range f.patients {
		if damagedMRN.MatchString(mrn) {
			found = append(found, Problem{File: f.Name, Line: p.line, Column: "mrn", Code: "spreadsheet_damage", Reason: "a spreadsheet has changed this number; save the column as text, or take the MRNs as they are with --mrn-as-is"})
		}
	}
	slices.SortFunc(found, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return found
}

// damagedMRN matches 4.2317E+04, 42317.0 and 42317., 42,317 and 42 317, '0042317 and
// ="0042317", the day 11-20 as 20-Nov, and cells that were too narrow or are errors.
var damagedMRN = regexp.MustCompile(`^(?:[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+|[0-9]+[.,]0*|[0-9]{1,3}(?:[,. '’][0-9]{3})+|['’‘` + "`" + `´=].*` +
	`|[0-9]{1,2}-(?:` + months + `)|(?:` + months + `)-[0-9]{2}|#+|#(?:N/A|NV|NUM!|ZAHL!|VALUE!|WERT!|REF!|BEZUG!|NAME\?|DIV/0!|NULL!))$`)

// months are the short names that Excel writes for months in a number that it took for a day.
const months = `Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec`
