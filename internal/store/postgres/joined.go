package postgres

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"neurocheck/internal/store/engine"
)

// A save changes some eight tables, and each statement costs the server about as much as the
// change itself. So changes of different tables that follow each other are sent as one
// statement with several parts.

// joined is statements that are sent as one.
type joined struct {
	only    *engine.Statement // if there is one
	tables  []string          // that they change, in their order
	records []string          // those of which they append a row
	bare    []string          // the text of each
	counted []bool            // each that fails unless it changes a row
	values  []any
}

// change matches a statement that changes one table.
var change = regexp.MustCompile(`^\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)\b`)

// changes returns the table that a statement changes, and its text. The table is empty if the
// statement reads another one, or begins or ends something.
func changes(of *engine.Statement) (table, text string) {
	if of.Table != "" {
		return of.Table, insertion(of.Table, of.Columns)
	}
	m := change.FindStringSubmatch(of.Query)
	if m == nil || strings.Contains(of.Query, "SELECT") {
		return "", of.Query
	}
	return m[1], of.Query
}

// joined puts the statements together as far as their order allows: the parts of a statement
// do not see what the others change.
func (s *statements) joined() (list []*joined) {
	for i, of := range s.of {
		table, text := changes(of)
		var to *joined
		if n := len(list); n > 0 && table != "" && len(list[n-1].tables) > 0 && !slices.Contains(s.starts, i) && !slices.Contains(list[n-1].tables, table) {
			to = list[n-1]
			to.only = nil
		} else {
			to = &joined{only: of}
			list = append(list, to)
		}
		if table != "" {
			to.tables = append(to.tables, table)
		}
		if of.Table != "" {
			to.records = append(to.records, table)
		}
		to.bare = append(to.bare, text)
		to.counted = append(to.counted, of.One || strings.HasPrefix(strings.TrimSpace(text), "INSERT "))
		to.values = append(to.values, s.values[i]...)
	}
	return list
}

// parameter matches a parameter of a statement.
var parameter = regexp.MustCompile(`\$\d+`)

// text returns the text of the statement. If a part has to change a row, it divides by the
// number of those that the part changed: the server itself refuses the transaction then,
// because its commit may be in the same round trip.
func (j *joined) text() string {
	if len(j.bare) == 1 && !j.counted[0] {
		return j.bare[0]
	}
	var with, counts []string
	first := 0 // number of the last parameter of the parts before
	for i, text := range j.bare {
		most := 0
		text = parameter.ReplaceAllStringFunc(text, func(p string) string {
			n, _ := strconv.Atoi(p[1:])
			most = max(most, n)
			return "$" + strconv.Itoa(first+n)
		})
		first += most
		name := "c" + strconv.Itoa(i)
		if j.counted[i] {
			text += " RETURNING 1"
			counts = append(counts, "(SELECT count(*) FROM "+name+")")
		}
		with = append(with, name+" AS ("+text+")")
	}
	if len(counts) == 0 {
		counts = []string{"1"}
	}
	return "WITH " + strings.Join(with, ", ") + " SELECT 1 / (" + strings.Join(counts, " * ") + ")"
}

// textOf returns the text of joined statements, which is made once for each kind of save.
func (l *Log) textOf(j *joined) string {
	key := strings.Join(j.bare, "\x00") + string(marksOf(j.counted))
	text, known := l.texts[key]
	if !known {
		if l.texts == nil || len(l.texts) == mostTexts {
			l.texts = make(map[string]string)
		}
		text = j.text()
		l.texts[key] = text
	}
	return text
}

// mostTexts is the number of texts that are kept. A save from the screens needs one or two.
const mostTexts = 256

func marksOf(counted []bool) (marks []byte) {
	for _, c := range counted {
		if c {
			marks = append(marks, '1')
		} else {
			marks = append(marks, '0')
		}
	}
	return marks
}

// queue adds the statements to a batch, and returns them as they are sent.
func (s *statements) queue(b *pgx.Batch, l *Log) []*joined {
	list := s.joined()
	for _, j := range list {
		b.Queue(l.textOf(j), j.values...)
	}
	return list
}

// failure returns the error of joined statements.
func (j *joined) failure(err error) error {
	e, ofServer := errors.AsType[*pgconn.PgError](err)
	switch {
	case !ofServer:
		return err
	case e.Code == "22012":
		return engine.ErrInsertedNothing
	case cause(err) == engine.CauseContradiction && slices.Contains(j.records, e.TableName):
		return engine.Contradiction(e.TableName, err)
	}
	return err
}
