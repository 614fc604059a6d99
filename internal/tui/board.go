package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/plot"
	"neurocheck/internal/ward"
)

// board is the ward: one line a patient, the most urgent first.
type board struct {
	request   request
	loaded    bool
	rows      []boardRow
	alike     map[int64]bool
	at        int64 // ID of the patient in hand: a reload must not move it
	filter    textinput.Model
	filtering bool
}

// boardRow is a patient on the board, with what the record alone says and no clock
// changes: it is worked out when the record was read and not for each frame.
type boardRow struct {
	ward.Standing
	plan     ward.Plan
	readings []plot.Reading // of the small trend
}

func (b *board) open(a *app) (cmd tea.Cmd) {
	if b.rows == nil {
		b.filter = newInput("", 40)
	}
	log, recent := a.store, a.now.Add(-sparkSpan)
	b.request, cmd = ask(a, 0, func(ctx context.Context) ([]ward.Standing, error) { return log.Board(ctx, recent) })
	return cmd
}

func (b *board) refresh(a *app) tea.Cmd { return b.open(a) }

// alerts is how many patients are late for a check or wait for somebody to take a
// follow-up.
func (b *board) alerts(a *app) (n int) {
	for i := range b.rows {
		s := &b.rows[i]
		if s.plan.State(a.site, a.now) == ward.Overdue || s.Escalated(a.site, a.now) > 0 {
			n++
		}
	}
	return n
}

// sparkSpan is how far back the board's small trend reaches.
const sparkSpan = 48 * time.Hour

func (b *board) title(a *app, _ int) string {
	return a.theme.strong.Render(plain(a.ward.Name)) + fmt.Sprintf("   %d on the ward", len(b.rows))
}

func (b *board) typing() bool { return b.filtering }

var (
	keyOpen      = bind("enter", "enter", "open")
	keyCheck     = bind("n", "n", "new check")
	keyFollowUps = bind("f", "f", "follow-ups")
	keyHandover  = bind("h", "h", "handover")
	keyAdmit     = bind("a", "a", "admit")
	keyFilter    = bind("/", "/", "filter")
	keyExport    = bind("x", "x", "export CSV")
	keySignOut   = bind("esc", "esc", "sign out")
	keyMove      = bind("up down k j home end pgup pgdown", "↑↓", "move")
	keyEndFilter = bind("enter", "enter", "keep the filter")
	keyNoFilter  = bind("esc", "esc", "no filter")
)

func (b *board) keys(a *app) []key.Binding {
	if b.filtering {
		return keyList(keyEndFilter, keyNoFilter)
	}
	list := keyList(keyMove)
	if len(b.shown()) > 0 {
		list = append(list, keyOpen, keyCheck)
	}
	list = append(list, keyFollowUps, keyHandover, keyAdmit, keyFilter, keyExport, keySignOut, keyLock)
	if a.user.Role == ward.Admin {
		list = append(list, keyStaff)
	}
	if !a.ward.Synthetic {
		list = append(list, keyOwnPIN)
	}
	return list
}

func (b *board) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[[]ward.Standing]:
		if msg.request != b.request {
			return nil
		}
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		b.take(a, msg.value)
	case tea.PasteMsg:
		if b.filtering {
			b.filter, _ = b.filter.Update(msg)
		}
	case tea.KeyPressMsg:
		if b.filtering {
			return b.filterKey(msg)
		}
		return b.press(a, msg)
	}
	return nil
}

// take puts what was read of the record on the board.
func (b *board) take(a *app, standings []ward.Standing) {
	ward.MostUrgentFirst(standings, a.site, a.zone)
	b.loaded, b.rows = true, make([]boardRow, len(standings))
	patients := make([]ward.Patient, len(standings))
	for i, s := range standings {
		b.rows[i] = boardRow{s, s.Plan(a.site, a.zone), plot.ReadingsOf(s.Patient, s.Recent, s.Orders, a.site, a.zone)}
		patients[i] = s.Patient
	}
	b.alike = ward.AlikeNames(patients)
}

func (b *board) filterKey(press tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(press, keyEndFilter):
		b.filtering = false
	case key.Matches(press, keyNoFilter):
		b.filtering = false
		b.filter.SetValue("")
	default:
		b.filter, _ = b.filter.Update(press)
	}
	return nil
}

