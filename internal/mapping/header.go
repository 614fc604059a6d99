package mapping

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"neurocheck/internal/csvlog"
)

// role is the use of a column of the file.
type role struct {
	target         // zero if the column is none of ours
	ignored bool   // left out, as the mapping says
	key     string // the folded name of a column that the long form reads
}

// mostName is above the length in bytes of any column's name.
const mostName = 1000

// roleOf returns the role of a column by its name, or nil if it is in no list.
func (t *translation) roleOf(name string) *role {
	if len(name) > mostName {
		return nil
	}
	folded := csvlog.FoldWord(name)
	r := role{key: folded}
	for _, used := range t.usedNames() {
		if folded == csvlog.FoldWord(used) {
			r.target = t.columns[folded]
			if r.column == nil {
				r.target = ourTarget(name)
			}
			return &r
		}
	}
	if to, known := t.columns[folded]; known {
		r.target = to
		return &r
	}
	if r.ignored = t.ignore[folded]; r.ignored {
		return &r
	}
	if r.target = ourTarget(name); r.column != nil || folded == csvlog.FoldWord(profile) {
		return &r
	}
	return nil
}

// profile is the column by which a file for spreadsheets says so; package csvlog reads it.
const profile = "profile"

// usedNames are the columns that the long form reads by itself.
func (t *translation) usedNames() []string {
	if !t.long {
		return nil
	}
	return t.rows.names()
}

// ourTarget returns our column, or box of one, whose folded name is that of the name.
func ourTarget(name string) target {
	column, box, boxed := strings.Cut(name, "___")
	c := ourColumns()[csvlog.FoldWord(column)]
	if c == nil || !boxed {
		return target{column: c}
	}
	for _, word := range c.Boxes() {
		if csvlog.FoldWord(word) == csvlog.FoldWord(box) {
			return target{c, word}
		}
	}
	return target{}
}

// ourColumns are our columns by their folded names.
var ourColumns = sync.OnceValue(func() map[string]*csvlog.Column {
	columns := make(map[string]*csvlog.Column)
	for _, c := range csvlog.Columns() {
		columns[csvlog.FoldWord(c.Name)] = c
	}
	return columns
})

// readHeader finds the role of each column. It stops the translation if one is in no list,
// or if a column that the mapping names is missing.
func (t *translation) readHeader(header csvlog.Row, rows []csvlog.Row) {
	if reason := csvlog.OtherTable(header.Cells); reason != "" {
		t.problem(header.Line, "header", reason)
		t.stopped = true
		return
	}
	before := len(t.problems)
	known := make(map[string]bool)
	given := make(map[target]bool)
	for i, name := range header.Cells {
		r := t.roleOf(name)
		switch {
		case strings.TrimSpace(name) == "":
			r = &role{}
			if line := firstFilled(rows, i); line > 0 {
				t.problem(line, columnNumber(i), "this column has no name; name it in the header, or empty it")
			}
		case r == nil:
			t.problems = append(t.problems, csvlog.UnknownColumn(t.file, header.Line, i+1, name))
			r = &role{}
		case known[r.key] || r.column != nil && given[r.target]:
			t.problem(header.Line, ourName(r, i), "this column is there twice; take one of them out")
		}
		if r.ignored {
			t.ignored.Columns++
		}
		known[r.key] = true
		given[r.target] = true
		t.roles = append(t.roles, *r)
	}
	t.missingColumns(header.Line, known, given)
	t.stopped = len(t.problems) > before
}

// missingColumns adds the problems of columns that the mapping names and the file lacks.
func (t *translation) missingColumns(line int, known map[string]bool, given map[target]bool) {
	for _, name := range t.usedNames() {
		if !known[csvlog.FoldWord(name)] {
			t.problem(line, "header", "the file has no column with the name that [long] gives as "+t.rows.useOf(name))
		}
	}
	for _, theirs := range slices.Sorted(maps.Keys(t.columns)) {
		if !known[theirs] {
			t.problem(line, t.columns[theirs].column.Name, "the file has no column with the name that [columns] gives for this one")
		}
	}
	for _, c := range t.constants {
		if given[ourTarget(c.column)] {
			t.problem(line, c.column, "the file has this column, and [constants] too; take one of them out")
		}
	}
}

// useOf returns the keys of the table long that a name is for.
func (r *longForm) useOf(name string) string {
	switch name {
	case r.item:
		return "item"
	case r.value:
		return "value"
	case r.newest:
		return "newest"
	}
	if _, only := r.only[name]; only {
		return "only"
	}
	return "group"
}

// ourName returns the name of our column of a role, else the number of the column.
func ourName(r *role, i int) string {
	if r.column != nil {
		return r.column.Name
	}
	return columnNumber(i)
}

// firstFilled returns the line of the first row with a cell in the column; 0 if none has.
func firstFilled(rows []csvlog.Row, column int) int {
	for _, row := range rows {
		if column < len(row.Cells) && strings.TrimSpace(row.Cells[column]) != "" {
			return row.Line
		}
	}
	return 0
}
