package plot

import (
	"cmp"

	"neurocheck/internal/icans"
)

// worse orders readings by severity for a place that has room for one: by the grade
// that counts for the flag, then by the greatest grade that is possible, so that
// unknown never looks like normal.
func (r *Reading) worse(o *Reading) int {
	return cmp.Or(
		cmp.Compare(r.Floor, o.Floor), cmp.Compare(r.GradeHigh, o.GradeHigh), cmp.Compare(r.GradeLow, o.GradeLow),
		compareBool(r.NotDone, o.NotDone), cmp.Compare(r.Flag, o.Flag), cmp.Compare(r.Drivers, o.Drivers),
	)
}

// grade returns the grade as the strip shows it: a digit, ? for an interval, × if no
// tool was done and there is no single grade.
func (r *Reading) grade() rune {
	switch {
	case r.GradeLow == r.GradeHigh:
		return '0' + rune(r.GradeLow)
	case r.NotDone:
		return '×'
	}
	return '?'
}

// driverLetters are the letters of the domains, in their order: score,
// consciousness, seizure, weakness, pressure.
const driverLetters = "sczwp"

// Letters returns the letters of the domains, such as "cp".
func Letters(d icans.Domains) string {
	letters := make([]byte, 0, len(driverLetters))
	for i, one := range icans.AllDomains {
		if d.Has(one) {
			letters = append(letters, driverLetters[i])
		}
	}
	return string(letters)
}

// strip returns the rows of the ICANS grade and of the domains that made it: in each
// column those of its worst reading. Several letters go on to the right as far as
// there is room before the next reading; a + replaces the rest.
func (t *Trend) strip(readings []Reading, width int) []Row {
	grades, from := Row{Label: "ICANS", Cells: blank(width)}, Row{Label: "from", Cells: blank(width)}
	worst := make([]*Reading, width)
	for i := range readings {
		r := &readings[i]
		if col, ok := t.column(r.At, width); ok && (worst[col] == nil || r.worse(worst[col]) > 0) {
			worst[col] = r
		}
	}
	for col, r := range worst {
		if r == nil {
			continue
		}
		grades.Cells[col] = Cell{Rune: r.grade(), Kind: GradeMark, Flag: r.Flag}
		room := 1
		for col+room < width && worst[col+room] == nil {
			room++
		}
		letters := Letters(r.Drivers)
		if len(letters) > room {
			letters = letters[:room-1] + "+"
		}
		for i, letter := range letters {
			from.Cells[col+i] = Cell{Rune: letter, Kind: DriverMark, Flag: r.Flag}
		}
	}
	return []Row{grades, from}
}

// furtherSignRows are the labels of the signs that have a row on a tall screen.
var furtherSignRows = []struct {
	label string
	sign  int
}{
	{"tremor", icans.Tremor}, {"halluc.", icans.Hallucinations}, {"headache", icans.Headache},
	{"movement", icans.Movement}, {"face", icans.CranialNerve}, {"person.", icans.Personality},
}

// furtherSigns returns a row for each further sign that was found in the window.
func (t *Trend) furtherSigns(readings []Reading, width int) (rows []Row) {
	for _, s := range furtherSignRows {
		row := t.sign(s.label, s.sign, readings, width)
		for _, c := range row.Cells {
			if c.Kind == SignMark {
				rows = append(rows, row)
				break
			}
		}
	}
	return rows
}

// sign returns the row of a sign: 1 mild, 2 moderate, 3 severe; the worst of each
// column.
func (t *Trend) sign(label string, sign int, readings []Reading, width int) Row {
	row := Row{Label: label, Cells: blank(width)}
	for i := range readings {
		severity := readings[i].Signs[sign]
		if col, ok := t.column(readings[i].At, width); ok && severity > icans.None {
			row.digit(col, int(severity-icans.None))
		}
	}
	return row
}

// crs returns the row of the CRS grade, 0 included.
func (t *Trend) crs(readings []Reading, width int) Row {
	row := Row{Label: "CRS", Cells: blank(width)}
	for i := range readings {
		grade, known := readings[i].CRS.Value()
		if col, ok := t.column(readings[i].At, width); ok && known {
			row.digit(col, grade)
		}
	}
	return row
}

// digit writes n into a column unless a greater digit is there.
func (r *Row) digit(col, n int) {
	if at := &r.Cells[col]; at.Kind != SignMark || at.Rune < '0'+rune(n) {
		*at = Cell{Rune: '0' + rune(n), Kind: SignMark}
	}
}

// events returns the row of interventions and reports; several in one column are
// a +.
func (t *Trend) events(width int) Row {
	row := Row{Label: "events", Cells: blank(width)}
	for _, e := range t.Events {
		if col, ok := t.column(e.At, width); ok {
			mark := e.Mark
			if row.Cells[col].Kind == EventMark && row.Cells[col].Rune != mark {
				mark = '+'
			}
			row.Cells[col] = Cell{Rune: mark, Kind: EventMark}
		}
	}
	return row
}
