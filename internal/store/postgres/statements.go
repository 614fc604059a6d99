package postgres

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"neurocheck/internal/store/engine"
)

// statements are statements that wait to be sent in one round trip.
type statements struct {
	of     []*engine.Statement
	values [][]any
	starts []int // indexes at which writes begin
}

func (s *statements) len() int { return len(s.of) }

func (s *statements) clear() {
	clear(s.values)
	s.of, s.values, s.starts = s.of[:0], s.values[:0], s.starts[:0]
}

// start begins the statements of a write, which are not joined with those before.
func (s *statements) start() { s.starts = append(s.starts, len(s.of)) }

// own returns the number of statements of the write that began last.
func (s *statements) own() int {
	if len(s.starts) == 0 {
		return len(s.of)
	}
	return len(s.of) - s.starts[len(s.starts)-1]
}

// cut drops the statements of the write that began last.
func (s *statements) cut() {
	first := len(s.of) - s.own()
	clear(s.values[first:])
	s.of, s.values = s.of[:first], s.values[:first]
}

// writes reports whether any of the statements writes.
func (s *statements) writes() bool {
	return slices.ContainsFunc(s.of, func(of *engine.Statement) bool { return !slices.Contains(framing, of) })
}

// framing are statements that change nothing.
var framing = []*engine.Statement{beginAll, lockHead, setSavepoint, releaseSavepoint}

// add queues a statement.
func (s *statements) add(of *engine.Statement, values []any) {
	s.of, s.values = append(s.of, of), append(s.values, kept(values))
}

// kept copies values, of which the caller uses the memory again.
func kept(values []any) []any {
	list := slices.Clone(values)
	for i, v := range list {
		if b, ok := v.([]byte); ok {
			list[i] = slices.Clone(b)
		}
	}
	return list
}

// insertion returns an INSERT of one row with these columns.
func insertion(table string, columns []string) string {
	marks := ""
	for n := range columns {
		marks += ", $" + strconv.Itoa(n+1)
	}
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + marks[2:] + ")"
}

// writable returns an error if a text cannot be written. SQLite takes such texts.
func writable(row *engine.Row) error {
	for i, v := range row.Values {
		text, ok := v.(string)
		if !ok || utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
			continue
		}
		column := ""
		if i < len(row.Columns) {
			column = row.Columns[i]
		}
		return unwritable(column)
	}
	return nil
}
