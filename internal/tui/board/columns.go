package board

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/plot"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// column is a column of the board. A larger window shows more of them.
type column struct {
	head  string
	width int
	cell  func(b *board, p kit.Page, s *ward.PatientState, width int) string
}

// The strip of grades has one cell for each eight hours of the last two days.
const (
	stripSpan  = 48 * time.Hour
	stripCells = 6
)

// The headings of the columns that a row treats in a way of its own.
const (
	nextHead     = "next"
	followUpHead = "follow-up"
	nameHead     = "patient"
	bedHead      = "bed"
)

// mostBed is the greatest width of the column of beds. A longer bed is whole at the foot.
const mostBed = 10

var columns = []column{
	{bedHead, 6, func(b *board, p kit.Page, s *ward.PatientState, width int) string {
		if len(s.Drafts) > 0 {
			return p.Pad(b.d.BedCell(s), width-2) + desk.MarkDraft
		}
		return b.d.BedCell(s)
	}},
	{nameHead, 20, func(b *board, p kit.Page, s *ward.PatientState, width int) string {
		return b.name(p, &s.Patient, width-1)
	}},
	{"day", 4, func(b *board, _ kit.Page, s *ward.PatientState, _ int) string {
		return b.d.Day(&s.Patient, b.d.Now())
	}},
	{"score", 12, func(b *board, _ kit.Page, s *ward.PatientState, _ int) string { return b.d.ScoreCell(s) }},
	{"48 h", 7, func(b *board, _ kit.Page, s *ward.PatientState, _ int) string {
		h := b.d.History(s.Patient.ID)
		if h == nil {
			return ""
		}
		return plot.Spark(h.Checks, b.d.Now(), stripSpan, stripCells)
	}},
	{"ICANS", 7, func(_ *board, _ kit.Page, s *ward.PatientState, _ int) string {
		if s.Last == nil {
			return ""
		}
		return words.GradeCell(s.Last.Result)
	}},
	{nextHead, 9, func(b *board, _ kit.Page, s *ward.PatientState, _ int) string { return b.d.Due(&s.Next) }},
	{followUpHead, 12, func(b *board, _ kit.Page, s *ward.PatientState, _ int) string { return b.d.FollowUpCell(s) }},
	{"born", 13, func(_ *board, _ kit.Page, s *ward.PatientState, _ int) string { return s.Patient.BirthDate.Words() }},
	{"MRN", 12, func(_ *board, _ kit.Page, s *ward.PatientState, _ int) string { return kit.Plain(s.Patient.MRN) }},
	{"therapy", 14, func(_ *board, _ kit.Page, s *ward.PatientState, _ int) string { return kit.Plain(s.Patient.Product) }},
	{"clinician", 18, func(_ *board, _ kit.Page, s *ward.PatientState, _ int) string { return kit.Plain(s.Stay.Clinician) }},
	{"last check", 12, func(b *board, _ kit.Page, s *ward.PatientState, _ int) string {
		if s.Last == nil {
			return ""
		}
		return desk.Until(b.d.Now().Sub(s.Last.PerformedAt)) + " ago"
	}},
	{"interval and why", 51, func(_ *board, _ kit.Page, s *ward.PatientState, _ int) string {
		return strings.TrimPrefix(desk.Every(&s.Next)+": "+ward.WordsFor(ward.Whys, string(s.Next.Why)), ": ")
	}},
}

// lead is the number of cells before the first column: the mark of the selection,
// that of the state, and a blank.
const lead = 3

// bedRoom returns the cells of a column that a bed takes with its gap, and the mark of a draft.
func (b *board) bedRoom(p kit.Page, s *ward.PatientState) int {
	room := p.Cells(b.d.BedCell(s)) + 1
	if len(s.Drafts) > 0 {
		room++
	}
	return room
}

// columnsFor returns the columns that a page has room for. Long beds take room from the
// names, which may be cut.
func (b *board) columnsFor(p kit.Page, states []ward.PatientState) []column {
	list := columnsFor(p.Width)
	more := 0
	for i := range states {
		more = max(more, min(b.bedRoom(p, &states[i]), mostBed)-list[0].width)
	}
	for i := range list {
		switch list[i].head {
		case bedHead:
			list[i].width += more
		case nameHead:
			list[i].width -= more
		}
	}
	return list
}

// columnsFor returns the columns that a width has room for, with short beds. Room that is
// over goes to the names.
func columnsFor(width int) []column {
	room := width - lead
	list := slices.Clone(columns)
	for i, c := range list {
		if room < c.width {
			list = list[:i]
			break
		}
		room -= c.width
	}
	for i := range list {
		if list[i].head == nameHead {
			list[i].width += min(room, 16)
		}
	}
	return list
}

func heading(p kit.Page, columns []column) string {
	head := strings.Repeat(" ", lead)
	for _, c := range columns {
		head += p.Pad(c.head, c.width)
	}
	return p.Fit(strings.TrimRight(head, " "), p.Width)
}

// line draws a row without the mark of the selection.
func (b *board) line(p kit.Page, columns []column, s *ward.PatientState) string {
	look := desk.StateLook(p.Theme, s)
	out, text := "", desk.StateMark(s)+" "
	flush := func() {
		out += look.Render(text)
		text = ""
	}
	over := 0 // the cells of the next column that a long delay takes: LATE 1h09
	for i, c := range columns {
		if s.Left && c.head == followUpHead {
			continue // the end of the stay takes both columns
		}
		width, gap := c.width-over, 1
		over = 0
		if i == len(columns)-1 {
			gap = 0
		}
		cell := c.cell(b, p, s, width)
		switch {
		case s.Left && c.head == nextHead:
			width += 12
			cell = b.d.LeftWords(&s.Stay)
		case c.head == nextHead && s.Next.State == ward.Overdue:
			flush()
			room := max(gap, width-p.Cells(cell))
			out += p.Late.Render(cell) + strings.Repeat(" ", room)
			over = p.Cells(cell) + room - width
			continue
		}
		text += p.Pad(p.Fit(cell, width-gap), width)
	}
	flush()
	return p.Fit(out, p.Width)
}

// name returns the name of a patient. A name that is similar to another one, or that
// ASCII cannot draw, carries the last digits of the MRN.
func (b *board) name(p kit.Page, patient *ward.Patient, width int) string {
	name := words.Name(patient)
	alike := b.d.Alike(patient.ID)
	if !alike && !p.Undrawn(name) {
		return name
	}
	mrn := []rune(kit.Plain(patient.MRN))
	tail := " …" + string(mrn[max(0, len(mrn)-4):])
	mark := ""
	if alike {
		mark = desk.MarkAlike
	}
	return mark + strings.TrimRight(p.Cut(name, width-p.Cells(mark+tail)), " ") + tail
}

// dueLabel returns the short help of g: "next due (6A)".
func (b *board) dueLabel() string {
	s, ok := b.d.NextDue(nil)
	if !ok {
		return "next due"
	}
	return fmt.Sprintf("next due (%s)", desk.Bed(&s.Stay))
}
