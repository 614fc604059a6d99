package store

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// A row of the ward, the staff, the PINs, the seats, the settings or the verdicts that was altered is
// named, and neither shown nor used for a decision.
func TestDamagedSingleRowsAreNamed(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	// Verdicts compares the whole ledger first.
	readings := map[string]func(*Store) error{
		"ward":       func(s *Store) error { _, err := s.Ward(t.Context()); return err },
		"rules":      func(s *Store) error { _, err := s.rules(t.Context(), s.db.Pool()); return err },
		"staff":      func(s *Store) error { _, err := s.Staff(t.Context()); return err },
		"seats":      func(s *Store) error { _, err := s.Seats(t.Context()); return err },
		"settings":   func(s *Store) error { _, err := s.Settings(t.Context()); return err },
		"since":      func(s *Store) error { _, _, err := s.SettingsSince(t.Context()); return err },
		"verdicts":   func(s *Store) error { _, err := s.Verdicts(t.Context()); return err },
		"wrong PINs": func(s *Store) error { _, err := triesOf(t.Context(), s.direct(), "Sam Lee"); return err },
		"right to read": func(s *Store) error {
			return mayStillRead(ReadBy(t.Context(), "Sam Lee"), s.direct())
		},
	}
	events := "INSERT INTO audit_event (seq, at, at_offset, author, event, row_hash, hash) VALUES " +
		"(9001, 1, 0, 'Sam Lee', 'sign_in_failed', zeroblob(32), zeroblob(32)), (9002, 1, 0, 'Sam Lee', 'verified', zeroblob(32), zeroblob(32));"
	for script, refused := range map[string][]string{
		"":                                    {},
		"UPDATE ward SET zone = 'Europe/Lo';": {"ward", "rules", "verdicts"},
		"UPDATE ward SET name = name || ' ';": {"ward", "rules", "verdicts"},
		"UPDATE staff SET role = 'admin', active = 1;":   {"staff", "right to read", "verdicts"},
		"UPDATE credential SET digest = digest || 'x';":  {"staff", "right to read", "verdicts"},
		"UPDATE credential SET one_time = 1 - one_time;": {"staff", "right to read", "verdicts"},
		"UPDATE seat SET active = 1, public_key = 'k';":  {"seats", "verdicts"},
		"UPDATE settings SET content = content || ' ';":  {"settings", "since", "verdicts"},
		"UPDATE settings SET at = at + 60000;":           {"settings", "since", "verdicts"},
		events:                                           {"verdicts", "wrong PINs"},
	} {
		path := copied(t, v.path)
		attack(t, path, v.disarm+script)
		s := looked(t, path)
		for name, read := range readings {
			err := s.explain(read(s))
			want := slices.Contains(refused, name)
			if damaged := ward.TroubleOf(err) == ward.LogDamaged && strings.Contains(err.Error(), "record "); damaged != want || !want && err != nil && ward.KindOf(err) != ward.KindNotAllowed {
				t.Errorf("%s after %q: %v", name, script, err)
			}
		}
		ok(t, s.Close())
	}
}

// A record that refers to a row that was lost is not taken, and the words name its table.
func TestARecordThatRefersToALostRowNamesItsTable(t *testing.T) {
	s := fresh(t)
	_, err := s.db.Write(t.Context(), engine.Unchecked, func(w engine.Tx) (end engine.End, err error) {
		_, err = w.Exec(t.Context(), `DELETE FROM audit_event_kind WHERE code = $1`, ward.ReadHandover)
		return end, err
	})
	ok(t, err)
	err = s.NoteReading(t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadHandover})
	if ward.TroubleOf(err) != ward.LogDamaged || !strings.Contains(err.Error(), "the table audit_event,") {
		t.Errorf("%v", err)
	}
}

// A log that did not answer in time has words for a person.
func TestALogThatIsTooSlowHasWords(t *testing.T) {
	s := fresh(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	_, err := s.Settings(ctx)
	refused(t, err, ward.KindUnavailable, "another program holds")
	if !notNow(err) {
		t.Errorf("%v is no cause to try again", err)
	}
}