func (b *board) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	shown := b.shown()
	i := b.index(shown)
	switch {
	case key.Matches(press, keyBack):
		if b.filter.Value() != "" {
			b.filter.SetValue("")
			return nil
		}
		return a.pop()
	case key.Matches(press, keyFilter):
		b.filtering = true
		b.filter.Focus()
	case key.Matches(press, keyAdmit):
		return a.push(newAdmission(a))
	case key.Matches(press, keyHandover):
		return tea.Batch(a.note(ward.AuditEvent{Event: ward.ReadHandover}), a.push(&handover{}))
	case key.Matches(press, keyFollowUps):
		return a.push(&followUps{})
	case key.Matches(press, keyStaff) && a.user.Role == ward.Admin:
		return a.push(&staffScreen{})
	case key.Matches(press, keyOwnPIN) && !a.ward.Synthetic:
		return a.push(newOtherPIN(a.user))
	case key.Matches(press, keyExport):
		return a.push(newExport(a, nil))
	case key.Matches(press, keyMove):
		if len(shown) > 0 {
			b.at = shown[moved(press.String(), i, len(shown))].Patient.ID
		}
	case i >= len(shown):
	case key.Matches(press, keyOpen):
		return a.push(newPatientScreen(shown[i].Patient.ID))
	case key.Matches(press, keyCheck):
		return a.push(newCheckForm(shown[i].Patient))
	}
	return nil
}

// moved returns where a key of keyMove leads from line i of n.
func moved(key string, i, n int) int {
	switch key {
	case "up", "k":
		i--
	case "down", "j":
		i++
	case "pgup":
		i -= 10
	case "pgdown":
		i += 10
	case "home":
		i = 0
	case "end":
		i = n
	}
	return max(0, min(i, n-1))
}

// shown returns the lines that the filter leaves.
func (b *board) shown() []boardRow {
	wanted := strings.ToLower(strings.TrimSpace(b.filter.Value()))
	if wanted == "" {
		return b.rows
	}
	var list []boardRow
	for _, s := range b.rows {
		p := &s.Patient
		if strings.Contains(strings.ToLower(p.Name+" "+p.MRN+" "+p.Bed+" "+p.Product+" "+p.Clinician), wanted) {
			list = append(list, s)
		}
	}
	return list
}

func (b *board) index(shown []boardRow) int {
	for i := range shown {
		if shown[i].Patient.ID == b.at {
			return i
		}
	}
	return 0
}

func (b *board) foot(a *app, w int) []string {
	var lines []string
	if b.filtering || b.filter.Value() != "" {
		lines = append(lines, a.fit(" / "+b.filter.View(), w))
	}
	for _, s := range b.rows {
		if b.alike[s.Patient.ID] {
			return append(lines, " "+a.theme.faint.Render("≈ there is a patient with a like name: compare the MRN"))
		}
	}
	return lines
}

// The columns of the board. Those behind the first ones are shown while there is
// room: a larger terminal shows more, not bigger.
type boardColumn struct {
	head  string
	width int
	cell  func(a *app, b *board, s *boardRow) string
}

var boardColumns = []boardColumn{
	{"bed", 6, func(_ *app, _ *board, s *boardRow) string { return plain(s.Patient.Bed) }},
	{"patient", 16, func(_ *app, b *board, s *boardRow) string {
		if b.alike[s.Patient.ID] {
			return "≈ " + plain(s.Patient.Name) // in front, so that it is never cut off
		}
		return plain(s.Patient.Name)
	}},
	{"day", 6, func(a *app, _ *board, s *boardRow) string { return a.day(&s.Patient, a.now) }},
	{"score", 12, func(_ *app, _ *board, s *boardRow) string {
		if s.Last == nil {
			return "no check"
		}
		return toolScore(&s.Last.Findings) + trend(&s.Standing)
	}},
	{"48 h", 7, func(a *app, _ *board, s *boardRow) string { return a.spark(s) }},
	{"ICANS", 7, func(_ *app, _ *board, s *boardRow) string {
		if s.Last == nil {
			return "–"
		}
		return grade(s.Last.Result)
	}},
	{"next check", 11, func(a *app, _ *board, s *boardRow) string { return a.due(s.plan) }},
	{"looked at", 12, func(a *app, _ *board, s *boardRow) string {
		if s.Last == nil {
			return "–"
		}
		return short(a.now.Sub(s.Last.PerformedAt)) + " ago"
	}},
	{"MRN", 12, func(_ *app, _ *board, s *boardRow) string { return plain(s.Patient.MRN) }},
	{"born", 13, func(_ *app, _ *board, s *boardRow) string { return s.Patient.BirthDate.Words() }},
	{"therapy", 14, func(_ *app, _ *board, s *boardRow) string { return plain(s.Patient.Product) }},
	{"clinician", 18, func(_ *app, _ *board, s *boardRow) string { return plain(s.Patient.Clinician) }},
	{"why", 44, func(_ *app, _ *board, s *boardRow) string {
		if s.Last == nil {
			return ""
		}
		return strings.Join(s.Last.Result.Reasons.Words(), ", ")
	}},
}

