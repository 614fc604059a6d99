package mapping

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/ward"
)

// translation makes a table in the form of an export from another one.
type translation struct {
	*Map
	file string
	zone *time.Location // of times without an offset; nil if it is not known
	// plain is set if the caller gave no mapping.
	plain bool

	roles    []role         // of the columns of the file
	place    map[string]int // of the columns that the long form reads, among the roles
	ours     []string
	at       map[string]int // place in ours
	text     []byte
	lines    []int // of the file, for each line of text
	ignored  Ignored
	logs     []string // that records of REDCap name
	problems []csvlog.Problem
	stopped  bool // nothing was made
}

// record is a row of the table that is made: cells of our columns.
type record struct {
	line  int
	cells []string
}

func (t *translation) run(data []byte) error {
	text, ok := t.decode(data)
	if !ok {
		return nil
	}
	rows := t.separated(text)
	switch {
	case t.stopped:
		return nil
	case len(rows) == 0:
		t.stop(1, "header", "missing; the first line names the columns, such as mrn,performed_at,tool")
		return nil
	case t.isNoHeader(rows[0]):
		t.stop(1, "header", "no known column; one of the first lines names the columns, such as mrn,performed_at,tool")
		return nil
	}
	header := rows[0]
	rows = t.even(rows[1:], len(header.Cells))
	if t.plain && isREDCap(header) {
		t.redcap(header, rows)
		return nil
	}
	if t.readHeader(header, rows); t.stopped {
		return nil
	}
	t.chooseColumns()
	if t.long {
		t.group(rows)
	} else {
		for _, row := range rows {
			t.write(t.wide(row))
		}
	}
	slices.SortStableFunc(t.problems, func(a, b csvlog.Problem) int { return cmp.Compare(a.Line, b.Line) })
	return nil
}

// isNoHeader reports whether no cell of a row is a known name.
func (t *translation) isNoHeader(row csvlog.Row) bool {
	return !slices.ContainsFunc(row.Cells, func(cell string) bool { return t.roleOf(cell) != nil })
}

func (t *translation) problem(line int, column, reason string) {
	t.problems = append(t.problems, csvlog.Problem{File: t.file, Line: line, Column: column, Reason: reason})
}

// stop adds a problem for which nothing can be made.
func (t *translation) stop(line int, column, reason string) {
	t.problem(line, column, reason)
	t.stopped = true
}

func columnNumber(i int) string { return "column " + strconv.Itoa(i+1) }

// even returns the rows that have as many cells as the header, and adds the problems of the
// others.
func (t *translation) even(rows []csvlog.Row, cells int) []csvlog.Row {
	return slices.DeleteFunc(rows, func(row csvlog.Row) bool {
		switch {
		case row.Wrong != "":
			t.problem(row.Line, "row", row.Wrong)
		case len(row.Cells) != cells:
			t.problem(row.Line, "row", fmt.Sprintf("%s where the header has %d", ward.Several(len(row.Cells), "cell"), cells))
		default:
			return false
		}
		return true
	})
}

// chooseColumns writes the header: our columns that the file, the items or the constants
// give.
func (t *translation) chooseColumns() {
	t.at, t.place = make(map[string]int), make(map[string]int)
	for _, name := range t.usedNames() {
		t.place[name] = slices.IndexFunc(t.roles, func(r role) bool { return r.key == csvlog.FoldWord(name) })
	}
	add := func(name string) {
		if _, there := t.at[name]; !there && name != "" {
			t.at[name] = len(t.ours)
			t.ours = append(t.ours, name)
		}
	}
	for i := range t.roles {
		if r := &t.roles[i]; r.column != nil {
			add(r.column.Name)
		} else if r.key == profile {
			add(profile)
		}
	}
	for _, theirs := range t.rows.itemsInOrder {
		if to := t.rows.items[csvlog.FoldWord(theirs)]; to.column != nil {
			add(to.column.Name)
		}
	}
	for _, c := range t.constants {
		add(ourTarget(c.column).column.Name)
	}
	t.writeCells(0, t.ours)
}

// wide makes a record of a row that is a check.
func (t *translation) wide(row csvlog.Row) record {
	r := t.blank(row.Line)
	for i, cell := range row.Cells {
		t.put(&r, &t.roles[i], cell)
	}
	return r
}

// blank returns a record with the constants alone.
func (t *translation) blank(line int) record {
	r := record{line, make([]string, len(t.ours))}
	for _, c := range t.constants {
		t.set(&r, ourTarget(c.column), c.cell)
	}
	return r
}

// put puts a cell of the file into a record.
func (t *translation) put(r *record, of *role, cell string) {
	switch {
	case of.column != nil:
		t.set(r, of.target, t.cell(of.target, cell))
	case of.key == profile:
		r.cells[t.at[profile]] = strings.TrimSpace(cell)
	}
}

// set puts a cell of ours into a record. A box adds its word if the cell says so.
func (t *translation) set(r *record, to target, cell string) {
	place := &r.cells[t.at[to.column.Name]]
	if to.box == "" {
		*place = cell
		return
	}
	word := ""
	switch csvlog.Flag(cell) {
	case "1":
		word = to.box
	case "0", "":
	default:
		word = cell // which is refused there
	}
	switch {
	case word == "" || slices.Contains(strings.Split(*place, ";"), word):
	case *place == "":
		*place = word
	default:
		*place += ";" + word
	}
}

// write appends a record to the text.
func (t *translation) write(r record) { t.writeCells(r.line, r.cells) }

func (t *translation) writeCells(line int, cells []string) {
	from := len(t.text)
	for i, cell := range cells {
		if i > 0 {
			t.text = append(t.text, ',')
		}
		t.text = csvlog.AppendCell(t.text, cell)
	}
	t.text = append(t.text, '\n')
	for range bytes.Count(t.text[from:], []byte("\n")) {
		t.lines = append(t.lines, line)
	}
}
