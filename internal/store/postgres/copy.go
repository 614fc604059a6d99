package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"neurocheck/internal/store/engine"
)

// Many rows are copied table by table, which takes a fraction of the time of inserting them
// one by one. A statement waits until the rows of the tables that it names are there, and a
// row until the statements that name its table have run.

// copying is the rows of one table that wait to be copied.
type copying struct {
	table   string
	columns string
	rows    int
	content []byte // in the binary format of COPY
}

// bulkStatement is the part of a statement that copying needs to know.
type bulkStatement struct {
	table   string // a row of this table, empty for any other statement
	columns []string
	words   map[string]bool // of any other statement
}

const (
	fullCopy  = 4 << 20 // bytes of a table that are copied at a time
	fullQueue = 512     // statements that are sent at a time
)

var (
	plainInsert = regexp.MustCompile(`^\s*INSERT INTO (\w+) \(([\w, ]+)\)\s+VALUES \((\$\d+(?:, \$\d+)*)\)\s*$`)
	anyWord     = regexp.MustCompile(`\w+`)
)

// bulkOf looks at a statement.
func bulkOf(of *engine.Statement) *bulkStatement {
	if of.Table != "" {
		return &bulkStatement{table: of.Table, columns: of.Columns}
	}
	if m := plainInsert.FindStringSubmatch(of.Query); m != nil {
		columns := strings.Split(m[2], ", ")
		if strings.HasSuffix(insertion(m[1], columns), "VALUES ("+m[3]+")") {
			return &bulkStatement{table: m[1], columns: columns}
		}
	}
	b := &bulkStatement{words: make(map[string]bool)}
	for _, word := range anyWord.FindAllString(of.Query, -1) {
		b.words[word] = true
	}
	return b
}

// appendMany appends rows and statements.
func (g *group) appendMany(rows []engine.Row) error {
	if g.rows == nil {
		g.rows = make(map[*engine.Statement]*bulkStatement)
	}
	for i := range rows {
		row := &rows[i]
		b := g.rows[row.Statement]
		if b == nil {
			b = bulkOf(row.Statement)
			g.rows[row.Statement] = b
		}
		var err error
		if b.table != "" {
			err = g.appendRow(b, row.Values)
		} else {
			err = g.appendStatement(b, row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// appendRow lets a row wait to be copied.
func (g *group) appendRow(b *bulkStatement, values []any) error {
	if slices.ContainsFunc(g.queued.of, func(of *engine.Statement) bool { return g.rows[of] != nil && g.rows[of].words[b.table] }) {
		if err := g.sendQueued(); err != nil {
			return err
		}
	}
	columns := strings.Join(b.columns, ", ")
	at := slices.IndexFunc(g.copies, func(c *copying) bool { return c.table == b.table && c.columns == columns })
	if at < 0 {
		at = len(g.copies)
		g.copies = append(g.copies, &copying{table: b.table, columns: columns})
	}
	c := g.copies[at]
	c.add(values)
	if len(c.content) < fullCopy {
		return nil
	}
	return g.copyAll() // a row may refer to one of another table that came before it
}

// appendStatement queues a statement.
func (g *group) appendStatement(b *bulkStatement, row *engine.Row) error {
	if slices.ContainsFunc(g.copies, func(c *copying) bool { return c.rows > 0 && b.words[c.table] }) {
		if err := g.copyAll(); err != nil {
			return err
		}
	}
	g.queued.add(row.Statement, row.Values)
	if g.queued.len() < fullQueue {
		return nil
	}
	return g.sendQueued()
}

// sendQueued sends the queued statements.
func (g *group) sendQueued() error {
	g.sent, g.changed = true, g.changed || g.queued.writes()
	_, err := g.send(context.Background(), nil)
	return err
}

// copyAll copies the rows that wait, in the order in which their tables were first named.
func (g *group) copyAll() error {
	for _, c := range g.copies {
		if c.rows == 0 {
			continue
		}
		g.sent, g.changed = true, true
		if err := g.copy(c); err != nil {
			return err
		}
	}
	return nil
}

// The header of the binary format of COPY: its signature, no flags and no extension.
const copyHeader = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"

// copy copies the rows of a table.
func (g *group) copy(c *copying) error {
	content := binary.BigEndian.AppendUint16(c.content, 0xffff) // the end
	tag, err := g.conn.Conn().PgConn().CopyFrom(context.Background(), bytes.NewReader(content), "COPY "+c.table+" ("+c.columns+") FROM STDIN BINARY")
	rows := c.rows
	c.content, c.rows = content[:0], 0
	switch {
	case cause(err) == engine.CauseContradiction:
		return engine.Contradiction(c.table, err)
	case err != nil:
		return err
	case tag.RowsAffected() != int64(rows):
		return engine.ErrInsertedNothing
	}
	return nil
}

// add adds a row.
func (c *copying) add(values []any) {
	if len(c.content) == 0 {
		c.content = append(c.content, copyHeader...)
	}
	b := binary.BigEndian.AppendUint16(c.content, uint16(len(values)))
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = binary.BigEndian.AppendUint32(b, 0xffffffff)
		case int64:
			b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(v))
		case string:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
		case []byte:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
		default:
			panic(fmt.Sprintf("a row of %s holds a %T", c.table, v)) // a mistake in package store
		}
	}
	c.content = b
	c.rows++
}
