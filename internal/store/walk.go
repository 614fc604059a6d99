package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"neurocheck/internal/pack"
)

// walk goes over the whole record in stretches, several at a time: each record
// keeps its own hash, so a stretch begins with the hash of the record before it
// and needs none of what came earlier. That record is judged in its own stretch.
type walk struct {
	end      end
	heads    []string
	progress func(done, total int64)

	mu     sync.Mutex
	next   int64            // the first record of the next stretch
	done   int64            // records read
	noted  map[string]Noted // by head
	misfit stretch          // the first one in which something does not fit
}

// stretchLength is how many records a stretch has.
const stretchLength = 2000

// stretch is what was found in the records from one number up to another.
type stretch struct {
	from, to int64  // to is the first that does not belong to it
	fits     int64  // the last record that fits
	hash     []byte // of that record
	misfit   string
	missing  bool // the record behind fits is not there
	err      error
}

func (s *stretch) whole() bool { return s.misfit == "" && !s.missing && s.err == nil }

// end is where the chain ends.
type end struct {
	seq  int64
	hash []byte
}

func newWalk(e end, o Verification) *walk {
	return &walk{end: e, heads: o.Heads, progress: o.Progress, next: 1, noted: make(map[string]Noted)}
}

// read walks stretches until there are no more, or one has a misfit.
func (w *walk) read(ctx context.Context, conn *sql.Conn) {
	r, err := newReader(ctx, conn)
	if err != nil {
		w.add(stretch{err: err})
		return
	}
	for from, to, more := w.take(); more && ctx.Err() == nil; from, to, more = w.take() {
		w.add(r.walk(ctx, w, from, to))
	}
}

func (w *walk) take() (from, to int64, more bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.misfit.whole() || w.next > w.end.seq {
		return 0, 0, false
	}
	from = w.next
	w.next = min(from+stretchLength, w.end.seq+1)
	return from, w.next, true
}

func (w *walk) add(s stretch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !s.whole() && (w.misfit.whole() || s.from < w.misfit.from) {
		w.misfit = s
	}
	w.done += s.to - s.from
	if w.progress != nil {
		w.progress(w.done, w.end.seq)
	}
}

// note keeps the record whose hash is a head that was asked about.
func (w *walk) note(s *source) {
	hash := hex.EncodeToString(s.hash())
	for _, head := range w.heads {
		if !strings.HasPrefix(hash, head) {
			continue
		}
		r := s.record()
		w.mu.Lock()
		w.noted[head] = Noted{Head: head, Seq: r.seq, Record: r.name(), At: r.at()}
		w.mu.Unlock()
	}
}

// verdict puts together what all the stretches have brought.
func (w *walk) verdict(ctx context.Context, q querier, v *Verdict) (err error) {
	bad := w.misfit
	v.Records, v.Head = w.end.seq, hex.EncodeToString(w.end.hash)
	if !bad.whole() {
		v.Records, v.Head = bad.fits, hex.EncodeToString(bad.hash)
		v.Misfit, err = bad.misfit, bad.err
	} else if v.Records < 1 {
		v.Records, v.Head = 0, hex.EncodeToString(make([]byte, sha256.Size))
		bad.missing = w.end.seq < 0
	}
	if bad.missing {
		v.Misfit, err = w.gap(ctx, q, v.Records+1)
	}
	if err == nil && v.Misfit == "" {
		v.Misfit, err = w.atTheEnd(ctx, q, v)
	}
	for i, n := range v.Noted {
		if found := w.noted[n.Head]; found.Seq <= v.Records {
			v.Noted[i] = found
			v.Noted[i].Head = n.Head
		}
	}
	return err
}

