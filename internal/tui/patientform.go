package tui

import (
	"context"
	"errors"
	"strconv"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// patientForm admits a patient, or edits the patient and the stay by recording new
// versions.
type patientForm struct {
	form    form
	patient ward.Patient // as loaded; without an ID for an admission
	stay    ward.Stay
	request request
}

// details are a patient and a stay as they were saved.
type details struct {
	patient ward.Patient
	stay    ward.Stay
}

var (
	toolAnswers = []ward.Term{{Code: "", Label: "by age"}, {Code: "ice", Label: "ICE"}, {Code: "capd", Label: "CAPD"}}
	noYes       = []ward.Term{{Code: "0", Label: "no"}, {Code: "1", Label: "yes"}}
)

func newAdmission(a *app) *patientForm { return newPatientForm(a, ward.Patient{}, ward.Stay{}) }

func newPatientForm(a *app, p ward.Patient, stay ward.Stay) *patientForm {
	infused, baseline, tool, interpreter := "", "", "", "0"
	admitted := stay.AdmittedAt
	if p.ID == 0 {
		admitted = a.now
	}
	if !p.InfusedAt.IsZero() {
		infused = p.InfusedAt.In(a.zone).Format(timeLayout)
	}
	if n, ok := p.Baseline.Value(); ok {
		baseline = strconv.Itoa(n)
	}
	if p.ID != 0 {
		tool = icans.FieldOf("tool").Code(&icans.Findings{Tool: p.Tool})
	}
	if p.Interpreter {
		interpreter = "1"
	}
	return &patientForm{patient: p, stay: stay, form: newForm(
		textEntry("mrn", "MRN", "medical record number, with its leading zeros", p.MRN, 40),
		textEntry("name", "Name", "FAMILY, Given", p.Name, 120),
		textEntry("birth_date", "Date of birth", "1961-03-14 or 14 Mar 1961", p.BirthDate.Words(), 20),
		textEntry("second_id", "Second ID", "needed if the date of birth is unknown", p.SecondID, 40),
		textEntry("bed", "Bed", "such as 12A", stay.Bed, 20),
		textEntry("product", "Therapy", "such as axi-cel or teclistamab", p.Product, 60),
		textEntry("admitted_at", "Admission", "2026-11-22 09:30; no check can be before it", admitted.In(a.zone).Format(timeLayout), 20),
		textEntry("infused_at", "Infusion (day 0)", "2026-11-22 09:30; empty if it is not known yet", infused, 20),
		pickEntry("patient_tool", "Tool", "ICE from 12 years; CAPD under 12, or with a baseline developmental delay", toolAnswers, tool),
		textEntry("baseline", "Baseline score", "score before the infusion: ICE 0 to 10, or CAPD 0 to 32", baseline, 2),
		textEntry("language", "Language", "such as English", p.Language, 40),
		pickEntry("interpreter", "Interpreter", "needed for the check", noYes, interpreter),
		textEntry("clinician", "Clinician", "responsible clinician", stay.Clinician, 60),
		textEntry("reason", "Reason", "needed for another baseline after the infusion", "", 200),
	)}
}

func (s *patientForm) open(*app) tea.Cmd       { return nil }
func (s *patientForm) typing() bool            { return true }
func (s *patientForm) keys(*app) []key.Binding { return s.form.keys() }
func (s *patientForm) foot(*app, int) []string { return nil }
func (s *patientForm) title(a *app, w int) string {
	if s.patient.ID == 0 {
		return a.theme.strong.Render("ADMIT") + "   a patient to " + a.fit(plain(a.ward.Name), w-24)
	}
	return a.named("EDIT", &s.patient)
}

func (s *patientForm) header(a *app, w int) []string {
	if s.patient.ID == 0 {
		return nil
	}
	return a.identity("EDIT", &s.patient, &s.stay, w)
}

func (s *patientForm) body(a *app, w, h int) []string {
	return append([]string{""}, s.form.body(a, w)...)
}

func (s *patientForm) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[details]:
		if msg.request != s.request {
			return nil
		}
		s.request = 0
		if msg.err != nil {
			if msg.value.patient.ID != 0 && s.patient.ID != 0 { // saved before the stay was refused
				s.patient = msg.value.patient
			}
			s.blame(a, msg.err)
			return nil
		}
		cmd := a.close(s)
		a.say("Saved: " + msg.value.patient.Name)
		return cmd
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, keyBack):
			return s.leave(a)
		case key.Matches(msg, keySave), s.form.update(msg):
			return s.save(a)
		}
	case tea.PasteMsg:
		s.form.update(msg)
	}
	return nil
}

