// Package tomldoc reads TOML files strictly, with the position of each key and value in
// the file, so that an error can name it.
package tomldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"neurocheck/internal/ward"
)

// Windows editors write it at the beginning of a file.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Read reads a document that may be up to so many bytes long. path and what, such as
// "settings file", name it in errors.
func Read(in io.Reader, path, what string, most int) ([]byte, error) {
	doc, err := io.ReadAll(io.LimitReader(in, int64(most)+1))
	if err != nil {
		return nil, err
	}
	if len(doc) > most {
		size := fmt.Sprintf("%d KiB", most>>10)
		if most >= 1<<20 {
			size = fmt.Sprintf("%d MiB", most>>20)
		}
		return nil, ward.Invalid("", Shown(path)+": larger than "+size+"; a "+what+" is a few lines of text")
	}
	return doc, nil
}

// Entry is a key of a document with its value, or the head of a table.
type Entry struct {
	Path    []string
	At      int // of the key, in bytes from the start
	Form    Form
	Value   any   // for FormValue: string, int64, float64, bool, []any, or a time
	ValueAt int   // offset of the value
	ItemsAt []int // offsets of the items of a list
}

// Form is the form of an entry.
type Form uint8

// The forms of an entry.
const (
	FormValue  Form = iota
	FormTable       // [a], or a = {…}
	FormTables      // [[a]]
)

// Deepest is the number of parts of the longest key: checklist.products.NAME.grade1.
// The parser reads no deeper, so that a hostile file cannot exhaust the stack.
const Deepest = 4

// Entries reads a document: its values, with their offsets. example is a line that the
// error of a document that is no TOML shows.
//
// The library decodes and validates the whole document; a second pass with its parser
// finds the offsets.
func Entries(doc []byte, example string) ([]Entry, *Fault) {
	var values map[string]any
	if f := decode(doc, &values, example); f != nil {
		return nil, f
	}
	w := scanner{values: values}
	if bytes.HasPrefix(doc, byteOrderMark) {
		w.skipped = len(byteOrderMark)
	}
	w.doc = doc[w.skipped:]
	w.parser.Reset(w.doc)
	for w.parser.NextExpression() {
		w.expression(w.parser.Expression())
	}
	return w.entries, nil
}

// scanner collects the entries of a document.
type scanner struct {
	parser  unstable.Parser
	doc     []byte
	skipped int // bytes before doc
	values  map[string]any
	table   []string // the table of the current line
	entries []Entry
}

func (w *scanner) expression(n *unstable.Node) {
	switch n.Kind {
	case unstable.Table, unstable.ArrayTable:
		path, from, _ := keys(n.Key())
		f := FormTable
		if n.Kind == unstable.ArrayTable {
			f = FormTables
		}
		w.table = path
		w.entries = append(w.entries, Entry{Path: path, At: w.skipped + from, Form: f})
	case unstable.KeyValue:
		if len(w.table) < Deepest {
			w.keyValue(w.table, n)
		}
	}
}

func (w *scanner) keyValue(table []string, n *unstable.Node) {
	path, from, to := keys(n.Key())
	e := Entry{Path: slices.Concat(table, path), At: w.skipped + from}
	// The value follows the key, an equals sign, and blanks.
	start := to + len(w.doc[to:]) - len(bytes.TrimLeft(w.doc[to:], " \t="))
	e.ValueAt = w.skipped + start
	if n.Value().Kind == unstable.InlineTable {
		e.Form = FormTable
		w.entries = append(w.entries, e)
		for in := n.Value().Children(); len(e.Path) < Deepest && in.Next(); {
			w.keyValue(e.Path, in.Node())
		}
		return
	}
	for in := n.Value().Children(); n.Value().Kind == unstable.Array && in.Next(); {
		at := e.ValueAt
		if raw := in.Node().Raw; raw.Length > 0 { // a list in a list has no offset
			at = w.skipped + int(raw.Offset)
		}
		e.ItemsAt = append(e.ItemsAt, at)
	}
	e.Value = lookUp(w.values, e.Path)
	w.entries = append(w.entries, e)
}

// keys returns the parts of a key, and the bytes that they span.
func keys(in unstable.Iterator) (path []string, from, to int) {
	for in.Next() {
		raw := in.Node().Raw
		if path == nil {
			from = int(raw.Offset)
		}
		to = int(raw.Offset + raw.Length)
		path = append(path, string(in.Node().Data))
	}
	return path, from, to
}

func lookUp(table map[string]any, path []string) any {
	for _, name := range path[:len(path)-1] {
		table, _ = table[name].(map[string]any)
	}
	return table[path[len(path)-1]]
}

// decode decodes a document, or returns its first syntax error.
func decode(doc []byte, values *map[string]any, example string) *Fault {
	if !utf8.Valid(doc) {
		at := 0
		for r, n := utf8.DecodeRune(doc); r != utf8.RuneError || n > 1; r, n = utf8.DecodeRune(doc[at:]) {
			at += n
		}
		return &Fault{at, "", "this is no UTF-8; save the file as UTF-8"}
	}
	text := bytes.TrimPrefix(doc, byteOrderMark)
	err := toml.Unmarshal(text, values)
	if err == nil {
		return nil
	}
	wrong, ok := errors.AsType[*toml.DecodeError](err)
	if !ok {
		return &Fault{0, "", strings.TrimPrefix(err.Error(), "toml: ")}
	}
	at := len(doc) - len(text) + offset(text, wrong)
	return &Fault{at, Named(wrong.Key()), syntax(doc[at:], strings.TrimPrefix(wrong.Error(), "toml: "), example)}
}

// offset returns the offset in the text of the library's error.
func offset(text []byte, wrong *toml.DecodeError) int {
	line, column := wrong.Position()
	at := 0
	for range line - 1 {
		at += 1 + bytes.IndexByte(text[at:], '\n')
	}
	return min(at+column-1, len(text))
}

// syntax puts the library's reason for refusing a document in plain words. The library names
// characters that are not ASCII by their single bytes.
func syntax(rest []byte, reason, example string) string {
	r, _ := utf8.DecodeRune(rest)
	switch {
	case strings.ContainsRune("“”„‟‘’‚«»", r):
		return fmt.Sprintf("%c is no quote here; write the straight one, \"", r)
	case r >= utf8.RuneSelf:
		return Visible(fmt.Sprintf("%q is not valid here", r))
	case strings.Contains(reason, "already"):
		return "it is there twice; keep one"
	case strings.HasSuffix(reason, "at start of value") && (r == '\n' || r == '\r'), strings.HasPrefix(reason, "expected value, not end"):
		reason = "the value is missing"
	}
	return reason + "; " + example
}

// Named writes a key as a file does, with quotes if it needs them.
func Named(path []string) string {
	parts := make([]string, len(path))
	for i, part := range path {
		parts[i] = part
		if part == "" || strings.Trim(part, Bare) != "" {
			parts[i] = Quoted(part)
		}
	}
	return Cut(strings.Join(parts, "."))
}

// Bare are the characters of a key without quotes.
const Bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
