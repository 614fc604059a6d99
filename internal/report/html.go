package report

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/plot"
	"neurocheck/internal/ward"
)

//go:embed templates
var templateFiles embed.FS

// templates escape their values for the place in the page: text, attribute or style
// sheet. No value is marked as safe already.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/*"))
})

// sheetPage is the part that every page in HTML has.
type sheetPage struct {
	Sheet
	Heading string // of the document; a window shows it, so it names no patient
	Running string // at the foot of each sheet of paper
	Made    string // time of the report
}

func (p *page) sheetPage(s Sheet, heading, running string) sheetPage {
	s.Ward, s.MadeBy, s.Head = clean(s.Ward), clean(s.MadeBy), clean(s.Head)
	return sheetPage{s, heading, running, p.date(p.Now)}
}

// PatientHTML writes the whole record of one patient as one HTML page, for the screen
// and for A4 or Letter paper: no script, no request to another machine. Colour always
// comes with words or a shape of the same meaning.
func PatientHTML(w io.Writer, c *ward.Chart, site *ward.Site, now time.Time, s Sheet) error {
	// The period is the whole record, so that it holds every follow-up.
	h := ward.BuildHandover(site, []ward.Chart{*c}, time.Time{}, now)
	p := page{Handover: h}
	if len(h.Patients) == 0 { // a patient without a stay
		p.Patients = []ward.HandoverPatient{{PatientState: ward.Watch(&c.History, site, now), Chart: c}}
	}
	b := patientBlock{&p, &p.Patients[0]}
	return templates().ExecuteTemplate(w, "patient.html", b.view(site, s))
}

// HandoverHTML writes a handover as one HTML page, in the style of [PatientHTML]
// and with the words of [Handover].
func HandoverHTML(w io.Writer, h ward.Handover, s Sheet) error {
	p := page{Handover: h}
	view := handoverPage{
		sheetPage: p.sheetPage(s, "Neuro check handover", "Neuro check handover, "+clean(s.Ward)),
		Since:     p.date(h.Since), Totals: p.counts(),
	}
	for i := range h.Patients {
		b := patientBlock{&p, &h.Patients[i]}
		view.Patients = append(view.Patients, htmlBlock{b.identityOf(), b.content()})
	}
	return templates().ExecuteTemplate(w, "handover.html", view)
}

type handoverPage struct {
	sheetPage
	Since, Totals string
	Patients      []htmlBlock
}

// htmlBlock is one patient of a handover.
type htmlBlock struct {
	identity
	Lines []labelled
}

// identity identifies the patient of a page or a block.
type identity struct {
	Name, Born, MRN, Bed, Product, Day string
}

func (b patientBlock) identityOf() identity {
	pt := &b.Patient
	id := identity{clean(pt.Name), bornWords(pt), clean(pt.MRN), orDash(clean(b.Stay.Bed)), orDash(clean(pt.Product)), "not infused"}
	if day, ok := pt.Day(b.Now, b.Zone); ok {
		id.Day = dayWords(day)
	}
	return id
}

