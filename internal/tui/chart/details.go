package chart

import (
	"slices"
	"strconv"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// detailsView shows the details of the patient and their changes.
type detailsView struct {
	nothingToLoad
	*selection
	scroll kit.Scroll
}

func (s *detailsView) title() string            { return "details and changes" }
func (s *detailsView) list() *kit.List          { return nil }
func (s *detailsView) body(p kit.Page) []string { return s.scroll.View(p, s.lines(p)) }
func (s *detailsView) foot(kit.Page) []string   { return nil }

func (s *detailsView) keys(toViews []kit.Binding) []kit.Binding {
	return append(s.scroll.Bindings(), toViews...)
}

func (s *detailsView) checkKeys() []kit.Binding { return s.noCheckKeys() }

// lines returns the patient's details and stay, then the changes of both, the
// newest first.
func (s *detailsView) lines(p kit.Page) []string {
	var lines []string
	add := func(label, value string) {
		if value == "" {
			value = "–"
		}
		parts := p.Wrap(value, p.Width-20)
		for i, part := range parts {
			head := ""
			if i == 0 {
				head = label
			}
			lines = append(lines, "  "+p.Faint.Render(p.Pad(head, 17))+part)
		}
	}
	for _, d := range s.detailsOf() {
		add(d[0], d[1])
	}
	lines = append(lines, "", p.Strong.Render(" CHANGES"))
	for _, c := range s.changes() {
		text := s.d.FullTime(c.by.At) + "   " + c.did + " by " + kit.Plain(c.by.By)
		if c.reason != "" {
			text += ": " + kit.Plain(c.reason)
		}
		lines = append(lines, p.Hang(" "+text, p.Width-1, 3)...)
		for _, f := range c.changes {
			text := "   " + p.Pad(words.FieldWords(f.Field), 16) + desk.Dash(kit.Plain(f.From)) + "  →  " + desk.Dash(kit.Plain(f.To))
			lines = append(lines, p.Hang(text, p.Width-1, 19)...)
		}
	}
	return lines
}

// detailsOf returns the labels and values of the details.
func (s *detailsView) detailsOf() [][2]string {
	p := &s.chart.Patient
	baseline := ""
	if n, ok := p.Baseline.Value(); ok {
		baseline = words.ToolName(p.Tool) + " " + strconv.Itoa(n)
	}
	language := kit.Plain(p.Language)
	if p.Interpreter {
		language = strings.TrimPrefix(language+", interpreter needed", ", ")
	}
	list := [][2]string{
		{"name", words.Name(p)}, {"born", strings.TrimPrefix(words.Born(p), "born ")}, {"MRN", kit.Plain(p.MRN)},
	}
	if former := ward.FormerMRNsOf(p.MRN, s.chart.PatientVersions); len(former) > 0 { // a wristband or a paper may still have one
		list = append(list, [2]string{"former MRN", kit.Plain(strings.Join(former, ", "))})
	}
	if p.SecondID != "" {
		list = append(list, [2]string{"second ID", kit.Plain(p.SecondID)})
	}
	list = append(list, [][2]string{
		{"language", language}, {"therapy", kit.Plain(p.Product)}, {"infusion", s.d.FullTime(p.InfusedAt)},
		{"tool", words.ToolName(p.Tool)}, {"baseline", baseline},
	}...)
	if lost := columnsInWords(p.BaselineLost.Codes()); lost != "" {
		list = append(list, [2]string{"lost at baseline", lost})
	}
	if mild := healthWords(p.Health); mild != "" {
		list = append(list, [2]string{"mild in health", mild})
	}
	stay := s.chart.Stay()
	if stay == nil {
		return list
	}
	list = append(list, [][2]string{
		{"bed", desk.Bed(stay)}, {"clinician", kit.Plain(stay.Clinician)}, {"admitted", s.d.FullTime(stay.AdmittedAt)},
	}...)
	if stay.Visit != "" {
		list = append(list, [2]string{"visit", kit.Plain(stay.Visit)})
	}
	if !stay.OnWard() {
		list = append(list, [2]string{"left", s.d.FullTime(stay.DischargedAt) + ", " + ward.WordsFor(ward.Discharges, stay.Discharge)})
	}
	return list
}

// columnsInWords turns columns that are joined by semicolons into labels.
func columnsInWords(columns string) string {
	var labels []string
	for _, column := range strings.FieldsFunc(columns, func(r rune) bool { return r == ';' }) {
		labels = append(labels, strings.ToLower(words.FieldWords(column)))
	}
	return strings.Join(labels, ", ")
}

// healthWords names the features that are mild in the patient in health.
func healthWords(set icans.FeatureSet) string { return columnsInWords(string(set.AppendCodes(nil))) }

// detailChange is one version of the patient's details or of a stay.
type detailChange struct {
	by      ward.Signature
	did     string
	reason  string
	changes []ward.Change
}

// changes returns the versions of the details and of the stays, the newest first.
func (s *detailsView) changes() []detailChange {
	var list []detailChange
	for i := range s.chart.PatientVersions {
		p := &s.chart.PatientVersions[i]
		c := detailChange{by: p.Recorded, did: "entered", reason: p.Reason}
		if before := earlier(s.chart.PatientVersions[i+1:], func(o *ward.Patient) bool { return o.ID == p.ID }); before != nil {
			c.did, c.changes = "edited", p.ChangesFrom(before, s.d.Zone())
		}
		list = append(list, c)
	}
	for i := range s.chart.StayVersions {
		v := &s.chart.StayVersions[i]
		c := detailChange{by: v.Recorded, did: "admitted", reason: v.Reason}
		switch before := earlier(s.chart.StayVersions[i+1:], func(o *ward.Stay) bool { return o.ID == v.ID }); {
		case v.Status == ward.Withdrawn:
			c.did = "admission withdrawn"
		case before != nil:
			c.did, c.changes = "stay changed", v.ChangesFrom(before, s.d.Zone())
		}
		list = append(list, c)
	}
	for _, l := range s.chart.Links {
		c := detailChange{by: l.Recorded, did: "linked with another record", reason: l.Reason}
		of := func(v ward.Patient) bool { return v.ID == l.PatientID }
		if i := slices.IndexFunc(s.chart.PatientVersions, of); i >= 0 {
			c.did = "linked with the record of MRN " + kit.Plain(s.chart.PatientVersions[i].MRN)
		}
		if l.Undone {
			c.did = "link undone"
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b detailChange) int { return b.by.At.Compare(a.by.At) })
	return list
}

// earlier returns the first of the older versions that is of the same record, or nil.
func earlier[T any](older []T, same func(*T) bool) *T {
	for i := range older {
		if same(&older[i]) {
			return &older[i]
		}
	}
	return nil
}
