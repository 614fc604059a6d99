package fhir

import (
	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// followUps writes the follow-ups of the checks that lie in the bounds.
func (e *Encoder) followUps(c *ward.Chart) {
	valid := make(map[string]*ward.Check)
	for i := range c.Checks {
		if check := &c.Checks[i]; !check.Superseded {
			valid[check.ID] = check
		}
	}
	for i := range c.FollowUps {
		f := &c.FollowUps[i]
		if check := valid[f.CheckID]; check != nil && e.in(check.PerformedAt) {
			e.followUp(f, check)
		}
	}
}

// followUp writes the flag, what is being done about it, and, once a clinician has
// confirmed ICANS, the diagnosis. check is the version of it that is valid now.
func (e *Encoder) followUp(f *ward.FollowUp, check *ward.Check) {
	ids := e.checkIDs(f.CheckID)
	subject := e.subject(f.PatientID)
	opener := e.who(f.Opened.By)
	raised := &clinicalFlag{
		header: header{
			ResourceType: "Flag", ID: e.id("flag", f.ID),
			Extension: []extend{{URL: "http://hl7.org/fhir/StructureDefinition/flag-detail", ValueReference: ref("Observation", ids.grade)}},
		},
		Status:   "active",
		Category: []concept{*hl7("flag-category", "clinical", "Clinical")},
		Code:     own(codeFlag, f.Level.Code()),
		Subject:  subject,
		Period:   during(f.Opened.At, f.Closed.At),
		Author:   opener,
	}
	work := &task{
		header:     header{ResourceType: "Task", ID: e.id("follow-up", f.ID)},
		Status:     "requested",
		Intent:     "order",
		Code:       own(codeFollowUp),
		Focus:      ref("Observation", ids.panel),
		For:        subject,
		AuthoredOn: stamp(f.Opened.At),
		Requester:  opener,
		ReasonCode: own(codeFlag, f.Level.Code()),
	}
	if f.Level == icans.FlagUrgent {
		work.Priority = "urgent"
	}
	last := f.Opened.At
	if f.Acked.Done() {
		work.Status, work.Owner = "accepted", e.who(f.Acked.By)
		work.ExecutionPeriod = during(f.Acked.At, f.Closed.At)
		if f.Acked.At.After(last) {
			last = f.Acked.At
		}
	}
	if !f.IsOpen() {
		raised.Status, work.Status = "inactive", "completed"
		work.Output = []output{{own(codeOutcome), own(codeOutcome, f.Outcome)}}
		for _, note := range said(f.Note) {
			note.Author, note.Time = e.who(f.Closed.By), stamp(f.Closed.At)
			work.Note = append(work.Note, note)
		}
		if f.Closed.At.After(last) {
			last = f.Closed.At
		}
	}
	// On the same wall clock, because some readers compare the two as text.
	work.LastModified = stamp(last.In(f.Opened.At.Location()))
	e.put(raised)
	e.put(work)
	e.diagnosis(f, check)
}

// diagnosis writes what a clinician has confirmed, and only that. Where the check
// that it rests on was withdrawn since, it was entered in error with it.
func (e *Encoder) diagnosis(f *ward.FollowUp, check *ward.Check) {
	code := ward.ICD10(f, check.Result)
	if code == "" {
		return
	}
	status := hl7("condition-ver-status", "confirmed", "Confirmed")
	if check.Status == ward.Withdrawn {
		status = hl7("condition-ver-status", "entered-in-error", "Entered in Error")
	}
	clinician := e.who(f.Closed.By)
	e.put(&condition{
		header:             header{ResourceType: "Condition", ID: e.id("diagnosis", f.ID)},
		VerificationStatus: status,
		Category:           []concept{*hl7("condition-category", "encounter-diagnosis", "Encounter Diagnosis")},
		Code: &concept{
			Coding: []coding{{System: "http://hl7.org/fhir/sid/icd-10-cm", Code: code}},
			Text:   "Immune effector cell-associated neurotoxicity syndrome",
		},
		Subject:      e.subject(f.PatientID),
		RecordedDate: stamp(f.Closed.At),
		Recorder:     clinician,
		Asserter:     clinician,
		Evidence:     []evidence{{[]*reference{ref("Observation", e.checkIDs(f.CheckID).grade)}}},
	})
}
