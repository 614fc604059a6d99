package tui

import (
	"context"
	"fmt"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/ward"
)

// followUps is the list of open flags, those that nobody has taken first, with
// the check that raised each.
type followUps struct {
	patient int64 // 0 for the whole ward
	request request
	loaded  bool
	list    []ward.Flagged
	at      int64 // ID of the one in hand: a reload must not move it
	saving  request
}

func (s *followUps) open(a *app) (cmd tea.Cmd) {
	s.request, cmd = ask(a, s.patient, a.store.FollowUps)
	return cmd
}

func (s *followUps) refresh(a *app) tea.Cmd { return s.open(a) }
func (s *followUps) typing() bool           { return false }

func (s *followUps) title(a *app, w int) string {
	head := a.theme.strong.Render("FOLLOW-UPS") + "   "
	if f := s.inHand(); f != nil {
		return head + a.who(&f.Patient, w-13)
	}
	return head + "none open"
}

// aboutPatient: the top line belongs to the patient of the follow-up in hand,
// because acknowledging and closing record something about them.
func (s *followUps) aboutPatient() {}

var (
	keyTake    = bind("a", "a", "acknowledge")
	keyTakeAll = bind("A", "A", "acknowledge all of this patient")
	keyTicks   = bind("t", "t", "checklist")
	keyClose   = bind("c", "c", "close")
	keyGoTo    = bind("enter", "enter", "open the patient")
)

func (s *followUps) keys(*app) []key.Binding {
	f := s.inHand()
	if f == nil {
		return keyList(keyBack)
	}
	list := keyList(keyMove)
	if f.FollowUp.Acked.Done() {
		list = append(list, keyClose)
	} else {
		list = append(list, keyTake)
	}
	if len(s.untaken(f.Patient.ID)) > 1 {
		list = append(list, keyTakeAll)
	}
	return append(list, keyTicks, keyGoTo, keyBack)
}

func (s *followUps) index() int {
	for i := range s.list {
		if s.list[i].FollowUp.ID == s.at {
			return i
		}
	}
	return 0
}

func (s *followUps) inHand() *ward.Flagged {
	if len(s.list) == 0 {
		return nil
	}
	return &s.list[s.index()]
}

func (s *followUps) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[[]ward.Flagged]:
		if msg.request != s.request {
			return nil
		}
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		s.show(msg.value)
	case result[done]:
		if msg.request != s.saving {
			return nil
		}
		s.saving = 0
		if msg.err != nil {
			a.fail(msg.err)
		}
		return s.open(a)
	case tea.KeyPressMsg:
		return s.press(a, msg)
	}
	return nil
}

// show takes a new list. Where the one in hand has gone, the one that took its
// place is in hand.
func (s *followUps) show(list []ward.Flagged) {
	i := s.index()
	s.loaded, s.list = true, nil
	ward.MostPressingFirst(list)
	for i, f := range list {
		if s.patient != 0 && f.FollowUp.PatientID != s.patient || slices.ContainsFunc(list[:i], of(f.Patient.ID)) {
			continue
		}
		for _, g := range list[i:] { // what one patient has stands together
			if g.Patient.ID == f.Patient.ID {
				s.list = append(s.list, g)
			}
		}
	}
	for _, f := range s.list {
		if f.FollowUp.ID == s.at {
			return
		}
	}
	if len(s.list) > 0 {
		s.at = s.list[min(i, len(s.list)-1)].FollowUp.ID
	}
}

func of(patient int64) func(ward.Flagged) bool {
	return func(f ward.Flagged) bool { return f.Patient.ID == patient }
}

// untaken returns the follow-ups of a patient that nobody has acknowledged.
func (s *followUps) untaken(patient int64) (ids []int64) {
	for _, f := range s.list {
		if f.Patient.ID == patient && !f.FollowUp.Acked.Done() {
			ids = append(ids, f.FollowUp.ID)
		}
	}
	return ids
}

func (s *followUps) press(a *app, press tea.KeyPressMsg) tea.Cmd {
	f := s.inHand()
	switch {
	case key.Matches(press, keyBack):
		return a.pop()
	case f == nil:
	case key.Matches(press, keyMove):
		s.at = s.list[moved(press.String(), s.index(), len(s.list))].FollowUp.ID
	case key.Matches(press, keyGoTo):
		return a.push(newPatientScreen(f.FollowUp.PatientID))
	case key.Matches(press, keyTake) && !f.FollowUp.Acked.Done():
		id := f.FollowUp.ID
		return s.act(a, func(ctx context.Context, sig ward.Signature) error { return a.store.Acknowledge(ctx, sig, id) })
	case key.Matches(press, keyTakeAll):
		ids := s.untaken(f.Patient.ID)
		return s.act(a, func(ctx context.Context, sig ward.Signature) error {
			for _, id := range ids {
				if err := a.store.Acknowledge(ctx, sig, id); err != nil {
					return err
				}
			}
			return nil
		})
	case key.Matches(press, keyTicks):
		return a.push(newChecklist(a, *f))
	case key.Matches(press, keyClose):
		if !f.FollowUp.Acked.Done() {
			a.fail(ward.Conflict("acknowledge it first: press a"))
			return nil
		}
		if err := f.FollowUp.Close(a.user, ward.Outcomes[0].Code, "–"); err != nil {
			a.fail(ward.Conflict(words(err)))
			return nil
		}
		return a.push(s.closeDialog(*f))
	}
	return nil
}

