package admit

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// The reasons for which a discharge or an admission is undone.
const (
	enteredInError = "entered in error"
	cameBack       = "came back"
	wrongPatient   = "wrong patient"
)

// ofAdmission is the detail of the place of the question that undoes an admission.
const ofAdmission = "admission"

// undo asks why a discharge, or an admission by mistake, is undone. The answer saves it.
type undo struct {
	*desk.SaveQuestion
	d       *desk.Desk
	what    string // "discharge" or "admission"
	at      kit.Place
	patient int64
	loading kit.Pending
	known   *store.Known // nil until it is loaded
	asking  kit.Screen   // the question for a reason in words
}

// newUndoLeave returns the question for a patient of whom the desk may know nothing.
func newUndoLeave(d *desk.Desk, to kit.Place) kit.Screen {
	u := undoQuestion(d, desk.PatientOf(to.Subject), to.Detail == ofAdmission)
	u.Subject = []string{"UNDO the " + u.what}
	u.Text = []string{"loading…"}
	u.off("loading…")
	return u
}

// newUndo returns the question for a known patient: about the admission of one who is on
// the ward, else about the discharge.
func newUndo(d *desk.Desk, k store.Known) kit.Screen {
	u := undoQuestion(d, k.Patient.ID, k.Stay.OnWard())
	u.fill(k)
	return u
}

func undoQuestion(d *desk.Desk, patient int64, admission bool) *undo {
	at, what, second := kit.Place{Screen: desk.UndoLeave, Subject: desk.Subject(patient)}, "discharge", cameBack
	if admission {
		at.Detail, what, second = ofAdmission, ofAdmission, wrongPatient
	}
	u := &undo{SaveQuestion: desk.NewSaveQuestion(d, at), d: d, what: what, at: at, patient: patient}
	u.Self = u
	because := func(reason string) func(kit.Host) tea.Cmd {
		return func(h kit.Host) tea.Cmd { return u.save(h, reason) }
	}
	needs := string(ward.MayMovePatient)
	u.Options = []kit.Option{
		{Keys: []string{"1"}, Label: enteredInError, Records: true, Needs: needs, Do: because(enteredInError)},
		{Keys: []string{"2"}, Label: second, Records: true, Needs: needs, Do: because(second)},
		{Keys: []string{"3"}, Label: "other, with text", Records: true, Needs: needs, Do: u.other},
		{Keys: []string{"0"}, Label: "back"},
	}
	return u
}

func (u *undo) off(reason string) {
	for i := range u.Options[:3] {
		u.Options[i].Off = reason
	}
}

// fill names the patient and the discharge or the admission.
func (u *undo) fill(k store.Known) {
	u.known = &k
	u.Subject = []string{"UNDO the " + u.what + " of " + words.About(&k.Patient) + "?"}
	u.off("")
	bed := "on the ward, bed " + desk.Bed(&k.Stay)
	done := words.Name(&k.Patient) + "   " + words.MRN(&k.Patient)
	if u.what == ofAdmission {
		u.Text = []string{bed + ", " + admittedAt(u.d, &k.Stay) + ". Why?"}
		done += "; p brings them back"
		if !k.Stay.OnWard() {
			u.Text = []string{leftWords(u.d, &k.Stay)}
			u.off("the patient is not on the ward")
		}
	} else {
		u.Text = []string{u.d.LeftAt(&k.Stay) + ". Why?"}
		done += " is " + bed
		if k.Stay.OnWard() {
			u.Text = []string{bed}
			u.off("the patient is on the ward")
		}
	}
	u.Saved = func(h kit.Host) tea.Cmd {
		u.d.Keep(justLeftPlace, nil)
		cmd := h.Go(kit.Place{Screen: desk.Board, Subject: desk.Subject(u.patient)})
		h.Say(u.what + " undone: " + done)
		return cmd
	}
}

// admittedAt returns the begin of a stay with its author: "admitted 28 Nov 10:30, Dr Nair".
func admittedAt(d *desk.Desk, s *ward.Stay) string {
	return "admitted " + d.Time(s.AdmittedAt) + ", " + words.ShortName(s.Began.By)
}

func (u *undo) save(h kit.Host, reason string) tea.Cmd {
	patient, stay, admission := u.patient, u.known.Stay.ID, u.what == ofAdmission
	return u.Save(h, func(ctx context.Context, log *store.Store, sig ward.Signature) (err error) {
		if admission {
			_, err = log.WithdrawStay(ctx, sig, stay, reason)
		} else {
			_, err = log.UndoDischarge(ctx, sig, patient, reason)
		}
		return err
	})
}

// other asks for a reason in words. They are kept until the discharge is undone.
func (u *undo) other(h kit.Host) tea.Cmd {
	kept, _ := u.d.Kept(u.at).(string)
	text := kit.NewText(kept, 200)
	q := &kit.Question{Subject: u.Subject, Text: u.Text, Inputs: []kit.Input{{Label: "reason", Editor: kit.Plainly(text, needed)}}}
	q.Typed = func() { u.d.KeepText(u.at, text.Value()) }
	q.Options = []kit.Option{
		{Keys: []string{"1", "y"}, Label: "undo the " + u.what, Records: true, Needs: string(ward.MayMovePatient), Do: func(h kit.Host) tea.Cmd { return u.save(h, text.Value()) }},
		{Keys: []string{"0", "n"}, Label: "back"},
	}
	u.asking = q
	return h.Push(q)
}

// needed refuses an empty reason.
func needed(text string) string {
	if ward.CleanLine(text) == "" {
		return "a reason is needed"
	}
	return ""
}

// Init implements [kit.Screen].
func (u *undo) Init(h kit.Host) tea.Cmd {
	if u.known != nil {
		return nil
	}
	return loadRegistry(u.d, h, &u.loading)
}

// Update implements [kit.Screen].
func (u *undo) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	if _, changed := msg.(desk.Changed); changed {
		return loadRegistry(u.d, h, &u.loading)
	}
	loaded, ok := msg.(kit.Result[registry])
	if !ok {
		return u.SaveQuestion.Update(h, msg)
	}
	if !kit.Take(&u.loading, loaded) {
		return nil
	}
	if loaded.Err != nil {
		h.Fail(desk.Words(loaded.Err))
		return nil
	}
	k, ok := loaded.Value.find(u.patient)
	if !ok || u.Saving() {
		return nil
	}
	var cmd tea.Cmd
	if was := u.known; was != nil && !sameVersions(&was.Patient, &k.Patient, &was.Stay, &k.Stay) {
		if u.asking != nil { // its question names the discharge of before; the reason is kept
			cmd = h.Close(u.asking)
		}
		h.Fail(desk.ChangedMeanwhile)
	}
	u.fill(k)
	return cmd
}
