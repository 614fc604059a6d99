// Package mapping reads tables as hospitals have them, with or without a mapping that says
// which of their columns are which of ours.
//
// [Load] reads a mapping, and [Read] reads a file with it. A table in another form than
// that of an export is made into that form, row by row, and package csvlog reads the
// result: it alone reads cells and refuses rows. Each error has the line of the file that
// the hospital has. [Template] makes the files to start from.
package mapping

import (
	"errors"
	"io"
	"io/fs"
	"time"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// Map says how the columns of a file are ours. The zero Map is that of a file with our
// columns.
type Map struct {
	long      bool
	separator byte   // 0 for the one that the header shows
	encoding  string // a name of the WHATWG's list; "" for UTF-8, or UTF-16 with a mark
	zone      *time.Location
	dates     dateForm
	missing   words
	ignore    words // columns
	mrnWidth  int

	columns   map[string]target // by their folded names
	constants []constant
	values    map[string]map[string]string // ours by theirs, folded, of each of our columns
	strip     map[string][]string          // units of each of our columns
	mrns      map[string]string
	rows      longForm
}

// longForm says how rows with one value each make checks.
type longForm struct {
	group        []string // columns
	item, value  string
	newest       string
	only         map[string]string
	within       time.Duration
	ignore       words             // items
	items        map[string]target // by their folded names
	itemsInOrder []string          // as the mapping has them
}

// constant is a cell that is the same in every row.
type constant struct{ column, cell string }

// target is one of our columns, or a box of one that holds several words.
type target struct {
	column *csvlog.Column
	box    string // the word that a 1 in the cell means
}

// words are folded words.
type words map[string]bool

func (w words) has(word string) bool { return w[csvlog.FoldWord(word)] }

// mostBytes is far above the size of a mapping.
const mostBytes = 1 << 20

// Load reads the mapping at path. Its faults come as [tomldoc.Problems].
func Load(path string) (*Map, error) {
	f, err := wholefile.OpenInput(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ward.NotFound(tomldoc.Shown(path) + ": there is no such mapping; start one with neurocheck import --template FOLDER")
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() // opened for reading only
	doc, err := tomldoc.Read(f, path, "mapping", mostBytes)
	if err != nil {
		return nil, err
	}
	m, faults := parse(doc)
	if len(faults) > 0 {
		return nil, tomldoc.ProblemsOf(path, doc, faults)
	}
	return m, nil
}

// Summary has the other facts of a file that was read.
type Summary struct {
	Ignored Ignored
	// REDCap is set if the file has records that left a log for REDCap, and Logs are the
	// logs that they name.
	REDCap bool
	Logs   []string
}

// Ignored counts the parts of a file that the mapping leaves out.
type Ignored struct {
	Columns int `json:"columns"`
	Items   int `json:"items"` // values of items
	Rows    int `json:"rows"`
}

// Read reads a file for an import, with the mapping m or, if it is nil, with all that has
// one meaning without one. A file with the header of an export is read as it is.
func Read(r io.Reader, m *Map, o csvlog.Options) (*csvlog.Import, Summary, error) {
	text, err := csvlog.Open(r)
	if err != nil {
		return nil, Summary{}, err
	}
	plain := m == nil
	if plain {
		if text.Plain() {
			f, err := csvlog.ReadText(text, o)
			return f, Summary{}, err
		}
		m = &Map{}
	}
	if m.zone != nil {
		o.Zone = m.zone
	}
	data, err := text.All()
	if err != nil {
		return nil, Summary{}, err
	}
	t := translation{Map: m, file: o.Name, zone: o.Zone, plain: plain}
	if err := t.run(data); err != nil {
		return nil, Summary{}, err
	}
	summary := Summary{Ignored: t.ignored, REDCap: t.logs != nil, Logs: t.logs}
	if t.stopped {
		return &csvlog.Import{Options: o, Problems: t.problems}, summary, nil
	}
	o.Returned = summary.REDCap
	f, err := csvlog.ReadText(csvlog.Made(t.text, t.lines), o)
	if err == nil {
		f.Problems = append(t.problems, f.Problems...)
	}
	return f, summary, err
}
