package admit

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// changes is the question before an edit is saved: each change with old and new value, the
// points to look at again, and the reason if one is needed.
type changes struct {
	*desk.SaveQuestion
	form    *edit
	patient ward.Patient
	stay    ward.Stay
	reason  *kit.Text // nil if none is needed
}

// explained are the fields whose change needs a reason.
var explained = []string{"mrn", "birth_date", "baseline", "baseline_lost", "patient_tool"}

func newChanges(s *edit, p ward.Patient, stay ward.Stay, list []ward.Change) *changes {
	before := s.fields.patient
	c := &changes{SaveQuestion: desk.NewSaveQuestion(s.d, s.place), form: s, patient: p, stay: stay}
	c.Self = c
	title := "CHANGE "
	if len(list) == 1 && list[0].Field == "bed" {
		title = "TRANSFER "
	}
	c.Subject = []string{title + words.About(&before)}
	needsReason := false
	for _, change := range list {
		c.Text = append(c.Text, changeWords(change))
		needsReason = needsReason || slices.Contains(explained, change.Field)
	}
	like := alike(s.known, &p, p.ID)
	if p.MRN == before.MRN && p.Name == before.Name && p.BirthDate == before.BirthDate {
		like = nil // no identifier changed
	}
	for _, r := range s.fields.remarks(&p, &stay, like, s.chart.Checks) {
		if r.odd && concerns(r, list) {
			c.Text = append(c.Text, "Please check: "+strings.TrimSpace(r.value+"  "+r.says))
		}
	}
	if !stay.OnWard() && stay.ID != 0 {
		c.Text = append(c.Text, "Please check: the patient "+s.d.LeftAt(&stay))
	}
	if needsReason {
		c.reason = kit.NewText(s.reason, 200)
		c.Typed = func() {
			s.reason = c.reason.Value()
			s.keep()
		}
		c.Inputs = []kit.Input{{Label: "reason", Editor: kit.Plainly(c.reason, needed)}}
	}
	c.Options = []kit.Option{
		{Keys: []string{"1", "y"}, Label: "save", Records: true, Needs: string(ward.MayMovePatient), Do: c.save},
		{Keys: []string{"0", "n"}, Label: "back to the form"},
	}
	if len(like) > 0 && like[0].same {
		c.Options[0].Off = "this is the MRN of " + words.Name(&like[0].Patient)
	}
	c.Failed = func(h kit.Host, _ error) tea.Cmd { return s.load(h) }
	c.Saved = func(h kit.Host) tea.Cmd {
		s.d.Keep(s.place, nil)
		cmd := h.Close(s)
		h.Say("saved " + s.d.Now().Format("15:04") + ": " + words.Name(&p) + "   " + words.MRN(&p))
		return cmd
	}
	return c
}

// concerns reports whether a remark is about one of the changes. An old baseline that is
// poor is no reason to ask again about a new bed.
func concerns(r remark, list []ward.Change) bool {
	fields := map[string][]string{
		"born": {"birth_date"}, "MRN": {"mrn", "name", "birth_date"}, "name": {"name"}, "": {"mrn", "name", "birth_date"}, "bed": {"bed"},
		"tool": {"patient_tool", "birth_date"}, "day 0": {"infused_at", "admitted_at"}, "base": {"baseline", "patient_tool"},
	}[r.label]
	return slices.ContainsFunc(list, func(c ward.Change) bool { return slices.Contains(fields, c.Field) })
}

// changeWords returns a change: "Bed: 1A → 3C".
func changeWords(c ward.Change) string {
	value := func(text string) string {
		if text == "" {
			return "–"
		}
		if c.Field != "features_mild" {
			return kit.Plain(text)
		}
		set, _ := icans.ParseFeatures(text)
		return featureWords(set)
	}
	return words.FieldWords(c.Field) + ": " + value(c.From) + " → " + value(c.To)
}

// save records new versions of the patient and of the stay, as far as they changed.
func (c *changes) save(h kit.Host) tea.Cmd {
	p, stay := c.patient, c.stay
	if c.reason != nil {
		p.Reason = ward.CleanLine(c.reason.Value())
	}
	before, beforeStay := c.form.fields.patient, c.form.fields.stay
	patientChanged := len(p.ChangesFrom(&before, c.form.d.Zone())) > 0 || p.BaselineLost != before.BaselineLost
	stayChanged := len(stay.ChangesFrom(&beforeStay, c.form.d.Zone())) > 0
	return c.Save(h, func(ctx context.Context, log *store.Store, sig ward.Signature) error {
		request := sig.Request
		if patientChanged {
			sig.Request = request + "-p"
			if _, err := log.EditPatient(ctx, sig, p); err != nil {
				return err
			}
		}
		if stayChanged {
			sig.Request = request + "-s"
			if _, err := log.EditStay(ctx, sig, stay); err != nil {
				return err
			}
		}
		return nil
	})
}
