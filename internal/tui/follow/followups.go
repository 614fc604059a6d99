package follow

import (
	"context"
	"fmt"
	"maps"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// followUps lists the open follow-ups, one a patient, and the reports that wait for a
// check.
type followUps struct {
	kit.Base
	d       *desk.Desk
	list    kit.List
	ticks   ticks
	loading kit.Pending
	back    int // the check at the foot: 0 is the last one, 1 the one before
	panel   kit.Scroll
}

// ticks are the ticked items of checklists by follow-up.
type ticks map[int64]map[string]ward.Signature

func newFollowUps(d *desk.Desk, to kit.Place) kit.Screen {
	s := &followUps{d: d}
	s.list = kit.List{Digits: true, NoHit: desk.NoHit, Open: s.open, Moved: func(string) { s.back = 0 }}
	if to.Subject != "" {
		s.list.Choose(to.Subject)
	}
	return s
}

// Init implements [kit.Screen].
func (s *followUps) Init(h kit.Host) tea.Cmd {
	s.refresh()
	return s.load(h)
}

// load reads the ticks of all open follow-ups.
func (s *followUps) load(h kit.Host) tea.Cmd {
	var ids []int64
	for _, r := range rows(s.d) {
		if r.FollowUp != nil {
			ids = append(ids, r.FollowUp.ID)
		}
	}
	return desk.Load(s.d, h, &s.loading, "", func(ctx context.Context, log *store.Store) (ticks, error) {
		all := make(ticks)
		for _, id := range ids {
			items, err := log.Ticks(ctx, id)
			if err != nil {
				return nil, err
			}
			all[id] = items
		}
		return all, nil
	})
}

// refresh puts the rows in order as of now. The selected record stays.
func (s *followUps) refresh() {
	if !s.d.Loaded() {
		return
	}
	states := rows(s.d)
	list := make([]kit.Row, len(states))
	for i := range states {
		list[i] = s.d.Row(&states[i])
	}
	s.list.SetRows(list)
}

// Update implements [kit.Screen].
func (s *followUps) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	s.refresh()
	switch msg := msg.(type) {
	case desk.Changed:
		return s.load(h)
	case kit.Result[ticks]:
		if !kit.Take(&s.loading, msg) {
			return nil
		}
		if msg.Err != nil {
			h.Fail(desk.Words(msg.Err))
			return nil
		}
		s.ticks = maps.Clone(msg.Value)
	case kit.Burst:
		if s.list.Searching() {
			s.list.Paste(h, msg)
			return nil
		}
		return s.d.Scan(h, msg)
	}
	return nil
}

// chosen returns the state of the selected patient, or nil.
func (s *followUps) chosen() *ward.PatientState {
	id, ok := s.list.Chosen()
	if !ok {
		return nil
	}
	state, _ := s.d.State(desk.PatientOf(id))
	return state
}

// open leads to the checklist, or to the patient if a report alone waits.
func (s *followUps) open(h kit.Host, id string) tea.Cmd {
	if open(s.d, desk.PatientOf(id)) == nil {
		return h.Go(kit.Place{Screen: desk.Patient, Subject: id})
	}
	return h.Go(kit.Place{Screen: desk.Checklist, Subject: id})
}

// Typing implements [kit.Screen].
func (s *followUps) Typing() bool { return s.list.Searching() }

// Type implements [kit.Screen].
func (s *followUps) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return s.list.Type(h, k), nil }

// Marks implements [kit.Marker].
func (s *followUps) Marks() []kit.Mark { return desk.Marks() }

// Head implements [kit.Screen].
func (s *followUps) Head(p kit.Page) []string {
	open, waiting, reports := 0, 0, 0
	for _, r := range rows(s.d) {
		if r.FollowUp != nil {
			open++
			if !r.FollowUp.Acked.Done() && r.Stay.OnWard() {
				waiting++
			}
		}
		if r.Report != nil {
			reports++
		}
	}
	title := " " + p.Strong.Render("FOLLOW-UPS") + fmt.Sprintf("   %d open   %d not accepted   %s", open, waiting, ward.Several(reports, "report"))
	return []string{title, " " + p.Strong.Render(s.identity())}
}

// identity names the selected patient in full: name, date of birth, MRN, bed and day.
func (s *followUps) identity() string {
	r := s.chosen()
	if r == nil {
		return ""
	}
	line := words.About(&r.Patient) + "   bed " + desk.Bed(&r.Stay)
	if !r.Stay.OnWard() {
		line = words.About(&r.Patient) + "   left " + s.d.ShortDate(r.Stay.DischargedAt)
	}
	if _, ok := r.Patient.Day(s.d.Now(), s.d.Zone()); ok {
		line += "   day " + s.d.Day(&r.Patient, s.d.Now())
	}
	return line
}

// Body implements [kit.Screen]. A wide window shows the checklist of the selected follow-up
// at the right.
func (s *followUps) Body(p kit.Page) []string {
	states := rows(s.d)
	switch {
	case !s.d.Loaded():
		return []string{"", " loading…"}
	case len(states) == 0:
		return []string{"", " No follow-up is open, and no report waits."}
	case p.Width >= wide:
		return s.withChecklist(p, s.table(p.Narrow(listCells(p)), states))
	}
	return s.table(p, states)
}

// table draws the list.
func (s *followUps) table(p kit.Page, states []ward.PatientState) []string {
	head := "    " + p.Pad("bed", bedWidth(p, states)) + p.Pad("patient", 21) + p.Pad("level", 10) + p.Pad("peak", 6) + p.Pad("checks", 8) + "state"
	lines := []string{p.Faint.Render(head)}
	room := p.With(p.Height - 1)
	search, searching := s.list.SearchLine(p)
	if searching {
		room.Height--
	}
	lines = append(lines, s.list.View(room, func(p kit.Page, row kit.Row, selected bool) string {
		for i := range states {
			if desk.Subject(states[i].Patient.ID) == row.ID {
				return s.row(p, &states[i], bedWidth(p, states), selected)
			}
		}
		return ""
	})...)
	if searching {
		lines = append(lines, search)
	}
	return lines
}
