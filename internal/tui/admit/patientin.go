package admit

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// patientIn finds a person by name or MRN and offers the ways in: readmission, the
// undoing of a discharge, a late check, a new patient.
//
// A figure chooses after a name, because no name holds one. After a number it is text,
// until enter ends the search or if a patient is proposed at the opening; then any other
// character goes on with the search.
type patientIn struct {
	kit.Base
	d        *desk.Desk
	search   *kit.Text
	choosing bool  // figures choose
	recent   bool  // the patients who left in the last 30 days are listed
	proposed int64 // the patient of the opening; 0 if there is none
	known    registry
	loading  kit.Pending
	hits     []store.Known
	list     kit.List
	typedAt  time.Time // the time of the last character
}

// proposedFor is the time for which the patient who left last is proposed.
const proposedFor = 30 * time.Minute

// recently is the time for which a former patient is listed without a search.
const recently = 30 * 24 * time.Hour

func newPatientIn(d *desk.Desk, to kit.Place) kit.Screen {
	s := &patientIn{d: d, search: kit.NewText(to.Detail, 120), proposed: desk.PatientOf(to.Subject)}
	if on, ok := d.State(s.proposed); ok && on.Stay.OnWard() {
		s.proposed = 0 // the selected patient on the board is in already
	}
	if left, ok := d.Kept(justLeftPlace).(justLeft); ok && s.proposed == 0 && to.Detail == "" && d.Now().Sub(left.at) < proposedFor {
		s.proposed = left.patient
	}
	s.choosing = s.proposed != 0
	return s
}

// Init implements [kit.Screen].
func (s *patientIn) Init(h kit.Host) tea.Cmd { return loadRegistry(s.d, h, &s.loading) }

// Update implements [kit.Screen].
func (s *patientIn) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[registry]:
		if !kit.Take(&s.loading, msg) {
			return nil
		}
		if msg.Err != nil {
			h.Fail(desk.Words(msg.Err))
			return nil
		}
		first := s.known == nil
		s.known = msg.Value
		s.find()
		if first {
			s.first()
		}
	case desk.Changed:
		return loadRegistry(s.d, h, &s.loading)
	case kit.Burst:
		return s.burst(h, msg)
	}
	return nil
}

// burst takes a scan or a paste as the search. It replaces the text there.
func (s *patientIn) burst(h kit.Host, b kit.Burst) tea.Cmd {
	s.search.Set("")
	if refusal := s.search.Insert(b.Line()); refusal != "" {
		h.Fail(refusal)
		return nil
	}
	s.recent, s.choosing, s.proposed = false, false, 0
	s.find()
	s.first()
	if b.End != "" {
		return s.enter(h, kit.Key{})
	}
	h.Say("enter looks for " + kit.Plain(s.search.Value()))
	return nil
}

// find looks for the patients that the search names: of an MRN the exact hit alone.
func (s *patientIn) find() {
	text := strings.TrimSpace(s.search.Value())
	s.hits = nil
	switch {
	case s.recent:
		s.hits = s.leftRecently()
	case text == "" && s.proposed != 0:
		if k, ok := s.known.find(s.proposed); ok {
			s.hits = []store.Known{k}
		}
	case text != "":
		s.hits = s.matches(text)
	}
	rows := make([]kit.Row, len(s.hits))
	for i, k := range s.hits {
		rows[i] = kit.Row{ID: desk.Subject(k.Patient.ID)}
	}
	s.list.SetRows(rows)
}

// first selects the first hit of another search, unless the selected one is among
// the hits. News never calls it: a patient who is no hit any more is selected no more.
func (s *patientIn) first() {
	if _, ok := s.list.Chosen(); !ok && len(s.hits) > 0 {
		s.list.Choose(desk.Subject(s.hits[0].Patient.ID))
	}
}

