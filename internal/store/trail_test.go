package store

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// audited returns the entries of a selection, and the error after them.
func audited(t *testing.T, s *Store, sel AuditSelection) (list []ward.AuditEntry, err error) {
	t.Helper()
	err = s.EachAudit(t.Context(), sel, func(e *ward.AuditEntry) error {
		list = append(list, *e)
		return nil
	})
	return list, err
}

// The audit trail lists all records but the one that was altered or removed: it marks that
// one, shows nothing of it, and names it in the error after the last entry.
func TestADamagedRecordIsMarkedInTheAuditTrail(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	s := looked(t, copied(t, v.path))
	whole, err := audited(t, s, AuditSelection{})
	ok(t, err)
	ok(t, s.Close())
	for table, seqs := range v.seqs {
		victim := seqs[len(seqs)-1]
		if victim == v.last { // the chain ends with it: no reading goes on
			victim = seqs[0]
		}
		for name, script := range map[string]string{
			"altered": "UPDATE %s SET author = author || ' the Second', at = at - 60000 WHERE seq = %d;",
			"removed": "DELETE FROM %s WHERE seq = %d;",
		} {
			if victim == 1 && name != "altered" {
				continue // the log is named by it
			}
			t.Run(table+" "+name, func(t *testing.T) {
				t.Parallel()
				path := copied(t, v.path)
				attack(t, path, v.hidden(fmt.Sprintf(script, table, victim)))
				s := looked(t, path)
				defer s.Close()
				marked := slices.Clone(whole)
				marked[victim-1] = ward.AuditEntry{Seq: victim, Event: ward.RecordDamaged}
				if table == "patient" {
					for i := range marked {
						marked[i].MRN = ""
					}
				}
				for _, sel := range []AuditSelection{{}, {Newest: len(whole) - int(victim) + 1}} {
					list, err := audited(t, s, sel)
					if sel.Newest > 0 {
						slices.Reverse(list)
					}
					if diff := cmp.Diff(marked[len(whole)-len(list):], list); diff != "" || len(list) < sel.Newest {
						t.Errorf("%+v (-want +got):\n%s", sel, diff)
					}
					if words := fmt.Sprintf("record %d ", victim); ward.TroubleOf(err) != ward.LogDamaged || !strings.Contains(err.Error(), words) {
						t.Errorf("%+v: %v", sel, err)
					}
				}
				if patient := whole[victim-1].PatientID; patient != 0 {
					list, err := audited(t, s, AuditSelection{PatientID: patient})
					if err == nil || len(list) > 0 {
						t.Errorf("of the patient: %d entries, %v", len(list), err)
					}
				}
			})
		}
	}
}

// A damaged record of which the author or the time is unknown is in each selection.
func TestADamagedRecordIsInEachSelection(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	victim := v.seqs["report"][0]
	path := copied(t, v.path)
	attack(t, path, v.disarmed(fmt.Sprintf("UPDATE report SET author = 'Kim', at = 1 WHERE seq = %d;", victim)))
	s := looked(t, path)
	defer s.Close()
	for _, sel := range []AuditSelection{{Author: "nobody"}, {Since: after(1 << 20)}, {Until: after(-1 << 20)}} {
		list, err := audited(t, s, sel)
		if !slices.ContainsFunc(list, func(e ward.AuditEntry) bool { return e.Seq == victim && e.Event == ward.RecordDamaged }) || err == nil {
			t.Errorf("%+v: %v, %v", sel, list, err)
		}
	}
}

// The MRN of an entry about no patient is empty, also after one about a patient.
func TestAnEntryAboutNoPatientHasNoMRN(t *testing.T) {
	s := must(Open(t.Context(), sampleLog(t)))(t)
	defer s.Close()
	p := must(s.Board(t.Context()))(t)[0].Patient
	ok(t, s.Note(t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadPatient, PatientID: p.ID}))
	ok(t, s.Note(t.Context(), nurse(0), ward.AuditEvent{Event: ward.ReadHandover}))
	list, err := audited(t, s, AuditSelection{Newest: 2})
	ok(t, err)
	if list[0].MRN != "" || list[0].PatientID != 0 || list[1].MRN != p.MRN {
		t.Errorf("%+v", list)
	}
}

// The provenance is that of records that fit their hashes, and of requests that agree with
// the record: else the times of an import could leave with an export without identities.
func TestProvenanceIsComparedWithTheRecord(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.db")
	s := must(Create(t.Context(), path))(t)
	sig := ward.Sign(ward.Login("ward"), after(0))
	sig.Request = "one"
	p, _, err := s.Admit(t.Context(), sig, fixture.Ada(), ward.Stay{AdmittedAt: after(-time.Hour)})
	ok(t, err)
	saved, err := s.SaveCheck(t.Context(), ward.Signature{By: sig.By, At: after(time.Minute), Request: "two"}, fixture.CheckOf(p, "by-hand", 10, 0))
	ok(t, err)
	imported := saved.Check
	imported.ID, imported.PerformedAt, imported.Recorded = "imported", after(-time.Minute), ward.Signature{}
	rows := func(yield func(ward.ImportRow) bool) {
		yield(ward.ImportRow{Line: 2, Patient: p, Check: imported})
	}
	_, refusals, err := s.Import(t.Context(), ward.Sign(ward.Login("ward"), after(time.Hour)), rows, ImportOptions{})
	if ok(t, err); len(refusals) > 0 {
		t.Fatal(refusals)
	}
	byHand := must(s.Provenance(t.Context()))(t).ByHand
	if !maps.Equal(byHand, map[CheckVersion]bool{{"by-hand", 1}: true}) {
		t.Errorf("by hand: %v", byHand)
	}
	ok(t, s.Close())
	for name, script := range map[string]string{
		"the request reaches over the import": "DROP TRIGGER request_no_update; UPDATE request SET last_seq = 1000 WHERE id = 'two';",
		"a request of an import":              "DROP TRIGGER request_no_update; UPDATE request SET first_seq = (SELECT seq FROM neuro_check WHERE check_id = 'imported'), last_seq = 1000 WHERE id = 'one';",
		"a check by another author":           "DROP TRIGGER neuro_check_no_update; UPDATE neuro_check SET author = 'Kim', recorded_by = 'Kim' WHERE check_id = 'by-hand';",
	} {
		at := copied(t, path)
		attack(t, at, script)
		s := looked(t, at)
		if _, err := s.Provenance(t.Context()); ward.TroubleOf(err) != ward.LogDamaged {
			t.Errorf("%s: %v", name, err)
		}
		if numbers, err := s.RecordsOf(t.Context(), "two"); len(numbers) > 10 || strings.Contains(name, "reaches") == (err == nil) {
			t.Errorf("%s: %d records of the request, %v", name, len(numbers), err)
		}
		ok(t, s.Close())
	}
}
