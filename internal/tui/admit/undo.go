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

// The reasons for which a discharge is undone.
const (
	enteredInError = "entered in error"
	cameBack       = "came back"
)

// undo asks why a discharge is undone. The answer saves it.
type undo struct {
	*desk.SaveQuestion
	d       *desk.Desk
	at      kit.Place
	patient int64
	loading kit.Pending
	known   *store.Known // nil until it is loaded
	asking  kit.Screen   // the question for a reason in words
}

// newUndoLeave returns the question for a patient of whom the desk may know nothing.
func newUndoLeave(d *desk.Desk, to kit.Place) kit.Screen {
	u := undoQuestion(d, desk.PatientOf(to.Subject))
	u.Subject = []string{"UNDO the discharge"}
	u.Text = []string{"loading…"}
	u.off("loading…")
	return u
}

// newUndo returns the question for a known patient.
func newUndo(d *desk.Desk, k store.Known) kit.Screen {
	u := undoQuestion(d, k.Patient.ID)
	u.fill(k)
	return u
}

func undoQuestion(d *desk.Desk, patient int64) *undo {
	at := kit.Place{Screen: desk.UndoLeave, Subject: desk.Subject(patient)}
	u := &undo{SaveQuestion: desk.NewSaveQuestion(d, at), d: d, at: at, patient: patient}
	u.Self = u
	because := func(reason string) func(kit.Host) tea.Cmd {
		return func(h kit.Host) tea.Cmd { return u.save(h, reason) }
	}
	needs := string(ward.MayMovePatient)
	u.Options = []kit.Option{
		{Keys: []string{"1"}, Label: enteredInError, Records: true, Needs: needs, Do: because(enteredInError)},
		{Keys: []string{"2"}, Label: cameBack, Records: true, Needs: needs, Do: because(cameBack)},
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

// fill names the patient and the discharge.
func (u *undo) fill(k store.Known) {
	u.known = &k
	u.Subject = []string{"UNDO the discharge of " + words.About(&k.Patient) + "?"}
	u.Text = []string{u.d.LeftAt(&k.Stay) + ". Why?"}
	u.off("")
	if k.Stay.OnWard() {
		u.Text = []string{"on the ward, bed " + desk.Bed(&k.Stay)}
		u.off("the patient is on the ward")
	}
	u.Saved = func(h kit.Host) tea.Cmd {
		u.d.Keep(justLeftPlace, nil)
		cmd := h.Go(kit.Place{Screen: desk.Board, Subject: desk.Subject(u.patient)})
		h.Say("discharge undone: " + words.Name(&k.Patient) + "   " + words.MRN(&k.Patient) + " is on the ward, bed " + desk.Bed(&k.Stay))
		return cmd
	}
}

func (u *undo) save(h kit.Host, reason string) tea.Cmd {
	patient := u.patient
	return u.Save(h, func(ctx context.Context, log *store.Store, sig ward.Signature) error {
		_, err := log.UndoDischarge(ctx, sig, patient, reason)
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
		{Keys: []string{"1", "y"}, Label: "undo the discharge", Records: true, Needs: string(ward.MayMovePatient), Do: func(h kit.Host) tea.Cmd { return u.save(h, text.Value()) }},
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
