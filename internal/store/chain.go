package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"

	"neurocheck/internal/store/engine"
)

// chainVerifier verifies the whole record in ranges, several at a time: each record has its
// own hash, so a range begins with the hash of the record before it and needs nothing
// earlier. That record itself is verified in its own range.
type chainVerifier struct {
	end      chainEnd
	heads    []string
	progress func(done, total int64)

	mu     sync.Mutex
	next   int64            // the first record of the next range
	done   int64            // records read
	noted  map[string]Noted // by head
	misfit rangeResult      // of the first range that has one
}

// rangeLength is the number of records of a range.
const rangeLength = 2000

// rangeResult is the result for the records from one number up to another.
type rangeResult struct {
	from, to int64  // to is the first after the range
	fits     int64  // the last record that fits
	hash     []byte // of that record
	misfit   string
	missing  bool // the record after fits is missing
	err      error
}

func (r *rangeResult) whole() bool { return r.misfit == "" && !r.missing && r.err == nil }

func newChainVerifier(e chainEnd, o Verification) *chainVerifier {
	return &chainVerifier{end: e, heads: o.Heads, progress: o.Progress, next: 1, noted: make(map[string]Noted)}
}

// run verifies ranges until there are no more, or one has a misfit.
func (w *chainVerifier) run(ctx context.Context, q engine.Querier) {
	r, err := newRecordReader(ctx, q)
	if err != nil {
		w.add(rangeResult{err: err})
		return
	}
	for from, to, more := w.nextRange(); more && ctx.Err() == nil; from, to, more = w.nextRange() {
		w.add(r.verify(ctx, w, from, to))
	}
}

func (w *chainVerifier) nextRange() (from, to int64, more bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.misfit.whole() || w.next > w.end.seq {
		return 0, 0, false
	}
	from = w.next
	w.next = min(from+rangeLength, w.end.seq+1)
	return from, w.next, true
}

func (w *chainVerifier) add(r rangeResult) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !r.whole() && (w.misfit.whole() || r.from < w.misfit.from) {
		w.misfit = r
	}
	w.done += r.to - r.from
	if w.progress != nil {
		w.progress(w.done, w.end.seq)
	}
}

// recognize keeps the record of s if its hash is one of the heads that were noted
// earlier.
func (w *chainVerifier) recognize(s *source) {
	hash := hex.EncodeToString(s.hash())
	for _, head := range w.heads {
		if !strings.HasPrefix(hash, head) {
			continue
		}
		r := recordOf(s.layout, s.row)
		w.mu.Lock()
		w.noted[head] = Noted{Head: head, Seq: r.seq, Record: r.name(), At: r.at()}
		w.mu.Unlock()
	}
}

// verdict combines the results of all ranges.
func (w *chainVerifier) verdict(ctx context.Context, q engine.Querier, v *Verdict) (err error) {
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
		v.Misfit, err = w.endDiffers(ctx, q, v)
	}
	for i, n := range v.Noted {
		if found := w.noted[n.Head]; found.Seq <= v.Records {
			v.Noted[i] = found
			v.Noted[i].Head = n.Head
		}
	}
	return err
}

