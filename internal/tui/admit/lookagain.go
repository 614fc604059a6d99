package admit

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// lookAgain is the question before a patient is admitted: it lists the values with their
// readings and the points that are odd.
type lookAgain struct {
	*desk.SaveQuestion
	form    *admission
	patient ward.Patient
	stay    ward.Stay
	remarks []remark

	likenesses int // the number of known patients who may be the same person
}

func newLookAgain(a *admission, p ward.Patient, stay ward.Stay) *lookAgain {
	like := alike(a.known, &p, 0)
	l := &lookAgain{SaveQuestion: desk.NewSaveQuestion(a.fields.d, a.place), form: a, patient: p, stay: stay, remarks: a.fields.remarks(&p, &stay, like, nil)}
	l.Self = l
	l.likenesses = len(like)
	l.Options = l.options(like)
	l.Failed = func(h kit.Host, _ error) tea.Cmd { return loadRegistry(a.fields.d, h, &a.loading) }
	l.Saved = func(h kit.Host) tea.Cmd {
		d := a.fields.d
		d.Keep(a.place, nil)
		due, _ := firstDue(d, p, stay)
		cmd := h.Go(kit.Place{Screen: desk.Board, Subject: desk.Subject(l.ID)})
		h.Say("admitted " + words.Name(&p) + "   " + words.MRN(&p) + ", bed " + desk.Bed(&stay) + "; " + due)
		return cmd
	}
	return l
}

// refresh compares with the patients of the log again. A likeness that was not there
// before, because another terminal has admitted a patient meanwhile, is said.
func (l *lookAgain) refresh(h kit.Host) {
	like := alike(l.form.known, &l.patient, l.ID)
	if len(like) > l.likenesses {
		h.Fail("admitted meanwhile: " + like[0].why)
	}
	l.likenesses = len(like)
	l.remarks = l.form.fields.remarks(&l.patient, &l.stay, like, nil)
	l.Options = l.options(like)
}

// options returns the answers. A patient whose MRN is known cannot be admitted anew.
func (l *lookAgain) options(like []likeness) []kit.Option {
	needs := string(ward.MayMovePatient)
	admit := kit.Option{Keys: []string{"1", "y"}, Label: "admit as written", Records: true, Needs: needs, Do: l.save}
	list := []kit.Option{admit}
	if len(like) > 0 {
		k := like[0].Known
		it := kit.Option{Keys: []string{"2"}, Label: "it is " + kit.Plain(k.Patient.MRN), Do: func(h kit.Host) tea.Cmd { return l.itIs(h, k) }}
		if like[0].same {
			list[0].Off = "the MRN is taken"
			it.Label = "readmit " + words.Name(&k.Patient)
			if k.Stay.OnWard() {
				it.Label = "go to " + words.Name(&k.Patient)
			}
		}
		list = append(list, it)
	}
	if l.Desk.Refusal(ward.MayDecide) == "" {
		list = append(list, kit.Option{Keys: []string{"3"}, Label: "mild in health: " + featureWords(l.patient.Health), Do: func(h kit.Host) tea.Cmd {
			return tea.Batch(h.Close(l), l.form.fields.askHealth(h))
		}})
	}
	return append(list, kit.Option{Keys: []string{"0", "n"}, Label: "back to the form"})
}

// itIs goes on with a known patient: to the patient's screen if on the ward, else to a
// readmission with the stay that was typed.
func (l *lookAgain) itIs(h kit.Host, k store.Known) tea.Cmd {
	if k.Stay.OnWard() {
		return tea.Batch(h.Close(l), h.Go(kit.Place{Screen: desk.Patient, Subject: desk.Subject(k.Patient.ID)}))
	}
	return tea.Batch(h.Close(l), h.Push(newReadmission(l.Desk, k, l.stay)))
}

// Body implements [kit.Screen].
func (l *lookAgain) Body(p kit.Page) []string {
	title := "ADMIT"
	for _, r := range l.remarks {
		if r.odd {
			title = "LOOK AGAIN before saving"
		}
	}
	l.Subject = []string{title + "   " + words.Name(&l.patient)}
	l.Text = nil
	for _, r := range l.remarks {
		l.Text = append(l.Text, r.lines(p.Measure, p.Width-2)...)
	}
	return l.SaveQuestion.Body(p)
}