func (s *patientIn) matches(text string) []store.Known {
	for _, k := range s.known {
		for _, mrn := range append([]string{k.Patient.MRN}, k.MRNs...) {
			if ward.FoldMRN(mrn) == ward.FoldMRN(text) {
				return []store.Known{k}
			}
		}
	}
	hits := kit.Filter(kit.NewQuery(text), s.known, func(k store.Known) []string {
		return slices.Concat([]string{k.Patient.Name, k.Patient.MRN}, k.Names, k.MRNs)
	})
	if len(hits) == 0 && plainNumber(text) != "" {
		for _, k := range s.known {
			if plainNumber(ward.FoldMRN(k.Patient.MRN)) == plainNumber(ward.FoldMRN(text)) {
				hits = append(hits, k)
			}
		}
	}
	slices.SortStableFunc(hits, lastLeftFirst)
	return hits
}

// lastLeftFirst sorts former patients first, the last to leave before the others.
func lastLeftFirst(a, b store.Known) int {
	switch {
	case a.Stay.OnWard() != b.Stay.OnWard():
		if a.Stay.OnWard() {
			return 1
		}
		return -1
	case a.Stay.OnWard():
		return strings.Compare(a.Patient.Name, b.Patient.Name)
	}
	return b.Stay.DischargedAt.Compare(a.Stay.DischargedAt)
}

// leftRecently returns the patients who left in the last 30 days.
func (s *patientIn) leftRecently() []store.Known {
	var list []store.Known
	for _, k := range s.known {
		if k.Stay.ID != 0 && !k.Stay.OnWard() && s.d.Now().Sub(k.Stay.DischargedAt) <= recently {
			list = append(list, k)
		}
	}
	slices.SortStableFunc(list, lastLeftFirst)
	return list
}

// chosen returns the selected patient.
func (s *patientIn) chosen() (store.Known, bool) {
	id, ok := s.list.Chosen()
	if !ok {
		return store.Known{}, false
	}
	for _, k := range s.hits {
		if desk.Subject(k.Patient.ID) == id {
			return k, true
		}
	}
	return store.Known{}, false
}

// Typing implements [kit.Screen].
func (s *patientIn) Typing() bool { return !s.choosing }

// Type implements [kit.Screen].
func (s *patientIn) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) {
	alone := k.At.Sub(s.typedAt) >= aloneAfter
	if k.Typed() {
		s.typedAt = k.At
	}
	if alone && s.Hesitates(k) {
		return false, nil // the binding of the choice
	}
	before := s.search.Value()
	refusal, mine := s.search.Type(k)
	if refusal != "" {
		h.Fail(refusal)
	}
	if s.search.Value() != before {
		s.proposed = 0
		s.find()
		s.first()
	}
	return mine, nil
}

// aloneAfter is the time after a character from which the next one is no part of the same
// scan.
const aloneAfter = 30 * time.Millisecond

// Hesitates implements [kit.Hesitant]: a figure after a name that would leave no hit is
// the choice with that figure.
func (s *patientIn) Hesitates(k kit.Key) bool {
	text := strings.TrimSpace(s.search.Value())
	if !s.afterName() || len(k.Text) != 1 || k.Text < "1" || k.Text > "5" {
		return false
	}
	about := k.Text <= "3" // the selected patient
	return len(s.matches(text+k.Text)) == 0 && (len(s.hits) > 0 || !about)
}

// afterName reports whether the search is a name, of at least two letters.
func (s *patientIn) afterName() bool {
	text := strings.TrimSpace(s.search.Value())
	return !s.choosing && utf8.RuneCountInString(text) >= 2 && !strings.ContainsFunc(text, unicode.IsDigit)
}

// enter ends the search. A figure alone is the choice that it names.
func (s *patientIn) enter(h kit.Host, k kit.Key) tea.Cmd {
	text := strings.TrimSpace(s.search.Value())
	if text == "4" || text == "5" {
		s.search.Set("")
		s.find()
		s.first()
		if text == "4" {
			return s.admit(h, k)
		}
		return s.listRecent(h, k)
	}
	s.choosing = true
	if len(s.hits) == 0 && text != "" {
		h.Say("nobody matches " + kit.Plain(text) + ": 4 new patient")
	}
	return nil
}

