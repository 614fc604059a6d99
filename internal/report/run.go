package report

import (
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/ward"
)

// checkRows returns the rows of the checks, the newest first. A run of plain normal
// checks is one row, so that the others are found.
func (b patientBlock) checkRows() (rows []checkRow) {
	for rest := b.Chart.Versions; len(rest) > 0; {
		n := b.runLength(rest)
		if n == 1 {
			rows = append(rows, b.checkRow(&rest[0]))
		} else {
			rows = append(rows, b.runRow(rest[:n]))
		}
		rest = rest[n:]
	}
	return rows
}

// runLength returns how many of the first versions belong in one row.
func (b patientBlock) runLength(versions []ward.Check) int {
	n := 1
	for n < len(versions) && plainNormal(&versions[0]) && plainNormal(&versions[n]) && b.alike(&versions[0], &versions[n]) {
		n++
	}
	return n
}

// plainNormal reports whether a check is normal and its row has nothing else to say.
func plainNormal(c *ward.Check) bool {
	return c.Normal() && c.Valid() && !c.Superseded && c.Version == 1 && !c.Late() && c.Note == "" && c.Because == ""
}

// alike reports whether the rows of two normal checks differ in nothing but their times
// and their authors.
func (b patientBlock) alike(x, y *ward.Check) bool {
	return scoreOf(&x.Findings) == scoreOf(&y.Findings) && missing(&x.Findings) == missing(&y.Findings) && x.Findings.CRSGrade == y.Findings.CRSGrade
}

// runRow returns the row of a run of normal checks, which are ordered the newest first.
func (b patientBlock) runRow(run []ward.Check) checkRow {
	newest, oldest := &run[0], &run[len(run)-1]
	row := b.checkRow(newest)
	row.Run = len(run)
	row.At = b.date(oldest.PerformedAt) + " to " + b.since(oldest.PerformedAt, newest.PerformedAt)
	row.When = ""
	if first, ok := b.Patient.Day(oldest.PerformedAt, b.Zone); ok {
		if last, _ := b.Patient.Day(newest.PerformedAt, b.Zone); last != first {
			row.Day = "day" + glue + dayWords(first) + " to " + dayWords(last)
		}
	}
	var times, authors []string
	counts := make(map[string]int)
	for i, c := range slices.Backward(run) {
		before := c.PerformedAt
		if i+1 < len(run) {
			before = run[i+1].PerformedAt
		}
		at := b.since(before, c.PerformedAt)
		if i+1 == len(run) {
			at = b.date(c.PerformedAt)
		}
		times = append(times, at)
		by := clean(c.Recorded.By)
		if counts[by]++; counts[by] == 1 {
			authors = append(authors, by)
		}
	}
	for i, by := range authors {
		authors[i] = fmt.Sprintf("%s (%d)", by, counts[by])
	}
	row.Times, row.By = strings.Join(times, ", "), strings.Join(authors, ", ")
	return row
}
