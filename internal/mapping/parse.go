package mapping

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

// example is a line for the error of a mapping that is no TOML.
const example = "write a line such as " + line

const line = `"PAT_MRN_ID" = "mrn", with the texts in quotes`

// parse reads a mapping. If it returns faults, the mapping must not be used.
func parse(doc []byte) (*Map, []tomldoc.Fault) {
	p := parsing{m: &Map{
		missing: words{}, ignore: words{}, columns: make(map[string]target), strip: make(map[string][]string),
		values: make(map[string]map[string]string), mrns: make(map[string]string),
		rows: longForm{ignore: words{}, items: make(map[string]target), only: make(map[string]string)},
	}}
	entries, broken := tomldoc.Entries(doc, example)
	if broken != nil {
		return nil, []tomldoc.Fault{*broken}
	}
	for i := range entries {
		if p.at = &entries[i]; len(p.faults) < tomldoc.MostProblems {
			p.entry()
		}
	}
	p.complete()
	return p.m, p.faults
}

type parsing struct {
	m    *Map
	at   *tomldoc.Entry // the present one
	form *tomldoc.Entry // that of file.form
	long *tomldoc.Entry // the first one of the table long
	// refused is the table that was refused last: its entries are no faults of their own.
	refused string
	faults  []tomldoc.Fault
}

// tables are the tables of a mapping, each with the function that reads an entry of it,
// given the name of the key in the table.
var tables = map[string]func(*parsing, string){
	"file":      (*parsing).file,
	"columns":   func(p *parsing, theirs string) { p.target(p.m.columns, theirs) },
	"constants": (*parsing).constant,
	"values":    (*parsing).valueOf,
	"strip":     (*parsing).units,
	"long":      (*parsing).longKey,
	"items":     (*parsing).item,
	"mrn":       (*parsing).mrn,
}

func (p *parsing) fault(at int, format string, args ...any) {
	p.faults = append(p.faults, tomldoc.Fault{At: at, Key: tomldoc.Named(p.at.Path), Reason: fmt.Sprintf(format, args...)})
}

func (p *parsing) entry() {
	path := p.at.Path
	read, known := tables[path[0]]
	deep := 2
	if path[0] == "values" || path[0] == "long" && len(path) > 1 && path[1] == "only" {
		deep = 3
	}
	switch {
	case !known && path[0] == p.refused:
	case !known:
		p.refused = path[0]
		p.fault(p.at.At, "there is no such table; a mapping has %s", strings.Join(slices.Sorted(maps.Keys(tables)), ", "))
	case p.at.Form == tomldoc.FormTables:
		p.fault(p.at.At, "two brackets make a list of tables; write [%s]", tomldoc.Named(path))
	case p.at.Form == tomldoc.FormTable && len(path) < deep:
	case p.at.Form == tomldoc.FormTable, len(path) != deep:
		p.fault(p.at.At, "a text in quotes is needed here, such as %s", line)
	default:
		read(p, path[1])
	}
}

// text returns the value of the present entry, which has to be a text; a whole number
// counts as one.
func (p *parsing) text() (text string, ok bool) {
	switch v := p.at.Value.(type) {
	case string:
		if strings.TrimSpace(v) == v && ward.CleanLine(v) == v {
			return v, true
		}
		p.fault(p.at.ValueAt, "the text has blanks around it, or characters that cannot be seen")
		return "", false
	case int64:
		return strconv.FormatInt(v, 10), true
	}
	p.fault(p.at.ValueAt, "write a text in quotes")
	return "", false
}

// list returns the value of the present entry, which has to be a list of texts.
func (p *parsing) list() (list []string) {
	items, ok := p.at.Value.([]any)
	if !ok {
		p.fault(p.at.ValueAt, `write a list of texts, such as ["N/A", "not done"]`)
	}
	for i, item := range items {
		text, ok := item.(string)
		if !ok || text == "" {
			p.fault(p.at.ItemsAt[i], "write a text in quotes")
			continue
		}
		list = append(list, text)
	}
	return list
}

