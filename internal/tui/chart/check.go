package chart

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// checkScreen shows one check in full, each version of it. The check in hand is chosen by
// its ID, so that a check that is recorded meanwhile does not take its place.
type checkScreen struct {
	kit.Base
	record
	check   string
	version int // 0 is the newest one
	scroll  kit.Scroll
}

func newCheck(d *desk.Desk, to kit.Place) kit.Screen {
	return &checkScreen{record: recordOf(d, to.Subject), check: desk.CheckOf(to.Subject)}
}

// Init implements [kit.Screen].
func (s *checkScreen) Init(h kit.Host) tea.Cmd { return s.load(h) }

// Update implements [kit.Screen].
func (s *checkScreen) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	_, cmd := s.take(h, msg)
	if b, ok := msg.(kit.Burst); ok {
		return tea.Batch(cmd, s.scan(h, b, s))
	}
	return cmd
}

// shown returns the version in hand and all versions, the newest first; nil if the chart
// lacks the check.
func (s *checkScreen) shown() (*ward.Check, []ward.Check) {
	versions := s.chart.VersionsOf(s.check)
	if len(versions) == 0 {
		return nil, nil
	}
	i := slices.IndexFunc(versions, func(c ward.Check) bool { return c.Version == s.version })
	return &versions[max(i, 0)], versions
}

// place returns the number of the check among all checks by time, from 1, and their
// count.
func (s *checkScreen) place() (n, of int) {
	ids := s.order()
	return slices.Index(ids, s.check) + 1, len(ids)
}

