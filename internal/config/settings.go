package config

import (
	"maps"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

// setting is one setting of a site.
type setting struct {
	table, name string // table is empty for those above the first table
	about       string // its explanation in the file
	kind        kind
	offer       string // lines that the default file offers, commented out
}

// key is the name of a setting in full, such as intervals.none.
func (s *setting) key() string {
	if s.table == "" {
		return s.name
	}
	return s.table + "." + s.name
}

// tables are the tables in the order of the file, each with its explanation.
var tables = []struct{ name, about string }{
	{"", ""},
	{"intervals", "The time from a check to the next one. Of the intervals that apply the shortest counts. After a worse check it cannot be longer than after a milder one."},
	{"not_examined", "How long after the last conclusive check a patient counts as not examined: a check that could not be finished is then flagged, and so is a patient whom nobody visits. If the interval in force is over 8h, it is at least 4h and 8h longer than that."},
	{"acknowledge_within", "How long a follow-up may wait for acceptance before it escalates on the board, from its opening or raising."},
	{"checklist", "The items of a follow-up."},
	{"ice", "The material of the ICE score."},
	{"screen", "The screen at the workstation."},
	{"backup", "The copy of the log that is made each day, in the folder backups next to it. It is lost with the disk: neurocheck backup makes one for another place."},
	{"downtime", "The paper that the ward goes on with if the workstation fails."},
	{"home", "The page that a patient takes home: neurocheck report --home MRN. A line that is missing has room to be filled in by hand."},
	{"fhir", "The server that takes the record as FHIR: see neurocheck export --format fhir-transaction."},
	{"status", "The limits beyond which neurocheck status says that something needs attention."},
	{"intake", "The ADT messages of the hospital's patient administration: see neurocheck intake."},
	{discharges, "The site's words of PV1-36, each with the end of a stay that it means: home, transferred, died or other. Without a word here the end is home, or died if the message says so."},
	{words, aboutWords},
}

const (
	day       = 24 * time.Hour
	mostText  = 120 // characters of a text
	mostWord  = 40  // characters of an object of ICE
	mostPath  = 500 // characters of a folder
	mostItems = 12  // of a checklist
	mostCall  = 60  // characters of a line about whom to call

	mostLocations  = 40 // of a ward
	mostPart       = 60 // characters of a part of a message
	mostDischarges = 100

	mostProducts = 40  // with checklists of their own
	mostProduct  = 60  // characters of a product's name
	mostRanges   = 10  // of days with an interval of their own
	firstDay     = -99 // since infusion, of a range
	lastDay      = 365
)

// settings are all settings, in the order of the file.
var settings = []setting{
	{"", "due_soon", "How long before it is due a check shows as due soon",
		duration(time.Minute, 4*time.Hour, func(s *ward.Site) *time.Duration { return &s.DueSoon }), ""},
	{"", "last_day", "The last day of checks, counted from the infusion. They end after it if nothing is open and the last checks were not flagged, unless a clinician extends them",
		whole(1, lastDay, func(s *ward.Site) *int { return &s.LastDay }), ""},

	{"intervals", "grade_3_4", "After grades 3 and 4",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Grade34 }), ""},
	{"intervals", "unfinished", "After a check of which an item, a domain or one of the five features was left out",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Unfinished }), ""},
	{"intervals", "unable", "After one whose tool was not done: asleep, refused, off the unit, or sedated without a named cause",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Unable }), ""},
	{"intervals", "burst", "After one that opened or raised a follow-up",
		durationOrOff(leastInterval, mostInterval, func(s *ward.Site) *time.Duration { return &s.Intervals.Burst }), ""},
	{"intervals", "burst_for", "How long that lasts",
		duration(leastInterval, 2*day, func(s *ward.Site) *time.Duration { return &s.Intervals.BurstFor }), publishedBurst},
	{"intervals", "urgent", "After an urgent one: grade 2 or more, or a moderate or severe finding",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Urgent }), ""},
	{"intervals", "step_down_6h", "Within 6h of grade 2 or more, or of a seizure",
		interval(func(i *ward.Intervals) *time.Duration { return &i.StepDown6h }), ""},
	{"intervals", "grade1", "After one that matches grade-1 features",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Grade1 }), ""},
	{"intervals", "incomplete", "After one with parts not assessed or of uncertain cause",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Incomplete }), ""},
	{"intervals", "step_down_24h", "Within 24h of a flagged check or a reported symptom",
		interval(func(i *ward.Intervals) *time.Duration { return &i.StepDown24h }), ""},
	{"intervals", "none", "After one that is not flagged",
		interval(func(i *ward.Intervals) *time.Duration { return &i.None }), ""},
	{"intervals", "days", "Instead of none, for ranges of days since the infusion",
		dayRanges(leastInterval, mostInterval, func(s *ward.Site) *[]ward.DayInterval { return &s.Intervals.Days }), denserDays},
	{"intervals", "first_check", "From the admission to the first check",
		duration(5*time.Minute, day, func(s *ward.Site) *time.Duration { return &s.Intervals.First }), ""},

	{"not_examined", "grade1", "Flagged as grade 1 after",
		duration(4*time.Hour, 7*day, func(s *ward.Site) *time.Duration { return &s.NotExamined.Grade1 }), ""},
	{"not_examined", "urgent", "Flagged as urgent after",
		duration(4*time.Hour, 7*day, func(s *ward.Site) *time.Duration { return &s.NotExamined.Urgent }), ""},

	{"acknowledge_within", "grade1", "One that matches grade-1 features",
		duration(time.Minute, day, func(s *ward.Site) *time.Duration { return &s.Acknowledge.Grade1 }), ""},
	{"acknowledge_within", "urgent", "An urgent one",
		duration(time.Minute, day, func(s *ward.Site) *time.Duration { return &s.Acknowledge.Urgent }), ""},

	{"checklist", "grade1", "For grade-1 features, and urgent ones too",
		list(1, mostItems, mostText, "texts", func(s *ward.Site) *[]string { return &s.Checklists.Grade1 }), ""},
	{"checklist", "urgent", "For urgent ones, before the list above",
		list(1, mostItems, mostText, "texts", func(s *ward.Site) *[]string { return &s.Checklists.Urgent }), ownChecklist},

	{"ice", "objects", "The three objects to name",
		list(3, 3, mostWord, "objects", func(s *ward.Site) *[]string { return &s.Objects }), ""},
	{"ice", "sentence", "The sentence to write, the same one at each check",
		text(mostText, func(s *ward.Site) *string { return &s.Sentence }), ""},

	{"screen", "idle_lock", "After this long without a key the screen asks again who is there",
		duration(time.Minute, 4*time.Hour, func(s *ward.Site) *time.Duration { return &s.IdleLock }), ""},
	{"screen", "palette", "Colours for a light or a dark background, where auto asks the terminal",
		choice([]string{ward.PaletteAuto, ward.PaletteLight, ward.PaletteDark}, func(s *ward.Site) *string { return &s.Palette }), ""},
	{"screen", "bell", "A quiet reminder when a check falls due",
		yesNo(func(s *ward.Site) *bool { return &s.Bell }), ""},

	{"backup", "keep", "How many days' copies are kept, where 0 makes none",
		whole(0, 365, func(s *ward.Site) *int { return &s.Backups.Keep }), ""},

	{"downtime", "folder", "Where each patient's last 72 hours are written after every check, as plain text",
		folder(mostPath, func(s *ward.Site) *string { return &s.DowntimeFolder }), ""},

	{"home", "call", "Whom to call, with numbers and hours",
		optional(list(1, 4, mostCall, "lines", func(s *ward.Site) *[]string { return &s.Home.Call }), func(s *ward.Site) *[]string { return &s.Home.Call }), ""},
	{"home", "emergency", "The emergency number",
		text(mostWord, func(s *ward.Site) *string { return &s.Home.Emergency }), ""},

	{"fhir", "patient", "Patients leave as resources, or as references by MRN to those that the server has: then no patient and no member of staff leaves",
		choice([]string{ward.PatientPut, ward.PatientReference}, func(s *ward.Site) *string { return &s.FHIR.Patient }), ""},
	{"fhir", "mrn_system", "The system of the hospital's MRNs, such as urn:oid:2.16.840.1.113883.19.5, needed for references; if it is missing, one of the log's own",
		text(mostText, func(s *ward.Site) *string { return &s.FHIR.MRNSystem }), ""},
	{"fhir", "gender", "The gender of every patient, which is not recorded, for servers that insist on one",
		choice([]string{"", "unknown"}, func(s *ward.Site) *string { return &s.FHIR.Gender }), ""},
	{"status", "backup", "The age of the last copy",
		duration(time.Hour, 31*day, func(s *ward.Site) *time.Duration { return &s.Status.Backup }), ""},
	{"status", "verified", "The age of the last verification",
		duration(time.Hour, 365*day, func(s *ward.Site) *time.Duration { return &s.Status.Verified }), ""},
	{"status", "intake_silent", "The time since the last message of the hospital's feed",
		duration(10*time.Minute, 31*day, func(s *ward.Site) *time.Duration { return &s.Status.IntakeSilent }), ""},
	{"status", "intake_held", "The age of the oldest message that waits for a person",
		duration(10*time.Minute, 31*day, func(s *ward.Site) *time.Duration { return &s.Status.IntakeHeld }), ""},
	{"status", "disk_mib", "The free room on the disk of the log, in MiB",
		whole(1, 1<<20, func(s *ward.Site) *int { return &s.Status.DiskMiB }), ""},
	{"intake", "locations", "The ward's locations: PV1-3.1, or PV1-3.1@PV1-3.4",
		optional(list(1, mostLocations, mostPart, "locations", func(s *ward.Site) *[]string { return &s.Intake.Locations }), func(s *ward.Site) *[]string { return &s.Intake.Locations }), offeredIntake},
	{"intake", "authority", "The authority of our MRNs in PID-3.4, by name or OID, if there are several",
		text(mostPart, func(s *ward.Site) *string { return &s.Intake.Authority }), ""},
	{"intake", "id_type", "The type of our MRNs in PID-3.5",
		idType(func(s *ward.Site) *string { return &s.Intake.IDType }), ""},
	{"intake", "classes", "The classes of PV1-2 that come in",
		list(1, mostItems, mostPart, "classes", func(s *ward.Site) *[]string { return &s.Intake.Classes }), ""},
	{"intake", "bed", "The bed, from the components of PV1-3: {2}{3} of H4^12^A is 12A",
		bed(func(s *ward.Site) *string { return &s.Intake.Bed }), ""},
	{"intake", "processing", "MSH-11 of real messages",
		text(mostPart, func(s *ward.Site) *string { return &s.Intake.Processing }), ""},
	{"intake", "test_names", "The beginnings of the family names of test patients",
		optional(list(1, mostItems, mostPart, "beginnings", func(s *ward.Site) *[]string { return &s.Intake.TestNames }), func(s *ward.Site) *[]string { return &s.Intake.TestNames }), ""},
	{"intake", "zone", "The zone of times without an offset, such as Europe/Lisbon, if it is not the ward's",
		zone(func(s *ward.Site) *string { return &s.Intake.Zone }), ""},
	{"intake", "charset", "The character set of messages that do not say",
		charset(func(s *ward.Site) *string { return &s.Intake.Charset }), ""},
	{"intake", "watch", "Whose first check falls due: of all whom a feed admits, or only once a person has asked, by an interval or a check",
		choice([]string{ward.WatchAll, ward.WatchAsked}, func(s *ward.Site) *string { return &s.Intake.Watch }), ""},
	{"intake", "not_now", "What a sender gets if a message cannot be taken now: the answer AR, or the end of the connection",
		choice([]string{ward.NotNowAnswer, ward.NotNowClose}, func(s *ward.Site) *string { return &s.Intake.NotNow }), ""},
}

