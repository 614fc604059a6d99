package ward

import (
	"slices"

	"neurocheck/internal/icans"
)

// ImportRow is one check from a file, with its patient and stay.
type ImportRow struct {
	Line int // line in the source, for errors

	// Patient and Stay hold the source's data of them. MRN is always there; Name and
	// BirthDate only if the source has the columns, and then an unknown patient is
	// admitted.
	Patient Patient
	Stay    Stay
	Check   Check
	// Unnamed is set if the source gave the check no identity, so that Check.ID was made
	// from the MRN and the time.
	Unnamed bool
	// Returned is set if the row may have left the log for another program, which keeps
	// times on the ward's clock to the second. If its check is in the log it is compared
	// with the version that left, and a difference is a correction.
	Returned bool
	// Claimed are the source's computed columns, those of [ComputedColumns] that it
	// has; they must agree with the results of this program.
	Claimed []Claim
	// Wrong are the errors of the row by itself; the log then refuses it.
	Wrong []*Error
}

// Claim is a source's value of one computed column, as the CSV has it.
type Claim struct{ Column, Cell string }

// Refusal is the reason that a row of an import cannot be recorded.
type Refusal struct {
	Line int
	Err  *Error
}

// Identity compares the source's data of a patient with the patient of this MRN in
// the log. A difference is most likely another person, but in the spelling of the name.
func (row *ImportRow) Identity(known *Patient) *Error {
	switch {
	case row.Patient.Name != "" && FoldName(row.Patient.Name) != FoldName(known.Name):
		return Invalid("name", "the patient with this MRN has another name in the log")
	case !row.Patient.BirthDate.IsZero() && row.Patient.BirthDate != known.BirthDate:
		return Invalid("birth_date", "the patient with this MRN has another date of birth in the log")
	}
	return nil
}

// Differs compares the source's claims with the results of the saved check.
//
// Look-back reasons are accepted as claimed, because the source may have other
// checks than this log. The log keeps its own.
func (row *ImportRow) Differs(saved *Check, health icans.FeatureSet) []*Error {
	if len(row.Claimed) == 0 {
		return nil
	}
	var found []*Error
	plain := *saved
	plain.Grade(health)
	i := slices.IndexFunc(row.Claimed, func(c Claim) bool { return c.Column == "flag_reasons" })
	if i >= 0 && saved.Status != Withdrawn {
		plain.claim(row.Claimed[i].Cell, row.Claimed)
	}
	for _, claim := range row.Claimed {
		if claim.Cell == "" && claim.Column != "flag_reasons" {
			continue
		}
		computed := plain.Computed(claim.Column)
		if claim.Cell != computed && claim.Cell != saved.Computed(claim.Column) {
			if computed == "" {
				computed = "empty"
			}
			found = append(found, Invalid(claim.Column, "the findings make it "+computed))
		}
	}
	return found
}

// claim adds to the plain result of a check the look-back reasons that a source
// claims, with the flag that it claims if they can raise the flag so far.
func (c *Check) claim(codes string, claims []Claim) {
	claimed, _ := icans.ParseReasons(codes)
	if claimed == icans.AtBaseline {
		c.Result.Flag, c.Result.Reasons = icans.FlagNone, claimed
		return
	}
	claimed &= icans.LookBack
	to := icans.FlagGrade1
	for _, claim := range claims {
		if claim.Column == "flag" && claim.Cell == icans.FlagUrgent.Code() {
			to = icans.FlagUrgent
		}
	}
	c.Result = c.Result.Raised(to, claimed)
}
