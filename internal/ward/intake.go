package ward

import (
	"slices"

	"neurocheck/internal/icans"
)

// Intake is one check from outside with the patient it belongs to: a row of an
// import.
type Intake struct {
	Line int // where it stands in its source, for errors

	// Patient holds what the source says of the patient. MRN is always there;
	// Name and BirthDate too where the source has the columns, and then an
	// unknown patient is admitted.
	Patient Patient
	Check   Check
	// Claimed is what the source says that the findings mean, of those of
	// [ComputedColumns] that it has; it has to be what this program says.
	Claimed []Claim
	// Wrong is what is wrong with the row by itself; then the log refuses it.
	Wrong []*Error
}

// Claim is what a source says in one computed column, as the CSV has it.
type Claim struct{ Column, Cell string }

// Refusal is why a row of an import cannot stand.
type Refusal struct {
	Line int
	Err  *Error
}

// Identity compares what the source says of a patient with who has this MRN in
// the log. A difference is most likely another person.
func (in *Intake) Identity(known *Patient) *Error {
	switch {
	case in.Patient.Name != "" && in.Patient.Name != known.Name:
		return Invalid("name", "the patient with this MRN has another name in the log")
	case !in.Patient.BirthDate.IsZero() && in.Patient.BirthDate != known.BirthDate:
		return Invalid("birth_date", "the patient with this MRN has another date of birth in the log")
	}
	return nil
}

// Differs compares what the source claims with what the saved check means.
//
// Reasons that come from comparing with earlier checks are taken as claimed: the
// source may hold other checks than this log does. The log keeps its own.
func (in *Intake) Differs(saved *Check) []*Error {
	if len(in.Claimed) == 0 {
		return nil
	}
	var found []*Error
	judged := *saved
	judged.Evaluate()
	if saved.Status != Withdrawn {
		i := slices.IndexFunc(in.Claimed, func(c Claim) bool { return c.Column == "flag_reasons" })
		var claimed icans.Reasons
		if i >= 0 {
			claimed, _ = icans.ParseReasons(in.Claimed[i].Cell)
		}
		judged.Result = judged.Result.Compared(claimed & icans.LookBack)
	}
	for _, claim := range in.Claimed {
		computed := judged.Computed(claim.Column)
		if claim.Cell != computed && claim.Cell != saved.Computed(claim.Column) {
			if computed == "" {
				computed = "empty"
			}
			found = append(found, Invalid(claim.Column, "the findings make it "+computed))
		}
	}
	return found
}
