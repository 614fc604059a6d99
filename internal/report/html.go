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

// templates escape whatever they are given for the place where it stands: text,
// attribute or style sheet. Nothing here is handed to them as safe already.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/*"))
})

// sheetPage is what every page in HTML has.
type sheetPage struct {
	Sheet
	Heading string // of the document; a window shows it, so it names no patient
	Running string // at the foot of each sheet of paper
	Made    string // when
}

func (p *page) sheetPage(s Sheet, heading, running string) sheetPage {
	s.Ward, s.MadeBy, s.Head = clean(s.Ward), clean(s.MadeBy), clean(s.Head)
	return sheetPage{s, heading, running, p.date(p.Now)}
}

// PatientHTML writes all that the log holds of one patient as one HTML page, for
// the screen and for A4 or Letter paper: no script, nothing from outside. What it
// says by colour it also says in words or by shape.
func PatientHTML(w io.Writer, c *ward.Chart, site *ward.Site, now time.Time, zone *time.Location, s Sheet) error {
	// Everything since ever, so that every follow-up is among them.
	h := ward.Hand(site, []ward.Chart{*c}, time.Time{}, now, zone)
	p := page{Handover: h}
	return templates().ExecuteTemplate(w, "patient.html", p.chart(c, &h.Patients[0], site, s))
}

// HandoverHTML writes a handover as one HTML page, in the style of [PatientHTML]
// and with the words of [Handover].
func HandoverHTML(w io.Writer, h ward.Handover, s Sheet) error {
	p := page{Handover: h}
	view := handoverPage{
		sheetPage: p.sheetPage(s, "Neuro check handover", "Neuro check handover, "+clean(s.Ward)),
		Since:     p.date(h.Since), Totals: p.totals(),
	}
	for i := range h.Patients {
		view.Patients = append(view.Patients, p.handed(&h.Patients[i]))
	}
	return templates().ExecuteTemplate(w, "handover.html", view)
}

type handoverPage struct {
	sheetPage
	Since, Totals string
	Patients      []handedBlock
}

// handedBlock is one patient of a handover.
type handedBlock struct {
	identity
	Lines []handedLine
}

type handedLine struct {
	Label string
	Items []string
}

func (p *page) handed(h *ward.HandedPatient) handedBlock {
	b := handedBlock{identity: p.identityOf(&h.Patient)}
	say := func(label string, items []string) {
		if len(items) > 0 {
			b.Lines = append(b.Lines, handedLine{label, items})
		}
	}
	say("Now", p.now(h))
	if p.toldWorst(h) {
		say("Worst", []string{p.check(h.Worst, h.Before)})
	}
	say("Flags", p.flags(h))
	say("Late", p.late(h))
	say("Also", p.also(h))
	say("Next", p.next(h))
	return b
}

// identity is who a page or a block is about, as it is drawn.
type identity struct {
	Name, Born, MRN, Bed, Product, Day string
}