func (p *parsing) words(into words) {
	for _, word := range p.list() {
		into[csvlog.FoldWord(word)] = true
	}
}

// ours returns our column, or the box of it, with that name.
func (p *parsing) ours(at int, name string) (t target, ok bool) {
	column, box, boxed := strings.Cut(name, "___")
	t = target{csvlog.ColumnNamed(column), box}
	switch {
	case t.column == nil:
		meant := "words.md of --template lists them"
		if near := csvlog.NearestColumn(column); near != "" {
			meant = "did you mean " + near + "?"
		}
		p.fault(at, "there is no column %s; %s", tomldoc.Quoted(name), meant)
	case boxed && !slices.Contains(t.column.Boxes(), box):
		p.fault(at, "the column %s has no box of that name; it has %s", column, strings.Join(t.column.Boxes(), ", "))
	default:
		return t, true
	}
	return t, false
}

// target reads an entry of their name and our column.
func (p *parsing) target(into map[string]target, theirs string) {
	name, ok := p.text()
	if !ok {
		return
	}
	t, ok := p.ours(p.at.ValueAt, name)
	if _, twice := into[csvlog.FoldWord(theirs)]; twice && ok {
		p.fault(p.at.At, "this name is there twice, but for case, accents and blanks; keep one")
	}
	into[csvlog.FoldWord(theirs)] = t
}

func (p *parsing) item(theirs string) {
	p.target(p.m.rows.items, theirs)
	p.m.rows.itemsInOrder = append(p.m.rows.itemsInOrder, theirs)
}

// cell reads the present entry as a cell of one of our columns.
func (p *parsing) cell(column string) (cell string, ok bool) {
	cell, ok = p.text()
	t, known := p.ours(p.at.At, column)
	if !ok || !known {
		return "", false
	}
	if reason := t.column.Allows(cell); reason != "" && t.box == "" {
		p.fault(p.at.ValueAt, "%s", reason)
		return "", false
	}
	return cell, true
}

func (p *parsing) constant(column string) {
	if cell, ok := p.cell(column); ok {
		p.m.constants = append(p.m.constants, constant{column, cell})
	}
}

func (p *parsing) valueOf(column string) {
	if cell, ok := p.cell(column); ok {
		if p.m.values[column] == nil {
			p.m.values[column] = make(map[string]string)
		}
		theirs := csvlog.FoldWord(p.at.Path[2])
		if _, twice := p.m.values[column][theirs]; twice {
			p.fault(p.at.At, "this word is there twice, but for case, accents and blanks; keep one")
		}
		p.m.values[column][theirs] = cell
	}
}

func (p *parsing) units(column string) {
	if _, ok := p.ours(p.at.At, column); ok {
		p.m.strip[column] = p.list()
	}
}

func (p *parsing) mrn(theirs string) {
	if ours, ok := p.text(); ok {
		if ours == "" {
			p.fault(p.at.ValueAt, "write the MRN of the patient")
		}
		p.m.mrns[ward.FoldMRN(theirs)] = ours
	}
}

// complete refuses mappings that lack a part.
func (p *parsing) complete() {
	m := p.m
	lacks := func(e *tomldoc.Entry, reason string) {
		if p.at = e; e == nil {
			p.at = &tomldoc.Entry{Path: []string{"file"}}
		}
		p.fault(p.at.At, "%s", reason)
	}
	switch r := m.rows; {
	case p.faults != nil:
	case m.long && (len(r.group) == 0 || r.item == "" || r.value == "" || len(r.items) == 0):
		lacks(p.form, "the long form needs group, item and value in [long], and the items in [items]")
	case !m.long && p.long != nil:
		lacks(p.long, `this is for the long form; write form = "long" in [file]`)
	}
}