// admit opens the form of a new patient, or the one that was left half filled.
func (s *patientIn) admit(h kit.Host, _ kit.Key) tea.Cmd {
	kept, _ := s.d.Kept(admissionPlace).(*admission)
	if content, ok := s.d.Kept(admissionPlace).(string); ok {
		kept = reopened(s.d, s.known, content)
	}
	if kept != nil {
		cmd := h.Push(kept)
		h.Say("Your unsaved admission of " + kept.since + " is back")
		return cmd
	}
	mrn, name := "", ""
	if text := ward.CleanLine(s.search.Value()); text != "" && len(s.hits) == 0 {
		if strings.ContainsAny(text, "0123456789") {
			mrn = text
		} else {
			name = text
		}
	}
	return h.Push(newAdmission(s.d, s.known, mrn, name))
}

// listRecent lists the patients who left in the last 30 days.
func (s *patientIn) listRecent(kit.Host, kit.Key) tea.Cmd {
	s.search.Set("")
	s.recent, s.choosing = true, true
	s.find()
	s.first()
	return nil
}

// Bindings implements [kit.Screen].
func (s *patientIn) Bindings() []kit.Binding {
	k, ok := s.chosen()
	list := s.choices(k, ok)
	if !s.choosing {
		return append(list,
			kit.Bind("enter down tab", "OK", "end the search; then numbers choose", s.enter),
			kit.Bind("esc", "back", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }))
	}
	movers := s.list.Bindings()[0]
	movers.Keys = []string{"up", "down", "home", "end", "pgup", "pgdown"}
	list = append(list, movers,
		kit.Bind("esc", "back", "back to the search", func(h kit.Host, _ kit.Key) tea.Cmd {
			if s.proposed != 0 && s.search.Value() == "" {
				return h.Close(s)
			}
			s.choosing, s.recent = false, false
			s.find()
			s.first()
			return nil
		}))
	again := kit.Bind("a b c d e f g h i j k l m n o p q r s t u v w x y z 0 6 7 8 9 backspace ctrl+u /", "", "search again", func(h kit.Host, k kit.Key) tea.Cmd {
		s.choosing, s.recent = false, false
		if k.Name == "/" {
			return nil
		}
		_, cmd := s.Type(h, k)
		return cmd
	}).As("a-z 0-9")
	return append(list, again)
}

// choices returns the figures that act on the selected patient.
func (s *patientIn) choices(k store.Known, ok bool) []kit.Binding {
	off := "nobody is chosen: type a name or MRN"
	left := ok && k.Stay.ID != 0 && !k.Stay.OnWard()
	former := func(b kit.Binding) kit.Binding {
		b.Answer = true
		switch {
		case !ok:
			return b.If(false, off)
		case k.Stay.ID == 0:
			return b.If(false, "the patient has no stay: 1 readmits")
		case !left:
			return b.If(false, "on the ward, bed "+desk.Bed(&k.Stay)+": e edits, d discharges")
		}
		return b
	}
	to := func(screen string) func(kit.Host, kit.Key) tea.Cmd {
		return func(h kit.Host, _ kit.Key) tea.Cmd {
			return h.Go(kit.Place{Screen: screen, Subject: desk.Subject(k.Patient.ID)})
		}
	}
	needs := string(ward.MayMovePatient)
	readmit := kit.Bind("1", "", "readmit", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Push(newReadmission(s.d, k, ward.Stay{})) }).Recording(needs)
	first := former(readmit).If(!left || !died(&k.Stay), "the stay ended with the patient's death: 2 undoes that discharge")
	undone := kit.Bind("2", "", "undo that discharge", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Push(newUndo(s.d, k)) }).Recording(needs)
	second := former(undone)
	switch {
	case ok && k.Stay.ID == 0:
		first, first.Answer = readmit, true
	case ok && !left:
		second = undone
		second.Help, second.Answer = "undo that admission", true
		first = kit.Bind("1", "", "open the patient", to(desk.Patient))
		if s.choosing {
			first.Keys = append(first.Keys, "enter")
		}
		first.Answer = true
	}
	fourth := kit.Bind("4", "", "new patient", s.admit).Recording(needs)
	fifth := kit.Bind("5", "", "who left in the last 30 days", s.listRecent)
	fourth.Answer, fifth.Answer = true, true
	return []kit.Binding{
		first,
		second,
		former(kit.Bind("3", "", "late check for that stay", to(desk.Form)).Recording(string(ward.MayRecord))),
		fourth, fifth,
	}
}
