package fhir_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

var start = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// drawFindings draws findings that make a valid check.
func drawFindings(t *rapid.T) icans.Findings {
	var x icans.Findings
	for _, f := range icans.Fields() {
		n := rapid.IntRange(-1, len(f.Terms)-1).Draw(t, f.Column)
		if f.Group == icans.GroupTool {
			n = max(n, 0)
		}
		if n < 0 {
			continue
		}
		f.Answer(&x, n)
		if f.Several {
			f.Answer(&x, rapid.IntRange(0, len(f.Terms)-1).Draw(t, "another"))
		}
	}
	for _, p := range x.Problems() {
		icans.FieldOf(p.Column).Clear(&x)
	}
	return x
}

// drawText draws text as another program could have put it into a log: it is not
// clean.
func drawText(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.StringN(0, 30, -1),
		rapid.SampledFrom([]string{
			"", " ", "\u00a0", "\u3000\u2028", "\x00\x01\x1b[31m", "\xff\xfe", "\ufeff", "\u202eevil\u202c",
			`"},"resource":{"resourceType":"Patient"}`, "<script>alert(1)</script>", "#panel", "Patient/1",
			"a,b,c", ",", ", Given", "Family,", "line\r\nline\ttab", "O'Neil & Söhne <x@y>", "日本語", "\U0001f9e0",
		}),
	).Draw(t, name)
}

// drawTime draws a time at from or later, on any wall clock.
func drawTime(t *rapid.T, name string, from time.Time) time.Time {
	ms := rapid.Int64Range(0, 40*24*3600*1000).Draw(t, name)
	offset := rapid.IntRange(-24*60+1, 24*60-1).Draw(t, name+" offset")
	return ward.FromRecord(from.UnixMilli()+ms, offset)
}

func drawSignature(t *rapid.T, name string, from time.Time) ward.Signature {
	return ward.Signature{By: "R" + drawText(t, name+" by"), At: drawTime(t, name+" at", from)}
}

func drawCode(t *rapid.T, name string, terms []ward.Term) string {
	return rapid.SampledFrom(terms).Draw(t, name).Code
}

