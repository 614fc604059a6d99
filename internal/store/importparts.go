package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// partRows is the number of rows of an import that a server records in one transaction: it
// holds the lock of the record, for which all saves of the ward wait.
const partRows = 10_000

// importInParts imports the rows in several transactions, each with the rows of whole
// patients. All rows are decided before the first one, so that rows that are refused keep
// the whole file out. The parts have one batch: its name and the number of the part are the
// request of the part's first record.
func (s *Store) importInParts(ctx context.Context, sig ward.Signature, in *importRows, o ImportOptions) (done Imported, refused []ward.Refusal, err error) {
	parts, would, refused, err := s.rehearseImport(ctx, sig, in, o)
	if err != nil || len(refused) > 0 || o.DryRun {
		return would, refused, err
	}
	id := make([]byte, 6)
	if _, err := rand.Read(id); err != nil {
		return done, nil, err
	}
	batch := importBatch{name: "import-" + hex.EncodeToString(id), parts: len(parts)}
	for n, groups := range parts {
		request, err := NewRequest(fmt.Sprintf("%s-%d", batch.name, n+1), "import", sig.By, batch.name, n+1)
		if err != nil {
			return done, nil, err
		}
		part, refused, err := s.importGroups(ctx, sig, request, in, groups, o)
		if err == nil && len(refused) > 0 { // the log has changed since all was decided
			err = ward.Conflict(fmt.Sprintf("line %d: %s %s", refused[0].Line, refused[0].Err.Field, refused[0].Err.Reason))
		}
		if err != nil {
			return done, nil, batch.stopped(err)
		}
		done.add(part)
		batch.kept++
		for _, g := range groups {
			batch.rows += g.count
		}
	}
	return done, nil, nil
}

// importBatch is an import in parts.
type importBatch struct {
	name  string
	parts int
	kept  int
	rows  int // of the parts that were kept
}

// stopped returns the error of an import of which a part failed. It names the last part that
// was kept.
func (b *importBatch) stopped(err error) error {
	if b.kept == 0 {
		return err
	}
	words := fmt.Sprintf("the import stopped: part %d of %d of %s is the last one kept, with %s so far; import the same file again, and it goes on", b.kept, b.parts, b.name, ward.Several(b.rows, "row"))
	e, ok := errors.AsType[*ward.Error](err)
	if !ok {
		return fmt.Errorf("%s: %w", words, err)
	}
	stopped := *e
	stopped.Field, stopped.Code = "", cmp.Or(e.Code, "import_stopped")
	stopped.Reason = words + ": " + e.Reason
	return &stopped
}

// rehearseImport decides on all rows as a snapshot of the log has the patients, and writes
// nothing. It returns the groups of the parts.
func (s *Store) rehearseImport(ctx context.Context, sig ward.Signature, in *importRows, o ImportOptions) (parts [][]*rowGroup, would Imported, refused []ward.Refusal, err error) {
	err = s.db.Snapshots(ctx, 1, func(q []engine.Querier) error {
		return s.rehearse(ctx, sig, q[0], permitted(ctx, ward.MayRecord, func(w *tx) error {
			d := &decided{tx: w, ImportOptions: o, rows: in}
			defer d.close()
			patients, err := d.groupByPatient(ctx, in.groups)
			if err != nil {
				return err
			}
			parts = partsOf(patients, cmp.Or(o.PartRows, partRows))
			if err := d.decide(ctx, in.groups); err != nil {
				return err
			}
			if refused = d.sorted(); len(refused) > 0 {
				return nil
			}
			would = d.done
			return d.askCorrections()
		}))
	})
	if err != nil {
		would, refused = Imported{}, nil
	}
	return parts, would, refused, s.explain(err)
}

// partsOf divides patients into parts of about so many rows.
func partsOf(patients []*importing, most int) (parts [][]*rowGroup) {
	rows := most
	for _, p := range patients {
		if rows >= most {
			parts, rows = append(parts, nil), 0
		}
		last := &parts[len(parts)-1]
		*last = append(*last, p.groups...)
		for _, g := range p.groups {
			rows += g.count
		}
	}
	return parts
}

// rehearse runs do in a transaction that reads a snapshot and writes nothing.
func (s *Store) rehearse(ctx context.Context, sig ward.Signature, q engine.Querier, do func(*tx) error) error {
	t := rehearsal{q}
	end, err := chainEndOf(ctx, q)
	if err != nil {
		return err
	}
	site, err := s.rules(ctx, t)
	if err != nil {
		return err
	}
	inserts := newInserter(ctx, t, slices.Clone(end.hash))
	defer inserts.close()
	sig.Request = ""
	w := &tx{sql: flushed{t, inserts}, sig: sig, inserts: inserts, before: end.seq, seq: end.seq, tables: s.tables, site: site}
	if err := w.signsAs(ctx); err != nil {
		return err
	}
	return do(w)
}

// rehearsal is a transaction that drops what is written.
type rehearsal struct{ engine.Querier }

func (t rehearsal) Head(ctx context.Context) (seq int64, hash []byte, err error) {
	end, err := chainEndOf(ctx, t)
	return end.seq, end.hash, err
}

func (rehearsal) Exec(context.Context, string, ...any) (changed int64, err error) { return 0, nil }

func (rehearsal) Append(context.Context, []engine.Row) error { return nil }
