package store

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// The least and the greatest number of digits of a head.
const (
	leastDigits = 16
	mostDigits  = 64
)

// ParseHead reads a head as a person noted it: the whole hash, or its first 16
// or more digits. It answers with [ward.KindInvalid] for anything else, and for
// the zeros before the first record, which prove nothing.
func ParseHead(text string) (string, error) {
	head := strings.ToLower(strings.TrimSpace(text))
	other := func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) }
	switch {
	case len(head) < leastDigits || len(head) > mostDigits || strings.ContainsFunc(head, other):
		return "", ward.Invalid("head", fmt.Sprintf("no head; it is %d digits from 0 to f, or the first %d or more of them", mostDigits, leastDigits))
	case strings.Trim(head, "0") == "":
		return "", ward.Invalid("head", "that is the head of an empty record, which is part of every one")
	}
	return head, nil
}

// Verify verifies the whole log and reports the first misfit: in its tables, in the
// chain over its records (see schema/CHAIN.md) and the grades in them, in the file
// itself, in its indexes and triggers, in the reference tables and those derived from
// the record, and in the references of its rows. The chain comes before the file,
// because it can name the record. An error means that the log could not be read, not
// that it is damaged.
func (s *Store) Verify(ctx context.Context) (Verdict, error) {
	return s.VerifyWith(ctx, Verification{})
}

// VerifyWith is [Store.Verify] with options. It reads on as many connections as the
// machine has processors, up to four, unless o.OneProcessor is set.
func (s *Store) VerifyWith(ctx context.Context, o Verification) (v Verdict, err error) {
	v.Head = strings.Repeat("0", mostDigits)
	v.Noted = make([]Noted, len(o.Heads))
	for i, head := range o.Heads {
		v.Noted[i].Head = head
	}
	err = s.verify(ctx, o, &v)
	return v, s.explain(err)
}

func (s *Store) verify(ctx context.Context, o Verification, v *Verdict) error {
	objects, err := s.objectsDiffer(ctx, s.db.Pool(), v)
	if err != nil || v.Misfit != "" {
		return s.damaged(v, err)
	}
	count := min(runtime.GOMAXPROCS(0), 4)
	if o.OneProcessor {
		count = 1
	}
	return s.onSnapshots(ctx, count, func(readers []engine.Querier, ends []chainEnd) error {
		return s.verifyWith(ctx, readers, ends, objects, o, v)
	})
}

// objectsDiffer compares the tables, indexes, triggers and views, and returns a difference
// that lets the rest be verified. One of the tables is put into the verdict, because every
// other part of the verification relies on them.
func (s *Store) objectsDiffer(ctx context.Context, q engine.Querier, v *Verdict) (string, error) {
	objects, err := s.db.Check(ctx, q, engine.Objects)
	if err == nil && strings.HasPrefix(objects.Words, "the table ") {
		v.Misfit = objects.Words
	}
	return objects.Words, err
}

// verifyWith verifies everything but the tables with the readers of one snapshot, and with
// the rows of the table chain in it. objects is the difference of [Store.objectsDiffer].
func (s *Store) verifyWith(ctx context.Context, readers []engine.Querier, ends []chainEnd, objects string, o Verification, v *Verdict) error {
	if len(ends) != 1 {
		v.Misfit = "the end of the chain is missing: the table chain does not have its one row"
		return nil
	}
	chain := newChainVerifier(ends[0], o)
	inspections := []inspection{ // the longest first
		s.inspection(engine.Storage),
		derivedDiffer,
		referencesBroken,
		s.inspection(engine.References),
		func(context.Context, engine.Querier) (string, error) { return objects, nil },
		s.inspection(engine.Versions),
		wordsDiffer,
		personsDiffer,
	}
	found := inParallel(ctx, readers, chain, inspections)
	if err := chain.verdict(ctx, readers[0], v); err != nil || v.Misfit != "" {
		return s.damaged(v, err)
	}
	for _, f := range found {
		if v.Misfit = f.misfit; f.err != nil || f.misfit != "" {
			return s.damaged(v, f.err)
		}
	}
	return ctx.Err()
}

// damaged puts the error of the engine about damage into the verdict.
func (s *Store) damaged(v *Verdict, err error) error {
	if s.db.Cause(err) != engine.CauseDamaged {
		return err
	}
	v.Misfit = fmt.Sprintf("the file is damaged, somewhere behind record %d", v.Records)
	return nil
}

// inspection is a check of the engine's own.
func (s *Store) inspection(a engine.Aspect) inspection {
	return func(ctx context.Context, q engine.Querier) (string, error) {
		m, err := s.db.Check(ctx, q, a)
		switch {
		case err != nil || m.Table == "":
			return m.Words, err
		case slices.Contains(recordTables, m.Table):
			return brokenReference(ctx, q, m.Table, m.Parent, m.Seq)
		}
		return fmt.Sprintf("a row of the table %s refers to a row of the table %s that is not there", m.Table, m.Parent), nil
	}
}

// inspection verifies one aspect of the whole log, and returns the first misfit.
type inspection func(ctx context.Context, q engine.Querier) (misfit string, err error)

// inspectionResult is the result of an inspection.
type inspectionResult struct {
	misfit string
	err    error
}

// inParallel distributes the chain and the inspections over the readers.
func inParallel(ctx context.Context, readers []engine.Querier, chain *chainVerifier, inspections []inspection) []inspectionResult {
	results := make([]inspectionResult, len(inspections))
	next := make(chan int, len(inspections))
	for i := range inspections {
		next <- i
	}
	close(next)
	work := func(q engine.Querier) {
		for i := range next {
			results[i].misfit, results[i].err = inspections[i](ctx, q)
		}
		chain.run(ctx, q)
	}
	var working sync.WaitGroup
	for _, q := range readers[1:] {
		working.Go(func() { work(q) })
	}
	work(readers[0])
	working.Wait()
	return results
}
