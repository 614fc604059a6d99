package admit

import (
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// draft is a half-filled form as the log keeps it over a crash and a restart. It holds
// the lines that were touched.
type draft struct {
	Texts    map[string]string   `json:"texts,omitempty"`
	Times    map[string]timeLine `json:"times,omitempty"`
	Answers  map[string]string   `json:"answers,omitempty"`
	Health   *string             `json:"health,omitempty"`
	Lost     *string             `json:"lost,omitempty"`
	Reason   string              `json:"reason,omitempty"` // of an edit
	At       string              `json:"at"`               // the selected line
	Admitted time.Time           `json:"admitted"`         // shown at the opening
}

// timeLine is a line that is read as a time: the text, and the time if it was read.
type timeLine struct {
	Text string    `json:"text"`
	At   time.Time `json:"at,omitzero"`
}

func timeLineOf(field *kit.Field[time.Time]) timeLine {
	at, _ := field.Get()
	return timeLine{field.Value(), at}
}

// retype replaces the text of a line. A time that was read is written in full, because the
// text may say today.
func (m timeLine) retype(field *kit.Field[time.Time], d *desk.Desk) {
	if m.At.IsZero() {
		retype(field, m.Text)
		return
	}
	retype(field, d.FullTime(m.At))
	field.Leave()
}

// draft returns the touched lines of the form.
func (f *particulars) draft() draft {
	d := draft{Texts: map[string]string{}, Times: map[string]timeLine{}, Answers: f.form.Values()}
	for column, t := range f.texts {
		if t.Touched() || f.patient.ID == 0 && t.Value() != "" {
			d.Texts[column] = t.Value()
		}
	}
	if f.born.Touched() {
		d.Texts["birth_date"] = f.born.Value()
	}
	for column, field := range f.times() {
		if field.Touched() {
			d.Times[column] = timeLineOf(field)
		}
	}
	d.Admitted, _ = f.admitted.Get()
	if f.health != f.patient.Health {
		code := string(f.health.AppendCodes(nil))
		d.Health = &code
	}
	if f.lost != f.patient.BaselineLost {
		code := f.lost.Codes()
		d.Lost = &code
	}
	if l, ok := f.form.Current(); ok {
		d.At = l.ID
	}
	return d
}

func (f *particulars) times() map[string]*kit.Field[time.Time] {
	return map[string]*kit.Field[time.Time]{"admitted_at": f.admitted, "infused_at": f.infused}
}

// restore fills the form from the content of a draft, and returns the draft.
func (f *particulars) restore(content string) (d draft) {
	if !desk.Unmarshal(content, &d) {
		return draft{}
	}
	for column, text := range d.Texts {
		if t := f.texts[column]; t != nil {
			retype(t, text)
		}
	}
	if text, ok := d.Texts["birth_date"]; ok {
		retype(f.born, text)
		f.born.Leave()
	}
	if f.patient.ID == 0 && !d.Admitted.IsZero() {
		f.admitted.Start(d.Admitted, f.d.FullTime(d.Admitted), "")
	}
	for column, field := range f.times() {
		if m, ok := d.Times[column]; ok {
			m.retype(field, f.d)
		}
	}
	if d.Health != nil {
		if set, ok := icans.ParseFeatures(*d.Health); ok {
			f.health = set
		}
	}
	if d.Lost != nil {
		if set, ok := ward.ParseICEItems(*d.Lost); ok {
			f.lost = set
		}
	}
	f.form.Load(d.Answers)
	f.form.GoTo(d.At)
	return d
}

// retype replaces the text of a line, as keys would.
func retype(e interface {
	Type(kit.Key) (string, bool)
	Insert(string) string
}, text string) {
	e.Type(kit.Key{Name: "end"})
	e.Type(kit.Key{Name: "ctrl+u"})
	e.Insert(text)
}