// The lines that the default file offers, commented out. The figures are those of a
// simulated mixed ward: clinical.md section 5.
const (
	publishedBurst = `A published nursing protocol examines every 30 min for 2h after any lost point.
For that, set these instead:
burst = "30m"
burst_for = "2h"
`
	denserDays = `Half of the onsets are flagged only hours after they begin. Checks every 4h on
days 2 to 10 are the setting that changes this: in a simulated mixed ward they
are 22 % more checks, the median time from onset to first flag is 2.0h instead
of 2.8h to 3.5h, and its 95th percentile 4.0h instead of 7.6h. For that, write
days = ["2 to 10: 4h"]
`
	ownChecklist = `A product can have lists of its own; one that it leaves out is the list above:
[checklist.products."teclistamab"]
grade1 = ["tell the responsible clinician", "hold the next dose until resolved"]
`
)

const (
	leastInterval = 15 * time.Minute
	mostInterval  = 7 * day
)

func interval(field func(*ward.Intervals) *time.Duration) kind {
	return duration(leastInterval, mostInterval, func(s *ward.Site) *time.Duration { return field(&s.Intervals) })
}

// products is the table that has a table of checklists for each product.
const products = "checklist.products"

// productTable returns the name of the table with the checklists of a product, given
// its folded name.
func productTable(product string) string {
	return products + "." + keyPart(product)
}

