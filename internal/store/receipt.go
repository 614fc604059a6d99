package store

import (
	"context"
	"errors"
	"slices"
)

// Receipt tells the caller of an act about the record: see [WithReceipt].
type Receipt struct {
	// DryRun does the act in a transaction that is undone at its end, so that the log stays
	// as it is.
	DryRun bool
	// Records are the numbers of the records that the acts appended, and of an act that was
	// done before those of that time.
	Records []int64
	// There is set if the last act appended nothing: the record has its result already.
	There bool
}

type receiptKey struct{}

// WithReceipt returns a context whose acts fill in r.
func WithReceipt(ctx context.Context, r *Receipt) context.Context {
	return context.WithValue(ctx, receiptKey{}, r)
}

func receiptOf(ctx context.Context) *Receipt {
	r, _ := ctx.Value(receiptKey{}).(*Receipt)
	return r
}

// errRehearsed ends the transaction of an act that is to keep nothing.
var errRehearsed = errors.New("a dry run keeps nothing")

func (r *Receipt) isDry() bool { return r != nil && r.DryRun }

// note adds the records of an act.
func (r *Receipt) note(done Done) {
	if r == nil {
		return
	}
	r.There = done.Before || done.Last == 0 || done.Last < done.First
	r.Records = slices.Grow(r.Records, int(max(0, done.Last-done.First+1)))
	for n := done.First; n <= done.Last && done.Last > 0; n++ {
		r.Records = append(r.Records, n)
	}
}
