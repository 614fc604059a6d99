package desk

import (
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// FollowUpCell returns the state of a patient's follow-up for the board: "WAITS 7m",
// "accept 56m", "accepted", "report".
func (d *Desk) FollowUpCell(s *ward.PatientState) string {
	f := s.FollowUp
	switch {
	case f == nil && s.Report != nil:
		return "report"
	case f == nil:
		return ""
	case f.Acked.Done():
		return "accepted"
	case s.Escalated:
		return "WAITS " + Brief(d.now.Sub(s.EscalatesAt), 100)
	}
	return "accept " + Brief(s.EscalatesAt.Sub(d.now), 100)
}

// FollowUpState returns the state of a follow-up for the list of follow-ups: "raised
// 15:45, WAITS 7m", "accept within 56m", "accepted 15:01 Dr Adeyemi", "left 28 Nov;
// accepted".
func (d *Desk) FollowUpState(s *ward.PatientState) string {
	f := s.FollowUp
	if !s.Stay.OnWard() {
		state := "not accepted"
		if f.Acked.Done() {
			state = "accepted"
		}
		return "left " + d.ShortDate(s.Stay.DischargedAt) + "; " + state
	}
	if f.Acked.Done() {
		return "accepted " + d.Time(f.Acked.At) + " " + words.ShortName(f.Acked.By)
	}
	var parts []string
	if !f.RaisedAt.IsZero() {
		parts = append(parts, "raised "+d.Time(f.RaisedAt))
	}
	if s.NotExamined.Flagged() {
		parts = append(parts, "not examined")
	}
	wait := Brief(s.EscalatesAt.Sub(d.now), 100)
	switch {
	case s.Escalated:
		parts = append(parts, "WAITS "+Brief(d.now.Sub(s.EscalatesAt), 100))
	case len(parts) > 0:
		parts = append(parts, "accept "+wait)
	default:
		parts = append(parts, "accept within "+wait)
	}
	return strings.Join(parts, ", ")
}

// StateLine returns the line about a patient above the trend: mark, level, peak,
// acceptance with its key, and the next check.
func (d *Desk) StateLine(s *ward.PatientState) (state, next string) {
	return d.stateLine(s, " (a accept)", ": a accepts, within ")
}

// QuestionState returns the state of an open follow-up for a question, which names its own
// keys: mark, level, peak, acceptance.
func (d *Desk) QuestionState(s *ward.PatientState) string {
	state, _ := d.stateLine(s, "", ", accept within ")
	return state
}

// stateLine takes the words that follow an acceptance that is over time, and those between one
// that is not and the time that is left.
func (d *Desk) stateLine(s *ward.PatientState, overTime, within string) (state, next string) {
	if p := &s.Next; !p.Due.IsZero() {
		next = "next check " + d.Time(p.Due)
		if p.State == ward.Overdue {
			next = "check " + d.Due(p)
		}
	} else {
		next = ward.WordsFor(ward.Whys, string(s.Next.Why))
	}
	mark := StateMark(s) + " "
	f := s.FollowUp
	switch {
	case f == nil && s.Report != nil:
		return mark + "reported " + d.ReportWords(s.Report), next
	case f == nil && s.Last == nil:
		return mark + d.History(s.Patient.ID).NoCheck(), next
	case f == nil:
		return withMark(StateMark(s), s.Last.Result), next
	}
	state = fmt.Sprintf("%s%s, peak %d, ", mark, words.Level(f), f.Peak)
	switch {
	case f.Acked.Done():
		state += "accepted " + d.Time(f.Acked.At) + " " + words.ShortName(f.Acked.By)
	case s.Escalated:
		state += "NOT ACCEPTED, over time by " + Brief(d.now.Sub(s.EscalatesAt), 100) + overTime
	case !s.Stay.OnWard():
		state += "not accepted"
	default:
		state += "not accepted" + within + Brief(s.EscalatesAt.Sub(d.now), 100)
	}
	return state, next
}

// withMark returns a flag with its reasons under the mark of the patient, which may be worse
// than that of the flag. There is one mark.
func withMark(mark string, r icans.Result) string {
	line := words.FlagLine(r)
	if strings.TrimSpace(mark) == "" {
		return line
	}
	for _, own := range []string{words.FlagMark(r.Flag), MarkBaseline} {
		line = strings.TrimPrefix(line, own+" ")
	}
	return mark + " " + line
}

// ScoreCell returns the score of the last check for the board: "ICE 5 ↓3", "ICE 8 base",
// "no exam 13h", "no check".
func (d *Desk) ScoreCell(s *ward.PatientState) string {
	switch {
	case s.NotExamined.Flagged():
		return fmt.Sprintf("no exam %dh", int(d.now.Sub(s.NotExaminedSince)/time.Hour))
	case s.Last == nil:
		return "no check"
	case s.Last.AtBaseline():
		return words.Score(&s.Last.Findings) + " base"
	}
	return words.Score(&s.Last.Findings) + words.Change(d.History(s.Patient.ID), s.Last)
}

// ReportWords returns a report with its time and the person who said it.
func (d *Desk) ReportWords(r *ward.Report) string {
	by := ward.WordsFor(ward.Reporters, r.ToldBy)
	_, noun, found := strings.Cut(by, " ") // "a caregiver"
	if !found {
		noun = by
	}
	return d.Time(r.ToldAt) + " " + noun + ": “" + kit.Plain(r.Words) + "”"
}

// LeftWords returns the end of a stay that a feed reported: "left 10:55 (feed)".
func (d *Desk) LeftWords(s *ward.Stay) string { return "left " + d.Time(s.DischargedAt) + " (feed)" }

// NamedCause returns the cause that a clinician named ahead and that applies now.
func (d *Desk) NamedCause(h *ward.History) string { return d.WallClock().NamedCause(h) }

// Details returns the reasons, the follow-up, a report and the drafts of a patient, for
// the foot of the board.
func (d *Desk) Details(s *ward.PatientState) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	add(d.lastWords(s))
	if s.NotExamined.Flagged() {
		add("NOT EXAMINED since " + d.Time(s.NotExaminedSince))
	}
	if f := s.FollowUp; f != nil && f.Acked.Done() {
		add("Accepted " + d.Time(f.Acked.At) + " " + words.ShortName(f.Acked.By))
	}
	if s.Report != nil {
		add("Reported " + d.ReportWords(s.Report))
	}
	add(d.NamedCause(d.History(s.Patient.ID)))
	for _, draft := range s.Drafts {
		form := "Draft of "
		if draft.Paper {
			form = "Paper checks of "
		}
		add(form + words.ShortName(draft.Author) + " since " + d.Time(draft.Since))
	}
	if d.Alike(s.Patient.ID) {
		add(MarkAlike + " similar name: check the MRN")
	}
	if c := s.Last; c != nil && c.Result.Reasons != 0 {
		add("Why: " + words.Why(c.Result))
	}
	if len(parts) == 0 {
		return d.History(s.Patient.ID).NoCheck()
	}
	return strings.Join(parts, ". ")
}

// lastWords returns the grade of the last check with the domains that made it, or says
// that it is normal.
func (d *Desk) lastWords(s *ward.PatientState) string {
	c := s.Last
	if c == nil {
		return ""
	}
	r := c.Result
	switch {
	case r.Flag == icans.FlagNone && r.Reasons == 0 && c.Normal():
		return "Last check normal " + d.Time(c.PerformedAt)
	case r.Flag == icans.FlagNone && r.Reasons == 0:
		if text := words.Unchanged(&c.Findings); text != "" {
			return "Last check " + d.Time(c.PerformedAt) + ", no flag; " + text
		}
		return "Last check " + d.Time(c.PerformedAt) + ", no flag"
	case r.Drivers != 0 && r.Conclusive():
		return words.Grade(r) + ": " + strings.Join(r.Drivers.Words(), ", ")
	}
	return ""
}
