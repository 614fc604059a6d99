package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// The audit trail names every event with words that package ward has.
func TestTheAuditTrailHasWords(t *testing.T) {
	s := must(store.Open(t.Context(), fullLog(t)))(t)
	defer s.Close()
	path := store.SampleLog(t)
	sample := must(store.Open(t.Context(), path))(t)
	defer sample.Close()
	seen := make(map[string]bool)
	for _, s := range []*store.Store{s, sample} {
		last := int64(0)
		ok(t, s.EachAudit(t.Context(), store.AuditSelection{}, func(e *ward.AuditEntry) error {
			if e.Seq != last+1 {
				t.Errorf("record %d comes after %d", e.Seq, last)
			}
			last = e.Seq
			seen[e.Event] = true
			if words := ward.WordsFor(ward.RecordEvents, e.Event); words == e.Event && ward.WordsFor(ward.AuditEvents, e.Event) == e.Event {
				t.Errorf("there are no words for %s", e.Event)
			}
			return nil
		}))
	}
	// The others need an act that the two logs do not have, or a later issue.
	others := []string{ward.RecordDamaged, "stay_withdrawn", "staff_changed", "item_unticked", "patient_unlinked", "cause_ended", "intervention_withdrawn", "stay_ended"}
	for _, term := range ward.RecordEvents {
		if !seen[term.Code] && !slices.Contains(others, term.Code) {
			t.Errorf("no record is the event %s", term.Code)
		}
	}
}

// A row that damage hides from a reader is missed.
func TestAChartMissesAHiddenRow(t *testing.T) {
	for _, table := range []string{"neuro_check", "follow_up", "schedule_order", "report", "intervention", "stay", "follow_up_item", "feed_difference"} {
		path := fullLog(t)
		plainSQL(t, path, "PRAGMA foreign_keys = off", "DROP TRIGGER "+table+"_no_delete", "DELETE FROM "+table+" WHERE seq = (SELECT max(seq) FROM "+table+" WHERE patient_id = (SELECT min(patient_id) FROM patient))")
		s := store.Looked(t, path)
		// The patient has the first number of all: a chart is read by it, also if the
		// patient cannot be found by the MRN any more.
		pool := fixture.Plain(t, path)
		id := number(t, pool, `SELECT min(patient_id) FROM patient`)
		_, err := s.Chart(t.Context(), id)
		if refused(t, err, ward.KindUnavailable, " is damaged"); err != nil && !store.RecordNamed.MatchString(err.Error()) && !strings.Contains(err.Error(), "rows of the table "+table+" were read") {
			t.Errorf("%s: %v", table, err)
		}
		ok(t, errors.Join(s.Close(), pool.Close()))
	}
}
