package fhir

import (
	"slices"
	"strconv"
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
		// After the end of a link its checks may all be those of another patient.
		if len(joined) == 0 && e.bounded() {
			continue
		}
		t := e.o.Touched
		e.touched(t != nil && (t.FollowUps[f.ID] || slices.ContainsFunc(joined, func(j joinedCheck) bool { return t.Checks[j.ID] })))
		e.followUp(f, joined)
		e.touched(t != nil && (t.FollowUps[f.ID] || t.Checked[c.Patient.ID])) // any later check may end the episode
		e.diagnosis(f, joined)
		e.end()
	}
}

// followUp writes the flag of an episode and the work on it. joined are its checks in
// the order of joining.
func (e *Encoder) followUp(f *ward.FollowUp, joined []joinedCheck) {
	opener, encounter := e.who(f.Opened.By), e.encounter(f.Opened.At)
	if len(joined) > 0 {
		encounter = e.encounter(joined[0].PerformedAt)
	}
	flag := &clinicalFlag{
		header:    header{ResourceType: "Flag", ID: e.id("flag", f.ID)},
		Status:    "active",
		Category:  []concept{*hl7("flag-category", "clinical", "Clinical")},
		Code:      own(codeFlag, f.Level.Code()),
		Subject:   e.subject(),
		Period:    during(f.Opened.At, f.Closed.At),
		Encounter: encounter,
		Author:    opener,
	}
	work := &task{
		header:     header{ResourceType: "Task", ID: e.id("follow-up", f.ID)},
		Status:     "requested",
		Intent:     "order",
		Code:       own(codeFollowUp),
		For:        e.subject(),
		Encounter:  encounter,
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
	if len(joined) > 0 {
		work.Focus = ref("Observation", e.checkIDs(joined[0].ID).panel)
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
	for _, a := range f.Acks {
		e.who(a.By) // also of an acceptance before it was raised again
	}
	flag.Text = told(flag.Status, "Follow-up"+fromTo(f.Opened.At, f.Closed.At), "Flag: "+words(codeFlag, f.Level.Code()))
	work.Text = told("", "Follow-up, "+work.Status, "Peak: ICANS grade "+strconv.Itoa(f.Peak), words(codeOutcome, f.Outcome))
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
		Encounter:    e.encounter(f.Opened.At),
		RecordedDate: stamp(f.Closed.At),
		Recorder:     clinician,
		Asserter:     clinician,
	}
	if len(joined) > 0 {
		r.Encounter, r.Evidence = e.encounter(joined[0].PerformedAt), []evidence{{}}
	}
	onset, state := time.Time{}, "entered-in-error"
	for _, check := range joined {
		r.Evidence[0].Detail = append(r.Evidence[0].Detail, ref("Observation", e.checkIDs(check.ID).grade))
		if check.Status != ward.Withdrawn && (onset.IsZero() || check.PerformedAt.Before(onset)) {
			onset = check.PerformedAt
		}
	}
	if !onset.IsZero() {
		r.VerificationStatus = hl7("condition-ver-status", "confirmed", "Confirmed")
		r.ClinicalStatus = hl7("condition-clinical", "active", "Active")
		state = "active"
		if end, ended := ward.EpisodeEnd(e.chart.Checks, onset); ended {
			r.ClinicalStatus, r.AbatementDateTime = hl7("condition-clinical", "resolved", "Resolved"), stamp(end)
			state = "resolved " + when(end)
		}
	}
	r.Text = told(state, r.Code.Text+", confirmed by a clinician, ICD-10-CM "+code, state)
	e.put(r)
}
