package postgres

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
	"unsafe"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"

	"neurocheck/internal/store/engine"
)

// direct reads on a connection of its own. It takes passing rows from the messages of the
// server: an export reads the whole record in this way, and the driver hands each value on
// three times, which takes as long as the hash of the row.
type direct struct {
	querier
	conn *pgx.Conn
	in   *messages
}

func newDirect(conn *pgx.Conn) direct {
	return direct{querier{conn}, conn, &messages{buffer: bufio.NewReaderSize(conn.PgConn().Conn(), mostRead)}}
}

// mostRead is the number of bytes that are read at a time, if the server has sent as many.
const mostRead = 128 << 10

// Records reads whole rows in one batch, or while they come if they are passing.
func (d direct) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	if !from.Passing {
		return d.querier.Records(ctx, from, args...)
	}
	query := selection(&from)
	statement, err := d.conn.Prepare(ctx, query, query) // the first time
	if err != nil {
		return nil, err
	}
	kinds, formats, err := asSent(statement.Fields)
	if err != nil {
		return nil, err
	}
	values := make([][]byte, len(args))
	for i, arg := range args {
		values[i] = fmt.Append(nil, arg)
	}
	if err := d.conn.PgConn().SyncConn(ctx); err != nil { // the driver has read nothing ahead
		return nil, err
	}
	p := &passing{in: d.in, kinds: kinds, row: make([]engine.Value, len(kinds)), release: d.until(ctx)}
	to := d.conn.PgConn().Frontend()
	to.SendBind(&pgproto3.Bind{PreparedStatement: statement.Name, Parameters: values, ResultFormatCodes: formats})
	to.SendExecute(&pgproto3.Execute{})
	to.SendSync(&pgproto3.Sync{})
	if err := to.Flush(); err != nil {
		p.end(err)
	}
	return p, nil // with the error
}

// until makes the connection fail when ctx ends, until release is called, which returns the
// error of ctx if it has ended.
func (d direct) until(ctx context.Context) (release func() error) {
	stop := context.AfterFunc(ctx, func() { _ = d.conn.PgConn().Conn().SetDeadline(time.Unix(1, 0)) })
	return func() error {
		if stop() {
			return nil
		}
		return ctx.Err()
	}
}

// asSent returns the kinds of the values of a table of the record, and the formats to ask for.
// Integers come in digits, which is the form that exports and hashes need, and texts as they
// are. The server makes both faster than the binary form.
func asSent(fields []pgconn.FieldDescription) (kinds []engine.Kind, formats []int16, err error) {
	for i := range fields {
		kind, format := engine.Text, int16(pgtype.TextFormatCode)
		switch fields[i].DataTypeOID {
		case pgtype.TextOID:
		case pgtype.Int8OID:
			kind = engine.Integer
		case pgtype.ByteaOID:
			kind, format = engine.Blob, pgtype.BinaryFormatCode
		default:
			return nil, nil, unknownType(&fields[i])
		}
		kinds, formats = append(kinds, kind), append(formats, format)
	}
	return kinds, formats, nil
}

// passing is rows that are used while they come: see [engine.Rows].
type passing struct {
	in      *messages
	kinds   []engine.Kind
	row     []engine.Value
	release func() error
	ended   bool
	err     error
}

// end notes that nothing more comes. The first error stays, unless the context ended.
func (p *passing) end(err error) {
	p.ended = true
	if p.err == nil {
		p.err = err
	}
	if err := p.release(); err != nil {
		p.err = err
	}
}

// Next goes on to the next row.
func (p *passing) Next() bool {
	for !p.ended {
		kind, content, err := p.in.next()
		switch {
		case err != nil:
			p.end(err)
		case kind == 'D': // DataRow
			if err := p.take(content); err != nil {
				p.end(err)
			}
			return !p.ended
		case kind == 'E': // ErrorResponse
			var said pgproto3.ErrorResponse
			if p.err = said.Decode(content); p.err == nil {
				p.err = pgconn.ErrorResponseToPgError(&said)
			}
		case kind == 'Z': // ReadyForQuery
			p.end(nil)
		}
	}
	return false
}

// take makes the row that of a message: the number of its values, and of each its length and
// its bytes. The memory is that of the message.
func (p *passing) take(message []byte) error {
	text := unsafe.String(unsafe.SliceData(message), len(message))
	if len(message) < 2 || int(binary.BigEndian.Uint16(message)) != len(p.row) {
		return errUnreadable
	}
	at := 2
	for i, kind := range p.kinds {
		if len(message)-at < 4 {
			return errUnreadable
		}
		length := int(int32(binary.BigEndian.Uint32(message[at:])))
		at += 4
		v := &p.row[i]
		if length < 0 {
			v.Kind, v.Text = engine.Null, ""
			continue
		}
		if len(text)-at < length {
			return errUnreadable
		}
		v.Kind, v.Text = kind, text[at:at+length]
		at += length
	}
	return nil
}

// Row returns the values of the row.
func (p *passing) Row() []engine.Value { return p.row }

// Close ends the reading. It passes over the rows that are left, so that the connection is free
// for the next ones.
func (p *passing) Close() error {
	for p.Next() {
	}
	return p.err
}

// messages are the messages of a server.
type messages struct {
	buffer *bufio.Reader
	taken  int // bytes of the last one, which is still in the buffer
}

// mostMessage is a length that no message has: the server makes no larger values.
const mostMessage = 1 << 30

var errUnreadable = errors.New("the server sent a message that cannot be read")

// next returns the next message: its kind, and its content until the one after it.
func (m *messages) next() (kind byte, content []byte, err error) {
	_, _ = m.buffer.Discard(m.taken)
	m.taken = 0
	head, err := m.buffer.Peek(5)
	if err != nil {
		return 0, nil, err
	}
	kind = head[0]
	length := 1 + int64(binary.BigEndian.Uint32(head[1:])) // with the kind
	var message []byte
	switch {
	case length < 5 || length > mostMessage:
		err = errUnreadable
	case length <= mostRead:
		message, err = m.buffer.Peek(int(length))
		m.taken = len(message)
	default:
		message = make([]byte, length)
		_, err = io.ReadFull(m.buffer, message)
	}
	if err != nil {
		return 0, nil, err
	}
	return kind, message[5:], nil
}