// gap says which record is missing, and which one comes next.
func (w *walk) gap(ctx context.Context, q querier, missing int64) (string, error) {
	var next *record
	for _, table := range recordTables {
		found, err := all(ctx, q, scanRecord(table), `
			SELECT *
			FROM `+table+`
			WHERE seq > $1 AND seq <= $2
			ORDER BY seq
			LIMIT 1`, missing, w.end.seq)
		if err != nil {
			return "", err
		}
		if len(found) > 0 && (next == nil || found[0].seq < next.seq) {
			next = &found[0]
		}
	}
	if next == nil {
		return fmt.Sprintf("record %d is missing: the record ends before its chain does", missing), nil
	}
	return fmt.Sprintf("record %d is missing; %s comes next", missing, next.name()), nil
}

// atTheEnd compares the last record with the end of the chain, and looks for
// records beyond it.
func (w *walk) atTheEnd(ctx context.Context, q querier, v *Verdict) (string, error) {
	last, err := w.lastHash(ctx, q)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(last, w.end.hash) {
		v.Head = hex.EncodeToString(last)
		return fmt.Sprintf("record %d is not the one that the chain ends with", v.Records), nil
	}
	for _, table := range recordTables {
		outside, err := all(ctx, q, func(rows *sql.Rows) (seq int64, err error) {
			err = rows.Scan(&seq)
			return seq, err
		}, `SELECT seq FROM `+table+` WHERE seq < 1 OR seq > $1 ORDER BY seq LIMIT 1`, w.end.seq)
		if err != nil {
			return "", err
		}
		if len(outside) > 0 {
			return fmt.Sprintf("record %d (%s) stands outside the chain", outside[0], table), nil
		}
	}
	return "", nil
}

func (w *walk) lastHash(ctx context.Context, q querier) ([]byte, error) {
	for _, table := range recordTables {
		found, err := all(ctx, q, func(rows *sql.Rows) (hash []byte, err error) {
			err = rows.Scan(&hash)
			return hash, err
		}, `SELECT hash FROM `+table+` WHERE seq = $1`, w.end.seq)
		if err != nil || len(found) > 0 {
			return append([]byte(nil), bytes.Join(found, nil)...), err
		}
	}
	return make([]byte, sha256.Size), nil
}

// reader reads the record in its order on one connection.
type reader struct {
	sources []*source
	text    []byte // of the record being judged, for its hash
}

// source is one table of the record.
type source struct {
	table string
	judge func(context.Context, *source) (misfit string, err error) // beside its hash; nil for none
	query packedQuery
	names []string
	rows  *pack.Rows
	row   []pack.Value // the next one
	seq   int64        // its number

	seqAt, hashAt int // where these columns stand
}

func (s *source) hash() []byte { return []byte(s.row[s.hashAt].Text) }

// record returns the row on its own.
func (s *source) record() record {
	r := record{table: s.table, seq: s.seq, hash: s.hash()}
	for i, name := range s.names {
		if i != s.hashAt {
			r.row = append(r.row, column{name, plainValue(&s.row[i])})
		}
	}
	return r
}

func newReader(ctx context.Context, conn *sql.Conn) (*reader, error) {
	r := &reader{}
	for _, table := range recordTables {
		query, names, err := packedTable(ctx, conn, table, "seq >= ?1 AND seq < ?2")
		if err != nil {
			return nil, err
		}
		r.sources = append(r.sources, &source{
			table: table, query: query, names: names,
			seqAt: slices.Index(names, "seq"), hashAt: slices.Index(names, "hash"),
		})
	}
	checks, err := newJudge(ctx, conn)
	if err != nil {
		return nil, err
	}
	for _, s := range r.sources {
		switch s.table {
		case checkTable:
			s.judge = checks.check
		case "reevaluation":
			s.judge = checks.reevaluation
		}
	}
	return r, nil
}

// start begins to read the records from one number up to another.
func (s *source) start(ctx context.Context, from, to int64) (err error) {
	s.rows, err = s.query.read(ctx, from, to)
	s.advance()
	return err
}

// advance goes on to the next record. Behind the last one there is no row.
func (s *source) advance() {
	s.row = nil
	if s.rows.Next() {
		s.row = s.rows.Row
		s.seq = s.row[s.seqAt].Whole
	}
}

