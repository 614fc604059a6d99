package store

import (
	"strings"
	"testing"
	"unicode/utf8"

	"neurocheck/internal/ward"
)

// A text of 300 kB under a chain that was made anew fits its hash. It is cut before
// anything measures it.
func TestALongTextIsCut(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	const text = `replace(hex(zeroblob(100000)), '00', '山')`
	rechain(t, v, v.path, "UPDATE neuro_check SET note = "+text+"; UPDATE stay SET bed = "+text+"; UPDATE audit_event SET detail = "+text+"; UPDATE patient SET name = "+text+";")
	s := must(Open(t.Context(), v.path))(t)
	defer s.Close()
	short := func(text string) {
		t.Helper()
		if len(text) > mostText+3 || len(text) < mostText-3 || !utf8.ValidString(text) || !strings.HasSuffix(text, "山…") {
			t.Errorf("a text of %d bytes", len(text))
		}
	}
	charts, _, _, err := s.Charts(t.Context(), 0, after(0))
	ok(t, err)
	short(charts[0].Patient.Name)
	short(charts[0].Versions[0].Note)
	short(charts[0].Stays[0].Bed)
	board := must(s.Board(t.Context()))(t)
	short(board[0].Patient.Name)
	long, events := 0, len(v.seqs["audit_event"])
	ok(t, s.EachAudit(t.Context(), AuditSelection{}, func(e *ward.AuditEntry) error {
		if len(e.Detail) > 1000 {
			short(e.Detail)
			long++
		}
		return nil
	}))
	if long != events {
		t.Errorf("%d long details of %d audit events", long, events)
	}
}
