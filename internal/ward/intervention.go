package ward

import "time"

// Intervention is a treatment or examination at one time, to read a trend against.
type Intervention struct {
	ID        int64
	PatientID int64
	DoneAt    time.Time
	Kind      string    // code of Interventions
	Detail    string    // dose, route, result
	Withdrawn bool      // entered in error
	Reason    string    // the reason for the withdrawal
	Undone    Signature // of the withdrawal
	Recorded  Signature
}

// DoseGiven is the kind of [Intervention] that is a dose of the immunotherapy. It
// starts 48 h of checks.
const DoseGiven = "dose_given"

// Interventions are the kinds of [Intervention], the immunotherapy itself last.
var Interventions = []Term{
	{"dexamethasone", "dexamethasone"},
	{"methylprednisolone", "methylprednisolone"},
	{"other_steroid", "other steroid"},
	{"steroid_taper", "steroid taper step"},
	{"intrathecal", "intrathecal therapy"},
	{"tocilizumab", "tocilizumab"},
	{"siltuximab", "siltuximab"},
	{"anakinra", "anakinra"},
	{"levetiracetam", "levetiracetam"},
	{"sedative", "sedative"},
	{"other_drug", "other drug"},
	{"imaging", "imaging"},
	{"eeg", "EEG"},
	{"lumbar_puncture", "lumbar puncture"},
	{"transfer", "moved to another unit"},
	{DoseGiven, "immunotherapy: dose given"},
	{"dose_held", "immunotherapy: dose held"},
	{"dose_reduced", "immunotherapy: dose reduced"},
	{"dose_delayed", "immunotherapy: dose delayed"},
}

// Validate returns an invalid [*Error] on the first field that cannot be recorded at
// the time now, admitted being when the stay began.
func (i *Intervention) Validate(admitted, now time.Time) error {
	if err := happened("done_at", i.DoneAt, admitted, now); err != nil {
		return err
	}
	if err := oneOf("kind", i.Kind, Interventions); err != nil {
		return err
	}
	return textField("detail", i.Detail, 120, optional)
}
