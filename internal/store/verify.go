package store

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"neurocheck/internal/ward"
)

// Verification are the options of [Store.VerifyWith].
type Verification struct {
	// Heads are hashes of records that were noted earlier, as [ParseHead]
	// returns them.
	Heads []string
	// Progress, if it is set, is called from time to time with the number of records
	// that have been read, and that of all.
	Progress func(done, total int64)
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
// machine has processors, up to four.
func (s *Store) VerifyWith(ctx context.Context, o Verification) (v Verdict, err error) {
	v.Head = strings.Repeat("0", mostDigits)
	v.Noted = make([]Noted, len(o.Heads))
	for i, head := range o.Heads {
		v.Noted[i].Head = head
	}
	err = s.verify(ctx, o, &v)
	return v, explain(s.path, err)
}

func (s *Store) verify(ctx context.Context, o Verification, v *Verdict) error {
	strange, err := strangeObject(ctx, s.reader, newestVersion())
	if err != nil {
		return v.damaged(err)
	}
	// Every other part of the verification relies on the tables.
	if strings.HasPrefix(strange, "the table ") {
		v.Misfit = strange
		return nil
	}
	return s.onSnapshots(ctx, min(runtime.GOMAXPROCS(0), 4), func(conns []*sql.Conn, ends []chainEnd) error {
		if len(ends) != 1 {
			v.Misfit = "the end of the chain is missing: the table chain does not have its one row"
			return nil
		}
		walk := newWalk(ends[0], o)
		inspections := []inspection{ // the longest first
			fileDamaged,
			derivedDiffer,
			referencesBroken,
			func(context.Context, querier) (string, error) { return strange, nil },
			versionsDiffer,
			wordsDiffer,
			personsDiffer,
		}
		found := inParallel(ctx, conns, walk, inspections)
		if err := walk.verdict(ctx, conns[0], v); err != nil || v.Misfit != "" {
			return v.damaged(err)
		}
		for _, f := range found {
			if v.Misfit = f.misfit; f.err != nil || f.misfit != "" {
				return v.damaged(f.err)
			}
		}
		return ctx.Err()
	})
}

// damaged puts SQLite's error about a damaged file into the verdict.
func (v *Verdict) damaged(err error) error {
	if cause(err) != causeDamaged {
		return err
	}
	v.Misfit = fmt.Sprintf("the file is damaged, somewhere behind record %d", v.Records)
	return nil
}

// inspection verifies one aspect of the whole log, and returns the first misfit.
type inspection func(ctx context.Context, q querier) (misfit string, err error)

// inspectionResult is the result of an inspection.
type inspectionResult struct {
	misfit string
	err    error
}

// inParallel distributes the walk and the inspections over the connections.
func inParallel(ctx context.Context, conns []*sql.Conn, w *walk, inspections []inspection) []inspectionResult {
	results := make([]inspectionResult, len(inspections))
	next := make(chan int, len(inspections))
	for i := range inspections {
		next <- i
	}
	close(next)
	var working sync.WaitGroup
	for _, conn := range conns {
		working.Go(func() {
			for i := range next {
				results[i].misfit, results[i].err = inspections[i](ctx, conn)
			}
			w.run(ctx, conn)
		})
	}
	working.Wait()
	return results
}

// fileDamaged verifies the pages of the file, its indexes, and the CHECKs of its
// tables.
func fileDamaged(ctx context.Context, q querier) (string, error) {
	if _, err := all(ctx, q, scanText, "PRAGMA ignore_check_constraints = off"); err != nil {
		return "", err
	}
	found, err := all(ctx, q, scanText, `PRAGMA integrity_check(1)`)
	if err != nil || len(found) == 1 && found[0] == "ok" {
		return "", err
	}
	return "the file is damaged: " + strings.Join(found[:min(len(found), 1)], ""), nil
}