// first is the source whose next record has the lowest number, or nil.
func (r *reader) first() (first *source) {
	for _, s := range r.sources {
		if s.row != nil && (first == nil || s.seq < first.seq) {
			first = s
		}
	}
	return first
}

// walk judges the records from one number up to another.
func (r *reader) walk(ctx context.Context, w *walk, from, to int64) stretch {
	got := r.walkAtOnce(ctx, w, from, to)
	if got.err == nil || to-from < 2 {
		return got
	}
	// What cannot be read may stand behind what can.
	middle := from + (to-from)/2
	if got = r.walk(ctx, w, from, middle); got.whole() {
		got = r.walk(ctx, w, middle, to)
	}
	return got
}

func (r *reader) walkAtOnce(ctx context.Context, w *walk, from, to int64) (got stretch) {
	got = stretch{from: from, to: to, fits: from - 1, hash: make([]byte, sha256.Size)}
	for _, s := range r.sources {
		if got.err = s.start(ctx, from-1, to); got.err != nil {
			return got
		}
	}
	started := from == 1 // the hash before the first is known
	for s := r.first(); s != nil; s = r.first() {
		switch {
		case s.seq < from:
			if !started && s.seq == from-1 {
				started = true
				copy(got.hash, s.hash())
			}
		case s.seq > got.fits+1:
			got.missing = true
			return got
		case s.seq <= got.fits:
			r := s.record()
			got.misfit = r.name() + " stands twice"
			return got
		default:
			if got.misfit, got.err = r.judge(ctx, s, got.hash); got.misfit != "" || got.err != nil {
				return got
			}
			if len(w.heads) > 0 {
				w.note(s)
			}
			got.fits = s.seq
			copy(got.hash, s.hash())
		}
		s.advance()
	}
	got.missing = got.fits != to-1
	return got
}

// judge says what is wrong with the next record of s, which follows the hash
// before.
func (r *reader) judge(ctx context.Context, s *source, before []byte) (string, error) {
	text := append(append(append(r.text[:0], before...), s.table...), '\n')
	for i, name := range s.names {
		if i != s.hashAt {
			text = appendPacked(text, name, &s.row[i])
		}
	}
	r.text = text
	if sum := sha256.Sum256(text); string(sum[:]) != s.row[s.hashAt].Text {
		record := s.record()
		return record.name() + " does not fit: it, or what came before it, is not what was recorded", nil
	}
	if s.judge == nil {
		return "", nil
	}
	misfit, err := s.judge(ctx, s)
	if misfit != "" {
		record := s.record()
		misfit = record.name() + ": " + misfit
	}
	return misfit, err
}

// record is one row of any table of the record.
type record struct {
	table string
	row   []column
	seq   int64
	hash  []byte
}

// name says which record it is, without saying whose.
func (r *record) name() string {
	what := fmt.Sprintf("record %d (%s", r.seq, r.table)
	for _, c := range r.row {
		if c.value != nil && (c.name == "check_id" || c.name == "patient_id" || c.name == "follow_up_id" || c.name == "version") {
			what += fmt.Sprintf(", %s %v", c.name, c.value)
		}
	}
	return what + ")"
}

// at is when it was recorded.
func (r *record) at() (at time.Time) {
	var ms, offset sql.NullInt64
	for _, c := range r.row {
		switch c.name {
		case "at":
			ms.Int64, ms.Valid = c.value.(int64)
		case "at_offset":
			offset.Int64, offset.Valid = c.value.(int64)
		}
	}
	return fromMoment(ms, offset)
}

func scanRecord(table string) func(*sql.Rows) (record, error) {
	return func(rows *sql.Rows) (r record, err error) {
		names, err := rows.Columns()
		if err != nil {
			return r, err
		}
		values := make([]any, len(names))
		dest := make([]any, len(names))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return r, err
		}
		r.table = table
		for i, name := range names {
			switch name {
			case "hash":
				r.hash, _ = values[i].([]byte)
				continue
			case "seq":
				r.seq, _ = values[i].(int64)
			}
			r.row = append(r.row, column{name, values[i]})
		}
		return r, nil
	}
}
