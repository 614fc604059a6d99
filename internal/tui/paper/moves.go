package paper

import (
	"slices"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
)

// next goes to the next cell without an answer; behind the last one the row is complete.
func (s *sheet) next(h kit.Host, k kit.Key) {
	r := s.state.row()
	fields := r.fields(s.late())
	at := slices.IndexFunc(fields, func(f *icans.Field) bool { return f.Column == s.state.Column })
	if at+1 < len(fields) {
		s.state.Column = fields[at+1].Column
		return
	}
	if open := slices.IndexFunc(fields, func(f *icans.Field) bool { return r.Value(f.Column) == "" }); open >= 0 {
		s.state.Column = fields[open].Column
		h.Say(fields[open].Label + " has no answer yet; enter ends the row without it")
		return
	}
	s.complete(k)
}

// complete ends a row that is answered, and goes to the new row or to the question about a
// check of nearly the same time.
func (s *sheet) complete(k kit.Key) {
	r := s.state.row()
	r.Done = true
	if s.twinOf(r) != nil {
		s.state.Column, s.askedAt = twinColumn, k.At
		return
	}
	s.state.goNew()
	s.startClock()
}

// goRow selects a row: the new one behind the last, and behind that the sheet of
// another person.
func (s *sheet) goRow(to int) {
	last := len(s.state.Rows)
	if len(s.others) > 0 {
		last++
	}
	column := s.state.Column
	s.state.Selected = max(0, min(to, last))
	r := s.state.row()
	if r == nil || !slices.ContainsFunc(r.fields(s.late()), func(f *icans.Field) bool { return f.Column == column }) {
		column = timeColumn
	}
	if r != nil && column == timeColumn {
		column = s.firstOpen(r)
	}
	s.goTo(column)
}

// firstOpen returns the first column of a row without an answer, else the first one.
func (s *sheet) firstOpen(r *row) string {
	fields := r.fields(s.late())
	i := slices.IndexFunc(fields, func(f *icans.Field) bool { return r.Value(f.Column) == "" })
	return fields[max(i, 0)].Column
}

func (s *sheet) goTo(column string) {
	if s.state.row() == nil {
		column = timeColumn
	}
	s.state.Column = column
	if column == timeColumn {
		s.startClock()
	}
}

// goCell goes by cells of the selected row; before the first one is the time.
func (s *sheet) goCell(by int) {
	r := s.state.row()
	if r == nil {
		return
	}
	fields := r.fields(s.late())
	at := slices.IndexFunc(fields, func(f *icans.Field) bool { return f.Column == s.state.Column }) + by
	if at < 0 {
		s.goTo(timeColumn)
		return
	}
	s.goTo(fields[min(at, len(fields)-1)].Column)
}

// goGroup goes to the first cell of the next group.
func (s *sheet) goGroup() {
	r := s.state.row()
	if r == nil {
		return
	}
	fields := r.fields(s.late())
	group := func(column string) int {
		return slices.IndexFunc(groupsOf(r), func(g []*icans.Field) bool {
			return slices.ContainsFunc(g, func(f *icans.Field) bool { return f.Column == column })
		})
	}
	for _, f := range fields {
		if group(f.Column) > group(s.state.Column) {
			s.goTo(f.Column)
			return
		}
	}
	s.goTo(fields[0].Column)
}

func groupsOf(r *row) [][]*icans.Field {
	list := groups(r.tool())
	return list[:]
}
