package store

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/storetest/fixture"
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
		"UPDATE staff SET role = 'admin', active = 1;":   {"staff", "right to read"},
		"UPDATE credential SET digest = digest || 'x';":  {"staff", "right to read"},
		"UPDATE credential SET one_time = 1 - one_time;": {"staff", "right to read"},
		"UPDATE seat SET active = 1, public_key = 'k';":  {"seats", "verdicts"},
		"UPDATE settings SET content = content || ' ';":  {"settings", "since", "verdicts"},
		"UPDATE settings SET at = at + 60000;":           {"settings", "since", "verdicts"},
		events:                                           {"verdicts", "wrong PINs"},
	} {
		path := copied(t, v.path)
		attack(t, path, v.disarmed(script))
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

// A damaged row of the staff or of a PIN lets no one sign in, read or record in the name of
// that member, and the others go on. A row that may be about any of them stops all. In no case
// does the log pass for one without PINs, or without staff.
func TestADamagedRowOfTheStaff(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.db")
	s := must(Create(t.Context(), path))(t)
	kim, sam, ana := "Kim Adler", "Sam Lee", "Dr Ana Reis"
	with := func(name string, role ward.Role) ward.Staff {
		return ward.Staff{Name: name, Role: role, Active: true, PIN: ward.PIN{Digest: "digest of " + name}}
	}
	ok(t, s.SetUp(t.Context(), fixture.Admin(0), ward.Ward{Name: "Haematology 4", Zone: "UTC"}, with(kim, ward.Admin)))
	ok(t, s.AddStaff(t.Context(), fixture.Admin(0), with(sam, ward.Nurse)))
	ok(t, s.AddStaff(t.Context(), fixture.Admin(0), with(ana, ward.Clinician)))
	ok(t, s.SetPIN(t.Context(), fixture.Admin(0), sam, ward.PIN{Digest: "second digest"}))
	ok(t, s.ChangeStaff(t.Context(), fixture.Admin(0), ana, ward.Clinician, true))
	_, _, err := s.Admit(t.Context(), fixture.Admin(0), fixture.Ada(), ward.Stay{AdmittedAt: after(-time.Hour)})
	ok(t, err)
	ok(t, s.Close())
	everyone := []string{kim, sam, ana}
	of := func(table, name, newest string) string {
		return fmt.Sprintf("(SELECT %s(seq) FROM %s WHERE '%s' IN (SELECT %s))", newest, table, name, map[string]string{"staff": "name", "credential": "staff"}[table])
	}
	disarm := "DROP TRIGGER staff_no_update; DROP TRIGGER credential_no_update; DROP TRIGGER staff_no_delete; DROP TRIGGER credential_no_delete;"
	for name, c := range map[string]struct {
		script  string
		refused []string
	}{
		"another role":                    {"UPDATE staff SET role = 'admin' WHERE seq = " + of("staff", sam, "max"), []string{sam}},
		"active again":                    {"UPDATE staff SET at = 7 WHERE seq = " + of("staff", ana, "max"), []string{ana}},
		"an older row":                    {"UPDATE staff SET at = 7 WHERE seq = " + of("staff", ana, "min"), nil},
		"an older PIN":                    {"UPDATE credential SET digest = 'x' WHERE seq = " + of("credential", sam, "min"), nil},
		"a PIN":                           {"UPDATE credential SET digest = 'x' WHERE seq = " + of("credential", sam, "max"), []string{sam}},
		"the name of a row":               {"UPDATE staff SET name = 'Sal Lee' WHERE seq = " + of("staff", sam, "max"), everyone},
		"the name of a PIN":               {"UPDATE credential SET staff = 'Sal Lee' WHERE seq = " + of("credential", sam, "max"), everyone},
		"a row is missing":                {"DELETE FROM staff WHERE seq = " + of("staff", ana, "max"), everyone},
		"a PIN is missing":                {"DELETE FROM credential WHERE seq = " + of("credential", sam, "max"), everyone},
		"no PINs":                         {"DELETE FROM credential", everyone},
		"all PINs damaged":                {"UPDATE credential SET digest = 'x'", everyone},
		"all rows damaged":                {"UPDATE staff SET active = 0", everyone},
		"all rows gone":                   {"DELETE FROM staff", everyone},
		"all rows damaged, without a PIN": {"UPDATE staff SET active = 0; DELETE FROM credential", everyone},
	} {
		at := copied(t, path)
		attack(t, at, disarm+c.script+";")
		s := looked(t, at)
		guess := ward.Guess{Matches: func(p ward.PIN) (bool, error) { return p.Digest != "", nil }}
		for _, who := range everyone {
			want := slices.Contains(c.refused, who)
			_, err := s.SignIn(t.Context(), ward.Sign(who, after(time.Hour)), ward.SignedIn, guess)
			_, board := s.Board(t.Context())
			reading := mayStillRead(ReadBy(t.Context(), who), s.direct())
			if damaged := ward.TroubleOf(err) == ward.LogDamaged; damaged != want || want == (reading == nil) || board != nil {
				t.Errorf("%s, %s: signs in: %v; reads: %v; board: %v", name, who, err, reading, board)
			}
		}
		if none, err := s.WithoutPINs(t.Context()); none || err != nil {
			t.Errorf("%s: it passes for a log without PINs: %v", name, err)
		}
		if role, known, err := s.Role(t.Context(), ward.Login("ops")); known || err != nil {
			t.Errorf("%s: a login is %q: %v", name, role, err)
		}
		members, err := s.Staff(t.Context())
		if damaged := ward.TroubleOf(err) == ward.LogDamaged; damaged != (c.refused != nil) || len(members) != len(everyone)-len(c.refused) {
			t.Errorf("%s: %d members, %v", name, len(members), err)
		}
		ok(t, s.Close())
	}
}

// Who has a damaged row records nothing, and the others do.
func TestADamagedRowOfTheStaffRecordsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	s := must(Create(t.Context(), path))(t)
	pin := ward.PIN{Digest: "digest"}
	ok(t, s.SetUp(t.Context(), fixture.Admin(0), ward.Ward{Name: "Haematology 4", Zone: "UTC"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true, PIN: pin}))
	ok(t, s.AddStaff(t.Context(), fixture.Admin(0), ward.Staff{Name: "Sam Lee", Role: ward.Nurse, Active: true, PIN: pin}))
	ok(t, s.Close())
	const trigger = "CREATE TRIGGER staff_no_update BEFORE UPDATE ON staff BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;"
	attack(t, path, "DROP TRIGGER staff_no_update; UPDATE staff SET role = 'admin' WHERE name = 'Sam Lee';"+trigger)
	s = must(Open(t.Context(), path))(t)
	defer s.Close()
	refused(t, s.Note(t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadHandover}), ward.KindUnavailable, "(staff)")
	ok(t, s.Note(t.Context(), fixture.Admin(0), ward.AuditEvent{Event: ward.ReadHandover}))
	refused(t, s.ChangeStaff(t.Context(), fixture.Admin(0), "Kim Adler", ward.Admin, true), ward.KindUnavailable, "(staff)")
}

