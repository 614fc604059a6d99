package admit

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// labels returns the labels of the first fields of a group.
func labels(group icans.Group, most int) []string {
	var list []string
	for _, f := range icans.Fields() {
		if f.Group == group && len(list) < most {
			list = append(list, f.Label)
		}
	}
	return list
}

func featureLabels() []string { return labels(icans.GroupSeen, icans.Features) }
func itemLabels() []string    { return labels(icans.GroupICE, 8) }

// chosenWords joins the labels of the bits of a set.
func chosenWords(set uint8, labels []string) string {
	var list []string
	for i, label := range labels {
		if set&(1<<i) != 0 {
			list = append(list, strings.ToLower(label))
		}
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func featureWords(s icans.FeatureSet) string { return chosenWords(uint8(s), featureLabels()) }
func itemWords(s ward.ICEItems) string       { return chosenWords(uint8(s), itemLabels()) }

// askHealth asks for the features that are mild in health. Clinicians alone say so.
func (f *particulars) askHealth(h kit.Host) tea.Cmd {
	if reason := f.d.Refusal(ward.MayDecide); reason != "" {
		h.Fail(reason)
		return nil
	}
	return h.Push(f.toggles("Which of these are MILD in this patient in health?", featureLabels(), uint8(f.health), func(set uint8) {
		f.health = icans.FeatureSet(set)
		f.form.Changed()
	}))
}

// askLost asks for the ICE items that the patient could not do at baseline.
func (f *particulars) askLost(h kit.Host) tea.Cmd {
	return h.Push(f.toggles("Which ICE items could the patient not do before the infusion?", itemLabels(), uint8(f.lost), func(set uint8) {
		f.lost = ward.ICEItems(set)
		f.form.Changed()
	}))
}

// toggles is a dialog in which figures switch the members of a set.
type toggles struct {
	kit.Base
	subject, question string
	labels            []string
	set               uint8
	take              func(uint8)
	changed           func()
}

func (f *particulars) toggles(question string, labels []string, set uint8, take func(uint8)) *toggles {
	subject := "new patient"
	if p, _ := f.written(); p.Name != "" {
		subject = words.About(&p)
	}
	return &toggles{subject: subject, question: question, labels: labels, set: set, take: take, changed: f.form.Changed}
}

// Over implements [kit.Dialog].
func (t *toggles) Over() {}

// Body implements [kit.Screen].
func (t *toggles) Body(p kit.Page) []string {
	var lines []string
	for _, line := range p.Hang(" "+t.subject, p.Width-1, 1) {
		lines = append(lines, p.Strong.Render(line))
	}
	lines = append(lines, " "+t.question)
	for i, label := range t.labels {
		box := "[ ]"
		if t.set&(1<<i) != 0 {
			box = "[x]"
		}
		lines = append(lines, "  "+strconv.Itoa(i+1)+" "+box+" "+label)
	}
	return lines
}

// Foot implements [kit.Screen].
func (t *toggles) Foot(p kit.Page) []string {
	return []string{p.Faint.Render(" number switches   enter OK   esc back")}
}

// Bindings implements [kit.Screen].
func (t *toggles) Bindings() []kit.Binding {
	var list []kit.Binding
	for i, label := range t.labels {
		b := kit.Bind(strconv.Itoa(i+1), "", label, func(kit.Host, kit.Key) tea.Cmd {
			t.set ^= 1 << i
			return nil
		})
		b.Answer = true
		list = append(list, b)
	}
	return append(list,
		kit.Bind("enter", "OK", "take them", func(h kit.Host, _ kit.Key) tea.Cmd {
			t.take(t.set)
			if t.changed != nil {
				t.changed()
			}
			return h.Close(t)
		}),
		kit.Bind("esc 0", "back", "cancel", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(t) }),
	)
}