// productSettings returns the two settings of a product's checklists, given its
// folded name.
func productSettings(product string) []setting {
	set := func(put func(*ward.Checklists, []string)) func(*ward.Site, any) []refusal {
		return func(s *ward.Site, v any) []refusal {
			lines, refused := parseList(1, mostItems, mostText, v)
			if refused == nil {
				if s.Checklists.Products == nil {
					s.Checklists.Products = make(map[string]ward.Checklists)
				}
				lists := s.Checklists.Products[product]
				put(&lists, lines)
				s.Checklists.Products[product] = lists
			}
			return refused
		}
	}
	allowed, table := listAllowed(1, mostItems, mostText, "texts"), productTable(product)
	return []setting{
		{table, "grade1", "For grade-1 features, and urgent ones too", kind{
			allowed, func(s *ward.Site) any { return s.Checklists.Products[product].Grade1 },
			set(func(c *ward.Checklists, lines []string) { c.Grade1 = lines })}, ""},
		{table, "urgent", "For urgent ones, before the list above", kind{
			allowed, func(s *ward.Site) any { return s.Checklists.Products[product].Urgent },
			set(func(c *ward.Checklists, lines []string) { c.Urgent = lines })}, ""},
	}
}

// settingsOf returns all settings of a site: those of [withProducts], and the words that
// it has for other languages.
func settingsOf(site *ward.Site) []setting {
	list := withProducts(site)
	for _, language := range languages(site) {
		for _, s := range wordSettings(language) {
			if hasWord(site, &s) {
				list = append(slices.Clip(list), s)
			}
		}
	}
	return list
}

