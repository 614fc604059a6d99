package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// tx is one write transaction: one author, one time, one range of the chain.
type tx struct {
	sql     flushed
	inserts *inserter
	sig     ward.Signature
	before  int64  // number of the last record before this transaction
	seq     int64  // of the last record
	request string // ID of the request, until the first record has it
	tables  *layouts
	site    *ward.Site
	known   *roster // the staff, once it was read
}

// reader returns a reader inside the transaction.
func (w *tx) reader() reader {
	return reader{q: w.sql, tables: w.tables, inside: w.seq > w.before}
}

// ahead is [askAhead] later in the transaction, before queries that were not foreseen.
func (w *tx) ahead(ctx context.Context, reads ...func(context.Context, reader)) error {
	if err := w.inserts.flush(ctx); err != nil {
		return err
	}
	return askAhead(ctx, w.sql.tx, w.reader(), reads...)
}

// write runs do in one transaction. The records that do appends are on disk when
// write returns nil; otherwise there are none.
func (s *Store) write(ctx context.Context, sig ward.Signature, do func(*tx) error) error {
	_, err := s.act(ctx, sig, Request{}, engine.Checked, do)
	return err
}

// writeMany is write for many rows that the caller has validated.
func (s *Store) writeMany(ctx context.Context, sig ward.Signature, do func(*tx) error) error {
	_, err := s.act(ctx, sig, Request{}, engine.Unchecked, do)
	return err
}

// act runs do in one transaction, unless an earlier act has done the same request.
func (s *Store) act(ctx context.Context, sig ward.Signature, request Request, r engine.Rules, do func(*tx) error) (done Done, err error) {
	if sig.By == "" || sig.At.IsZero() {
		return done, ward.Invalid("author", "nothing is recorded without an author and a time")
	}
	if err := request.validate(); err != nil {
		return done, err
	}
	var late map[string]map[string]bool
	receipt := receiptOf(ctx)
	err = s.begin(ctx, r, []func(context.Context, reader){request.ask, askStaff}, func(t engine.Tx, last chainEnd) (_ chainEnd, err error) {
		inserts := newInserter(ctx, t, last.hash)
		defer inserts.close()
		if done, err = request.find(ctx, t); err != nil || done.Before {
			return last, err
		}
		site, err := s.rules(ctx, t)
		if err != nil {
			return last, err
		}
		sig := sig
		sig.Request = "" // the records have it in a column of its own
		w := &tx{sql: flushed{t, inserts}, sig: sig, inserts: inserts, before: last.seq, seq: last.seq, request: request.ID, tables: s.tables, site: site}
		if err := w.signsAs(ctx); err != nil {
			return last, err
		}
		if err := do(w); err != nil {
			return last, err
		}
		recorded := w.seq
		if receipt.isDry() {
			receipt.There = recorded == last.seq
			_, _, err := headOf(ctx, w.sql) // a server has run all statements then
			return last, cmp.Or(err, errRehearsed)
		}
		if recorded > last.seq || request.ID == "" {
			if late, err = s.appendLate(ctx, w); err != nil {
				return last, err
			}
		}
		if err := inserts.flush(ctx); err != nil || w.seq == last.seq {
			return last, err
		}
		if err := s.markMissing(ctx, w); err != nil {
			return last, err
		}
		done = Done{First: last.seq + 1, Last: recorded}
		return w.extendChain(ctx, request, done)
	})
	if errors.Is(err, errRehearsed) {
		return done, nil
	}
	if err == nil {
		s.dropLate(late)
		receipt.note(done)
	}
	return done, s.explain(err)
}

// extendChain moves the end of the chain to the last record, and updates the tables that
// count the records. It returns the new end.
func (w *tx) extendChain(ctx context.Context, request Request, done Done) (chainEnd, error) {
	if err := w.inserts.flush(ctx); err != nil { // the records have their hashes then
		return chainEnd{}, err
	}
	end := chainEnd{w.seq, slices.Clone(w.inserts.hash)}
	if err := w.inserts.runOne(ctx, `UPDATE chain SET seq = $1, hash = $2 WHERE id = 1`, end.seq, end.hash); err != nil {
		return end, err
	}
	if err := w.addCounts(ctx, w.inserts.added); err != nil {
		return end, err
	}
	if err := request.keep(ctx, w, done); err != nil {
		return end, err
	}
	return end, w.inserts.flush(ctx)
}

// append adds a record to the chain: the row of table with these columns, after
// seq, time, author and request. It returns the number of the record. A column
// whose value is ownSeq gets that number.
func (w *tx) append(ctx context.Context, table string, columns ...column) (seq int64, err error) {
	return w.appendRow(ctx, table, func(dst []column) []column { return append(dst, columns...) })
}

// appendRow is [tx.append] for columns that are computed later, while the
// transaction goes on: row must not refer to anything that still changes.
func (w *tx) appendRow(ctx context.Context, table string, row func(dst []column) []column) (seq int64, err error) {
	w.seq++
	seq, sig, request := w.seq, w.sig, text(w.request)
	w.request = ""
	return seq, w.inserts.record(ctx, table, func(dst []column) []column {
		at, offset := toMillis(sig.At)
		dst = append(dst, column{"seq", seq}, column{"at", at}, column{"at_offset", offset}, column{"author", sig.By}, column{"request_id", request})
		dst = row(dst)
		for i := range dst {
			if dst[i].value == ownSeq {
				dst[i].value = seq
			}
		}
		return dst
	})
}

// ownSeq is the number that the record gets when it is appended: a patient, a stay
// or a follow-up is identified by the number of its first record.
var ownSeq any = new(int)

