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
	const long = `replace(hex(zeroblob(100000)), '00', '山')`
	rechain(t, v, v.path, "UPDATE neuro_check SET note = "+long+"; UPDATE stay SET bed = "+long+"; UPDATE audit_event SET detail = "+long+"; UPDATE patient SET name = "+long+";")
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
	ok(t, s.EachAudit(t.Context(), AuditSelection{Newest: 2}, func(e *ward.AuditEntry) error {
		short(e.Detail)
		return nil
	}))
}
