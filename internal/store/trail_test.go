package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
			"altered":  "UPDATE %s SET author = author || ' the Second', at = at - 60000 WHERE seq = %d;",
			"removed":  "DELETE FROM %s WHERE seq = %d;",
		} {
			if victim == 1 && name != "altered" {
				continue // the log is named by it
			}
			t.Run(table+" "+name, func(t *testing.T) {
				t.Parallel()
				path := copied(t, v.path)
				attack(t, path, v.disarm+fmt.Sprintf(script, table, victim))
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
	attack(t, path, v.disarm+fmt.Sprintf("UPDATE report SET author = 'Kim', at = 1 WHERE seq = %d;", victim))
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