func (s *followUps) act(a *app, do func(context.Context, ward.Signature) error) (cmd tea.Cmd) {
	if s.saving != 0 {
		return nil // one at a time
	}
	s.saving, cmd = ask(a, s.patient, act(signed(a, do)))
	return cmd
}

func (s *followUps) closeDialog(f ward.Flagged) *chooser {
	who := plain(f.Patient.Name) + ", b. " + f.Patient.BirthDate.Words() + ", MRN " + plain(f.Patient.MRN)
	question := "Close the follow-up of " + who + ": " + f.FollowUp.Level.Words() + "?\nHow did it end?"
	return newChooser(question, numbered(labels(ward.Outcomes), func(a *app, i int) tea.Cmd {
		outcome := ward.Outcomes[i]
		return a.push(newAsker(who+"\n"+outcome.Label+": what was found and done?", "", func(a *app, note string) (string, func(*app) tea.Cmd) {
			if err := f.FollowUp.Close(a.user, outcome.Code, note); err != nil {
				return words(err), nil
			}
			return "", func(a *app) tea.Cmd {
				return s.act(a, func(ctx context.Context, sig ward.Signature) error {
					return a.store.CloseFollowUp(ctx, sig, f.FollowUp.ID, outcome.Code, note)
				})
			}
		}))
	})...)
}

func (s *followUps) foot(a *app, w int) []string {
	f := s.inHand()
	if f == nil {
		return nil
	}
	c := &f.Check
	style := a.theme.flags[f.FollowUp.Level]
	lines := []string{" " + style.Render(a.fit("raised by the check of "+a.clock(c.PerformedAt)+"   "+meaning(&c.Findings, c.Result), w-2))}
	if f.Lifted() {
		lines = append(lines, " "+a.fit("a correction has lifted the flag since; a person closes the follow-up", w-2))
	} else {
		for _, l := range a.wrap(flagLine(c.Result), w-2) {
			lines = append(lines, " "+style.Render(l))
		}
	}
	last := ""
	if ticks := a.ticked(f); ticks != "" {
		last = " checklist: " + ticks + " done"
	}
	if f.LastNormal {
		last += "   " + a.theme.strong.Render("last check normal")
	}
	if last != "" {
		lines = append(lines, last)
	}
	return lines
}

func (s *followUps) body(a *app, w, h int) []string {
	switch {
	case !s.loaded:
		return []string{"", "  one moment…"}
	case len(s.list) == 0:
		return []string{"", "  No follow-up is open."}
	}
	lines := []string{a.theme.faint.Render("    " + a.pad("bed", 6) + a.pad("patient", 20) + a.pad("flag", 11) + a.pad("open for", 11) + "state")}
	at := s.index()
	room := h - len(lines)
	first, end := window(at, len(s.list), room)
	for i := first; i < end; i++ {
		f := &s.list[i]
		again := i > first && s.list[i-1].Patient.ID == f.Patient.ID
		line := s.line(a, f, i == at, again, w)
		if i == at {
			line = a.theme.selected.Render(a.pad(ansi.Strip(line), w))
		} else {
			line = a.theme.flags[f.FollowUp.Level].Render(line)
		}
		lines = append(lines, line)
	}
	return lines
}

func (s *followUps) line(a *app, f *ward.Flagged, selected, again bool, w int) string {
	mark := "  "
	if selected {
		mark = "▌ "
	}
	bed := plain(f.Patient.Bed)
	if !f.Patient.OnWard() {
		bed = "left"
	}
	name := a.fit(plain(f.Patient.Name), 19)
	if again {
		name = "└ and"
	}
	state := "NEW: nobody has taken it"
	if wait := a.now.Sub(a.site.EscalatesAt(&f.FollowUp)); a.site.Escalated(&f.FollowUp, a.now) {
		state = "WAITING " + short(wait) + " too long"
	} else if wait >= -time.Hour {
		state = "NEW: take it within " + short(-wait)
	}
	if f.FollowUp.Acked.Done() {
		state = fmt.Sprintf("taken %s by %s", a.clock(f.FollowUp.Acked.At), plain(f.FollowUp.Acked.By))
	}
	return a.fit(mark+flagMark(f.FollowUp.Level)+" "+a.pad(bed, 6)+a.pad(name, 20)+
		a.pad(f.FollowUp.Level.Code(), 11)+a.pad(short(a.now.Sub(f.FollowUp.Opened.At)), 11)+state, w)
}