func (w *tx) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.sql.Exec(ctx, query, args...)
	return err
}

func (w *tx) note(ctx context.Context, e ward.AuditEvent) error {
	var patient any
	if e.PatientID != 0 {
		patient = e.PatientID
	}
	_, err := w.append(ctx, "audit_event",
		column{"event", e.Event},
		column{"patient_id", patient},
		column{"about", text(ward.CleanLine(e.About))},
		column{"detail", text(ward.CleanLine(e.Detail))},
		column{"seat", text(seatOf(ctx))},
	)
	return err
}

// markMissing records that no mark was found, if this is the first save since. It returns
// nil if another process has written the mark meanwhile.
func (s *Store) markMissing(ctx context.Context, w *tx) error {
	if !s.unmarked.Load() {
		return nil
	}
	if _, found, err := s.file.Mark(); err != nil || found {
		return err
	}
	return w.note(ctx, ward.AuditEvent{Event: ward.MarkMissing, Detail: "the newest records may be lost"})
}

// addCounts adds the records of a transaction to the counts.
func (w *tx) addCounts(ctx context.Context, added map[tally]int64) error {
	inAll := make(map[string]int64)
	list := make([]tally, 0, len(added))
	for of, n := range added {
		inAll[of.table] += n
		if of.patient != 0 {
			list = append(list, of)
		}
	}
	for _, table := range recordTables {
		if inAll[table] == 0 {
			continue
		}
		err := w.inserts.run(ctx, `
			INSERT INTO chain_count (table_name, records)
			VALUES ($1, $2)
			ON CONFLICT (table_name) DO UPDATE
			SET records = chain_count.records + excluded.records`, table, inAll[table])
		if err != nil {
			return err
		}
	}
	slices.SortFunc(list, func(a, b tally) int { // in the order of the key
		return cmp.Or(cmp.Compare(a.patient, b.patient), cmp.Compare(a.table, b.table))
	})
	for _, of := range list {
		err := w.inserts.run(ctx, `
			INSERT INTO patient_count (patient_id, table_name, records)
			VALUES ($1, $2, $3)
			ON CONFLICT (patient_id, table_name) DO UPDATE
			SET records = patient_count.records + excluded.records`, of.patient, of.table, added[of])
		if err != nil {
			return err
		}
	}
	return nil
}

// keep writes the request down with the records that it appended.
func (r *Request) keep(ctx context.Context, w *tx, done Done) error {
	if r.ID == "" {
		return nil
	}
	return w.inserts.runOne(ctx, `INSERT INTO request (id, content, first_seq, last_seq) VALUES ($1, $2, $3, $4)`, r.ID, r.content[:], done.First, done.Last)
}

// roster returns the staff as the transaction knows it.
func (w *tx) roster(ctx context.Context) (_ *roster, err error) {
	if w.known == nil {
		w.known, err = rosterOf(ctx, w.reader(), len(w.inserts.added) == 0)
	}
	return w.known, err
}

// signsAs finds the author on the staff, and signs with the name as the staff has it.
// It refuses an author who left: that person may have been at the keyboard when an
// administrator disabled the name. It refuses a feed that is not on the staff, too.
func (w *tx) signsAs(ctx context.Context) error {
	known, err := w.roster(ctx)
	if err != nil {
		return err
	}
	m, err := known.signing(w.sig.By)
	_, feed := ward.FeedName(strings.ToLower(w.sig.By))
	switch {
	case ward.KindOf(err) == ward.KindNotFound && feed:
		return ward.NotAllowed("there is no such feed; an administrator adds it")
	case ward.KindOf(err) == ward.KindNotFound:
		return nil
	case err != nil:
		return err
	case !m.Active:
		return leftStaff(m.Name)
	}
	w.sig.By = m.Author()
	return nil
}

// role returns the role of the author: NoStaff on a log without a person on its
// staff.
func (w *tx) role(ctx context.Context) (ward.Role, error) {
	r, err := w.roster(ctx)
	if err != nil {
		return "", err
	}
	role, known, err := r.role(w.sig.By)
	if err == nil && !known {
		err = ward.NotAllowed("sign in: this ward has staff, and " + w.sig.By + " is not on it")
	}
	return role, err
}

// isFeed reports whether the author of the transaction is a feed.
func (w *tx) isFeed() bool {
	_, feed := ward.FeedName(w.sig.By)
	return feed
}

// may returns nil if the author of the transaction has the permission.
func (w *tx) may(ctx context.Context, p ward.Permission) error {
	role, err := w.role(ctx)
	if err != nil {
		return err
	}
	return ward.MayDo(role, p)
}

// now returns the time of the transaction in the ward's zone: ages count on its
// calendar.
func (w *tx) now() time.Time { return w.sig.At.In(w.site.Zone) }

// signed fills in the author and the time of a signature that a file did not give.
func (w *tx) signed(sig ward.Signature) ward.Signature {
	if sig.By == "" {
		sig.By = w.sig.By
	}
	if sig.At.IsZero() {
		sig.At = w.sig.At
	}
	sig.At = ward.Moment(sig.At)
	return sig
}

func changedMeanwhile() error { return ward.Conflict("somebody changed this meanwhile; look again") }

// seatKey is the key of the label of a seat in a context.
type seatKey struct{}

// AtSeat returns a context whose audit events name a seat over SSH.
func AtSeat(ctx context.Context, label string) context.Context {
	return context.WithValue(ctx, seatKey{}, label)
}

// seatOf returns the seat of a context; empty at the machine itself.
func seatOf(ctx context.Context) string {
	label, _ := ctx.Value(seatKey{}).(string)
	return label
}
