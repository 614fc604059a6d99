package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Request identifies an act of one author, so that asking for it again after an
// unknown outcome does not do it twice. The zero Request is that of an act without an
// ID, which is done each time.
type Request struct {
	ID      string
	content [sha256.Size]byte
	reads   func(context.Context, reader) // reads as the act will, if that is known ahead
}

// mostRequestID is the greatest length of the ID of a request, in characters.
const mostRequestID = 64

// NewRequest returns the request with that ID for an act with that content: its
// name, its author and its arguments, all of which JSON can encode.
func NewRequest(id string, content ...any) (Request, error) {
	encoded, err := json.Marshal(content)
	return Request{ID: id, content: sha256.Sum256(encoded)}, err
}

// Done is the range of records that an act appended: none if Last is 0.
type Done struct {
	First, Last int64
	Before      bool // an earlier act with the same request appended them
}

func (r *Request) validate() error { return ValidRequest(r.ID) }

// ValidRequest returns an error if a text cannot be the ID of a request. The empty one can:
// see [Request].
func ValidRequest(id string) error {
	if utf8.RuneCountInString(id) > mostRequestID {
		return ward.Invalid("request", fmt.Sprintf("longer than %d characters", mostRequestID))
	}
	if id != ward.CleanLine(id) {
		return ward.Invalid("request", "holds a control character or a blank at an end")
	}
	return nil
}

// find returns the records of an earlier act with this request, if there is one. It
// returns [ward.KindConflict] with the code request_reused if that act had another
// content.
func (r *Request) find(ctx context.Context, q engine.Querier) (done Done, err error) {
	if r.ID == "" {
		return done, nil
	}
	type found struct {
		Done
		content []byte
	}
	list, err := engine.All(ctx, q, func(rows engine.Results) (f found, err error) {
		f.Before = true
		err = rows.Scan(&f.content, &f.First, &f.Last)
		return f, err
	}, `SELECT content, first_seq, last_seq FROM request WHERE id = $1`, r.ID)
	if err != nil || len(list) == 0 {
		return done, err
	}
	if !bytes.Equal(list[0].content, r.content[:]) {
		return done, RequestReused()
	}
	return list[0].Done, nil
}

// ask asks for the records that the act of the request will read.
func (r *Request) ask(ctx context.Context, in reader) {
	_, _ = r.find(ctx, in.q)
	if r.reads != nil {
		r.reads(ctx, in)
	}
}

// RequestReused returns the conflict of an ID that another request has.
func RequestReused() error {
	return &ward.Error{Kind: ward.KindConflict, Code: "request_reused", Reason: "another request has this ID; give a new one"}
}

// RecordsOf returns the numbers of the records that a request appended, none if there is no
// such request.
func (s *Store) RecordsOf(ctx context.Context, request string) (numbers []int64, err error) {
	list, err := engine.All(ctx, s.db.Pool(), func(rows engine.Results) (d Done, err error) {
		err = rows.Scan(&d.First, &d.Last)
		return d, err
	}, `SELECT first_seq, last_seq FROM request WHERE id = $1`, request)
	if err != nil {
		return nil, s.explain(err)
	}
	end, _, err := headOf(ctx, s.db.Pool())
	for _, d := range list {
		if err == nil && (d.First < 1 || d.Last > end) {
			err = disagrees("request", d.First)
		}
		for n := d.First; err == nil && n <= d.Last; n++ {
			numbers = append(numbers, n)
		}
	}
	return numbers, s.explain(err)
}
