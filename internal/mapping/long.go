package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/csvlog"
)

// measured is a row of the long form: one value.
type measured struct {
	row  csvlog.Row
	at   time.Time // of the check; zero if the file does not say, or cannot be read
	to   target    // of the item
	cell string    // of ours
	said bool      // the cell of the file is not empty
	// entered is the time at which the value was entered, if the mapping has newest.
	entered time.Time
}

// group makes a record of the rows of each check.
func (t *translation) group(rows []csvlog.Row) {
	var keys []string
	groups := make(map[string][]measured)
	for _, row := range rows {
		m, key, ok := t.measure(row)
		if !ok {
			continue
		}
		if _, there := groups[key]; !there {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], m)
	}
	var records []record
	for _, key := range keys {
		list := groups[key]
		slices.SortStableFunc(list, func(a, b measured) int { return a.at.Compare(b.at) })
		for len(list) > 0 {
			n := 1
			for n < len(list) && list[n].at.Sub(list[0].at) <= t.rows.within {
				n++
			}
			records = append(records, t.join(list[:n]))
			list = list[n:]
		}
	}
	slices.SortStableFunc(records, func(a, b record) int { return cmp.Compare(a.line, b.line) })
	for _, r := range records {
		t.write(r)
	}
}

// measure reads a row, and the key of its group without the time of the check. ok is false
// for a row that is left out.
func (t *translation) measure(row csvlog.Row) (m measured, key string, ok bool) {
	m.row = row
	for name, want := range t.rows.only {
		if csvlog.FoldWord(t.named(row, name)) != csvlog.FoldWord(want) {
			t.ignored.Rows++
			return m, "", false
		}
	}
	item := t.named(row, t.rows.item)
	switch to, known := t.rows.items[csvlog.FoldWord(item)]; {
	case known:
		m.to = to
	case t.rows.ignore.has(item):
		t.ignored.Items++
		return m, "", false
	default:
		t.unknownItem(row, item)
		return m, "", false
	}
	value := t.named(row, t.rows.value)
	m.cell, m.said = t.cell(m.to, value), value != ""
	if t.rows.newest != "" {
		entered := t.dates.iso(t.named(row, t.rows.newest), true)
		var reason string
		if m.entered, reason = csvlog.ReadTime(entered, t.zone); reason != "" {
			t.problem(row.Line, t.columnOf(t.rows.newest), "the time of [long] newest: "+reason)
		}
	}
	var parts []string
	for _, name := range t.rows.group {
		cell := t.named(row, name)
		if to := t.roles[t.place[name]].target; to.column != nil {
			cell = t.cell(to, cell)
			if to.column.Name == "performed_at" {
				if at, reason := csvlog.ReadTime(cell, t.zone); reason == "" {
					m.at, cell = at, ""
				}
			}
		}
		parts = append(parts, cell)
	}
	return m, strings.Join(parts, "\x00"), true
}

// named returns the cell of a row in the column with that name.
func (t *translation) named(row csvlog.Row, name string) string {
	return strings.TrimSpace(row.Cells[t.place[name]])
}

// columnOf returns the words by which an error names a column of the file.
func (t *translation) columnOf(name string) string {
	return columnNumber(t.place[name])
}

// unknownItem adds the problem of an item in no list. It is named only if it is near one of
// the mapping's.
func (t *translation) unknownItem(row csvlog.Row, item string) {
	reason := "this item is in no list; give it in [items], or in ignore of [long]"
	if near := csvlog.NearestOf(item, t.rows.itemsInOrder); near != "" {
		reason += "; is it " + near + "?"
	}
	t.problem(row.Line, t.columnOf(t.rows.item), reason)
}

// join makes the record of a check from its values, which are in the order of time.
func (t *translation) join(list []measured) record {
	first := slices.MinFunc(list, func(a, b measured) int { return cmp.Compare(a.row.Line, b.row.Line) })
	r := t.blank(first.row.Line)
	for _, m := range list {
		t.shared(&r, m, list[0].row)
	}
	for i := range list {
		t.choose(&r, list, i)
	}
	return r
}

// shared puts the cells of a row that are none of its value into the record. Rows of one
// check have to agree in them, but for the time.
func (t *translation) shared(r *record, m measured, first csvlog.Row) {
	for i := range t.roles {
		of := &t.roles[i]
		if of.column == nil || strings.TrimSpace(m.row.Cells[i]) == "" {
			continue
		}
		cell := t.cell(of.target, m.row.Cells[i])
		have := r.cells[t.at[of.column.Name]]
		switch {
		case of.box != "" || have == "":
			t.set(r, of.target, cell)
		case have != cell && of.column.Name == "performed_at":
			// within [long] within of the first
		case have != cell:
			t.problem(m.row.Line, of.column.Name, fmt.Sprintf("line %d says otherwise of the same check", first.Line))
		}
	}
}

// choose puts the value of the i-th row into the record, if it is the newest of its item. A
// newer one that says that the item was not assessed, or that is empty, takes an older one
// back.
func (t *translation) choose(r *record, list []measured, i int) {
	m := list[i]
	if m.cell == "" && !m.said {
		return
	}
	for k, other := range list {
		if k == i || other.to != m.to {
			continue
		}
		switch c := m.entered.Compare(other.entered); {
		case !other.said && (t.rows.newest == "" || c >= 0):
			// it says nothing, and takes nothing back
		case other.cell == m.cell:
			if k < i {
				return // it is there already
			}
		case t.rows.newest == "" || c == 0:
			if k < i {
				t.problem(m.row.Line, m.to.column.Name, fmt.Sprintf("line %d has another value of this item for the same check; newest in [long] can name the column that tells which counts", other.row.Line))
				return
			}
		case c < 0:
			return
		}
	}
	if m.cell != "" {
		t.set(r, m.to, m.cell)
	}
}
