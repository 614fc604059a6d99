package ward

// Permission is something that a role may or may not do. Every way into the record
// asks the one table below: see [MayDo].
type Permission string

// The permissions, by the rows of the table in design.md.
const (
	MayRead        Permission = "read"         // patients, board, export, report, audit of a patient
	MayRecord      Permission = "record"       // checks, reports, interventions, acknowledging, ticks, uncertain_cause
	MayDecide      Permission = "decide"       // other causes, baseline after the infusion, closing, orders, died_icans
	MayMovePatient Permission = "move_patient" // admit, transfer, discharge, readmit, undo, identifiers
	MaySetTherapy  Permission = "set_therapy"  // tool, product, infusion, interpreter, baseline before it; settle a difference
	MayLink        Permission = "link"         // link and unlink patients
	MayAdminister  Permission = "administer"   // staff, seats, feeds, settings, inbox, accepting a damaged log
)

var permissions = map[Role]map[Permission]bool{
	Nurse:     {MayRead: true, MayRecord: true, MayMovePatient: true, MaySetTherapy: true},
	Clinician: {MayRead: true, MayRecord: true, MayDecide: true, MayMovePatient: true, MaySetTherapy: true, MayLink: true},
	Admin:     {MayRead: true, MayRecord: true, MayMovePatient: true, MaySetTherapy: true, MayLink: true, MayAdminister: true},
	Feed:      {MayMovePatient: true, MayLink: true},
}

// refusals say who may, for each permission.
var refusals = map[Permission]string{
	MayRead:        "patients are read by staff",
	MayRecord:      "checks are recorded by staff",
	MayDecide:      "only a clinician may do this",
	MayMovePatient: "patients are admitted and discharged by staff",
	MaySetTherapy:  "the therapy is set by staff",
	MayLink:        "patients are linked by a clinician or an administrator",
	MayAdminister:  "only an administrator may do this",
}

// MayDo returns nil if a member of staff with that role has the permission, else an
// [*Error] of [KindNotAllowed]. The author of a log without a person on its staff is
// NoStaff, which may do everything: this is how a log begins.
func MayDo(role Role, p Permission) error {
	if role == NoStaff || permissions[role][p] {
		return nil
	}
	return NotAllowed(refusals[p])
}
