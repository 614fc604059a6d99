package report

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/plot"
	"neurocheck/internal/ward"
)

// PatientHTML writes the whole record of one patient as one HTML page, for the screen
// and for A4 or Letter paper: no script, no request to another machine. Colour always
// comes with words or a shape of the same meaning.
func PatientHTML(w io.Writer, c *ward.Chart, site *ward.Site, now time.Time, s Sheet) error {
	return templates().ExecuteTemplate(w, "patient.html", wholeRecord(c, site, now).view(site, s))
}

// wholeRecord returns a patient over the whole record, so that it holds every follow-up.
func wholeRecord(c *ward.Chart, site *ward.Site, now time.Time) patientBlock {
	h := ward.BuildHandover(site, []ward.Chart{*c}, time.Time{}, now)
	p := page{Handover: h}
	if len(h.Patients) == 0 { // a patient without a stay
		p.Patients = []ward.HandoverPatient{{PatientState: ward.Watch(&c.History, site, now), Chart: c}}
	}
	return patientBlock{&p, &p.Patients[0]}
}

// chartPage is one patient's page.
type chartPage struct {
	sheetPage
	identity
	Facts     []fact // the other details
	State     []fact
	Trends    []trendFigure
	Legend    []string // of the letters on the time axis
	Checks    []checkRow
	FollowUps []followUpRow
	Events    []eventRow
}

type fact struct{ Label, Words string }

// lastDays is the part of a long course that is drawn a second time, larger.
const lastDays = 72 * time.Hour

// view returns the page of the patient.
func (b patientBlock) view(site *ward.Site, s Sheet) chartPage {
	id := b.identityOf()
	view := chartPage{
		sheetPage: b.sheetPage(s, "Neuro check report", &id), identity: id,
		Facts: b.facts(), State: b.state(), Legend: plot.Legend(b.Chart),
	}
	trend := plot.TrendOf(b.Chart, site, b.Now)
	view.Trends = []trendFigure{b.figure(trend, "trend", "The whole course")}
	if trend.To.Sub(trend.From) > 2*lastDays {
		trend.From = trend.To.Add(-lastDays)
		view.Trends = append(view.Trends, b.figure(trend, "last-days", "The last 3 days"))
	}
	view.Signers, view.Checks = []string{"Nurse", "Clinician"}, b.checkRows()
	follow := slices.Clone(b.Follow)
	slices.SortStableFunc(follow, func(x, y ward.HandoverFollowUp) int { return y.Opened.At.Compare(x.Opened.At) })
	for i := range follow {
		view.FollowUps = append(view.FollowUps, b.followUpRow(&follow[i]))
	}
	for _, e := range b.Chart.Events() {
		view.Events = append(view.Events, b.eventRow(&e))
	}
	return view
}

// facts returns the details of the stays and the therapy.
func (b patientBlock) facts() (list []fact) {
	pt := &b.Patient
	for i := range slices.Backward(b.Chart.Stays) {
		s := &b.Chart.Stays[i]
		label, words := "Admitted", b.date(s.AdmittedAt)
		if i < len(b.Chart.Stays)-1 {
			label = "Earlier stay"
		}
		if !s.OnWard() && !s.DischargedAt.IsZero() {
			words += ", left " + b.date(s.DischargedAt) + ", " + ward.WordsFor(ward.Discharges, s.Discharge)
			if s.EndUnconfirmed {
				words += ", not confirmed"
			}
		}
		list = append(list, fact{label, words})
	}
	if !pt.InfusedAt.IsZero() {
		list = append(list, fact{"Infusion", b.date(pt.InfusedAt)})
	}
	tool := icans.FieldOf("tool").Words(&icans.Findings{Tool: pt.Tool})
	if n, ok := pt.Baseline.Value(); ok {
		tool += ", baseline " + strconv.Itoa(n)
	}
	list = append(list, fact{"Tool", tool})
	if mild := healthWords(pt.Health); mild != "" {
		list = append(list, fact{"Mild in health", mild})
	}
	if b.Stay.Clinician != "" {
		list = append(list, fact{"Clinician", clean(b.Stay.Clinician)})
	}
	if language := clean(pt.Language); language != "" || pt.Interpreter {
		if pt.Interpreter {
			language = strings.TrimSpace(language + " (interpreter needed)")
		}
		list = append(list, fact{"Language", language})
	}
	return list
}

// healthWords returns the features that are mild in the patient in health.
func healthWords(health icans.FeatureSet) string {
	var words []string
	for _, code := range strings.Split(string(health.AppendCodes(nil)), ";") {
		if f := icans.FieldOf(code); f != nil {
			words = append(words, signName(f))
		}
	}
	return strings.Join(words, ", ")
}

// state returns the patient's state now, in the words of the handover.
func (b patientBlock) state() []fact {
	describe := func(c *ward.Check) string {
		words := b.date(c.PerformedAt) + ": " + strings.Join(checkWords(b.Chart, c), ", ")
		if c.Result.Flag.Flagged() {
			words += "; flag: " + level(c.Result.Flag) // after a comma it read as another finding that did not change
		}
		return words
	}
	last := b.Chart.NoCheck()
	if b.Last != nil {
		last = describe(b.Last) + b.notExamined()
	} else if b.NotExamined.Flagged() {
		last += b.notExamined()
	}
	list := []fact{{"Last check", last}}
	if b.Conclusive != nil && b.Conclusive != b.Last {
		list = append(list, fact{"Last examined", describe(b.Conclusive)})
	}
	if b.worseBefore() {
		list = append(list, fact{"Worst", describe(b.Worst)})
	}
	follow := "none open"
	for i := range b.Follow {
		if f := &b.Follow[i]; f.IsOpen() {
			follow = sentences(b.followUp(f))
		}
	}
	list = append(list, fact{"Follow-up", follow})
	if b.Report != nil {
		list = append(list, fact{"Reported", b.date(b.Report.ToldAt) + " " + ward.WordsFor(ward.Reporters, b.Report.ToldBy) + ": “" + clean(b.Report.Words) + "”"})
	}
	return append(list, fact{"Next check", b.nextCheck()})
}
