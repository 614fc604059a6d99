package check

import (
	"fmt"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/ward"
)

// savedWords returns the line about a saved check and its consequences. It names the time
// of the first try to save if that was in another minute.
func savedWords(d *desk.Desk, p *ward.Patient, s *store.Saved, entered time.Time) string {
	c := &s.Check
	text := "Saved " + d.Time(d.Now())
	if !entered.Truncate(time.Minute).Equal(d.Now().Truncate(time.Minute)) {
		text += ", entered " + d.Time(entered)
	}
	text += ": " + desk.Name(p) + "  " + desk.MRN(p) + "  " + desk.Score(&c.Findings) + "  ICANS " + desk.GradeCell(c.Result) + "  " + d.Consequence(s)
	if n := len(s.Reevaluated); n == 1 {
		text += "; the flag of another check changed"
	} else if n > 1 {
		text += fmt.Sprintf("; the flags of %d other checks changed", n)
	}
	return text
}