func (s *patientForm) blame(a *app, err error) {
	if e, ok := errors.AsType[*ward.Error](err); ok {
		if e.Kind == ward.KindConflict && s.patient.ID == 0 {
			e = &ward.Error{Kind: e.Kind, Field: "mrn", Reason: e.Reason}
		}
		if s.form.blame(e) {
			return
		}
	}
	a.fail(err)
}

func (s *patientForm) leave(a *app) tea.Cmd {
	if !s.form.dirty {
		return a.pop()
	}
	return a.push(newChooser("What you typed is not saved.",
		choice{"0 g", "back to the form", nil},
		choice{"d", "discard it", func(a *app) tea.Cmd { return a.pop() }},
	))
}

func (s *patientForm) save(a *app) (cmd tea.Cmd) {
	if s.request != 0 {
		return nil // one save at a time
	}
	p, stay, ok := s.read(a)
	if !ok {
		return nil
	}
	log, by, zone, now := a.store, a.user.Name, a.zone, a.opts.Now
	wasPatient, wasStay := s.patient, s.stay
	s.request, cmd = ask(a, p.ID, func(ctx context.Context) (d details, err error) {
		sig := ward.Sign(by, now().In(zone))
		if p.ID == 0 {
			d.patient, d.stay, err = log.Admit(ctx, sig, p, stay)
			return d, err
		}
		d.patient, d.stay = p, stay
		if p != wasPatient {
			if d.patient, err = log.EditPatient(ctx, sig, p); err != nil {
				return details{}, err
			}
		}
		if stay != wasStay {
			d.stay, err = log.EditStay(ctx, sig, stay)
		}
		return d, err
	})
	return cmd
}

// read returns the patient and the stay of the form. A line that cannot be read shows
// why; the store judges the rest.
func (s *patientForm) read(a *app) (ward.Patient, ward.Stay, bool) {
	p, stay, ok := s.patient, s.stay, true
	refuse := func(column, reason string) {
		if ok {
			s.form.blame(ward.Invalid(column, reason))
		}
		ok = false
	}
	get := func(column string) string { return s.form.get(column).value() }
	p.MRN, p.Name, p.SecondID, stay.Bed = get("mrn"), get("name"), get("second_id"), get("bed")
	p.Product, p.Language, stay.Clinician = get("product"), get("language"), get("clinician")
	p.Interpreter = get("interpreter") == "1"
	if reason := get("reason"); reason != "" {
		p.Reason = reason
	}
	p.BirthDate = ward.Date{}
	if text := get("birth_date"); text != "" {
		born, err := ward.ParseDate(text)
		if err != nil {
			refuse("birth_date", err.Error())
		}
		p.BirthDate = born
	}
	readTime := func(column string, was time.Time) time.Time {
		text := get(column)
		if text == "" {
			return time.Time{}
		}
		if text == was.In(a.zone).Format(timeLayout) {
			return was // to the second, as it was
		}
		at, read := parseTime(text, a.now, a.zone)
		if !read {
			refuse(column, "write it as 2026-11-22 09:30")
		}
		return at
	}
	stay.AdmittedAt = readTime("admitted_at", stay.AdmittedAt)
	p.InfusedAt = readTime("infused_at", p.InfusedAt)
	var x icans.Findings
	if err := icans.FieldOf("tool").Set(&x, get("patient_tool")); err != nil {
		refuse("patient_tool", "pick one")
	}
	if p.Tool = x.Tool; p.Tool == 0 {
		p.Tool = ward.ToolFor(p.BirthDate, a.now.In(a.zone))
	}
	p.Baseline = 0
	if text := get("baseline"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > p.Tool.MaxScore() {
			refuse("baseline", "a whole number from 0 to "+strconv.Itoa(p.Tool.MaxScore()))
		} else {
			p.Baseline = icans.Scored(n)
		}
	}
	return p, stay, ok
}
