package store_test

import (
	"testing"

	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// Damage of the table of MRNs does not make a patient unknown (cases.md C4).
func TestAnMRNThatDamageHides(t *testing.T) {
	s := opened(t)
	admit(t, s)
	_, err := s.PatientByMRN(t.Context(), "77")
	refused(t, err, ward.KindNotFound, "no patient in the log has this MRN")
	pool := fixture.Plain(t, s.Path())
	must(pool.ExecContext(t.Context(), `DELETE FROM patient_mrn`))(t)
	ok(t, pool.Close())
	_, err = s.PatientByMRN(t.Context(), "0042317")
	refused(t, err, ward.KindUnavailable, "patient_mrn")
	_, err = s.PatientByMRN(t.Context(), "77")
	refused(t, err, ward.KindNotFound, "no patient in the log has this MRN")
}