func dayWords(day int) string {
	if day < 0 {
		return "−" + strconv.Itoa(-day)
	}
	return "+" + strconv.Itoa(day)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
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
	// The isolates keep a name from right to left to itself in a line that a style
	// sheet draws, because no element can. The line has room for that much of a name.
	running := "\u2068" + fit(id.Name, 48) + "\u2069, born " + id.Born + ", MRN \u2068" + id.MRN + "\u2069"
	view := chartPage{
		sheetPage: b.sheetPage(s, "Neuro check report", running), identity: id,
		Facts: b.facts(), State: b.state(), Legend: plot.Legend(b.Chart),
	}
	trend := plot.TrendOf(b.Chart, site, b.Now)
	view.Trends = []trendFigure{b.figure(trend, "trend", "The whole course")}
	if trend.To.Sub(trend.From) > 2*lastDays {
		trend.From = trend.To.Add(-lastDays)
		view.Trends = append(view.Trends, b.figure(trend, "last-days", "The last 3 days"))
	}
	for i := range b.Chart.Versions {
		view.Checks = append(view.Checks, b.checkRow(&b.Chart.Versions[i]))
	}
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
	tell := func(c *ward.Check) string {
		words := b.date(c.PerformedAt) + ": " + strings.Join(checkWords(b.Chart, c), ", ")
		if c.Result.Flag.Flagged() {
			words += ", " + level(c.Result.Flag)
		}
		return words
	}
	last := "no check yet"
	if b.Last != nil {
		last = tell(b.Last) + b.notExamined()
	} else if b.NotExamined.Flagged() {
		last += b.notExamined()
	}
	list := []fact{{"Last check", last}}
	if b.Conclusive != nil && b.Conclusive != b.Last {
		list = append(list, fact{"Last examined", tell(b.Conclusive)})
	}
	if b.worseBefore() {
		list = append(list, fact{"Worst", tell(b.Worst)})
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

// checkRow is one version of a check.
type checkRow struct {
	At, Day    string
	Score      string
	Items      string // that lost points, or have some
	Missing    string // the parts that were not assessed
	Grade      string
	Made       string // the domains that made the grade
	Cause      string // domains with another cause, or perhaps with one
	Flag       flagged
	Reasons    string
	Since      bool // the flag has changed since, because another check was recorded
	Seen       string
	CRS        string
	Note       string
	By, When   string
	Late       bool
	Version    int
	Changed    string // the reason for this version
	Gone       string // the reason that it no longer counts; empty if it does
	Normal     bool
	Unexamined bool
}

// flagged is a flag with the shape that it has in the trend.
type flagged struct{ Code, Words string }

func flagOf(f icans.Flag) flagged { return flagged{f.Code(), f.Words()} }

// flagOfCheck returns the flag of a check. A check that is incomplete only because of
// an attribution is not called unfinished.
func flagOfCheck(c *ward.Check) flagged {
	if c.Result.Flag == icans.FlagIncomplete && !c.Unfinished() {
		return flagged{icans.FlagNone.Code(), "no flag: other cause"}
	}
	return flagOf(c.Result.Flag)
}

func (b patientBlock) checkRow(check *ward.Check) checkRow {
	x, r := &check.Findings, check.Result
	changed, unchanged := signs(b.Chart, check)
	seen := append(overshadowed(x, r.Drivers), changed...)
	if len(unchanged) > 0 {
		seen = append(seen, "no change: "+strings.Join(unchanged, ", "))
	}
	row := checkRow{
		At: b.date(check.PerformedAt), Score: scoreOf(x), Items: items(x), Grade: grade(r), Made: strings.Join(drivers(x, r.Drivers), "; "), Missing: missing(x),
		Cause: strings.Join(causeWords(check), "; "), Flag: flagOfCheck(check), Reasons: strings.Join(r.Reasons.Words(), "; "), Since: check.Because != "",
		Seen: strings.Join(seen, ", "), Note: cleanNote(check.Note),
		By: clean(check.Recorded.By), When: b.since(check.PerformedAt, check.Recorded.At), Late: check.Late(), Version: check.Version,
		Normal: check.Normal(), Unexamined: check.Valid() && check.Unexamined(),
	}
	if n, known := x.CRSGrade.Value(); known {
		row.CRS = strconv.Itoa(n)
	}
	if day, ok := b.Patient.Day(check.PerformedAt, b.Zone); ok {
		row.Day = "day" + glue + dayWords(day)
	}
	if check.Version > 1 {
		row.Changed = ward.WordsFor(ward.Statuses, string(check.Status)) + reason(check)
	}
	switch {
	case check.Superseded:
		row.Gone = "REPLACED by a later version"
	case check.Status == ward.Withdrawn:
		row.Gone = "WITHDRAWN, no longer counts"
	}
	return row
}

// scoreOf returns the score with the highest total of the tool.
func scoreOf(x *icans.Findings) string {
	words := score(x)
	if x.Unable != 0 || x.StatedTotal != 0 {
		return words
	}
	return words + " of " + strconv.Itoa(x.Tool.MaxScore())
}

// items names the items that keep a score from its best total: of ICE those that lost
// points, of CAPD those that have some.
func items(x *icans.Findings) string {
	if x.Unable != 0 {
		return ""
	}
	var lost, had []string
	for _, f := range icans.Fields() {
		name, most := strings.ToLower(f.Label[:1])+f.Label[1:], len(f.Terms)-1
		switch code := f.Code(x); {
		case code == "":
		case f.Group == icans.GroupCAPD && code != "0":
			had = append(had, name+glue+code)
		case f.Group != icans.GroupICE || code == f.Terms[most].Code:
		case most == 1:
			lost = append(lost, name)
		default:
			lost = append(lost, name+glued(fmt.Sprintf(" (%s of %d)", code, most)))
		}
	}
	if len(lost) > 0 {
		return "lost: " + strings.Join(lost, ", ")
	}
	return strings.Join(had, ", ")
}

// missing names the findings that were not assessed; items of the tool only if it was
// done, and late signs never, because only some products ask for them.
func missing(x *icans.Findings) string {
	tool := icans.GroupICE
	if x.Tool == icans.CAPD {
		tool = icans.GroupCAPD
	}
	late := []string{"movement", "cranial_nerve", "personality"}
	var names []string
	for _, f := range icans.Fields() {
		if f.Assessed(x) || slices.Contains(late, f.Column) {
			continue
		}
		switch {
		case f.Group == icans.GroupDomain:
			domain, _ := icans.ParseDomains(f.Column)
			names = append(names, domain.Words()...)
		case f.Group == icans.GroupSeen || f.Group == tool && x.Unable == 0 && x.StatedTotal == 0:
			names = append(names, strings.ToLower(f.Label[:1])+f.Label[1:])
		}
	}
	return strings.Join(names, ", ")
}

// cleanNote is [clean] for text of several lines.
func cleanNote(s string) string {
	lines := strings.Split(ward.CleanText(s), "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.Join(lines, "\n")
}

// followUpRow is a follow-up with its course.
type followUpRow struct {
	Flag     flagged
	Peak     int
	Opened   signature
	Raised   string
	Accepted signature
	Closed   signature
	// Waiting tells how long it may wait for acceptance, or is over time.
	Waiting, Remark string
	Open            bool
	Outcome, Note   string
	Asked           bool
	Code            string // ICD-10-CM, only if a clinician confirmed ICANS
	Checks          []joinRow
	Ticked          []ticked
	Left            []string // open items of the checklist, while the follow-up is open
}

// joinRow is a check that joined a follow-up.
type joinRow struct {
	At, Event string
	Flag      flagged
	Grade     int
}

// ticked is an item of a checklist with the person who ticked it.
type ticked struct {
	Item string
	signature
}

// signature is a person and a time.
type signature struct{ By, At string }

// signed returns a signature with its day, unless that is the day of before.
func (p *page) signed(s ward.Signature, before time.Time) signature {
	if !s.Done() {
		return signature{}
	}
	return signature{clean(s.By), p.since(before, s.At)}
}

var joinWords = map[ward.JoinEvent]string{ward.JoinOpened: "opened it", ward.JoinJoined: "joined", ward.JoinRaised: "raised it"}

func (b patientBlock) followUpRow(f *ward.HandoverFollowUp) followUpRow {
	row := followUpRow{
		Flag: flagOf(f.Level), Peak: f.Peak, Opened: b.signed(f.Opened, time.Time{}), Accepted: b.signed(f.Acked, f.Opened.At), Closed: b.signed(f.Closed, f.Opened.At),
		Open: f.IsOpen(), Outcome: ward.WordsFor(ward.Outcomes, f.Outcome), Note: clean(f.Note), Asked: f.Asked, Code: f.ICD10(),
	}
	if !f.RaisedAt.IsZero() {
		row.Raised = b.since(f.Opened.At, f.RaisedAt)
	}
	if f.IsOpen() {
		row.Remark = strings.Join(b.remarks(f), ". ")
	}
	switch {
	case !f.IsOpen() || f.Acked.Done() || !b.Stay.OnWard():
	case f.Escalated:
		row.Waiting = "over time since " + b.since(f.Opened.At, f.EscalatesAt)
	default:
		row.Waiting = "accept by " + b.since(f.Opened.At, f.EscalatesAt)
	}
	for _, j := range f.Joined {
		row.Checks = append(row.Checks, joinRow{b.date(j.PerformedAt), joinWords[j.Event], flagged{j.Flag.Code(), level(j.Flag)}, j.Floor})
	}
	row.Ticked, row.Left = b.checklist(f)
	return row
}

// checklist returns the ticked items in the order of ticking and, of an open
// follow-up, the open ones. The site's list of today does not apply to a closed one.
func (b patientBlock) checklist(f *ward.HandoverFollowUp) (done []ticked, left []string) {
	ticks := b.Chart.Ticks[f.ID]
	for _, item := range slices.SortedFunc(maps.Keys(ticks), func(x, y string) int {
		return cmp.Or(ticks[x].At.Compare(ticks[y].At), cmp.Compare(x, y))
	}) {
		done = append(done, ticked{clean(item), b.signed(ticks[item], f.Opened.At)})
	}
	if !f.IsOpen() {
		return done, nil
	}
	for _, item := range f.Open {
		left = append(left, clean(item))
	}
	return done, left
}

// eventRow is an intervention, a report or an order.
type eventRow struct {
	At, Kind, What, Detail, By, When string
	Withdrawn                        bool
}

func (p *page) eventRow(e *ward.Event) eventRow {
	row := eventRow{
		At: p.date(e.At), Kind: ward.WordsFor(ward.EventKinds, string(e.Kind)), What: ward.WordsFor(ward.Interventions, e.What), Detail: clean(e.Detail),
		By: clean(e.Recorded.By), When: p.since(e.At, e.Recorded.At), Withdrawn: e.Withdrawn,
	}
	switch e.Kind {
	case ward.AReport:
		row.What = "said " + ward.WordsFor(ward.Reporters, e.What)
	case ward.AnOrder:
		row.What = orderWords(e)
	}
	if reason := clean(e.Reason); e.Withdrawn && reason != "" {
		row.Detail = strings.TrimSpace(row.Detail + " (withdrawn: " + reason + ")")
	}
	return row
}

// date returns a time on the ward's wall clock with its day, for paper that is read
// on another day. An hour that the clocks repeat has the name of its zone.
func (p *page) date(t time.Time) string {
	t = t.In(p.Zone)
	return glued(t.Format("2 Jan 2006")) + " " + p.wall(t)
}

// wall returns the time of day alone.
func (p *page) wall(t time.Time) string {
	t = t.In(p.Zone)
	if repeated(t) {
		return glued(t.Format("15:04 MST"))
	}
	return t.Format("15:04")
}

// since returns the time of day alone if t is on the same day as at, else [page.date].
func (p *page) since(at, t time.Time) string {
	if ward.DateOf(at.In(p.Zone)) == ward.DateOf(t.In(p.Zone)) {
		return p.wall(t)
	}
	return p.date(t)
}
