package csvlog

import (
	"strings"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// drawFindings draws findings that make a valid check.
func drawFindings(t *rapid.T) icans.Findings {
	var x icans.Findings
	for _, f := range icans.Fields() {
		n := rapid.IntRange(-1, len(f.Terms)-1).Draw(t, f.Column)
		switch {
		case f.Group == icans.GroupTool:
			n = max(n, 0)
		case f.Group == icans.GroupICE && x.Tool != icans.ICE, f.Group == icans.GroupCAPD && x.Tool != icans.CAPD:
			continue
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

// drawText draws text of many scripts, with the characters that CSV quotes.
func drawText(t *rapid.T, name string, most int, clean func(string) string) string {
	r := rapid.RuneFrom([]rune(" ,\"';=+-@07\\.\t\nx"), unicode.Latin, unicode.Arabic, unicode.Han)
	s := clean(rapid.StringOfN(r, 0, most, -1).Draw(t, name))
	return strings.TrimSpace(s)
}

func drawLine(t *rapid.T, name string, most int) string {
	return drawText(t, name, most, ward.CleanLine)
}

// drawTime draws a time after from, whole seconds in half of the cases.
func drawTime(t *rapid.T, name string, from time.Time) time.Time {
	ms := rapid.Int64Range(0, 40*24*3600).Draw(t, name) * 1000
	if rapid.Bool().Draw(t, "milliseconds") {
		ms += rapid.Int64Range(0, 999).Draw(t, name+" ms")
	}
	offset := rapid.IntRange(-12*60, 14*60).Draw(t, name+" offset")
	return ward.FromRecord(from.UnixMilli()+ms, offset)
}

var (
	start = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	now   = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
)

// drawPatient draws a patient as a log holds one.
func drawPatient(t *rapid.T) ward.Patient {
	p := ward.Patient{
		MRN:         "0" + drawLine(t, "mrn", 30),
		Name:        "O" + drawLine(t, "name", 80),
		BirthDate:   ward.Date{Year: rapid.IntRange(1930, 2025).Draw(t, "year"), Month: 2, Day: rapid.IntRange(1, 28).Draw(t, "day")},
		Product:     drawLine(t, "product", 20),
		Tool:        rapid.SampledFrom([]icans.Tool{icans.ICE, icans.CAPD}).Draw(t, "tool"),
		Language:    drawLine(t, "language", 20),
		Interpreter: rapid.Bool().Draw(t, "interpreter"),
		SecondID:    drawLine(t, "second id", 20),
		// Bits of items and features.
		BaselineLost: ward.ICEItems(rapid.Byte().Draw(t, "lost")),
		Health:       icans.FeatureSet(rapid.Byte().Draw(t, "mild") & (1<<icans.Features - 1)),
	}
	if rapid.IntRange(0, 4).Draw(t, "birth date is known") == 0 {
		p.BirthDate, p.SecondID = ward.Date{}, "P"+p.SecondID
	}
	if rapid.Bool().Draw(t, "infused") {
		p.InfusedAt = drawTime(t, "infused at", start)
	}
	if rapid.Bool().Draw(t, "has baseline") {
		p.Baseline = icans.Scored(rapid.IntRange(0, p.Tool.MaxScore()).Draw(t, "baseline"))
	}
	p.Clean()
	return p
}

// drawStays draws the stays of a patient, one after the other.
func drawStays(t *rapid.T) (stays []ward.Stay) {
	from := start
	for last := false; !last; {
		s := ward.Stay{
			Visit:      drawLine(t, "visit", 20),
			Bed:        drawLine(t, "bed", 10),
			Clinician:  drawLine(t, "clinician", 20),
			AdmittedAt: drawTime(t, "admitted", from),
		}
		last = len(stays) > 0 || rapid.Bool().Draw(t, "one stay")
		if !last || rapid.Bool().Draw(t, "discharged") {
			s.DischargedAt = drawTime(t, "discharged at", s.AdmittedAt.Add(41*24*time.Hour))
			s.Discharge = rapid.SampledFrom(ward.Discharges).Draw(t, "discharge").Code
		}
		s.Clean()
		stays, from = append(stays, s), s.DischargedAt
	}
	return stays
}

// drawCheck draws a version of a check in a stay as a log holds one.
func drawCheck(t *rapid.T, s *ward.Stay, id string) ward.Check {
	c := ward.Check{
		ID:       id,
		Version:  rapid.IntRange(1, 3).Draw(t, "version"),
		Status:   ward.Recorded,
		Findings: drawFindings(t),
		Note:     drawText(t, "note", 200, ward.CleanText),
	}
	if c.Version > 1 {
		c.Status = rapid.SampledFrom([]ward.Status{ward.Corrected, ward.Withdrawn}).Draw(t, "status")
		c.Reason = rapid.SampledFrom(ward.Reasons).Draw(t, "reason").Code
		c.ReasonNote = drawLine(t, "reason note", 100)
	}
	if c.Findings.OtherCause != 0 {
		c.CauseNote = "C" + drawLine(t, "cause", 100)
	}
	c.PerformedAt = drawTime(t, "performed", s.AdmittedAt)
	c.Recorded = ward.Signature{By: "R" + drawLine(t, "by", 30), At: drawTime(t, "recorded", c.PerformedAt)}
	c.Clean()
	c.Grade(0)
	return c
}
