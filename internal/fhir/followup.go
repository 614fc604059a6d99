package fhir

import (
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// joinedCheck is a check that joined a follow-up, in its valid version, with its last
// event.
type joinedCheck struct {
	*ward.Check
	event ward.JoinEvent
}

// followUps writes the follow-ups with a check within the bounds. They refer to those
// of their checks that are within the bounds.
func (e *Encoder) followUps(c *ward.Chart) {
	valid := make(map[string]*ward.Check)
	for i := range c.Versions {
		if check := &c.Versions[i]; !check.Superseded && e.in(check.PerformedAt) {
			valid[check.ID] = check
		}
	}
	for i := range c.FollowUps {
		f := &c.FollowUps[i]
		var joined []joinedCheck
		seen := make(map[string]bool)
		for _, j := range f.Joined {
			if check := valid[j.CheckID]; check != nil && !seen[j.CheckID] {
				event, _ := f.Has(j.CheckID)
				joined = append(joined, joinedCheck{check, event})
			}
			seen[j.CheckID] = true
		}
		if len(joined) > 0 {
			e.followUp(f, joined)
			e.diagnosis(f, joined)
		}
	}
}

// followUp writes the flag of an episode and the work on it. joined are its checks in
// the order of joining.
func (e *Encoder) followUp(f *ward.FollowUp, joined []joinedCheck) {
	opener := e.who(f.Opened.By)
	flag := &clinicalFlag{
		header:    header{ResourceType: "Flag", ID: e.id("flag", f.ID)},
		Status:    "active",
		Category:  []concept{*hl7("flag-category", "clinical", "Clinical")},
		Code:      own(codeFlag, f.Level.Code()),
		Subject:   e.subject(),
		Period:    during(f.Opened.At, f.Closed.At),
		Encounter: e.encounter(joined[0].PerformedAt),
		Author:    opener,
	}
	work := &task{
		header:     header{ResourceType: "Task", ID: e.id("follow-up", f.ID)},
		Status:     "requested",
		Intent:     "order",
		Code:       own(codeFollowUp),
		Focus:      ref("Observation", e.checkIDs(joined[0].ID).panel),
		For:        e.subject(),
		Encounter:  flag.Encounter,
		AuthoredOn: stamp(f.Opened.At),
		Requester:  opener,
		ReasonCode: own(codeFlag, f.Level.Code()),
		Input:      []input{{Type: own(codePeak), Integer: is(f.Peak)}},
	}
	for _, check := range joined {
		ids := e.checkIDs(check.ID)
		flag.Extension = append(flag.Extension, extend{URL: "http://hl7.org/fhir/StructureDefinition/flag-detail", ValueReference: ref("Observation", ids.grade)})
		work.Input = append(work.Input, input{Type: own(codeJoined, string(check.event)), Reference: ref("Observation", ids.panel)})
	}
	if f.Level == icans.FlagUrgent {
		work.Priority = "urgent"
	}
	if f.Acked.Done() {
		work.Status, work.Owner = "accepted", e.who(f.Acked.By)
		work.ExecutionPeriod = during(f.Acked.At, f.Closed.At)
	}
	if !f.IsOpen() {
		flag.Status, work.Status = "inactive", "completed"
		work.Output = []output{{own(codeOutcome), own(codeOutcome, f.Outcome)}}
		for _, note := range said(f.Note) {
			note.Author, note.Time = e.who(f.Closed.By), stamp(f.Closed.At)
			work.Note = append(work.Note, note)
		}
	}
	// On the same wall clock, because some readers compare the two as text.
	work.LastModified = stamp(lastChange(f).In(f.Opened.At.Location()))
	e.put(flag)
	e.put(work)
}

// lastChange returns the time at which a follow-up last changed.
func lastChange(f *ward.FollowUp) time.Time {
	last := f.Opened.At
	times := []time.Time{f.RaisedAt, f.Acked.At, f.Closed.At}
	for _, j := range f.Joined {
		times = append(times, j.At)
	}
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// diagnosis writes a diagnosis that a clinician confirmed, and no other. If all checks
// that it rests on were withdrawn since, it was entered in error with them.
func (e *Encoder) diagnosis(f *ward.FollowUp, joined []joinedCheck) {
	code := f.ICD10()
	if code == "" {
		return
	}
	clinician := e.who(f.Closed.By)
	r := &condition{
		header:             header{ResourceType: "Condition", ID: e.id("diagnosis", f.ID)},
		VerificationStatus: hl7("condition-ver-status", "entered-in-error", "Entered in Error"),
		Category:           []concept{*hl7("condition-category", "encounter-diagnosis", "Encounter Diagnosis")},
		Code: &concept{
			Coding: []coding{{System: "http://hl7.org/fhir/sid/icd-10-cm", Code: code}},
			Text:   "Immune effector cell-associated neurotoxicity syndrome",
		},
		Subject:      e.subject(),
		Encounter:    e.encounter(joined[0].PerformedAt),
		RecordedDate: stamp(f.Closed.At),
		Recorder:     clinician,
		Asserter:     clinician,
		Evidence:     []evidence{{}},
	}
	onset := time.Time{}
	for _, check := range joined {
		r.Evidence[0].Detail = append(r.Evidence[0].Detail, ref("Observation", e.checkIDs(check.ID).grade))
		if check.Status != ward.Withdrawn && (onset.IsZero() || check.PerformedAt.Before(onset)) {
			onset = check.PerformedAt
		}
	}
	if !onset.IsZero() {
		r.VerificationStatus = hl7("condition-ver-status", "confirmed", "Confirmed")
		r.ClinicalStatus = hl7("condition-clinical", "active", "Active")
		if end, ended := ward.EpisodeEnd(e.chart.Checks, onset); ended {
			r.ClinicalStatus, r.AbatementDateTime = hl7("condition-clinical", "resolved", "Resolved"), stamp(end)
		}
	}
	e.put(r)
}
