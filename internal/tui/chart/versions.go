package chart

import (
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// versionLines lists all versions of a check that has several, the newest first. The one
// that is shown is marked.
func (s *record) versionLines(p kit.Page, shown *ward.Check, versions []ward.Check) []string {
	if len(versions) < 2 {
		return nil
	}
	lines := []string{"", p.Faint.Render(" VERSIONS")}
	for i := range versions {
		mark := "   "
		if versions[i].Version == shown.Version {
			mark = " ▌ "
		}
		lines = append(lines, p.Hang(mark+s.versionLine(&versions[i], versions), p.Width-1, 5)...)
	}
	return lines
}

// versionLine returns the state of a version, and the difference to the one before.
func (s *record) versionLine(c *ward.Check, versions []ward.Check) string {
	text := fmt.Sprintf("Version %d of %d", c.Version, len(versions))
	switch {
	case c.Superseded:
		text += ", " + desk.MarkNotDone + " replaced"
	case c.Status == ward.Withdrawn:
		text += ", " + desk.MarkNotDone + " withdrawn, no longer counts"
	default:
		text += ", counts"
	}
	text += ". " + s.d.Time(c.Recorded.At) + " " + kit.Plain(c.Recorded.By)
	if c.Reason != "" {
		text += ": " + ward.WordsFor(ward.Reasons, c.Reason)
	}
	if c.ReasonNote != "" {
		text += ", " + kit.Plain(c.ReasonNote)
	}
	i := slices.IndexFunc(versions, func(v ward.Check) bool { return v.Version == c.Version-1 })
	if i < 0 {
		return text + "."
	}
	if changed := s.differences(&versions[i], c); changed != "" {
		text += " (" + changed + ")"
	}
	return text + "."
}

// differences returns the fields that differ between two versions: "Counts back no → yes".
func (s *record) differences(before, c *ward.Check) string {
	var list []string
	if !before.PerformedAt.Equal(c.PerformedAt) {
		list = append(list, "time "+s.d.DayTime(before.PerformedAt)+" → "+s.d.DayTime(c.PerformedAt))
	}
	for _, f := range icans.Fields() {
		if was, now := f.Words(&before.Findings), f.Words(&c.Findings); was != now {
			list = append(list, f.Label+" "+desk.Dash(was)+" → "+desk.Dash(now))
		}
	}
	if before.CauseNote != c.CauseNote {
		list = append(list, "cause “"+kit.Plain(before.CauseNote)+"” → “"+kit.Plain(c.CauseNote)+"”")
	}
	switch {
	case before.Note == c.Note:
	case before.Note == "":
		list = append(list, "comment added")
	case c.Note == "":
		list = append(list, "comment removed")
	default:
		list = append(list, "comment changed")
	}
	return strings.Join(list, ", ")
}
