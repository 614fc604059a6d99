package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func testHeadsNotedEarlier(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	Save(t, s, checkOf(p, "a", 10, 0))
	seq, noted, err := s.Head(t.Context())
	ok(t, err)
	Save(t, s, checkOf(p, "b", 9, 8*60*60e9))
	_, newest, err := s.Head(t.Context())
	ok(t, err)
	never := strings.Repeat("1", 64)
	var done, total int64
	v := must(s.VerifyWith(t.Context(), store.Verification{Progress: func(d, of int64) { done, total = d, of }, Heads: []string{noted, never, newest[:16], noted[:17], noted[:63] + flipped(noted[63])}}))(t)
	if v.Misfit != "" || len(v.Noted) != 5 {
		t.Fatalf("%+v", v)
	}
	if done != v.Records || total != v.Records {
		t.Errorf("%d of %d records are done, not %d", done, total, v.Records)
	}
	for i, want := range []int64{seq, 0, v.Records, seq, 0} {
		if v.Noted[i].Seq != want || v.Noted[i].Found() != (want > 0) {
			t.Errorf("%+v, not record %d", v.Noted[i], want)
		}
	}
	if n := v.Noted[0]; n.Head != noted || !n.At.Equal(after(60e9)) || !strings.HasPrefix(n.Record, fmt.Sprintf("record %d (neuro_check, check_id a, version 1", seq)) {
		t.Errorf("%+v", n)
	}
}

func flipped(digit byte) string {
	if digit == '0' {
		return "1"
	}
	return "0"
}

// The connections that share the walk begin at different moments.
func testVerifyWhileOthersWrite(t *testing.T, l *logs) {
	s := l.fresh(t)
	Fill(t, s)
	other := l.again(t, s)
	p := must(s.PatientByMRN(t.Context(), "0042317"))(t)
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() {
		for n := 0; ctx.Err() == nil; n++ {
			if err := other.PutReport(t.Context(), nurse(9e12), ward.Report{PatientID: p.ID, ToldAt: after(0), ToldBy: "patient", Words: fmt.Sprint("number ", n)}); err != nil {
				stopped <- err
				return
			}
		}
		stopped <- nil
	}()
	var last int64
	for range faults.Times(2, 5) {
		v := wholeBy(t, s, store.Verification{})
		if v.Records < last {
			t.Errorf("%d records, and %d before", v.Records, last)
		}
		last = v.Records
	}
	stop()
	ok(t, <-stopped)
}
