package admit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/icans"
	"neurocheck/internal/reading"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// particulars is the form about a patient and a stay. The admission and the edit of
// details share it.
type particulars struct {
	form     kit.Form
	d        *desk.Desk
	patient  ward.Patient // as loaded; without an ID for an admission
	stay     ward.Stay
	texts    map[string]*kit.Text
	born     *kit.Field[reading.Date]
	admitted *kit.Field[time.Time]
	infused  *kit.Field[time.Time]
	health   icans.FeatureSet
	lost     ward.ICEItems
}

// textLine is a line of plain text: its column, the limit in characters, and the advice
// at the foot.
type textLine struct {
	column string
	limit  int
	ask    string
	value  func(*ward.Patient, *ward.Stay) string
}

var textLines = []textLine{
	{"mrn", 40, "medical record number, with its leading zeros; typed or scanned", func(p *ward.Patient, _ *ward.Stay) string { return p.MRN }},
	{"name", 120, "FAMILY, Given", func(p *ward.Patient, _ *ward.Stay) string { return p.Name }},
	{"second_id", 40, "needed if the date of birth is unknown or a year alone", func(p *ward.Patient, _ *ward.Stay) string { return p.SecondID }},
	{"visit", 40, "the hospital's visit number", func(_ *ward.Patient, s *ward.Stay) string { return s.Visit }},
	{"bed", 20, "such as 12A; another bed is a transfer", func(_ *ward.Patient, s *ward.Stay) string { return s.Bed }},
	{"clinician", 60, "the responsible clinician", func(_ *ward.Patient, s *ward.Stay) string { return s.Clinician }},
	{"language", 40, "such as Portuguese; the questions are asked in it if the ward has them", func(p *ward.Patient, _ *ward.Stay) string { return p.Language }},
	{"product", 60, "such as axi-cel or teclistamab", func(p *ward.Patient, _ *ward.Stay) string { return p.Product }},
	{"baseline", 2, "the total before the infusion: ICE 0 to 10, CAPD 0 to 32; empty if there is none", func(p *ward.Patient, _ *ward.Stay) string { return baselineText(p) }},
}

func baselineText(p *ward.Patient) string {
	if n, ok := p.Baseline.Value(); ok {
		return strconv.Itoa(n)
	}
	return ""
}

// newParticulars returns the form with the values of a patient and a stay. changed is
// called after each change.
func newParticulars(d *desk.Desk, p ward.Patient, stay ward.Stay, changed func()) *particulars {
	f := &particulars{d: d, patient: p, stay: stay, texts: map[string]*kit.Text{}, health: p.Health, lost: p.BaselineLost}
	for _, l := range textLines {
		f.texts[l.column] = kit.NewText(l.value(&p, &stay), l.limit)
	}
	f.born = kit.NewField(40, f.readBirthDate)
	switch {
	case !p.BirthDate.IsZero():
		b := p.BirthDate
		f.born.Start(reading.Date{Year: b.Year, Month: b.Month, Day: b.Day}, b.Words(), "")
	case p.ID != 0:
		f.born.Start(reading.Date{Unknown: true}, "unknown", "")
	}
	f.admitted = kit.NewField(40, f.readAdmission)
	f.infused = kit.NewField(40, f.readInfusion)
	begin := stay.AdmittedAt
	if begin.IsZero() {
		begin = d.Now()
	}
	f.admitted.Start(begin, d.FullTime(begin), "")
	switch {
	case !p.InfusedAt.IsZero():
		f.infused.Start(p.InfusedAt, d.FullTime(p.InfusedAt), "")
	case p.ID == 0:
		f.infused.Start(time.Time{}, "", noInfusion)
	}
	f.form.Changed = changed
	f.form.SetLines(f.lines())
	values := map[string]string{"interpreter": yesNo(p.Interpreter)}
	if p.ID != 0 {
		values["patient_tool"] = icans.FieldOf("tool").Code(&icans.Findings{Tool: p.Tool})
	}
	f.form.Load(values)
	return f
}

