package csvlog

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"unicode"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Grade reads checks as CSV from r and writes to w the results of their findings, one
// row a check in the order of the input: check_id and the computed columns, as
// CSV or, with asJSON, as one JSON object a line. It streams: memory does not grow
// with the input.
//
// The header may have any of [Columns] in any order; tool must be among them. Grade
// reads the findings, and features_mild, because a feature that is mild in health does
// not flag; it passes over the other columns, does not compare with other checks, and
// needs no other_cause_note. It leaves a row with problems out of the output and passes
// each problem to report; bad is the number of such rows, a bad header counting as one.
// name is the name of the file in the problems.
func Grade(ctx context.Context, r io.Reader, name string, w io.Writer, asJSON bool, report func(Problem)) (bad int, err error) {
	s := newScanner(r)
	header, found, err := readHeader(s, name, "tool")
	if err != nil {
		return 0, err
	}
	for _, p := range found {
		report(p)
	}
	if len(found) > 0 {
		return 1, nil
	}
	g := newGrader(s, name, header, report)
	out := bufio.NewWriterSize(w, 1<<16)
	write := g.csv
	if asJSON {
		write = g.json
	} else {
		out.Write(gradeHeader()) // an error stays and comes with the next call
	}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return bad, errors.Join(ctx.Err(), out.Flush())
		}
		ok, err := g.next()
		if errors.Is(err, io.EOF) {
			return bad, out.Flush()
		}
		if err != nil {
			return bad, errors.Join(err, out.Flush())
		}
		if !ok {
			bad++
			continue
		}
		if _, err := out.Write(write()); err != nil {
			return bad, err
		}
	}
}

func gradeHeader() []byte {
	line := []byte("check_id")
	for _, r := range results {
		line = append(line, ',')
		line = append(line, r.field.Name...)
	}
	return append(line, '\n')
}

// grader reads findings row by row into x and result.
type grader struct {
	s      *scanner
	file   string
	header []*Column
	report func(Problem)

	id     int // index of check_id in the header, -1 if there is none
	health int // index of features_mild, likewise
	fields []gradedCell
	bad    []Problem // of the row

	x       icans.Findings
	patient ward.Patient // with Health alone
	result  icans.Result
	line    []byte // of the output
}

// gradedCell is the place of a finding in a row.
type gradedCell struct {
	at    int
	field *icans.Field
}

func newGrader(s *scanner, file string, header []*Column, report func(Problem)) *grader {
	g := &grader{s: s, file: file, header: header, report: report, id: -1, health: -1}
	for i, c := range header {
		switch {
		case c.finding != nil:
			g.fields = append(g.fields, gradedCell{i, c.finding})
		case c.Name == "check_id":
			g.id = i
		case c.Name == "features_mild":
			g.health = i
		}
	}
	return g
}

// next grades the next row. ok is false if it has a problem.
func (g *grader) next() (ok bool, err error) {
	g.bad = g.bad[:0]
	if skip, err := nextRow(g.s, g.header, g.add); err != nil {
		return false, err
	} else if !skip {
		g.read()
	}
	if len(g.bad) > 0 {
		for _, p := range g.bad {
			g.report(p)
		}
		return false, nil
	}
	g.result = icans.Evaluate(&g.x, g.patient.Health)
	return true, nil
}

func (g *grader) read() {
	g.x, g.patient.Health = icans.Findings{}, 0
	if g.id >= 0 && bytes.ContainsFunc(g.s.cells[g.id], unicode.IsControl) {
		g.add("check_id", "holds a control character or a line break")
	}
	for _, f := range g.fields {
		cell := g.s.cells[f.at]
		if len(cell) == 0 || g.isBad(f.field.Column) {
			continue
		}
		if err := f.field.Set(&g.x, string(cell)); err != nil {
			g.add(f.field.Column, notAllowed(f.field, string(cell)))
		}
	}
	g.readHealth()
	for _, p := range g.x.Problems() {
		if !g.isBad(p.Column) {
			g.add(p.Column, p.Reason)
		}
	}
}

// readHealth reads the features that are mild in health.
func (g *grader) readHealth() {
	if g.health < 0 || len(g.s.cells[g.health]) == 0 {
		return
	}
	column := g.header[g.health]
	if g.isBad(column.Name) {
		return
	}
	if reason := column.read(&g.patient, nil, nil, string(g.s.cells[g.health])); reason != "" {
		g.add(column.Name, reason)
	}
}

// isBad reports whether something is wrong with that column already.
func (g *grader) isBad(column string) bool {
	return slices.ContainsFunc(g.bad, func(p Problem) bool { return p.Column == column })
}

func (g *grader) add(column, reason string) {
	g.bad = append(g.bad, Problem{File: g.file, Line: g.s.line, Column: column, Reason: reason})
}

// csv returns the row of the output.
func (g *grader) csv() []byte {
	g.line = g.line[:0]
	if g.id >= 0 {
		g.line = appendCell(g.line, string(g.s.cells[g.id]))
	}
	for i := range results {
		g.line = append(g.line, ',')
		g.line = results[i].append(g.line, &g.result)
	}
	g.line = append(g.line, '\n')
	return g.line
}

// graded is a row of the output as JSON: null for a value that is not known.
type graded struct {
	CheckID *string  `json:"check_id"`
	Score   *int     `json:"score"`
	Grade   *int     `json:"icans_grade"`
	Low     int      `json:"grade_low"`
	High    int      `json:"grade_high"`
	Drivers []string `json:"drivers"`
	Flag    string   `json:"flag"`
	Reasons []string `json:"flag_reasons"`
}

// json returns the object of the output, as one line.
func (g *grader) json() []byte {
	r := &g.result
	row := graded{Low: r.Low, High: r.High, Drivers: r.Drivers.Codes(), Flag: r.Flag.Code(), Reasons: r.Reasons.Codes()}
	if g.id >= 0 && len(g.s.cells[g.id]) > 0 {
		row.CheckID = new(string(g.s.cells[g.id]))
	}
	if n, ok := r.Score.Value(); ok {
		row.Score = &n
	}
	if n, ok := r.Grade(); ok {
		row.Grade = &n
	}
	line, err := json.Marshal(row)
	if err != nil {
		panic(err) // no value of it can fail
	}
	return append(line, '\n')
}