const followUpWidth = 10

// nameColumn is where the names are among boardColumns.
const nameColumn = 1

// trend compares the score with the check before: the direction of a change, and
// how large it is.
func trend(s *ward.Standing) string {
	if s.Last == nil || s.Before == nil || s.Last.Findings.Tool != s.Before.Findings.Tool {
		return ""
	}
	now, known := s.Last.Result.Score.Value()
	before, knownBefore := s.Before.Result.Score.Value()
	switch {
	case !known || !knownBefore:
		return ""
	case now > before:
		return fmt.Sprintf(" ↑%d", now-before)
	case now < before:
		return fmt.Sprintf(" ↓%d", before-now)
	}
	return ""
}

func (b *board) body(a *app, w, h int) []string {
	shown := b.shown()
	switch {
	case !b.loaded:
		return []string{"", "  one moment…"}
	case len(b.rows) == 0:
		return []string{"", "  Nobody is on the ward. Press a to admit a patient."}
	case len(shown) == 0:
		return []string{"", "  The filter leaves nobody. Press esc to see the whole ward."}
	}
	columns := b.columns(w)
	head := "    "
	for _, c := range columns {
		head += a.pad(c.head, c.width)
	}
	lines := []string{a.theme.faint.Render(head + "follow-up")}
	at := b.index(shown)
	room := h - len(lines)
	first, end := window(at, len(shown), room)
	for i := first; i < end; i++ {
		lines = append(lines, b.line(a, columns, &shown[i], i == at, w))
	}
	return lines
}

func (b *board) columns(w int) []boardColumn {
	room := w - 4 - followUpWidth
	columns := slices.Clone(boardColumns)
	for i, c := range columns {
		if room < c.width {
			columns = columns[:i]
			break
		}
		room -= c.width
	}
	columns[nameColumn].width += min(room, 16) // what is left goes to the name
	return columns
}

func (b *board) line(a *app, columns []boardColumn, s *boardRow, selected bool, w int) string {
	level := s.Level()
	mark := "  "
	if selected {
		mark = "▌ "
	}
	text := ""
	for _, c := range columns {
		text += a.pad(a.fit(c.cell(a, b, s), c.width-1), c.width)
	}
	line := mark + flagMark(level) + " " + text + a.followUpWord(&s.Standing)
	if selected {
		return a.theme.selected.Render(a.pad(ansi.Strip(line), w))
	}
	return a.theme.flags[level].Render(line)
}

// followUpWord says how the follow-ups of a patient stand: how many are open, and
// how many of them nobody has taken yet, or not in time.
func (a *app) followUpWord(s *ward.Standing) string {
	if n := s.Escalated(a.site, a.now); n > 0 {
		return fmt.Sprintf("%d WAITING", n)
	}
	if n := s.Unacknowledged(); n > 0 {
		return fmt.Sprintf("%d NEW", n)
	}
	if n := len(s.Open); n > 0 {
		return fmt.Sprintf("%d taken", n)
	}
	return ""
}

// due says when a check is due, or by how much it is late.
func (a *app) due(p ward.Plan) string {
	switch p.State(a.site, a.now) {
	case ward.Overdue:
		return "LATE " + short(a.now.Sub(p.Due))
	case ward.DueSoon:
		return "soon " + short(p.Due.Sub(a.now))
	case ward.Later:
		return "in " + short(p.Due.Sub(a.now))
	}
	return "–"
}
