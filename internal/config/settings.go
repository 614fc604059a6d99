package config

import (
	"slices"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// setting is one thing that a site may set.
type setting struct {
	table, name string // table is empty for those above the first table
	about       string // what it does, for the file
	kind        kind
}

// key is the name of a setting in full, such as intervals.none.
func (s *setting) key() string {
	if s.table == "" {
		return s.name
	}
	return s.table + "." + s.name
}

// tables says what each table is for, in the order of the file.
var tables = []struct{ name, about string }{
	{"", ""},
	{"intervals", "The time to the next check, by the worst of the last one. After a worse check it cannot be longer than after a milder one."},
	{"acknowledge_within", "How long a follow-up may wait for somebody to take it before it escalates on the board."},
	{"checklist", "What a follow-up asks for."},
	{"ice", "What the ICE score is taken with."},
	{"screen", "The screen at the workstation."},
	{"backup", "The copy of the log that is made each day, in the folder backups beside it. It dies with the disk: neurocheck backup makes one for elsewhere."},
	{"downtime", "What the ward goes on with on paper when the workstation dies."},
}

const (
	day       = 24 * time.Hour
	mostText  = 120 // characters of a text
	mostWord  = 40  // characters of an object of ICE
	mostPath  = 500 // characters of a folder
	mostItems = 12  // of a checklist: the screen ticks both lists with the letters a to z
)

// settings are all settings, in the order of the file.
var settings = []setting{
	{"", "due_soon", "How long before it is due a check shows as due soon",
		duration(time.Minute, 4*time.Hour, func(s *ward.Site) *time.Duration { return &s.DueSoon })},
	{"", "last_day", "The last day of checks, counted from the infusion, unless a clinician extends them",
		whole(1, 365, func(s *ward.Site) *int { return &s.LastDay })},

	{"intervals", "none", "After a check with nothing found",
		interval(func(i *ward.Intervals) *time.Duration { return &i.None })},
	{"intervals", "incomplete", "After one with parts not assessed",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Incomplete })},
	{"intervals", "grade1", "After one that matches grade-1 features",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Grade1 })},
	{"intervals", "grade2", "After grade 2, or a moderate or severe finding",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Grade2 })},
	{"intervals", "grade3", "After grades 3 and 4",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Grade3 })},
	{"intervals", "unable", "After one that could not be done (asleep, refused, off the unit)",
		interval(func(i *ward.Intervals) *time.Duration { return &i.Unable })},

	{"acknowledge_within", "incomplete", "After an incomplete check",
		duration(time.Minute, day, func(s *ward.Site) *time.Duration { return &s.Acknowledge.Incomplete })},
	{"acknowledge_within", "grade1", "After one that matches grade-1 features",
		duration(time.Minute, day, func(s *ward.Site) *time.Duration { return &s.Acknowledge.Grade1 })},
	{"acknowledge_within", "urgent", "After an urgent one",
		duration(time.Minute, day, func(s *ward.Site) *time.Duration { return &s.Acknowledge.Urgent })},

	{"checklist", "grade1", "For grade-1 features, and urgent ones too",
		list(1, mostItems, mostText, "texts", func(s *ward.Site) *[]string { return &s.Checklists.Grade1 })},
	{"checklist", "urgent", "For urgent ones, before the list above",
		list(1, mostItems, mostText, "texts", func(s *ward.Site) *[]string { return &s.Checklists.Urgent })},

	{"ice", "objects", "The three objects to name",
		list(3, 3, mostWord, "objects", func(s *ward.Site) *[]string { return &s.Objects })},
	{"ice", "sentence", "The sentence to write, the same one at each check",
		text(mostText, func(s *ward.Site) *string { return &s.Sentence })},

	{"screen", "idle_lock", "After this long without a key the screen asks again who is there",
		duration(time.Minute, 4*time.Hour, func(s *ward.Site) *time.Duration { return &s.IdleLock })},
	{"screen", "palette", "Colours for a light or a dark background, where auto asks the terminal",
		choice([]string{ward.PaletteAuto, ward.PaletteLight, ward.PaletteDark}, func(s *ward.Site) *string { return &s.Palette })},
	{"screen", "bell", "A quiet reminder when a check falls due",
		yesNo(func(s *ward.Site) *bool { return &s.Bell })},

	{"backup", "keep", "How many days' copies are kept, where 0 makes none",
		whole(0, 365, func(s *ward.Site) *int { return &s.Backups.Keep })},

	{"downtime", "folder", "Where each patient's last 72 hours are written after every check, as plain text",
		folder(mostPath, func(s *ward.Site) *string { return &s.DowntimeFolder })},
}

func interval(field func(*ward.Intervals) *time.Duration) kind {
	return duration(15*time.Minute, 7*day, func(s *ward.Site) *time.Duration { return field(&s.Intervals) })
}

// settingOf returns the setting with that key, nil where there is none.
func settingOf(key string) *setting {
	if i := slices.IndexFunc(settings, func(s setting) bool { return s.key() == key }); i >= 0 {
		return &settings[i]
	}
	return nil
}

func isTable(name string) bool {
	return name != "" && slices.ContainsFunc(settings, func(s setting) bool { return s.table == name })
}

// taken says what may stand in a table.
func taken(table string) string {
	if table == "" {
		names := namesIn("")
		for _, t := range tables[1:] {
			names = append(names, "["+t.name+"]")
		}
		return "there are " + either(names, "and")
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

// nearest returns the keys that a misspelt one may have meant: those of that
// name in another table, else the nearest ones where they are near.
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
	best := 1 + max(2, len(name)/3)
	near := func(known string) {
		switch d := ward.Distance([]rune(key), []rune(known)); {
		case d < best:
			best, keys = d, []string{known}
		case d == best && keys != nil:
			keys = append(keys, known)
		}
	}
	for _, s := range settings {
		near(s.key())
	}
	for _, t := range tables[1:] {
		near(t.name)
	}
	return keys
}
