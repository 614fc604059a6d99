package report

import (
	"cmp"
	"io"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// HomeHTML writes one page for a patient and the people who live with the patient: the
// signs to watch for, the questions to ask, the sentence to write, and the numbers to
// call. Numbers that the site's settings lack have room to be written by hand.
func HomeHTML(w io.Writer, c *ward.Chart, site *ward.Site, now time.Time, s Sheet) error {
	return templates().ExecuteTemplate(w, "home.html", wholeRecord(c, site, now).homePage(site, s))
}

// homePage is the page for the time at home.
type homePage struct {
	sheetPage
	identity
	Infused   string // date of the infusion; empty if it is not known
	Signs     []string
	Questions []string // of ICE; for a child there are none, because CAPD is observed
	Observe   []string // of CAPD
	Sentence  string   // to write; empty if the ward fills it in
	Call      []string // lines of the settings
	Emergency string
	LastCheck string     // for other clinicians; empty without a check
	Days      []struct{} // lines of the diary
}

// homeQuestions are the items of ICE that can be asked at home. The hospital is not asked
// there, and the sentence has a place of its own.
var homeQuestions = []string{"ice_year", "ice_month", "ice_city", icans.ColumnNaming, "ice_attention"}

// diaryLines is the number of lines of the diary that have room on one sheet.
const diaryLines = 6

func (b patientBlock) homePage(site *ward.Site, s Sheet) homePage {
	id := b.identityOf()
	pt := &b.Patient
	page := homePage{
		sheetPage: b.sheetPage(s, "Watching for changes at home", &id), identity: id, Signs: b.ask(site, icans.GroupSeen),
		Call: cleanLines(site.Home.Call), Emergency: clean(site.Home.Emergency), Days: make([]struct{}, diaryLines),
	}
	if !pt.InfusedAt.IsZero() {
		page.Infused = glued(pt.InfusedAt.In(b.Zone).Format("2 Jan 2006"))
	}
	if c := b.Conclusive; c != nil {
		page.LastCheck = b.date(c.PerformedAt) + ": " + short(c)
	}
	if pt.Tool == icans.CAPD {
		page.Observe = b.ask(site, icans.GroupCAPD)
		return page
	}
	for _, column := range homeQuestions {
		page.Questions = append(page.Questions, clean(site.Question(icans.FieldOf(column), pt.Language)))
	}
	page.Sentence = clean(site.SentenceFor(pt.Language))
	return page
}

// ask returns the questions of a group of findings in the patient's language, or the help
// of a finding that has none.
func (b patientBlock) ask(site *ward.Site, group icans.Group) (list []string) {
	for _, f := range icans.Fields() {
		if f.Group == group {
			list = append(list, clean(cmp.Or(site.Question(f, b.Patient.Language), f.Help)))
		}
	}
	return list
}

func cleanLines(lines []string) []string {
	list := make([]string, len(lines))
	for i, line := range lines {
		list[i] = clean(line)
	}
	return list
}
