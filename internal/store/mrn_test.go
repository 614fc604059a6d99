package store

import (
	"testing"

	"neurocheck/internal/ward"
)

// Damage of the table of MRNs does not make a patient unknown (cases.md C4).
func TestAnMRNThatDamageHides(t *testing.T) {
	s := opened(t)
	admit(t, s)
	_, err := s.PatientByMRN(t.Context(), "77")
	refused(t, err, ward.KindNotFound, "no patient in the log has this MRN")
	must(s.writer.ExecContext(t.Context(), `DELETE FROM patient_mrn`))(t)
	_, err = s.PatientByMRN(t.Context(), "0042317")
	refused(t, err, ward.KindUnavailable, "patient_mrn")
	_, err = s.PatientByMRN(t.Context(), "77")
	refused(t, err, ward.KindNotFound, "no patient in the log has this MRN")
}
