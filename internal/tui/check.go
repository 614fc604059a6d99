package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// checkScreen is one check in full, every version of it.
type checkScreen struct {
	chart    ward.Chart
	versions []ward.Check // newest first
	at       int
}

func (s *checkScreen) open(*app) tea.Cmd { return nil }
func (s *checkScreen) aboutPatient()     {}
func (s *checkScreen) typing() bool      { return false }

func (s *checkScreen) title(a *app, w int) string {
	const head = "CHECK  "
	return a.theme.strong.Render(head) + a.who(&s.chart.Patient, w-len(head))
}

var keyVersion = bind("left right", "← →", "another version")

func (s *checkScreen) keys(*app) []key.Binding {
	if len(s.versions) > 1 {
		return keyList(keyVersion, keyBack)
	}
	return keyList(keyBack)
}

func (s *checkScreen) update(a *app, msg tea.Msg) tea.Cmd {
	press, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
	case key.Matches(press, keyBack):
		return a.pop()
	case press.String() == "left":
		s.at = min(s.at+1, len(s.versions)-1)
	case press.String() == "right":
		s.at = max(s.at-1, 0)
	}
	return nil
}

func (s *checkScreen) foot(a *app, w int) []string { return nil }

func (s *checkScreen) body(a *app, w, h int) []string {
	c := &s.versions[s.at]
	style := a.theme.flags[c.Result.Flag]
	lines := []string{
		a.fit(fmt.Sprintf(" performed %s   recorded %s by %s", a.fullTime(c.PerformedAt), a.fullTime(c.Recorded.At), plain(c.Recorded.By)), w),
	}
	if c.Late() {
		lines[0] = a.fit(lines[0]+"   late entry", w)
	}
	if len(s.versions) > 1 {
		lines = append(lines, " "+a.theme.strong.Render(s.versionLine(c)))
	}
	lines = append(lines,
		" "+style.Render(a.fit(meaning(&c.Findings, c.Result), w-2)),
	)
	for _, l := range a.wrap(strings.TrimSpace(flagLine(c.Result)), w-2) {
		lines = append(lines, " "+style.Render(l))
	}
	for _, compared := range s.compared(a, c) {
		lines = append(lines, " "+a.fit(compared, w-2))
	}
	for _, f := range s.chart.FollowUps {
		if f.CheckID == c.ID {
			for _, l := range a.wrap(s.followUpLine(a, &f, c), w-2) {
				lines = append(lines, " "+l)
			}
		}
	}
	if c.Note != "" {
		for _, l := range a.wrap("“"+plain(c.Note)+"”", w-2) {
			lines = append(lines, " "+l)
		}
	}
	lines = append(lines, "")
	return append(lines, s.findings(a, c, w, h-len(lines))...)
}

// compared says with which earlier checks the flag was compared, and what has
// changed it since.
func (s *checkScreen) compared(a *app, c *ward.Check) []string {
	var lines []string
	if c.Stands() {
		for _, comparison := range ward.LookBack(c, &s.chart.Patient, s.chart.Checks) {
			if c.Result.Reasons&comparison.Reason != 0 {
				lines = append(lines, "compared: "+comparison.Words(a.clock))
			}
		}
	}
	if c.Because != "" {
		because := "a later entry"
		for i := range s.chart.Checks {
			if other := &s.chart.Checks[i]; other.ID == c.Because {
				because = "the check of " + a.clock(other.PerformedAt) + ", recorded " + a.clock(other.Recorded.At) + ","
				break
			}
		}
		lines = append(lines, "the flag was evaluated anew: "+because+" changed what it is compared with")
	}
	return lines
}

func (s *checkScreen) versionLine(c *ward.Check) string {
	line := fmt.Sprintf("version %d of %d", c.Version, len(s.versions))
	switch {
	case c.Superseded:
		line += "   × superseded: kept as it was"
	case c.Status == ward.Withdrawn:
		line += "   × withdrawn"
	default:
		line += "   stands"
	}
	if c.Reason != "" {
		line += "   because: " + ward.WordsFor(ward.Reasons, c.Reason)
	}
	if c.ReasonNote != "" {
		line += ", " + plain(c.ReasonNote)
	}
	return line
}

func (s *checkScreen) followUpLine(a *app, f *ward.FollowUp, c *ward.Check) string {
	line := "follow-up opened " + a.clock(f.Opened.At)
	if f.Acked.Done() {
		line += ", taken by " + plain(f.Acked.By) + " " + a.clock(f.Acked.At)
	}
	if !f.IsOpen() {
		line += ", closed by " + plain(f.Closed.By) + " " + a.clock(f.Closed.At) + ": " + ward.WordsFor(ward.Outcomes, f.Outcome)
		if code := ward.ICD10(f, c.Result); code != "" {
			line += " (" + code + ")"
		}
		line += ", “" + plain(f.Note) + "”"
	}
	return line
}

// findings draws every field of the check in as many columns as there is room
// for; one that a correction changed is marked.
func (s *checkScreen) findings(a *app, c *ward.Check, w, h int) []string {
	var before *ward.Check
	if s.at+1 < len(s.versions) {
		before = &s.versions[s.at+1]
	}
	var cells []string
	for _, f := range icans.Fields() {
		x := &c.Findings
		if f.Group == icans.GroupICE && x.Tool != icans.ICE || f.Group == icans.GroupCAPD && x.Tool != icans.CAPD {
			continue
		}
		value := f.Words(x)
		if value == "" {
			value = "–"
		}
		cell := "  " + a.pad(f.Label, 17) + value
		if before != nil && f.Code(&before.Findings) != f.Code(x) {
			was := f.Words(&before.Findings)
			if was == "" {
				was = "–"
			}
			cell = a.theme.strong.Render("▌ " + a.pad(f.Label, 17) + value + " (was " + was + ")")
		}
		cells = append(cells, cell)
	}
	columns := max(2, w/40)
	rows := max((len(cells)+columns-1)/columns, 1)
	if rows > h {
		columns = (len(cells) + h - 1) / max(h, 1)
		rows = h
	}
	lines := make([]string, rows)
	for i, cell := range cells {
		row := i % rows
		lines[row] = a.pad(lines[row], i/rows*(w/columns)) + cell
	}
	for i := range lines {
		lines[i] = a.fit(lines[i], w)
	}
	return lines
}