// drawChart draws a chart of any content: of the patient with that number.
func drawChart(t *rapid.T, number int64) ward.Chart {
	p := ward.Patient{
		ID: number, Version: 1, MRN: "M" + drawText(t, "mrn"), Name: drawText(t, "name"),
		BirthDate: ward.Date{Year: rapid.IntRange(1900, 2025).Draw(t, "year"), Month: 2, Day: rapid.IntRange(1, 28).Draw(t, "day")},
		Product:   drawText(t, "product"), Language: drawText(t, "language"), SecondID: drawText(t, "second id"),
		Interpreter: rapid.Bool().Draw(t, "interpreter"), Tool: rapid.SampledFrom([]icans.Tool{icans.ICE, icans.CAPD}).Draw(t, "tool"),
	}
	stay := ward.Stay{
		ID: number * 10, PatientID: number, Version: 1, Status: ward.Recorded, Visit: drawText(t, "visit"), Bed: drawText(t, "bed"), Clinician: drawText(t, "clinician"),
		AdmittedAt: drawTime(t, "admitted", start),
	}
	if rapid.Bool().Draw(t, "infused") {
		p.InfusedAt = drawTime(t, "infused", start)
	}
	if rapid.Bool().Draw(t, "baseline") {
		p.Baseline = icans.Scored(rapid.IntRange(0, p.Tool.MaxScore()).Draw(t, "score"))
	}
	if rapid.Bool().Draw(t, "discharged") {
		stay.DischargedAt, stay.Discharge = drawTime(t, "left", start), drawCode(t, "discharge", ward.Discharges)
	}
	c := ward.Chart{PatientVersions: []ward.Patient{p}, StayVersions: []ward.Stay{stay}}
	c.Patient, c.Stays = p, []ward.Stay{stay}
	if rapid.Bool().Draw(t, "cancelled") {
		gone := stay
		gone.ID, gone.Status, gone.Version = number*10+1, ward.Withdrawn, 2
		c.StayVersions = append(c.StayVersions, gone)
	}
	var ids []string
	for i := range rapid.IntRange(0, 3).Draw(t, "checks") {
		id := fmt.Sprintf("%s-%d-%d", drawText(t, "id"), number, i)
		for v := rapid.IntRange(1, 3).Draw(t, "versions"); v > 0; v-- {
			check := ward.Check{
				ID: id, Version: v, PatientID: number, Status: ward.Recorded, Findings: drawFindings(t), Note: drawText(t, "note"),
				PerformedAt: drawTime(t, "performed", start), Recorded: drawSignature(t, "recorded", start),
				Superseded: len(c.Versions) > 0 && c.Versions[len(c.Versions)-1].ID == id, CauseNote: drawText(t, "cause"),
			}
			if v > 1 {
				check.Status = ward.Corrected
				if !check.Superseded && rapid.Bool().Draw(t, "withdrawn") {
					check.Status = ward.Withdrawn
				}
				check.Reason, check.ReasonNote = drawCode(t, "reason", ward.Reasons), drawText(t, "why")
			}
			check.Grade(0)
			c.Versions = append(c.Versions, check)
			if check.Valid() {
				c.Checks = append(c.Checks, check)
			}
		}
		ids = append(ids, id)
	}
	c.Sort()
	for i := range rapid.IntRange(0, min(2, len(ids))).Draw(t, "follow-ups") {
		f := ward.FollowUp{ID: number*100 + int64(i), PatientID: number, Opened: drawSignature(t, "opened", start)}
		for k, id := range ids[rapid.IntRange(0, len(ids)-1).Draw(t, "first"):] {
			event := ward.JoinOpened
			if k > 0 {
				event = rapid.SampledFrom([]ward.JoinEvent{ward.JoinJoined, ward.JoinRaised}).Draw(t, "event")
			}
			f.Join(ward.Joined{
				CheckID: id, Event: event, Flag: rapid.SampledFrom([]icans.Flag{icans.FlagGrade1, icans.FlagUrgent}).Draw(t, "level"),
				Floor: rapid.IntRange(0, 4).Draw(t, "floor"), PerformedAt: start, At: drawTime(t, "joined", start),
			})
		}
		if rapid.Bool().Draw(t, "acknowledged") {
			f.Acked = drawSignature(t, "acknowledged", start)
			if rapid.Bool().Draw(t, "closed") {
				f.Closed, f.Outcome, f.Note = drawSignature(t, "closed", start), drawCode(t, "outcome", ward.Outcomes), drawText(t, "note")
			}
		}
		c.FollowUps = append(c.FollowUps, f)
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "interventions") {
		c.Interventions = append(c.Interventions, ward.Intervention{
			ID: number*100 + int64(i), PatientID: number, DoneAt: drawTime(t, "done", start), Kind: drawCode(t, "kind", ward.Interventions),
			Detail: drawText(t, "detail"), Withdrawn: rapid.Bool().Draw(t, "withdrawn"), Recorded: drawSignature(t, "recorded", start),
		})
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "reports") {
		c.AllReports = append(c.AllReports, ward.Report{
			ID: number*100 + int64(i), PatientID: number, ToldAt: start, ToldBy: drawCode(t, "told by", ward.Reporters), Words: "w" + drawText(t, "words"),
			Recorded: ward.Signature{By: "R", At: start}, Withdrawn: rapid.Bool().Draw(t, "withdrawn"),
		})
	}
	for range rapid.IntRange(0, 3).Draw(t, "orders") {
		o := ward.Order{
			PatientID: number, Kind: ward.OrderKind(drawCode(t, "order", ward.OrderKinds)), Reason: drawText(t, "reason"),
			Ordered: ward.Signature{By: "R", At: start},
		}
		switch o.Kind {
		case ward.OrderInterval:
			o.Interval = 90 * time.Minute
		case ward.OrderExtend:
			o.UntilDay = rapid.IntRange(1, 365).Draw(t, "day")
		}
		c.Orders = append(c.Orders, o)
	}
	return c
}