func (p *page) identityOf(pt *ward.Patient) identity {
	id := identity{clean(pt.Name), pt.BirthDate.Words(), clean(pt.MRN), orDash(clean(pt.Bed)), orDash(clean(pt.Product)), "not infused"}
	if day, ok := pt.Day(p.Now, p.Zone); ok {
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
	Facts     []fact // the rest of the particulars
	Standing  []fact // how things are
	Trends    []trendFigure
	Legend    []string // of the letters on the time axis
	Checks    []checkRow
	FollowUps []followUpRow
	Events    []eventRow
}

type fact struct{ Label, Words string }

// lastDays is how much of a long stay is drawn a second time, larger.
const lastDays = 72 * time.Hour

func (p *page) chart(c *ward.Chart, h *ward.HandedPatient, site *ward.Site, s Sheet) chartPage {
	pt := &c.Patient
	id := p.identityOf(pt)
	// The isolates keep a name from right to left to itself in a line that a style
	// sheet draws, where no element can. The line has room for so much of a name.
	running := "\u2068" + fit(id.Name, 48) + "\u2069, born " + id.Born + ", MRN \u2068" + id.MRN + "\u2069"
	view := chartPage{
		sheetPage: p.sheetPage(s, "Neuro check report", running), identity: id,
		Facts: p.facts(pt), Standing: p.standing(h), Legend: plot.Legend(c),
	}
	trend := plot.WholeStay(c, site, p.Now, p.Zone)
	view.Trends = []trendFigure{p.figure(trend, "trend", "The whole stay")}
	if trend.To.Sub(trend.From) > 2*lastDays {
		trend.From = trend.To.Add(-lastDays)
		view.Trends = append(view.Trends, p.figure(trend, "last-days", "The last 3 days"))
	}
	for i := range c.Checks {
		view.Checks = append(view.Checks, p.checkRow(c, &c.Checks[i]))
	}
	follow := slices.Clone(h.Follow)
	slices.SortStableFunc(follow, func(a, b ward.Handed) int { return b.Opened.At.Compare(a.Opened.At) })
	for i := range follow {
		row := p.followUpRow(&follow[i])
		row.Ticked, row.Left = p.checklist(&follow[i].FollowUp, c.Ticks[follow[i].ID], site)
		view.FollowUps = append(view.FollowUps, row)
	}
	for _, e := range c.Events() {
		view.Events = append(view.Events, p.eventRow(&e))
	}
	return view
}

func (p *page) facts(pt *ward.Patient) []fact {
	list := []fact{{"Admitted", p.date(pt.AdmittedAt)}}
	if !pt.OnWard() {
		list = append(list, fact{"Discharged", p.date(pt.DischargedAt) + ", " + ward.WordsFor(ward.Discharges, pt.Discharge)})
	}
	if !pt.InfusedAt.IsZero() {
		list = append(list, fact{"Infusion", p.date(pt.InfusedAt)})
	}
	tool := icans.FieldOf("tool").Words(&icans.Findings{Tool: pt.Tool})
	if n, ok := pt.Baseline.Value(); ok {
		tool += ", baseline " + strconv.Itoa(n)
	}
	list = append(list, fact{"Tool", tool})
	if pt.Clinician != "" {
		list = append(list, fact{"Clinician", clean(pt.Clinician)})
	}
	if language := clean(pt.Language); language != "" || pt.Interpreter {
		if pt.Interpreter {
			language = strings.TrimSpace(language + " (interpreter)")
		}
		list = append(list, fact{"Language", language})
	}
	return list
}

// standing says how the patient is now, in the words of the handover.
func (p *page) standing(h *ward.HandedPatient) []fact {
	tell := func(c *ward.Check) string {
		words := []string{p.date(c.PerformedAt) + ": " + meaning(c)}
		words = append(words, features(c, nil)...)
		if c.Result.Flag != icans.FlagNone {
			words = append(words, "flagged "+level(c.Result.Flag))
		}
		return strings.Join(words, ", ")
	}
	last := "no check yet"
	if h.Last != nil {
		last = tell(h.Last)
	}
	list := []fact{{"Last check", last}}
	if h.Last != nil && !h.Last.Counts() && h.Tested != nil {
		list = append(list, fact{"Last tested", tell(h.Tested)})
	}
	if p.toldWorst(h) {
		list = append(list, fact{"Worst", tell(h.Worst)})
	}
	open, waiting := h.Open()
	words := count(open, "flag") + " open"
	if waiting > 0 {
		words += ", " + strconv.Itoa(waiting) + " NOT TAKEN"
	}
	next := clean(h.Plan.Why)
	if !h.Plan.Due.IsZero() {
		next = p.date(h.Plan.Due) + " (" + next + ")"
	}
	if h.State == ward.Overdue {
		next = "OVERDUE since " + next
	}
	return append(list, fact{"Follow-up", words}, fact{"Next check", next})
}

// checkRow is one version of a check.
type checkRow struct {
	At, Day    string
	Score      string
	Items      string // that lost points, or have some
	Missing    string // what was not assessed
	Grade      string
	Made       string // what made the grade
	OtherCause string
	Flag       flagged
	Reasons    string
	Since      bool // the flag has changed since, by what was recorded later
	Seen       string
	Note       string
	By, When   string
	Late       bool
	Version    int
	Changed    string // why this version was made
	Gone       string // why it counts no more; empty where it stands
}

// flagged is a flag with the shape that it has in the trend.
type flagged struct{ Code, Words string }

func flagOf(f icans.Flag) flagged { return flagged{f.Code(), f.Words()} }

func (p *page) checkRow(c *ward.Chart, check *ward.Check) checkRow {
	x, r := &check.Findings, check.Result
	row := checkRow{
		At: p.date(check.PerformedAt), Score: scoreWords(x), Items: items(x), Grade: grade(r), Made: strings.Join(drivers(x, r.Drivers), " and "), Missing: missing(x),
		OtherCause: icans.FieldOf("other_cause").Words(x), Flag: flagOf(r.Flag), Reasons: strings.Join(r.Reasons.Words(), "; "), Since: check.Because != "",
		Seen: strings.Join(features(check, nil), ", "), Note: cleanNote(check.Note),
		By: clean(check.Recorded.By), When: p.since(check.PerformedAt, check.Recorded.At), Late: check.Late(), Version: check.Version,
	}
	if day, ok := c.Patient.Day(check.PerformedAt, p.Zone); ok {
		row.Day = "day" + glue + dayWords(day)
	}
	if check.Version > 1 {
		row.Changed = ward.WordsFor(ward.Statuses, string(check.Status)) + reason(check)
	}
	switch {
	case check.Superseded:
		row.Gone = "REPLACED by a later version"
	case check.Status == ward.Withdrawn:
		row.Gone = "WITHDRAWN"
	}
	return row
}

func scoreWords(x *icans.Findings) string {
	tool := icans.FieldOf("tool").Words(x)
	low, high := x.ScoreRange()
	switch {
	case x.Unable != 0:
		return tool + " unable: " + icans.FieldOf("unable").Words(x)
	case low == high:
		return tool + " " + strconv.Itoa(low) + " of " + strconv.Itoa(x.Tool.MaxScore())
	}
	return tool + " " + strconv.Itoa(low) + " to " + strconv.Itoa(high) + " of " + strconv.Itoa(x.Tool.MaxScore())
}

// items names the items that keep a score from the well end: of ICE those that lost
// points, of CAPD those that have some. All others that were assessed are as in
// somebody who is well.
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

// missing names what was not assessed, of the tool only where it was done.
func missing(x *icans.Findings) string {
	tool := icans.GroupICE
	if x.Tool == icans.CAPD {
		tool = icans.GroupCAPD
	}
	var names []string
	for _, f := range icans.Fields() {
		if f.Assessed(x) {
			continue
		}
		switch {
		case f.Group == icans.GroupDomain:
			domain, _ := icans.ParseDomains(f.Column)
			names = append(names, domain.Words()...)
		case f.Group == icans.GroupSeen || f.Group == tool && x.Unable == 0:
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
	Check  string // when it was performed
	Flag   flagged
	Opened signature
	Taken  signature
	Closed signature
	// Waiting says that nobody has taken it, and since or until when.
	Waiting, Remark string
	Open            bool
	Outcome, Note   string
	Code            string // ICD-10-CM, only where a clinician has confirmed ICANS
	Ticked          []ticked
	Left            []string // of the checklist, while it is open
}

// ticked is an item of a checklist with who ticked it.
type ticked struct {
	Item string
	signature
}

// signature is who and when.
type signature struct{ By, At string }

// signed is a signature with its day, unless that is the day of before.
func (p *page) signed(s ward.Signature, before time.Time) signature {
	if !s.Done() {
		return signature{}
	}
	return signature{clean(s.By), p.since(before, s.At)}
}

func (p *page) followUpRow(f *ward.Handed) followUpRow {
	row := followUpRow{
		Flag: flagOf(f.Level), Opened: p.signed(f.Opened, time.Time{}), Taken: p.signed(f.Acked, f.Opened.At), Closed: p.signed(f.Closed, f.Opened.At),
		Open: f.IsOpen(), Outcome: ward.WordsFor(ward.Outcomes, f.Outcome), Note: clean(f.Note), Code: f.Code,
		Remark: strings.TrimPrefix(remarks(f), ", "),
	}
	if f.Check != nil {
		row.Check = p.date(f.Check.PerformedAt)
		row.Opened = p.signed(f.Opened, f.Check.PerformedAt)
	}
	if f.IsOpen() && !f.Acked.Done() {
		row.Waiting = "escalates " + p.since(f.Opened.At, f.EscalatesAt)
		if f.Escalated {
			row.Waiting = "escalated " + p.since(f.Opened.At, f.EscalatesAt)
		}
	}
	return row
}

// checklist returns the items that somebody has ticked, in the order in which that
// was done, and, of an open follow-up, those that nobody has. The site's list of
// today says nothing of what a closed one asked for.
func (p *page) checklist(f *ward.FollowUp, ticks map[string]ward.Signature, site *ward.Site) (done []ticked, left []string) {
	for _, item := range slices.SortedFunc(maps.Keys(ticks), func(a, b string) int {
		return cmp.Or(ticks[a].At.Compare(ticks[b].At), cmp.Compare(a, b))
	}) {
		done = append(done, ticked{clean(item), p.signed(ticks[item], f.Opened.At)})
	}
	if !f.IsOpen() {
		return done, nil
	}
	for _, item := range site.Checklist(f.Level) {
		if _, there := ticks[item]; !there {
			left = append(left, clean(item))
		}
	}
	return done, left
}

// eventRow is something that stands beside the checks.
type eventRow struct {
	At, Kind, What, Detail, By, When string
	Withdrawn                        bool
}

func (p *page) eventRow(e *ward.Event) eventRow {
	terms := map[ward.EventKind][]ward.Term{ward.AnIntervention: ward.Interventions, ward.ASymptom: ward.Tellers, ward.AnOrder: ward.OrderKinds}[e.Kind]
	row := eventRow{
		At: p.date(e.At), Kind: ward.WordsFor(ward.EventKinds, string(e.Kind)), What: ward.WordsFor(terms, e.What), Detail: clean(e.Detail),
		By: clean(e.Recorded.By), When: p.since(e.At, e.Recorded.At), Withdrawn: e.Withdrawn,
	}
	if e.Kind == ward.ASymptom {
		row.What = "said " + row.What
	}
	return row
}

// date shows a time on the ward's wall clock with its day, for paper that is read
// on another day. An hour that the clocks repeat carries the name of its zone.
func (p *page) date(t time.Time) string {
	t = t.In(p.Zone)
	return glued(t.Format("2 Jan 2006")) + " " + p.wall(t)
}

// wall is the time of day alone.
func (p *page) wall(t time.Time) string {
	t = t.In(p.Zone)
	if repeated(t) {
		return glued(t.Format("15:04 MST"))
	}
	return t.Format("15:04")
}

// since is the time of day alone where t lies on the same day as at, else [page.date].
func (p *page) since(at, t time.Time) string {
	if ward.DateOf(at.In(p.Zone)) == ward.DateOf(t.In(p.Zone)) {
		return p.wall(t)
	}
	return p.date(t)
}
