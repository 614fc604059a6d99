package seats

import (
	"testing"
	"time"
)

func TestWordsWorkOnceAndSoon(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 29, 16, 7, 0, 0, time.UTC)
	w := words{now: func() time.Time { return at }}
	early, late, wrong := w.give("Desk 2", "Maria", "export"), w.give("Desk 2", "Maria", "export"), w.give("Desk 2", "Maria", "export")
	if _, ok := w.take("Desk 2", wrong, "handover"); ok {
		t.Error("a word for the export made a handover")
	}
	if _, ok := w.take("Desk 2", wrong, "export"); ok {
		t.Error("a word worked after it was spent on another command")
	}
	at = at.Add(wordLasts - time.Second)
	if by, ok := w.take("Desk 2", early, "export"); !ok || by != "Maria" {
		t.Errorf("%q, %v", by, ok)
	}
	at = at.Add(time.Second)
	if _, ok := w.take("Desk 2", late, "export"); ok {
		t.Error("a word worked after five minutes")
	}
	w.give("Desk 2", "Maria", "export")
	if len(w.given) != 1 {
		t.Errorf("%d words are kept", len(w.given))
	}
}
