package store_test

import (
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// A copy that is whole in itself and not of this log is none.
func TestBackupEndsAsTheLogOnceDid(t *testing.T) {
	s := must(store.Open(t.Context(), fullLog(t)))(t)
	defer s.Close()
	c := must(s.Contents(t.Context()))(t)
	ok(t, store.Had(t.Context(), s, c))
	other := must(opened(t).Contents(t.Context()))(t)
	refused(t, store.Had(t.Context(), s, store.Contents{Records: c.Records, Head: other.Head}), ward.KindUnavailable, "is not the one of the log")
	refused(t, store.Had(t.Context(), s, store.Contents{Records: c.Records + 1, Head: c.Head}), ward.KindUnavailable, "is missing")
	refused(t, store.Had(t.Context(), s, store.Contents{Records: 0, Head: c.Head}), ward.KindUnavailable, "is not the one of the log")
}