func yesNo(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

// lines returns the lines of the form in their order.
func (f *particulars) lines() []kit.Line {
	text := func(column string) kit.Line {
		for _, l := range textLines {
			if l.column == column {
				var check func(string) string
				if column == "baseline" {
					check = f.checkBaseline
				}
				return kit.Line{ID: column, Label: words.FieldWords(column), Editor: kit.Plainly(f.texts[column], check), Ask: l.ask}
			}
		}
		panic("no line is called " + column)
	}
	field := func(column, label string, e kit.Editor, ask string) kit.Line {
		return kit.Line{ID: column, Label: label, Editor: e, Ask: ask}
	}
	set := func(column, label string, show func() string, open func(kit.Host) tea.Cmd, ask string) kit.Line {
		return kit.Line{ID: column, Label: label, Show: show, Ask: ask, Open: func(h kit.Host, _ kit.Key) tea.Cmd { return open(h) }}
	}
	return []kit.Line{
		text("mrn"), text("name"),
		field("birth_date", "Date of birth", f.born, "14 Mar 1961, 14/03/1961, 1961-03-14; a year, or unknown"),
		text("second_id"), text("visit"), text("bed"), text("clinician"), text("language"),
		{ID: "interpreter", Label: "Interpreter", Ask: "is an interpreter needed for the check?   1 y yes   0 n no", Answers: []kit.Answer{
			{Value: "1", Keys: []string{"1", "y"}, Label: "yes"}, {Value: "0", Keys: []string{"0", "n"}, Label: "no"}}},
		text("product"),
		field("admitted_at", "Admission", f.admitted, "13:20, yesterday 23:50, 28 Nov 03:00; no check can be before it"),
		field("infused_at", "Infusion, day 0", f.infused, "14:00, 28 Nov 14:00; may be ahead; empty if it is not known yet"),
		{ID: "patient_tool", Label: "Tool", Show: f.toolWords, Ask: "1 ICE   2 CAPD   3 by age: CAPD under 12 years, or with a developmental delay", Answers: []kit.Answer{
			{Value: "ice", Keys: []string{"1"}, Label: "ICE"}, {Value: "capd", Keys: []string{"2"}, Label: "CAPD"}, {Value: "", Keys: []string{"3"}, Label: "by age"}}},
		text("baseline"),
		set("features_mild", "Mild in health", func() string { return featureWords(f.health) }, f.askHealth, "enter: features that are mild in this patient in health; a clinician sets them"),
		set("baseline_lost", "Lost at baseline", func() string { return itemWords(f.lost) }, f.askLost, "enter: ICE items that the patient could not do before the infusion"),
	}
}

// tool returns the tool that was chosen, or the one that is usual for the age.
func (f *particulars) tool() icans.Tool {
	var x icans.Findings
	if err := icans.FieldOf("tool").Set(&x, f.form.Values()["patient_tool"]); err == nil && x.Tool != 0 {
		return x.Tool
	}
	return ward.ToolFor(f.bornFor(), f.d.Now())
}

// bornFor returns the birth date by which the age counts. Of a year alone it takes the
// first day.
func (f *particulars) bornFor() ward.Date {
	switch b, ok := f.born.Get(); {
	case !ok || b.Unknown || b.Year == 0:
		return ward.Date{}
	case b.Month == 0:
		return ward.Date{Year: b.Year, Month: 1, Day: 1}
	default:
		return ward.Date{Year: b.Year, Month: b.Month, Day: b.Day}
	}
}

func (f *particulars) toolWords() string {
	words := words.ToolName(f.tool())
	if f.form.Values()["patient_tool"] == "" {
		words += ", by age"
	}
	if born := f.bornFor(); !born.IsZero() {
		words += fmt.Sprintf(" (%d y)", born.YearsTo(ward.DateOf(f.d.Now())))
	}
	return words
}

// touched reports whether something was typed or answered.
func (f *particulars) touched() bool {
	for _, t := range f.texts {
		if t.Touched() {
			return true
		}
	}
	values := f.form.Values()
	tool := values["patient_tool"]
	if f.patient.ID != 0 {
		var x icans.Findings
		if icans.FieldOf("tool").Set(&x, tool) == nil && x.Tool == f.patient.Tool {
			tool = ""
		}
	}
	return f.born.Touched() || f.admitted.Touched() || f.infused.Touched() || f.health != f.patient.Health || f.lost != f.patient.BaselineLost ||
		tool != "" || values["interpreter"] != yesNo(f.patient.Interpreter)
}

// read returns the patient and the stay of the form, or the first line that cannot be
// recorded.
func (f *particulars) read() (ward.Patient, ward.Stay, *ward.Error) {
	unread := f.unread()
	p, stay := f.written()
	if unread != nil {
		return p, stay, unread
	}
	return p, stay, f.problem(&p, &stay)
}

// written returns the patient and the stay as far as the lines were read. It reads none: while
// a time is typed, a line that asks would take the next figure for an answer.
func (f *particulars) written() (ward.Patient, ward.Stay) {
	p, stay := f.patient, f.stay
	get := func(column string) string { return ward.CleanLine(f.texts[column].Value()) }
	p.MRN, p.Name, p.SecondID, p.Product, p.Language = get("mrn"), get("name"), get("second_id"), get("product"), get("language")
	stay.Visit, stay.Bed, stay.Clinician = get("visit"), get("bed"), get("clinician")
	p.Interpreter = f.form.Values()["interpreter"] == "1"
	p.Health, p.BaselineLost = f.health, f.lost
	p.Reason, stay.Reason = "", ""
	born, _ := f.born.Get()
	p.BirthDate = ward.Date{}
	if !born.Partial() {
		p.BirthDate = ward.Date{Year: born.Year, Month: born.Month, Day: born.Day}
	} else if year := fmt.Sprintf("born %d", born.Year); !born.Unknown && born.Year != 0 && p.SecondID != "" && !strings.Contains(p.SecondID, year) {
		p.SecondID += ", " + year // the record has no place for a year alone
	}
	stay.AdmittedAt, _ = f.admitted.Get()
	p.InfusedAt, _ = f.infused.Get()
	p.Tool = f.tool()
	p.Baseline = 0
	if text := get("baseline"); text != "" {
		n, _ := strconv.Atoi(text)
		p.Baseline = icans.Scored(n)
	}
	p.Clean()
	stay.Clean()
	return p, stay
}

// unread returns the first line whose text cannot be read.
func (f *particulars) unread() *ward.Error {
	for _, l := range []struct {
		column string
		editor kit.Editor
	}{{"birth_date", f.born}, {"admitted_at", f.admitted}, {"infused_at", f.infused}} {
		if !l.editor.Leave() {
			note, _ := l.editor.Note()
			return ward.Invalid(l.column, note)
		}
	}
	if reason := f.checkBaseline(f.texts["baseline"].Value()); reason != "" {
		return ward.Invalid("baseline", reason)
	}
	return nil
}

// problem returns the first field that the record would refuse.
func (f *particulars) problem(p *ward.Patient, stay *ward.Stay) *ward.Error {
	now := f.d.Now()
	for _, e := range append(p.Problems(now), stay.Problems(now)...) {
		return e
	}
	doctor := f.d.Refusal(ward.MayDecide)
	late := func(p *ward.Patient) bool { return !p.InfusedAt.IsZero() && !p.InfusedAt.After(now) }
	differs := p.Baseline != f.patient.Baseline || p.BaselineLost != f.patient.BaselineLost
	switch {
	case doctor == "":
	case p.Health != f.patient.Health:
		return ward.Invalid("features_mild", doctor)
	case differs && (late(p) || late(&f.patient)):
		return ward.Invalid("baseline", "after the infusion a clinician sets it: "+doctors(doctor))
	}
	return nil
}

// doctors returns the names of a refusal without its reason.
func doctors(refusal string) string {
	if _, names, ok := strings.Cut(refusal, ": "); ok {
		return names
	}
	return refusal
}

// blame goes to the line of an error and says the reason.
func (f *particulars) blame(h kit.Host, e *ward.Error) {
	if e.Field != "" {
		f.form.GoTo(e.Field)
	}
	h.Fail(desk.Words(e))
}

// view draws the form.
func (f *particulars) view(p kit.Page) []string {
	return f.form.View(p, []kit.FormColumn{{Label: 18, Value: 58}}, func(kit.Page, string) string { return "" })
}

// foot draws the advice about the selected line.
func (f *particulars) foot(p kit.Page) []string {
	if jump, ok := f.form.JumpLine(p); ok {
		return []string{" " + jump}
	}
	l, ok := f.form.Current()
	if !ok {
		return nil
	}
	return p.Hang(" "+l.Label+": "+l.Ask, p.Width-1, 1)
}