// order returns the IDs of the checks, also of withdrawn ones, by the time at which they
// were performed.
func (s *checkScreen) order() (ids []string) {
	for i := range slices.Backward(s.chart.Versions) {
		if c := &s.chart.Versions[i]; !c.Superseded {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// Marks implements [kit.Marker].
func (s *checkScreen) Marks() []kit.Mark { return desk.Marks() }

// Head implements [kit.Screen].
func (s *checkScreen) Head(p kit.Page) []string {
	c, _ := s.shown()
	pt := s.patient()
	if c == nil || pt == nil {
		return s.d.Head(p, desk.Identity{Title: "CHECK", Patient: pt, Stay: s.stay()})
	}
	n, of := s.place()
	who := *pt
	who.Product, who.Baseline = "", 0 // the check needs the room
	return s.d.Head(p, desk.Identity{Title: "CHECK " + s.d.Time(c.PerformedAt), Note: fmt.Sprintf("check %d of %d", n, of),
		Patient: &who, Stay: s.stay(), More: desk.Interpreter(pt)})
}

// Body implements [kit.Screen].
func (s *checkScreen) Body(p kit.Page) []string {
	if !s.loaded {
		return s.waiting(p)
	}
	c, _ := s.shown()
	if c == nil {
		return []string{"", "  The record of this patient has no such check."}
	}
	lines := s.summary(p, c)
	return s.scroll.View(p, append(lines, s.findings(p, c)...))
}

// summary returns the meaning of the check and all that was recorded with it.
func (s *checkScreen) summary(p kit.Page, c *ward.Check) []string {
	var lines []string
	add := func(look kit.Look, text string) {
		for _, part := range p.Hang(" "+text, p.Width-1, 1) {
			lines = append(lines, look.Render(part))
		}
	}
	look := desk.FlagLook(p.Theme, c.Result.Flag)
	meaning, flag, why := desk.Meaning(&c.Findings, c.Result), flagWords(c), whyWords(c)
	if gap := p.Width - 3 - p.Cells(meaning) - p.Cells(flag); gap >= 3 {
		lines = append(lines, look.Render(" "+p.Pad(meaning, p.Cells(meaning)+gap)+" "+flag))
	} else {
		add(look, meaning)
		add(look, flag)
	}
	if why != "" {
		add(look, why)
	}
	times := fmt.Sprintf("done %s (day %s), recorded %s by %s", s.d.DayTime(c.PerformedAt), s.d.Day(&s.chart.Patient, c.PerformedAt), s.d.Time(c.Recorded.At), plain(c.Recorded.By))
	if c.Late() {
		times += ", LATE ENTRY"
	}
	add(p.Faint, times)
	for _, text := range s.remarks(c) {
		add(kit.Look{}, text)
	}
	return append(lines, "")
}

// flagWords returns the flag of a version without the reasons. Only a normal check is
// called normal.
func flagWords(c *ward.Check) string {
	switch {
	case c.Superseded:
		return desk.MarkNotDone + " replaced"
	case c.Status == ward.Withdrawn:
		return desk.MarkNotDone + " withdrawn, no longer counts"
	case c.Normal():
		return "normal check: no flag"
	case c.Result.AtBaseline():
		return desk.MarkBaseline + " at own baseline: no flag"
	case c.Result.Flag == icans.FlagNone:
		return "no flag"
	}
	return desk.FlagMark(c.Result.Flag) + " " + c.Result.Flag.Words()
}

// whyWords returns the reasons of the flag; of a check without a flag the signs that make
// it no normal one.
func whyWords(c *ward.Check) string {
	if why := desk.Why(c.Result); why != "" && !c.Result.AtBaseline() {
		return "Why: " + why
	}
	if c.Valid() {
		return desk.Unchanged(&c.Findings)
	}
	return ""
}

// remarks returns the causes, the follow-up, the change of the flag, and the comment.
func (s *checkScreen) remarks(c *ward.Check) (list []string) {
	if c.Because != "" {
		text := "flag changed: an earlier check was added or corrected"
		if other := s.chart.Current(c.Because); other != nil {
			text += " (that of " + s.d.Time(other.PerformedAt) + ", recorded " + s.d.Time(other.Recorded.At) + ")"
		}
		list = append(list, text)
	}
	if c.Findings.OtherCause != 0 {
		list = append(list, "Other cause (does not count): "+joined(c.Findings.OtherCause.Words())+": "+plain(c.CauseNote))
	}
	if u := c.Findings.Uncertain(); u != 0 {
		list = append(list, "Uncertain cause: "+joined(u.Words()))
	}
	for i := range s.chart.FollowUps {
		if event, ok := s.chart.FollowUps[i].Has(c.ID); ok {
			list = append(list, s.followUpLine(&s.chart.FollowUps[i], event))
		}
	}
	if c.Note != "" {
		list = append(list, "“"+plain(c.Note)+"”")
	}
	return list
}

// followUpLine returns the effect of the check on a follow-up, and the state of that.
func (s *checkScreen) followUpLine(f *ward.FollowUp, event ward.JoinEvent) string {
	text := string(event) + " the follow-up of " + s.d.Time(f.Opened.At)
	if f.Acked.Done() {
		text += ", accepted " + s.d.Time(f.Acked.At) + " by " + plain(f.Acked.By)
	}
	if f.IsOpen() {
		return text
	}
	text += ", closed " + s.d.Time(f.Closed.At) + " by " + plain(f.Closed.By) + ": " + ward.WordsFor(ward.Outcomes, f.Outcome)
	if code := f.ICD10(); code != "" {
		text += " (" + code + ")"
	}
	if f.Note != "" {
		text += ", “" + plain(f.Note) + "”"
	}
	if f.Asked {
		text += " (asked again)"
	}
	return text
}

// Foot implements [kit.Screen].
func (s *checkScreen) Foot(p kit.Page) []string {
	c, versions := s.shown()
	if c == nil {
		return nil
	}
	lines := p.Hang(" "+s.versionLine(c, versions), p.Width-1, 1)
	for i := range lines {
		lines[i] = p.Strong.Render(lines[i])
	}
	return append(lines, p.Faint.Render(" ← → earlier, later check   ↑↓ scroll   pgup pgdn versions"))
}

// versionLine returns the state of a version, and the difference to the one before.
func (s *checkScreen) versionLine(c *ward.Check, versions []ward.Check) string {
	text := fmt.Sprintf("Version %d of %d", c.Version, len(versions))
	switch {
	case c.Superseded:
		text += ", " + desk.MarkNotDone + " replaced"
	case c.Status == ward.Withdrawn:
		text += ", " + desk.MarkNotDone + " withdrawn, no longer counts"
	default:
		text += ", counts"
	}
	text += ". " + s.d.Time(c.Recorded.At) + " " + plain(c.Recorded.By)
	if c.Reason != "" {
		text += ": " + ward.WordsFor(ward.Reasons, c.Reason)
	}
	if c.ReasonNote != "" {
		text += ", " + plain(c.ReasonNote)
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
func (s *checkScreen) differences(before, c *ward.Check) string {
	var list []string
	if !before.PerformedAt.Equal(c.PerformedAt) {
		list = append(list, "time "+s.d.DayTime(before.PerformedAt)+" → "+s.d.DayTime(c.PerformedAt))
	}
	for _, f := range icans.Fields() {
		if was, now := f.Words(&before.Findings), f.Words(&c.Findings); was != now {
			list = append(list, f.Label+" "+dash(was)+" → "+dash(now))
		}
	}
	if before.CauseNote != c.CauseNote {
		list = append(list, "cause “"+plain(before.CauseNote)+"” → “"+plain(c.CauseNote)+"”")
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
	return joined(list)
}

// Bindings implements [kit.Screen].
func (s *checkScreen) Bindings() []kit.Binding {
	back := kit.Bind("esc", "", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) })
	c, versions := s.shown()
	if c == nil {
		return []kit.Binding{back}
	}
	list := append(s.letters(c), s.steps(c, versions)...)
	for _, b := range s.scroll.Bindings() {
		if b.Has(kit.Key{Name: "up"}) || b.Has(kit.Key{Name: "home"}) || b.Has(kit.Key{Name: "end"}) {
			b.Short = ""
			list = append(list, b)
		}
	}
	return append(list, back)
}

// letters returns the keys for the check and its patient.
func (s *checkScreen) letters(c *ward.Check) []kit.Binding {
	may, decide := string(ward.MayRecord), string(ward.MayDecide)
	reason := ""
	switch {
	case c.Superseded:
		reason = "this version was replaced: pgdn shows the one that counts"
	case c.Status == ward.Withdrawn:
		reason = "this check was withdrawn"
	}
	key := func(key, short, help, screen, subject, detail string) kit.Binding {
		return kit.Bind(key, short, help, func(h kit.Host, _ kit.Key) tea.Cmd {
			return h.Go(kit.Place{Screen: screen, Subject: subject, Detail: detail})
		})
	}
	check, patient := desk.CheckSubject(s.id, s.check), desk.Subject(s.id)
	onWard := s.chart.OnWard()
	open := s.chart.Open() != nil
	return []kit.Binding{
		key("r", "correct", "correct this check", desk.Correct, check, "").Recording(may).If(reason == "", reason),
		key("w", "withdraw", "withdraw this check", desk.Withdraw, check, "").Recording(may).If(reason == "", reason),
		key("m", "move to another patient", "move this check to another patient", desk.MoveCheck, check, "").Recording(may).If(reason == "", reason),
		key("o", "cause", "another cause of a finding: a correction", desk.Correct, check, "cause").Recording(may).If(reason == "", reason),
		key("f", "follow-up", "follow-ups", desk.FollowUps, patient, ""),
		key("n", "", "new check", desk.Form, patient, "").Recording(may).If(onWard, "the patient is not on the ward now"),
		key("a", "", "accept the follow-up", desk.Accept, patient, "").Recording(may).If(open, "no follow-up is open"),
		key("x", "", "close the follow-up", desk.Close, patient, "").Recording(decide).If(open, "no follow-up is open"),
		key("c", "", "comment on the follow-up", desk.Comment, patient, "").Recording(may).If(open, "no follow-up is open"),
		key("i", "", "what was done", desk.Intervene, patient, "").Recording(may),
		key("s", "", "reported symptom", desk.Report, patient, "").Recording(may),
		key("v", "", "who recorded and read this check", desk.CheckAudit, check, ""),
		key("h", "", "handover", desk.Handover, patient, ""),
	}
}

// steps returns the keys that lead to another check or version.
func (s *checkScreen) steps(c *ward.Check, versions []ward.Check) []kit.Binding {
	ids := s.order()
	i := slices.Index(ids, s.check)
	another := func(key, help string, to int, reason string) kit.Binding {
		b := kit.Bind(key, "", help, func(kit.Host, kit.Key) tea.Cmd {
			s.check, s.version = ids[to], 0
			s.scroll.Home()
			return nil
		})
		return b.If(to >= 0 && to < len(ids), reason)
	}
	version := func(key, help string, to int, reason string) kit.Binding {
		b := kit.Bind(key, "", help, func(kit.Host, kit.Key) tea.Cmd {
			s.version = to
			s.scroll.Home()
			return nil
		})
		return b.If(slices.ContainsFunc(versions, func(v ward.Check) bool { return v.Version == to }), reason)
	}
	return []kit.Binding{
		another("left", "the check before", i-1, "this is the first check"),
		another("right", "the check after", i+1, "this is the last check"),
		version("pgup", "the version before", c.Version-1, "this is the first version"),
		version("pgdown", "the version after", c.Version+1, "this is the newest version"),
	}
}
