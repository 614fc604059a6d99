package check

import (
	"fmt"
	"strings"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// shortAnswers are the answers that are too long for their column of the form, by code.
var shortAnswers = map[string]string{
	"drowsy": "drowsy", "voice": "voice", "tactile": "touch", "unarousable": "unarous.",
	"nonconvulsive": "EEG only", "prolonged": "> 5 min", "repetitive": "repeated", "focal_weakness": "yes",
	"focal_edema": "focal", "diffuse_edema": "diffuse", "posturing": "posture", "cn6_palsy": "6th nerve", "papilledema": "papilla", "cushing_triad": "Cushing",
}

// shortAnswer returns the answer to a field, short enough for its column.
func shortAnswer(field *icans.Field, x *icans.Findings) string {
	code := field.Code(x)
	if n := strings.Count(code, ";"); n > 0 {
		return fmt.Sprintf("%d signs", n+1)
	}
	if short, ok := shortAnswers[code]; ok && field.Group == icans.GroupDomain {
		return short
	}
	return field.Words(x)
}

// shortest shortens an earlier answer for the narrow column that CAPD leaves.
func shortest(answer string) string {
	switch answer {
	case "moderate":
		return "mod."
	case "severe":
		return "sev."
	}
	return answer
}

// unableShort returns the reason for "not done" in short, or an empty text.
func unableShort(x *icans.Findings) string {
	switch x.Unable {
	case 0:
		return ""
	case icans.UnableUnarousable:
		return shortAnswers["unarousable"]
	}
	return words.Score(x)
}

// causeMark marks the answer of a domain that is attributed (*) or uncertain (?).
func causeMark(field *icans.Field, x *icans.Findings) string {
	if field.Group != icans.GroupDomain {
		return ""
	}
	switch d := bedside.DomainOf(field); {
	case x.OtherCause.Has(d):
		return " *"
	case x.Uncertain().Has(d):
		return " ?"
	}
	return ""
}

// direction compares an answer with that of the last check: ▼ worse, ▲ better, or nothing
// if it is the same or one is missing.
func direction(field *icans.Field, before, now *icans.Findings) string {
	if !field.Assessed(before) || !field.Assessed(now) || field.Code(before) == field.Code(now) {
		return ""
	}
	worse := false
	switch {
	case field.Several: // of signs of raised pressure only "none" is better
		if !field.Holds(before, 0) && !field.Holds(now, 0) {
			return ""
		}
		worse = field.Holds(before, 0)
	case field.Group == icans.GroupICE:
		worse = bedside.TermOf(field, now) < bedside.TermOf(field, before)
	default:
		worse = bedside.TermOf(field, now) > bedside.TermOf(field, before)
	}
	if worse {
		return desk.MarkWorse
	}
	return desk.MarkBetter
}

// placeWords returns the bed of a patient on the ward, or the time at which the patient
// left: "bed 1B", "left Sun 29 Nov 14:07".
func placeWords(d *desk.Desk, stay *ward.Stay) string {
	switch {
	case stay == nil || stay.ID == 0:
		return "no stay"
	case stay.OnWard():
		return strings.TrimSpace("bed " + desk.Bed(stay))
	}
	return "left " + d.DayTime(stay.DischargedAt)
}
