package report

import (
	"embed"
	"html/template"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"neurocheck/internal/icans"
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
	Heading string   // of the document; a window shows it, so it names no patient
	Running []string // the parts of the line at the top of each sheet of paper
	Foot    string   // at the foot of each sheet, with its number, if the browser can draw there
	Made    string   // time of the report
	Signers []string // roles for which the page has room to sign
}

// sheetPage returns the parts that every page has. At the top of each sheet is the
// patient, or the ward if the page is about several.
func (p *page) sheetPage(s Sheet, heading string, about *identity) sheetPage {
	s.Ward, s.MadeBy, s.Head = clean(s.Ward), clean(s.MadeBy), clean(s.Head)
	page := sheetPage{Sheet: s, Heading: heading, Made: p.date(p.Now)}
	page.Running = []string{heading, s.Ward, page.Made}
	if about != nil {
		page.Running = []string{about.Name, "born " + about.Born, "MRN " + about.MRN}
	}
	// The isolates keep a ward's name from right to left to itself, because a style sheet
	// has no elements. The line has room for that much of a name.
	page.Foot = page.Made + ", " + heading + ", \u2068" + fit(s.Ward, 48) + "\u2069"
	return page
}

// HandoverHTML writes a handover as one HTML page, in the style of [PatientHTML]
// and with the words of [Handover].
func HandoverHTML(w io.Writer, h ward.Handover, s Sheet) error {
	p := page{Handover: h}
	view := handoverPage{
		sheetPage: p.sheetPage(s, "Neuro check handover", nil),
		Since:     p.date(h.Since), Totals: p.counts(),
	}
	view.Signers = []string{"Handed over by", "Taken over by"}
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

// cleanNote is [clean] for text of several lines.
func cleanNote(s string) string {
	lines := strings.Split(ward.CleanText(s), "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.Join(lines, "\n")
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

// flagged is a flag with the shape that it has in the trend.
type flagged struct{ Code, Words string }

func flagOf(f icans.Flag) flagged { return flagged{f.Code(), f.Words()} }