// gap names the record that is missing, and the one that comes next.
func (w *chainVerifier) gap(ctx context.Context, q engine.Querier, missing int64) (string, error) {
	var next *record
	for _, table := range recordTables {
		found, err := engine.All(ctx, q, scanRecord(table), `
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

// endDiffers compares the last record with the end of the chain, and looks for
// records outside of it.
func (w *chainVerifier) endDiffers(ctx context.Context, q engine.Querier, v *Verdict) (string, error) {
	last, err := w.lastHash(ctx, q)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(last, w.end.hash) {
		v.Head = hex.EncodeToString(last)
		return fmt.Sprintf("record %d is not the one that the chain ends with", v.Records), nil
	}
	for _, table := range recordTables {
		outside, err := engine.All(ctx, q, engine.Scan[int64], `SELECT seq FROM `+table+` WHERE seq < 1 UNION ALL SELECT seq FROM `+table+` WHERE seq > $1 ORDER BY seq LIMIT 1`, w.end.seq)
		if err != nil {
			return "", err
		}
		if len(outside) > 0 {
			return fmt.Sprintf("record %d (%s) is outside the chain", outside[0], table), nil
		}
	}
	return "", nil
}

func (w *chainVerifier) lastHash(ctx context.Context, q engine.Querier) ([]byte, error) {
	for _, table := range recordTables {
		found, err := engine.All(ctx, q, engine.Scan[[]byte], `SELECT hash FROM `+table+` WHERE seq = $1`, w.end.seq)
		if err != nil || len(found) > 0 {
			return append([]byte(nil), bytes.Join(found, nil)...), err
		}
	}
	return make([]byte, sha256.Size), nil
}

// recordReader reads the record in its order on one connection.
type recordReader struct {
	sources []*source
	text    []byte // scratch for the canonical encoding
}

// source is one table of the record.
type source struct {
	*layout
	validate func(context.Context, []engine.Value) (misfit string, err error) // the content of a row, or nil
	query    batchQuery
	rows     engine.Records
	row      []engine.Value // the next one; nil after the last
	number   int64          // its seq
}

func (s *source) hash() []byte { return []byte(s.row[s.layout.hash].Text) }

func newRecordReader(ctx context.Context, q engine.Querier) (*recordReader, error) {
	r := &recordReader{}
	tables := new(layouts)
	for _, table := range recordTables {
		l, err := tables.of(ctx, q, table)
		if err != nil {
			return nil, err
		}
		r.sources = append(r.sources, &source{layout: l, query: recordsWhere(q, l, "seq >= $1 AND seq < $2")})
	}
	grades, err := newGrader(ctx, q, tables)
	if err != nil {
		return nil, err
	}
	for _, s := range r.sources {
		switch s.table {
		case checkTable:
			s.validate = grades.check
		case reevaluationTable:
			s.validate = grades.reevaluation
		}
	}
	return r, nil
}

// start begins to read the records from one number up to another.
func (s *source) start(ctx context.Context, from, to int64) (err error) {
	s.row = nil
	if s.rows, err = s.query.read(ctx, from, to); err == nil {
		s.advance()
	}
	return err
}

// advance goes on to the next record.
func (s *source) advance() {
	s.row = nil
	if s.rows.Next() {
		s.row = s.rows.Row()
		s.number = s.row[s.seq].Whole
	}
}

// first returns the source whose next record has the lowest number, or nil.
func (r *recordReader) first() (first *source) {
	for _, s := range r.sources {
		if s.row != nil && (first == nil || s.number < first.number) {
			first = s
		}
	}
	return first
}

// verify verifies the records from one number up to another.
func (r *recordReader) verify(ctx context.Context, w *chainVerifier, from, to int64) rangeResult {
	got := r.verifyAtOnce(ctx, w, from, to)
	if got.err == nil || to-from < 2 {
		return got
	}
	// The part that cannot be read may come after a part that can.
	middle := from + (to-from)/2
	if got = r.verify(ctx, w, from, middle); got.whole() {
		got = r.verify(ctx, w, middle, to)
	}
	return got
}

func (r *recordReader) verifyAtOnce(ctx context.Context, w *chainVerifier, from, to int64) (got rangeResult) {
	got = rangeResult{from: from, to: to, fits: from - 1, hash: make([]byte, sha256.Size)}
	for _, s := range r.sources {
		if got.err = s.start(ctx, from-1, to); got.err != nil {
			return got
		}
	}
	started := from == 1 // the hash before the first record is known
	for s := r.first(); s != nil; s = r.first() {
		switch {
		case s.number < from:
			if !started && s.number == from-1 {
				started = true
				copy(got.hash, s.hash())
			}
		case s.number > got.fits+1:
			got.missing = true
			return got
		case s.number <= got.fits:
			r := recordOf(s.layout, s.row)
			got.misfit = r.name() + " is there twice"
			return got
		default:
			if got.misfit, got.err = r.misfit(ctx, s, got.hash); got.misfit != "" || got.err != nil {
				return got
			}
			if len(w.heads) > 0 {
				w.recognize(s)
			}
			got.fits = s.number
			copy(got.hash, s.hash())
		}
		s.advance()
	}
	got.missing = got.fits != to-1
	return got
}

// misfit says why the next record of s cannot follow the record with the hash
// before, or nothing if it can.
func (r *recordReader) misfit(ctx context.Context, s *source, before []byte) (misfit string, err error) {
	r.text = s.encode(r.text[:0], s.row)
	own := sha256.Sum256(r.text)
	hash := chained(before, own[:])
	switch {
	case string(own[:]) != s.row[s.rowHash].Text:
		misfit = " does not fit: it is not as it was recorded"
	case string(hash[:]) != s.row[s.layout.hash].Text:
		misfit = " does not fit: it does not follow the record before it"
	case s.validate != nil:
		if misfit, err = s.validate(ctx, s.row); misfit != "" {
			misfit = ": " + misfit
		}
	}
	if misfit != "" {
		of := recordOf(s.layout, s.row)
		misfit = of.name() + misfit
	}
	return misfit, err
}

// at returns the time at which the record was appended.
func (r *record) at() time.Time {
	var ms, offset sql.NullInt64
	ms.Int64, ms.Valid = r.value("at").(int64)
	offset.Int64, offset.Valid = r.value("at_offset").(int64)
	return fromMillis(ms, offset)
}

// Verification are the options of [Store.VerifyWith].
type Verification struct {
	// Heads are hashes of records that were noted earlier, as [ParseHead]
	// returns them.
	Heads []string
	// Progress, if it is set, is called from time to time with the number of records
	// that have been read, and that of all.
	Progress func(done, total int64)
	// OneProcessor leaves the others to people: all runs in the goroutine of the caller.
	OneProcessor bool
}

// Verdict is the result of Verify.
type Verdict struct {
	Records int64  // that fit, from the first
	Head    string // hash of the last of them, in hexadecimal
	// Misfit names the first record that does not fit, or the part of the log that is
	// damaged; empty if the record is whole.
	Misfit string
	// Noted are the heads of the Verification, in its order.
	Noted []Noted
}

// Noted is a head that was noted earlier, and the record with that hash, among those
// that fit.
type Noted struct {
	Head   string // as in the Verification
	Seq    int64  // 0 if no record has it
	Record string // name of the record, without saying whose
	At     time.Time
}

// Found reports whether the head is still part of the record.
func (n Noted) Found() bool { return n.Seq > 0 }
