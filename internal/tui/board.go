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

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// board lists the patients of the ward, one line each, the most urgent first.
type board struct {
	request   request
	loaded    bool
	histories []ward.History
	rows      []boardRow // made from histories at the time asOf
	asOf      time.Time
	alike     map[int64]bool
	at        int64 // ID of the selected patient: a reload or a new order does not change it
	filter    textinput.Model
	filtering bool
	nameRoom  int // cells for a name, at the last drawing
}

// boardRow is a patient on the board.
type boardRow struct {
	ward.PatientState
	history *ward.History
	strip   string // grades of the last 48 h
}

func (b *board) open(a *app) (cmd tea.Cmd) {
	if !b.loaded {
		b.filter = newInput("", 40)
	}
	log := a.store
	b.request, cmd = ask(a, 0, func(ctx context.Context) ([]ward.History, error) { return log.Board(ctx) })
	return cmd
}

func (b *board) refresh(a *app) tea.Cmd { return b.open(a) }

// alerts returns the number of patients whose check is late or whose follow-up was not
// accepted in time.
func (b *board) alerts(a *app) (n int) {
	for _, s := range b.states(a) {
		if s.Next.State == ward.Overdue || s.Escalated {
			n++
		}
	}
	return n
}

func (b *board) title(a *app, _ int) string {
	n := 0
	for _, s := range b.states(a) {
		if s.Stay.OnWard() {
			n++
		}
	}
	return a.theme.strong.Render(plain(a.ward.Name)) + fmt.Sprintf("   %d on the ward", n)
}

// header counts the whole ward, also under a filter: late checks, follow-ups that were
// not accepted, and the worst grade.
func (b *board) header(a *app, w int) []string {
	var overdue []ward.PatientState
	soon, waiting, worst := 0, 0, -1
	worstBed := ""
	for _, s := range b.states(a) {
		switch {
		case s.Next.State == ward.Overdue:
			overdue = append(overdue, s.PatientState)
		case !s.Next.Due.IsZero() && s.Next.Due.Sub(a.now) <= time.Hour:
			soon++
		}
		if s.FollowUp != nil && !s.FollowUp.Acked.Done() && s.Stay.OnWard() {
			waiting++
		}
		if s.Conclusive != nil && !s.Conclusive.AtBaseline() && s.Stay.OnWard() && s.Conclusive.Result.Low > worst {
			worst, worstBed = s.Conclusive.Result.Low, bed(&s.Stay)
		}
	}
	slices.SortStableFunc(overdue, func(a, b ward.PatientState) int { return a.Next.Due.Compare(b.Next.Due) })
	var late []string
	for _, s := range overdue {
		late = append(late, bed(&s.Stay)+" "+brief(a.now.Sub(s.Next.Due), 60))
	}
	line := " no check is late"
	if len(late) > 0 {
		const most = 3
		line = fmt.Sprintf(" LATE %d: ", len(late)) + strings.Join(late[:min(most, len(late))], ", ")
		if more := len(late) - most; more > 0 {
			line += fmt.Sprintf(", +%d", more)
		}
		line = a.theme.bad.Render(line)
	}
	line += fmt.Sprintf("  in 1 h: %d  NOT ACCEPTED %d", soon, waiting)
	if worst > 0 {
		line += fmt.Sprintf("  WORST %s %d", worstBed, worst)
	}
	return []string{a.fit(line, w)}
}

func bed(s *ward.Stay) string {
	if s.Bed == "" {
		return "–"
	}
	return plain(s.Bed)
}

func (b *board) typing() bool { return b.filtering }

var (
	keyOpen      = bind("enter", "enter", "open")
	keyCheck     = bind("n", "n", "new check")
	keyFollowUps = bind("f", "f", "follow-ups")
	keyHandover  = bind("h", "h", "handover")
	keyAdmit     = bind("a", "a", "admit")
	keyFilter    = bind("/", "/", "search")
	keyExport    = bind("x", "x", "export CSV")
	keySignOut   = bind("esc", "esc", "sign out")
	keyMove      = bind("up down k j home end pgup pgdown", "↑↓", "move")
	keyEndFilter = bind("enter", "enter", "keep search")
	keyNoFilter  = bind("esc", "esc", "end search")
)

