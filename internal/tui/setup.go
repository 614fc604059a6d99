package tui

import (
	"context"
	"errors"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// setUp is the first run: it names the ward, its time zone and the first user.
// With first unset it adds a member of staff to a ward that is there.
type setUp struct {
	form    form
	first   bool
	request request
	name    string
}

func newSetUp(a *app) *setUp {
	zone := a.opts.Now().Location().String()
	if zone == "Local" || zone == "" {
		zone = "UTC"
	}
	return &setUp{first: true, form: newForm(append([]*entry{
		textEntry("ward", "Name of the ward", "such as Haematology 4", "", 60),
		textEntry("zone", "Time zone", "such as Europe/London, America/New_York or UTC", zone, 60),
	}, staffEntries()...)...)}
}

func newStaffForm() *setUp { return &setUp{form: newForm(staffEntries()...)} }

func staffEntries() []*entry {
	return []*entry{
		textEntry("staff", "Your name", "as it should stand beside what you record", "", 60),
		pickEntry("role", "Role", "← → picks; a clinician also confirms ICANS", ward.Roles, string(ward.Nurse)),
	}
}

func (s *setUp) open(*app) tea.Cmd { return nil }
func (s *setUp) title(a *app, _ int) string {
	if s.first {
		return a.theme.strong.Render("FIRST RUN") + "   the ward and you"
	}
	return a.theme.strong.Render("ADD A NAME") + "   to the staff"
}
func (s *setUp) foot(*app, int) []string { return nil }
func (s *setUp) typing() bool            { return true }
func (s *setUp) keys(*app) []key.Binding { return s.form.keys() }

func (s *setUp) body(a *app, w, h int) []string {
	return append([]string{""}, s.form.body(a, w)...)
}

func (s *setUp) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[done]:
		if msg.request != s.request {
			return nil
		}
		s.request = 0
		if msg.err != nil {
			if e, ok := errors.AsType[*ward.Error](msg.err); !ok || !s.form.blame(e) {
				a.fail(msg.err)
			}
			return nil
		}
		cmd := a.close(s)
		a.say(s.name + " is on the staff: enter signs in")
		return cmd
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, keyBack):
			return a.pop()
		case key.Matches(msg, keySave), s.form.update(msg):
			return s.save(a)
		}
	case tea.PasteMsg:
		s.form.update(msg)
	}
	return nil
}

func (s *setUp) save(a *app) (cmd tea.Cmd) {
	if s.request != 0 {
		return nil // one save at a time
	}
	f := &s.form
	person := ward.Staff{Name: f.get("staff").value(), Role: ward.Role(f.get("role").value()), Active: true}
	s.name = person.Name
	w := a.ward
	if s.first {
		w = ward.Ward{Name: f.get("ward").value(), Zone: f.get("zone").value()}
	}
	for _, err := range []error{w.Validate(), person.Validate()} { // from the first line down
		if e, ok := errors.AsType[*ward.Error](err); ok && f.blame(e) {
			return nil
		}
	}
	log := a.store
	add := func(ctx context.Context) error {
		return log.AddStaff(ctx, ward.Sign(person.Name, a.opts.Now().In(a.zone)), person)
	}
	if s.first {
		add = func(ctx context.Context) error {
			zone, err := w.Location()
			if err != nil {
				return err
			}
			return log.SetUp(ctx, ward.Sign(person.Name, a.opts.Now().In(zone)), w, person)
		}
	}
	s.request, cmd = ask(a, 0, act(add))
	return cmd
}
