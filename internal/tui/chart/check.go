package chart

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// checkScreen shows one check in full, each version of it. The selected check is chosen by
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

// shown returns the selected version and all versions, the newest first; nil if the chart
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
	c, versions := s.shown()
	if c == nil {
		return []string{"", "  The record of this patient has no such check."}
	}
	lines := append(s.summary(p, c), s.findings(p, c)...)
	if long := len(s.versionFoot(p, c, versions)) > mostFoot; long || p.Width >= wideFindings {
		lines = append(lines, s.versionLines(p, c, versions)...)
	}
	return s.scroll.View(p, lines)
}

// mostFoot is the number of lines that a version may have at the foot. A longer one is at the
// end of the findings, too.
const mostFoot = 3

// versionFoot returns the selected version for the foot.
func (s *checkScreen) versionFoot(p kit.Page, c *ward.Check, versions []ward.Check) []string {
	return p.Hang(" "+s.versionLine(c, versions), p.Width-1, 1)
}

// Foot implements [kit.Screen].
func (s *checkScreen) Foot(p kit.Page) []string {
	c, versions := s.shown()
	if c == nil {
		return nil
	}
	lines := strong(p, s.versionFoot(p, c, versions))
	if len(lines) > mostFoot {
		lines = append(lines[:mostFoot-1], p.Strong.Render(" … end shows all of it"))
	}
	return append(lines, p.Faint.Render(" ← → earlier, later check   ↑↓ scroll   pgup pgdn versions"))
}

// Bindings implements [kit.Screen].
func (s *checkScreen) Bindings() []kit.Binding {
	back := kit.Bind("esc", "", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) })
	c, versions := s.shown()
	if c == nil {
		return []kit.Binding{back}
	}
	list := append(s.keys(c), s.steps(c, versions)...)
	for _, b := range s.scroll.Bindings() {
		if b.Has(kit.Key{Name: "up"}) || b.Has(kit.Key{Name: "home"}) || b.Has(kit.Key{Name: "end"}) {
			b.Short = ""
			list = append(list, b)
		}
	}
	return append(list, back)
}

// keys returns the keys for the check and its patient.
func (s *checkScreen) keys(c *ward.Check) []kit.Binding {
	reason := ""
	switch {
	case c.Superseded:
		reason = "this version was replaced: pgdn shows the one that counts"
	case c.Status == ward.Withdrawn:
		reason = "this check was withdrawn"
	}
	subject := desk.CheckSubject(s.id, s.check)
	cause := placeKey("o", "cause", "another cause of a finding: a correction", kit.Place{Screen: desk.Correct, Subject: subject, Detail: "cause"})
	list := append(recordKeys(s.id, s.check, reason), cause.Recording(string(ward.MayRecord)).If(reason == "", reason))
	for _, b := range quiet(s.letters()) {
		switch {
		case b.Has(kit.Key{Name: "o"}):
			continue // here it is about this check
		case b.Has(kit.Key{Name: "f"}):
			b.Short = "follow-up"
		}
		list = append(list, b)
	}
	return append(list, placeKey("v", "", "who recorded and read this check", kit.Place{Screen: desk.CheckAudit, Subject: subject}))
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
		another("left", "earlier check", i-1, "this is the first check"),
		another("right", "later check", i+1, "this is the last check"),
		version("pgup", "earlier version", c.Version-1, "this is the first version"),
		version("pgdown", "later version", c.Version+1, "this is the newest version"),
	}
}
