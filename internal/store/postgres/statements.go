package postgres

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"neurocheck/internal/store/engine"
)

// statements are statements that wait to be sent in one round trip.
type statements struct {
	batch pgx.Batch
	of    []*engine.Statement
	texts map[*engine.Statement]string
}

func (s *statements) len() int { return len(s.of) }

func (s *statements) clear() {
	s.batch = pgx.Batch{}
	s.of = s.of[:0]
}

// writes reports whether any of the statements writes.
func (s *statements) writes() bool {
	return slices.ContainsFunc(s.of, func(of *engine.Statement) bool { return !slices.Contains(framing, of) })
}

// framing are statements that change nothing.
var framing = []*engine.Statement{beginAll, lockHead, setSavepoint, releaseSavepoint}

// add queues a statement.
func (s *statements) add(of *engine.Statement, values []any) {
	if s.texts == nil {
		s.texts = make(map[*engine.Statement]string)
	}
	text, known := s.texts[of]
	if !known {
		text = textOf(of)
		s.texts[of] = text
	}
	s.batch.Queue(text, kept(values)...)
	s.of = append(s.of, of)
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

// textOf returns the text of a statement. One that has to change a row divides by the number
// of those that it changed: the server itself refuses the transaction then, because its
// commit may be in the same round trip.
func textOf(of *engine.Statement) string {
	text := of.Query
	if of.Table != "" {
		text = insertion(of.Table, of.Columns)
	}
	if of.One || strings.HasPrefix(strings.TrimSpace(text), "INSERT ") {
		return `WITH changed AS (` + text + ` RETURNING 1) SELECT 1 / count(*) FROM changed`
	}
	return text
}

// insertion returns an INSERT of one row with these columns.
func insertion(table string, columns []string) string {
	marks := ""
	for n := range columns {
		marks += ", $" + strconv.Itoa(n+1)
	}
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + marks[2:] + ")"
}

// failure returns the error of a statement.
func failure(of *engine.Statement, err error) error {
	switch {
	case code(err) == "22012":
		return engine.ErrInsertedNothing
	case of.Table != "" && cause(err) == engine.CauseContradiction:
		return engine.Contradiction(of.Table, err)
	}
	return err
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
