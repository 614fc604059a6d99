package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// checkScreen shows one check in full, each version of it.
type checkScreen struct {
	chart    ward.Chart
	versions []ward.Check // newest first
	at       int
	top      int // first line shown
}

func (s *checkScreen) open(*app) tea.Cmd { return nil }
func (s *checkScreen) typing() bool      { return false }

func (s *checkScreen) head(a *app) string { return "CHECK " + a.clock(s.versions[s.at].PerformedAt) }

func (s *checkScreen) title(a *app, _ int) string { return a.named(s.head(a), &s.chart.Patient) }

func (s *checkScreen) header(a *app, w int) []string {
	stay := ward.StayAt(s.chart.Stays, s.versions[s.at].PerformedAt)
	return a.identity(s.head(a), &s.chart.Patient, stay, w)
}

var (
	keyVersion = bind("left right", "← →", "another version")
	keyScroll  = bind("up down k j pgup pgdown home end", "↑↓", "scroll")
)

func (s *checkScreen) keys(*app) []key.Binding {
	if len(s.versions) > 1 {
		return keyList(keyVersion, keyScroll, keyBack)
	}
	return keyList(keyScroll, keyBack)
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
	case key.Matches(press, keyScroll):
		s.top = moved(press.String(), s.top, 100)
	}
	return nil
}

func (s *checkScreen) foot(a *app, w int) []string { return nil }

func (s *checkScreen) body(a *app, w, h int) []string {
	c := &s.versions[s.at]
	style := a.theme.flags[c.Result.Flag]
	recorded := fmt.Sprintf("performed %s   recorded %s by %s", a.fullTime(c.PerformedAt), a.fullTime(c.Recorded.At), plain(c.Recorded.By))
	if c.Late() {
		recorded += "   late entry"
	}
	var lines []string
	add := func(style look, text string) {
		for _, l := range a.wrap(text, w-2) {
			lines = append(lines, " "+style.Render(l))
		}
	}
	add(style, meaning(&c.Findings, c.Result))
	add(style, s.flagWords(c))
	add(a.theme.plain, recorded)
	if len(s.versions) > 1 {
		add(a.theme.strong, s.versionLine(c))
	}
	if c.Because != "" {
		add(a.theme.plain, s.becauseWords(a, c))
	}
	if c.Findings.OtherCause != 0 {
		add(a.theme.plain, "Other cause (does not count): "+strings.Join(c.Findings.OtherCause.Words(), ", ")+": "+plain(c.CauseNote))
	}
	if u := c.Findings.Uncertain(); u != 0 {
		add(a.theme.plain, "Uncertain cause: "+strings.Join(u.Words(), ", "))
	}
	for i := range s.chart.FollowUps {
		if event, joined := s.chart.FollowUps[i].Has(c.ID); joined {
			add(a.theme.plain, s.followUpLine(a, &s.chart.FollowUps[i], event))
		}
	}
	if c.Note != "" {
		add(a.theme.plain, "“"+plain(c.Note)+"”")
	}
	lines = append(lines, "")
	lines = append(lines, s.findings(a, c, w)...)
	s.top = max(0, min(s.top, len(lines)-h))
	lines = lines[s.top:]
	if more := len(lines) - h; more > 0 && h > 0 {
		lines = append(lines[:h-1], a.theme.faint.Render(fmt.Sprintf("  ↓ %d more lines", more+1)))
	}
	return lines
}

// flagWords returns the flag of a version. Only a normal check is called normal.
func (s *checkScreen) flagWords(c *ward.Check) string {
	text := flagLine(c.Result)
	if c.Normal() {
		return "normal check: no flag"
	}
	if same := unchanged(&c.Findings); c.Result.Flag == icans.FlagNone && c.Valid() && same != "" {
		text += "; " + same
	}
	return text
}

// becauseWords names the check that changed the flag of c.
func (s *checkScreen) becauseWords(a *app, c *ward.Check) string {
	text := "flag changed: an earlier check was added or corrected"
	if other := s.chart.Current(c.Because); other != nil {
		text += " (that of " + a.clock(other.PerformedAt) + ", recorded " + a.clock(other.Recorded.At) + ")"
	}
	return text
}

func (s *checkScreen) versionLine(c *ward.Check) string {
	line := fmt.Sprintf("Version %d of %d", c.Version, len(s.versions))
	switch {
	case c.Superseded:
		line += ", × replaced"
	case c.Status == ward.Withdrawn:
		line += ", × withdrawn, no longer counts"
	default:
		line += ", counts"
	}
	if c.Reason != "" {
		line += ". " + plain(c.Recorded.By) + ": " + ward.WordsFor(ward.Reasons, c.Reason)
	}
	if c.ReasonNote != "" {
		line += ", " + plain(c.ReasonNote)
	}
	return line
}

// followUpLine returns the effect of the check on a follow-up, and the state of that.
func (s *checkScreen) followUpLine(a *app, f *ward.FollowUp, event ward.JoinEvent) string {
	line := string(event) + " the follow-up of " + a.clock(f.Opened.At)
	if f.Acked.Done() {
		line += ", accepted " + a.clock(f.Acked.At) + " by " + plain(f.Acked.By)
	}
	if !f.IsOpen() {
		line += ", closed " + a.clock(f.Closed.At) + " by " + plain(f.Closed.By) + ": " + ward.WordsFor(ward.Outcomes, f.Outcome)
		if code := f.ICD10(); code != "" {
			line += " (" + code + ")"
		}
		line += ", “" + plain(f.Note) + "”"
		if f.Asked {
			line += " (asked again)"
		}
	}
	return line
}

// findings draws every field of the check, in as many columns as fit; a field that a
// correction changed is marked.
func (s *checkScreen) findings(a *app, c *ward.Check, w int) []string {
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
		switch f.Group {
		case icans.GroupTool, icans.GroupOtherCause: // said above
			continue
		case icans.GroupTotal, icans.GroupUnable:
			if !f.Assessed(x) {
				continue
			}
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