// withProducts returns the settings of the table, with the checklists of the site's
// products after the general ones, and its words for the ends of stays after the others
// of messages.
func withProducts(site *ward.Site) []setting {
	var list []setting
	for i, s := range settings {
		list = append(list, s)
		if s.name == "not_now" {
			list = append(list, dischargeSettings(site)...)
		}
		if s.table == "checklist" && (i+1 == len(settings) || settings[i+1].table != s.table) {
			for _, product := range slices.Sorted(maps.Keys(site.Checklists.Products)) {
				list = append(list, productSettings(product)...)
			}
		}
	}
	return list
}

// completeProducts sets each missing checklist of a product to the general one.
func completeProducts(site *ward.Site) {
	for product, lists := range site.Checklists.Products {
		if lists.Grade1 == nil {
			lists.Grade1 = site.Checklists.Grade1
		}
		if lists.Urgent == nil {
			lists.Urgent = site.Checklists.Urgent
		}
		site.Checklists.Products[product] = lists
	}
}

// settingAt returns the setting with that path, or nil.
func settingAt(path []string) *setting {
	if len(path) == tomldoc.Deepest && isProduct(path[:tomldoc.Deepest-1]) {
		for _, s := range productSettings(ward.FoldLine(path[2])) {
			if s.name == path[3] {
				return &s
			}
		}
		return nil
	}
	if path[0] == words {
		return wordAt(path)
	}
	if len(path) == 3 && tomldoc.Named(path[:2]) == discharges {
		s := dischargeSetting(path[2])
		return &s
	}
	key := tomldoc.Named(path)
	if i := slices.IndexFunc(settings, func(s setting) bool { return s.key() == key }); i >= 0 {
		return &settings[i]
	}
	return nil
}

// isProduct reports whether the path is that of a product's table.
func isProduct(path []string) bool {
	return len(path) == tomldoc.Deepest-1 && path[0] == "checklist" && path[1] == "products"
}

// isTableAt reports whether the path is that of a table of settings.
func isTableAt(path []string) bool {
	return len(path) == 1 && (isTable(path[0]) || path[0] == words) || isLanguage(path) || isProduct(path) || tomldoc.Named(path) == products || tomldoc.Named(path) == discharges
}

func isTable(name string) bool {
	return name != "" && slices.ContainsFunc(settings, func(s setting) bool { return s.table == name })
}

// taken lists the settings of a table, in words.
func taken(table string) string {
	if table == "" {
		names := namesIn("")
		for _, t := range tables[1:] {
			if !strings.Contains(t.name, ".") {
				names = append(names, "["+t.name+"]")
			}
		}
		return "there are " + either(names, "and")
	}
	if strings.HasPrefix(table, products) {
		return "[" + table + "] takes grade1 and urgent"
	}
	return "[" + table + "] takes " + either(namesIn(table), "and")
}

func namesIn(table string) (names []string) {
	for _, s := range settings {
		if s.table == table {
			names = append(names, s.name)
		}
	}
	return names
}

// nearest returns the suggestions for a misspelt key: those of that name in another table,
// else those within the distance of [farthest].
func nearest(key string) (keys []string) {
	key = strings.ToLower(key)
	name := key[strings.LastIndexByte(key, '.')+1:]
	for _, s := range settings {
		if s.name == name {
			keys = append(keys, s.key())
		}
	}
	if keys != nil {
		return keys
	}
	var known []string
	for _, s := range settings {
		known = append(known, s.key())
	}
	for _, t := range tables[1:] {
		known = append(known, t.name)
	}
	return closest(key, farthest(name), known)
}

// farthest returns the distance up to which another name is near.
func farthest(name string) int { return max(2, len(name)/3) }

// closest returns the known names that are nearest to a misspelt one, of those that are
// no farther.
func closest(name string, far int, known []string) (near []string) {
	best := far + 1
	for _, k := range known {
		switch d := ward.Distance([]rune(name), []rune(k)); {
		case d < best:
			best, near = d, []string{k}
		case d == best && near != nil:
			near = append(near, k)
		}
	}
	return near
}