func (b *board) keys(a *app) []key.Binding {
	if b.filtering {
		return keyList(keyEndFilter, keyNoFilter)
	}
	list := keyList(keyMove)
	if len(b.shown(a)) > 0 {
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
	case result[[]ward.History]:
		if msg.request != b.request {
			return nil
		}
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		b.show(a, msg.value)
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

// show puts the records on the board. A discharged patient stays only while a feed's
// discharge is not confirmed.
func (b *board) show(a *app, histories []ward.History) {
	b.loaded = true
	b.histories = slices.DeleteFunc(histories, func(h ward.History) bool {
		stay := h.Stay()
		return stay == nil || !stay.OnWard() && !stay.EndUnconfirmed
	})
	patients := make([]ward.Patient, len(b.histories))
	for i := range b.histories {
		patients[i] = b.histories[i].Patient
	}
	b.alike = ward.AlikeNames(patients)
	b.asOf = time.Time{}
	if rows := b.states(a); b.at == 0 && len(rows) > 0 {
		b.at = rows[0].Patient.ID // so that no reload changes it
	}
}

// states returns the rows of the board in their order at the present time.
func (b *board) states(a *app) []boardRow {
	if b.asOf.Equal(a.now) && !b.asOf.IsZero() {
		return b.rows
	}
	b.asOf = a.now
	states := make([]ward.PatientState, len(b.histories))
	byID := make(map[int64]*ward.History, len(b.histories))
	for i := range b.histories {
		h := &b.histories[i]
		states[i] = ward.Watch(h, a.site, a.now)
		byID[h.Patient.ID] = h
	}
	ward.MostUrgentFirst(states)
	b.rows = make([]boardRow, len(states))
	for i, s := range states {
		h := byID[s.Patient.ID]
		b.rows[i] = boardRow{s, h, a.strip(h)}
	}
	return b.rows
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
	shown := b.shown(a)
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
	case !key.Matches(press, keyOpen) && !key.Matches(press, keyCheck):
	case i < 0:
		a.fail(ward.Conflict("no patient is chosen: choose one with ↑ ↓"))
	case key.Matches(press, keyOpen):
		return a.push(newPatientScreen(shown[i].Patient.ID))
	case shown[i].Left:
		a.fail(ward.Conflict("a feed discharged this patient: open (enter) and d confirms or undoes it"))
	default:
		return a.push(newCheckForm(shown[i].Patient, shown[i].Stay))
	}
	return nil
}

// moved returns the line that a key of keyMove leads to from line i of n. An i below 0
// is no line.
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

// shown returns the rows that match the search.
func (b *board) shown(a *app) []boardRow {
	rows := b.states(a)
	wanted := strings.ToLower(strings.TrimSpace(b.filter.Value()))
	if wanted == "" {
		return rows
	}
	var list []boardRow
	for _, s := range rows {
		p := &s.Patient
		if strings.Contains(strings.ToLower(p.Name+" "+p.MRN+" "+s.Stay.Bed+" "+p.Product+" "+s.Stay.Clinician), wanted) {
			list = append(list, s)
		}
	}
	return list
}

// index returns the row of the selected patient, or -1. Under a search that hides the
// patient, the first match is selected.
func (b *board) index(shown []boardRow) int {
	for i := range shown {
		if shown[i].Patient.ID == b.at {
			return i
		}
	}
	if b.filter.Value() != "" && len(shown) > 0 {
		return 0
	}
	return -1
}

func (b *board) foot(a *app, w int) []string {
	var lines []string
	if b.filtering || b.filter.Value() != "" {
		shown := b.shown(a)
		lines = append(lines, a.fit(fmt.Sprintf(" / %s  %d of %d", b.filter.View(), len(shown), len(b.rows)), w))
	}
	shown := b.shown(a)
	if i := b.index(shown); i >= 0 {
		s := &shown[i]
		line := about(&s.Patient)
		for _, part := range []string{plain(s.Patient.Product), shortName(s.Stay.Clinician), everyWords(s.Next)} {
			if part != "" && a.cells(line+"   "+part) < w-1 {
				line += "   " + part
			}
		}
		for _, l := range a.wrapCells(line, w-2) {
			lines = append(lines, " "+l)
		}
		for _, l := range a.atMost(2, b.details(a, s), w-2) {
			lines = append(lines, " "+a.theme.faint.Render(l))
		}
	} else if b.loaded && len(b.rows) > 0 {
		lines = append(lines, " "+a.theme.faint.Render("no patient is chosen"), "")
	}
	return lines
}

// details returns the second line about the selected patient: the reasons, the
// follow-up, and the drafts.
func (b *board) details(a *app, s *boardRow) string {
	var parts []string
	if c := s.Last; c != nil {
		if r := c.Result; r.Flag == icans.FlagNone && r.Reasons == 0 {
			if c.Normal() {
				parts = append(parts, "last check normal "+a.clock(c.PerformedAt))
			} else if text := unchanged(&c.Findings); text != "" {
				parts = append(parts, "no flag; "+text)
			} else {
				parts = append(parts, "last check "+a.clock(c.PerformedAt)+": no flag")
			}
		} else {
			parts = append(parts, strings.Join(r.Reasons.Words(), ", "))
		}
	}
	if s.NotExamined.Flagged() {
		parts = append(parts, "NOT EXAMINED since "+a.clock(s.NotExaminedSince))
	}
	if f := s.FollowUp; f != nil && f.Acked.Done() {
		parts = append(parts, "Accepted "+a.clock(f.Acked.At)+" "+shortName(f.Acked.By))
	}
	if r := s.Report; r != nil {
		parts = append(parts, "Reported "+a.reportWords(r))
	}
	if cause := a.namedCause(s.history); cause != "" {
		parts = append(parts, cause)
	}
	for _, d := range s.Drafts {
		parts = append(parts, "Draft of "+plain(d.Author)+" since "+a.clock(d.Since))
	}
	if b.alike[s.Patient.ID] {
		parts = append(parts, "≈ similar name: check the MRN")
	}
	if len(parts) == 0 {
		return "no check yet"
	}
	return strings.Join(parts, ". ")
}

// namedCause returns the cause that a clinician named ahead, if one applies now.
func (a *app) namedCause(h *ward.History) string {
	if c := applies(h, a.now); c != nil {
		return c.Domain + ": " + plain(c.Cause) + ", until " + a.clock(c.Until) + ", " + plain(c.Named.By)
	}
	return ""
}

// applies returns the newest cause named ahead that applies at the time t, or nil.
func applies(h *ward.History, t time.Time) *ward.Attribution {
	var withTool time.Time
	for i := range h.Checks {
		if c := &h.Checks[i]; c.Findings.Unable == 0 && c.PerformedAt.After(withTool) {
			withTool = c.PerformedAt
		}
	}
	for i := len(h.Attributions) - 1; i >= 0; i-- {
		if h.Attributions[i].Applies(t, withTool) {
			return &h.Attributions[i]
		}
	}
	return nil
}

// everyWords returns the interval of a plan: "every 1 h".
func everyWords(p ward.Plan) string {
	if p.Interval <= 0 || p.Due.IsZero() {
		return ""
	}
	return "every " + ward.Elapsed(p.Interval)
}

// boardColumn is a column of the board. The last ones are drawn only if there is room:
// a larger terminal shows more, not bigger.
type boardColumn struct {
	head  string
	width int
	cell  func(a *app, b *board, s *boardRow) string
}

var boardColumns = []boardColumn{
	{"bed", 6, func(_ *app, _ *board, s *boardRow) string {
		if len(s.Drafts) > 0 {
			return fmt.Sprintf("%-4s½", bed(&s.Stay))
		}
		return bed(&s.Stay)
	}},
	{"patient", 20, func(a *app, b *board, s *boardRow) string { return a.boardName(b, &s.Patient, b.nameRoom) }},
	{"day", 4, func(a *app, _ *board, s *boardRow) string { return a.day(&s.Patient, a.now) }},
	{"score", 12, func(a *app, _ *board, s *boardRow) string { return boardScore(a, s) }},
	{"48 h", 7, func(_ *app, _ *board, s *boardRow) string { return s.strip }},
	{"ICANS", 7, func(_ *app, _ *board, s *boardRow) string {
		if s.Last == nil {
			return ""
		}
		return gradeColumn(s.Last.Result)
	}},
	{"next", 10, func(a *app, _ *board, s *boardRow) string { return a.due(s.Next) }},
	{"follow-up", 10, func(a *app, _ *board, s *boardRow) string { return a.followUpWord(&s.PatientState) }},
	{"born", 13, func(_ *app, _ *board, s *boardRow) string { return s.Patient.BirthDate.Words() }},
	{"MRN", 12, func(_ *app, _ *board, s *boardRow) string { return plain(s.Patient.MRN) }},
	{"therapy", 14, func(_ *app, _ *board, s *boardRow) string { return plain(s.Patient.Product) }},
	{"clinician", 18, func(_ *app, _ *board, s *boardRow) string { return plain(s.Stay.Clinician) }},
	{"last check", 12, func(a *app, _ *board, s *boardRow) string {
		if s.Last == nil {
			return ""
		}
		return short(a.now.Sub(s.Last.PerformedAt)) + " ago"
	}},
	{"interval and why", 40, func(_ *app, _ *board, s *boardRow) string {
		return strings.TrimPrefix(everyWords(s.Next)+": "+ward.WordsFor(ward.Whys, string(s.Next.Why)), ": ")
	}},
}

// The indexes of two columns in boardColumns.
const (
	nameColumn     = 1
	followUpColumn = 7
)

// boardName returns a patient's name for the board. A name that is like another one
// carries the last digits of its MRN.
func (a *app) boardName(b *board, p *ward.Patient, w int) string {
	name := plain(p.Name)
	if !b.alike[p.ID] {
		return name
	}
	mrn := []rune(plain(p.MRN))
	tail := " …" + string(mrn[max(0, len(mrn)-4):])
	return "≈" + strings.TrimRight(a.cut(name, w-1-a.cells(tail), ""), " ") + tail
}

// boardScore returns the score of the last check with its change, or the time without
// an examination.
func boardScore(a *app, s *boardRow) string {
	switch {
	case s.NotExamined.Flagged():
		return fmt.Sprintf("no exam %dh", int(a.now.Sub(s.NotExaminedSince)/time.Hour))
	case s.Last == nil:
		return "no check"
	case s.Last.AtBaseline():
		return toolScore(&s.Last.Findings) + " base"
	}
	return toolScore(&s.Last.Findings) + change(s.history, s.Last)
}

// change compares the total of a check with the last total before it by the same tool:
// the direction of the change and its size.
func change(h *ward.History, c *ward.Check) string {
	now, known := c.Findings.Total()
	if !known {
		return ""
	}
	for i := len(h.Checks) - 1; i >= 0; i-- {
		o := &h.Checks[i]
		before, scored := o.Findings.Total()
		if o.ID == c.ID || o.Compare(c) >= 0 || !scored || o.Findings.Tool != c.Findings.Tool {
			continue
		}
		switch {
		case now > before:
			return fmt.Sprintf(" ↑%d", now-before)
		case now < before:
			return fmt.Sprintf(" ↓%d", before-now)
		}
		return ""
	}
	return ""
}

func (b *board) body(a *app, w, h int) []string {
	shown := b.shown(a)
	switch {
	case !b.loaded:
		return []string{"", "  loading…"}
	case len(b.rows) == 0:
		return []string{"", "  Nobody is on the ward. Press a to admit the first patient."}
	case len(shown) == 0:
		return []string{"", "  Nobody matches. Press esc to see the whole ward."}
	}
	columns := b.columns(w)
	b.nameRoom = columns[nameColumn].width - 1
	head := "   "
	for _, c := range columns {
		head += a.pad(c.head, c.width)
	}
	lines := []string{a.theme.faint.Render(a.fit(head, w))}
	at := b.index(shown)
	room := h - len(lines)
	first, end := window(at, len(shown), room)
	for i := first; i < end; i++ {
		lines = append(lines, b.line(a, columns, &shown[i], i == at, w))
	}
	return lines
}

func (b *board) columns(w int) []boardColumn {
	room := w - 3
	columns := slices.Clone(boardColumns)
	if w > leastWidth+20 {
		columns[followUpColumn].width += 2
	}
	for i, c := range columns {
		if room < c.width {
			columns = columns[:i]
			break
		}
		room -= c.width
	}
	columns[nameColumn].width += min(room, 16)
	return columns
}

func (b *board) line(a *app, columns []boardColumn, s *boardRow, selected bool, w int) string {
	mark := " "
	if selected {
		mark = "▌"
	}
	text := ""
	for _, c := range columns {
		cell := c.cell(a, b, s)
		if s.Left && (c.head == "next" || c.head == "follow-up") {
			if c.head == "next" {
				text += a.pad(a.leftWords(&s.Stay), 20)
			}
			continue
		}
		room := c.width - 1
		if c.head == "follow-up" && w < leastWidth { // the last column
			room = c.width
		}
		text += a.pad(a.fit(cell, room), c.width)
	}
	line := a.fit(mark+stateMark(&s.PatientState)+" "+text, w)
	if selected {
		return a.theme.selected.Render(a.pad(ansi.Strip(line), w))
	}
	return a.theme.stateLook(&s.PatientState).Render(line)
}

// leftWords returns the discharge of a patient whom a feed discharged.
func (a *app) leftWords(s *ward.Stay) string { return "left " + a.clock(s.DischargedAt) + " (feed)" }

// followUpWord returns the state of a patient's follow-up for the board.
func (a *app) followUpWord(s *ward.PatientState) string {
	f := s.FollowUp
	switch {
	case f == nil && s.Report != nil:
		return "report"
	case f == nil:
		return ""
	case f.Acked.Done():
		return "accepted"
	case s.Escalated:
		return "WAITS " + brief(a.now.Sub(s.EscalatesAt), 100)
	}
	return "accept " + brief(s.EscalatesAt.Sub(a.now), 100)
}

// due returns the time until the next check, or since it was due.
func (a *app) due(p ward.Plan) string {
	switch {
	case p.State == ward.Overdue:
		return "LATE " + brief(a.now.Sub(p.Due), 60)
	case !p.Due.IsZero():
		return "in " + brief(p.Due.Sub(a.now), 60)
	case p.Why == ward.WhyStopped:
		return "stopped"
	}
	return "ended"
}