// A check in force that is altered while the log is open is noticed by the next reading,
// although an earlier one has compared the patient.
func TestCheckNowIsComparedAgainIfItChanges(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	for _, script := range []string{
		"UPDATE check_now SET performed_at = performed_at - 864000000 WHERE seq = (SELECT max(seq) FROM check_now);",
		"UPDATE check_now SET recorded_at = recorded_at + 1 WHERE seq = (SELECT max(seq) FROM check_now);",
		"DELETE FROM check_now WHERE seq = (SELECT max(seq) FROM check_now);",
		"UPDATE check_now SET reevaluation = 1 WHERE seq = (SELECT max(seq) FROM check_now);",
		"UPDATE patient_count SET records = records + 1 WHERE table_name = 'neuro_check';",
	} {
		path := copied(t, v.path)
		s := must(Open(t.Context(), path))(t)
		patient := must(engine.One(t.Context(), s.db.Pool(), "", engine.Scan[int64], `SELECT patient_id FROM check_now ORDER BY seq DESC LIMIT 1`))(t)
		for range 2 {
			must(s.Chart(t.Context(), patient))(t)
		}
		attack(t, path, script)
		if _, err := s.Chart(t.Context(), patient); ward.TroubleOf(s.explain(err)) != ward.LogDamaged {
			t.Errorf("%v after %q", err, script)
		}
		ok(t, s.Close())
	}
}
