package admit

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/reading"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// readmission begins a new stay of a patient who left. Therapy and day count go on.
type readmission struct {
	*desk.SaveQuestion
	d                     *desk.Desk
	at                    kit.Place
	known                 store.Known
	bed, visit, clinician *kit.Text
	admitted              *kit.Field[time.Time]
	begun                 bool // with values that were typed before
	loading               kit.Pending
}

// keptStay is a readmission that was left: the stay as far as it was typed, and the time if
// it was touched, because a time that was not read yet is no part of the stay.
type keptStay struct {
	ward.Stay
	Admitted timeLine `json:"admitted_text"`
}

// newReadmission asks for the new stay. typed holds values that were typed already, and
// may be zero. Those of a form that was left unsaved come back.
func newReadmission(d *desk.Desk, k store.Known, typed ward.Stay) kit.Screen {
	at := kit.Place{Screen: desk.PatientIn, Subject: desk.Subject(k.Patient.ID), Detail: "readmit"}
	var left keptStay
	if kept, ok := d.Kept(at).(string); ok && typed == (ward.Stay{}) && desk.Unmarshal(kept, &left) {
		typed = left.Stay
	}
	r := &readmission{SaveQuestion: desk.NewSaveQuestion(d, at), d: d, at: at, known: k}
	r.Self, r.Work = r, r.work
	r.begun = typed != (ward.Stay{})
	if typed.Clinician == "" {
		typed.Clinician = k.Stay.Clinician
	}
	r.bed, r.visit, r.clinician = kit.NewText(typed.Bed, 20), kit.NewText(typed.Visit, 40), kit.NewText(typed.Clinician, 60)
	r.admitted = kit.NewField(40, func(text string) reading.Reading[time.Time] { return readAdmission(d, text, r.known.Stay.DischargedAt) })
	begin := typed.AdmittedAt
	if begin.IsZero() {
		begin = d.Now()
	}
	r.admitted.Start(begin, d.Time(begin), "")
	if left.Admitted.Text != "" {
		left.Admitted.retype(r.admitted, d)
	}
	r.Inputs = []kit.Input{
		{Label: "bed", Editor: kit.Plainly(r.bed, nil)}, {Label: "visit", Editor: kit.Plainly(r.visit, nil)},
		{Label: "clinician", Editor: kit.Plainly(r.clinician, nil)}, {Label: "admitted", Editor: r.admitted},
	}
	r.Options = []kit.Option{
		{Keys: []string{"1", "y"}, Label: "readmit", Records: true, Needs: string(ward.MayMovePatient), Do: r.save},
		{Keys: []string{"0", "n"}, Label: "back"},
	}
	keep := r.Typed
	r.Typed = func() {
		keep()
		r.words()
	}
	r.Saved = func(h kit.Host) tea.Cmd {
		due, _ := firstDue(d, k.Patient, r.stay())
		cmd := h.Go(kit.Place{Screen: desk.Board, Subject: desk.Subject(k.Patient.ID)})
		h.Say("readmitted " + words.Name(&r.known.Patient) + "   " + words.MRN(&r.known.Patient) + ", bed " + r.bed.Value() + "; " + due)
		return cmd
	}
	r.words()
	return r
}

// readAdmission reads a time of admission, which is not before the end of the last stay.
func readAdmission(d *desk.Desk, text string, after time.Time) reading.Reading[time.Time] {
	r := reading.Time(text, d.Now(), d.Zone())
	if r.OK() && r.Value.Before(after) {
		return reading.Reading[time.Time]{Err: r.Words + " is before the last stay ended, " + d.Time(after)}
	}
	return r
}

func (r *readmission) stay() ward.Stay {
	at, _ := r.admitted.Get()
	stay := ward.Stay{PatientID: r.known.Patient.ID, Bed: r.bed.Value(), Visit: r.visit.Value(), Clinician: r.clinician.Value(), AdmittedAt: at}
	stay.Clean()
	return stay
}

// Update implements [kit.Screen]. Another terminal may readmit the patient meanwhile.
func (r *readmission) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	if _, changed := msg.(desk.Changed); changed {
		return loadRegistry(r.d, h, &r.loading)
	}
	loaded, ok := msg.(kit.Result[registry])
	if !ok {
		return r.SaveQuestion.Update(h, msg)
	}
	if !kit.Take(&r.loading, loaded) || r.Saving() {
		return nil
	}
	k, ok := loaded.Value.find(r.known.Patient.ID)
	if ok && !sameVersions(&k.Patient, &r.known.Patient, &k.Stay, &r.known.Stay) {
		r.known = k
		r.words()
		h.Fail(desk.ChangedMeanwhile)
	}
	return nil
}

// words puts the facts about the stay into the question, as they are typed.
func (r *readmission) words() {
	k := r.known
	r.Subject = []string{"READMIT " + words.About(&k.Patient) + "?"}
	if k.Stay.OnWard() {
		r.Options[0].Off = "on the ward, bed " + desk.Bed(&k.Stay)
		r.Text = []string{r.Options[0].Off}
		return
	}
	r.Options[0].Off = ""
	text := "no stay: the last admission was undone"
	if k.Stay.ID != 0 {
		text = r.d.LeftAt(&k.Stay)
	}
	text += ". Therapy and day count go on"
	if k.Patient.Product != "" {
		text += ": " + kit.Plain(k.Patient.Product)
	}
	if _, ok := k.Patient.Day(r.d.Now(), r.d.Zone()); ok {
		text += ", day " + r.d.Day(&k.Patient, r.d.Now())
	}
	r.Text = []string{text + "."}
	if s, ok := r.d.State(k.Patient.ID); ok && s.FollowUp != nil {
		r.Text = append(r.Text, "The follow-up goes on: "+words.Level(s.FollowUp)+", "+r.d.FollowUpCell(s)+".")
	}
	if taken := bedTaken(r.d, r.bed.Value(), k.Patient.ID); taken != "" {
		r.Text = append(r.Text, taken)
	}
	stay := r.stay()
	if !stay.AdmittedAt.IsZero() {
		due, _ := firstDue(r.d, k.Patient, stay)
		r.Text = append(r.Text, due+".")
	}
}

// bedTaken says who is in a bed; empty if it is free.
func bedTaken(d *desk.Desk, bed string, self int64) string {
	for _, s := range d.ByBed(bed) {
		if s.Patient.ID != self {
			return words.Name(&s.Patient) + " is in " + desk.Bed(&s.Stay) + " now: both?"
		}
	}
	return ""
}

func (r *readmission) save(h kit.Host) tea.Cmd {
	stay := r.stay()
	return r.Save(h, func(ctx context.Context, log *store.Store, sig ward.Signature) error {
		_, err := log.Readmit(ctx, sig, stay)
		return err
	})
}

// work returns the typed stay, empty if it is as the question proposed it.
func (r *readmission) work() string {
	touched := r.begun || r.bed.Touched() || r.visit.Touched() || r.clinician.Touched() || r.admitted.Touched()
	if !touched {
		return ""
	}
	kept := keptStay{Stay: r.stay()}
	if r.admitted.Touched() {
		kept.Admitted = timeLineOf(r.admitted)
	}
	return desk.Marshal(kept)
}
