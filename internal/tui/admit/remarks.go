package admit

import (
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// remark is one line of the look-again step: a value with its reading, and the reason to
// look again if there is one.
type remark struct {
	label, value, says string
	odd                bool
}

// remarks returns the lines about a patient and a stay. checks are those on record.
func (f *particulars) remarks(p *ward.Patient, stay *ward.Stay, like []likeness, checks []ward.Check) []remark {
	list := []remark{f.bornRemark(p)}
	mrn := remark{label: "MRN", value: kit.Plain(p.MRN)}
	if len(like) > 0 {
		mrn.says, mrn.odd = like[0].why, true
		if like[0].same {
			mrn.says = "MRN of " + words.Name(&like[0].Patient) + ", " + leftWords(f.d, &like[0].Stay) + ". Readmit?"
			if p.ID != 0 {
				mrn.says = "MRN of " + words.Name(&like[0].Patient) + ", " + leftWords(f.d, &like[0].Stay)
			}
		}
	}
	list = append(list, mrn)
	for _, l := range like[min(1, len(like)):] {
		list = append(list, remark{says: l.why, odd: true})
	}
	if name := f.nameRemark(p); name.odd && len(like) == 0 {
		list = append(list, name)
	}
	bed := remark{label: "bed", value: desk.Bed(stay), says: bedTaken(f.d, stay.Bed, p.ID)}
	bed.odd = bed.says != ""
	list = append(list, bed, f.toolRemark(p), f.dayRemark(p, stay))
	return append(list, f.baselineRemarks(p, checks)...)
}

// bornRemark shows the date of birth with the age, and the text as it was typed if its
// figures could be read in another way.
func (f *particulars) bornRemark(p *ward.Patient) remark {
	r := remark{label: "born", value: "unknown"}
	if p.BirthDate.IsZero() {
		r.says = "second ID " + kit.Plain(p.SecondID)
		return r
	}
	r.value = p.BirthDate.Words()
	years := p.BirthDate.YearsTo(ward.DateOf(f.d.Now()))
	r.says = fmt.Sprintf("%d years old", years)
	if years < 1 {
		r.says = "under 1 year old"
	}
	r.odd = years < 1 || years > 100
	if typed := strings.TrimSpace(f.born.Value()); f.born.Touched() && strings.Trim(typed, "0123456789./- ") == "" && len(typed) > 4 && typed != p.BirthDate.String() {
		r.says += fmt.Sprintf("      typed %s, read as %d %s", kit.Plain(typed), p.BirthDate.Day, p.BirthDate.Month)
	}
	return r
}

// nameRemark names a patient of the ward whose name is similar.
func (f *particulars) nameRemark(p *ward.Patient) remark {
	for _, s := range f.d.Board() {
		if !desk.OnBoard(&s) || s.Patient.ID == p.ID {
			continue
		}
		mine := *p
		mine.ID = -1
		if ward.AlikeNames([]ward.Patient{mine, s.Patient})[mine.ID] {
			return remark{label: "name", says: "similar: " + words.Name(&s.Patient) + " " + kit.Plain(s.Patient.MRN) + " in " + desk.Bed(&s.Stay), odd: true}
		}
	}
	return remark{}
}

// toolRemark compares the tool with the age.
func (f *particulars) toolRemark(p *ward.Patient) remark {
	r := remark{label: "tool", value: words.ToolName(p.Tool)}
	born := f.bornFor()
	if born.IsZero() {
		r.says, r.odd = "the age is not known: ICE from 12 years", true
		return r
	}
	switch years := born.YearsTo(ward.DateOf(f.d.Now())); {
	case p.Tool == icans.ICE && years < ward.ToolAge:
		r.says = fmt.Sprintf("%d years: CAPD is usual", years)
	case p.Tool == icans.CAPD && years >= 18:
		r.says = fmt.Sprintf("%d years: ICE is usual", years)
	case p.Tool == icans.CAPD && years >= ward.ToolAge:
		r.says = fmt.Sprintf("%d years: ICE is usual; a developmental delay?", years)
	}
	r.odd = r.says != ""
	return r
}

// longBefore is the number of days between infusion and admission that is odd.
const longBefore = 30

// dayRemark shows day 0 with the check that it makes due.
func (f *particulars) dayRemark(p *ward.Patient, stay *ward.Stay) remark {
	r := remark{label: "day 0", value: "not known"}
	due, any := firstDue(f.d, *p, *stay)
	if at, _ := firstCheck(f.d, *p, *stay); any && at.Sub(stay.AdmittedAt).Truncate(time.Minute) == f.d.Site().Intervals.First {
		due += " (" + ward.Elapsed(f.d.Site().Intervals.First) + " after admission)"
	}
	r.says, r.odd = due, !any
	if p.InfusedAt.IsZero() {
		return r
	}
	r.value = f.d.FullTime(p.InfusedAt)
	zone := f.d.Zone()
	if days := ward.DateOf(p.InfusedAt.In(zone)).DaysTo(ward.DateOf(stay.AdmittedAt.In(zone))); days > longBefore {
		r.says, r.odd = fmt.Sprintf("%d days before admission? %s", days, due), true
	}
	return r
}

// baselineRemarks returns the reasons to doubt the baseline.
func (f *particulars) baselineRemarks(p *ward.Patient, checks []ward.Check) []remark {
	var list []remark
	value := ""
	if n, ok := p.Baseline.Value(); ok {
		value = fmt.Sprintf("%s %d", words.ToolName(p.Tool), n)
	}
	for _, text := range ward.BaselineWarnings(p, checks) {
		list = append(list, remark{label: "base", value: value, says: text, odd: true})
	}
	if len(list) == 0 && value != "" {
		list = append(list, remark{label: "base", value: value})
	}
	if p.Health != 0 {
		list = append(list, remark{label: "mild", value: featureWords(p.Health), says: "in health"})
	}
	return list
}

// lines returns the remark as text of a width, its words below each other.
func (r remark) lines(m kit.Measure, width int) []string {
	sign := " "
	if r.odd {
		sign = desk.MarkAlike
	}
	lead := sign + " " + m.Pad(r.label, 6) + " " + m.Pad(r.value, max(12, m.Cells(r.value))) + "  "
	if m.Cells(lead) > width/2 {
		return m.Hang(lead+r.says, width, 9)
	}
	lines := m.Wrap(r.says, width-m.Cells(lead))
	for i := range lines {
		lines[i] = strings.TrimRight(lead+lines[i], " ")
		lead = strings.Repeat(" ", m.Cells(lead))
	}
	return lines
}
