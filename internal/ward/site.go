package ward

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
)

// Site holds the settings that a hospital may change without touching code.
type Site struct {
	Zone        *time.Location // of the ward's calendar, on which days and ages count; not a setting of the site
	Intervals   Intervals
	NotExamined NotExaminedAfter
	DueSoon     time.Duration // how long before it is due a check shows as due soon
	LastDay     int           // day since infusion after which checks can end, unless extended
	Acknowledge AcknowledgeIn
	Checklists  Checklists
	Objects     []string         // the three objects of ICE
	Sentence    string           // the standard sentence of ICE, the same one at each check
	Words       map[string]Words // for patients of other languages, by language as [FoldLine] returns it
	Bell        bool             // a quiet reminder when a check falls due
	IdleLock    time.Duration    // how long the keyboard may rest before the screen locks
	Palette     string           // [PaletteAuto], [PaletteLight] or [PaletteDark]
	Backups     Backups
	Intake      Intake
	FHIR        FHIRServer

	Home   HomePage
	Status StatusLimits

	// DowntimeFolder is the folder for each patient's last hours as plain text, in
	// case the workstation fails: an absolute path, empty for none.
	DowntimeFolder string
}

// Words are the words for the patients of one language. A word that is missing here is
// said in English.
type Words struct {
	Objects  []string          // the three objects of ICE; nil if they are missing
	Sentence string            // the standard sentence of ICE; empty if it is missing
	Ask      map[string]string // questions by column of [icans.Field]; none of them is empty
}

// HomePage holds the numbers on the page for the time at home.
type HomePage struct {
	Call      []string // of the ward; nil if they are filled in by hand
	Emergency string   // empty if it is filled in by hand
}

// StatusLimits holds the limits beyond which the state of a log needs the attention of a
// person.
type StatusLimits struct {
	Backup       time.Duration // age of the last copy
	Verified     time.Duration // age of the last verification
	IntakeSilent time.Duration // time since the last message of a feed that is listened to
	IntakeHeld   time.Duration // age of the oldest held message
	DiskMiB      int           // free room on the disk of the log
}

// Backups are the settings of the daily copies of the log.
type Backups struct {
	Keep int // number of daily copies kept with the log; 0 makes none
}

// Intake has the settings of the messages of a hospital's patient administration.
type Intake struct {
	Locations  []string          // PV1-3.1, or PV1-3.1@PV1-3.4; none if the ward has no feed
	Authority  string            // of PID-3.4; empty for the only one
	IDType     string            // of PID-3.5; "*" for any
	Classes    []string          // of PV1-2 that come in
	Bed        string            // a pattern of PV1-3's components, such as {2}{3}
	Processing string            // of MSH-11
	TestNames  []string          // beginnings of the family names of test patients
	Zone       string            // of times without an offset; empty for the ward's
	Charset    string            // of messages that do not say
	Watch      string            // [WatchAll] or [WatchAsked]
	NotNow     string            // [NotNowAnswer] or [NotNowClose]
	Discharge  map[string]string // codes of [Discharges] by the site's words of PV1-36
}

// BedComponent reads {n}, the number of a component of PV1-3, at the start of a pattern of
// beds; n is 0 if there is none.
func BedComponent(pattern string) (n, size int) {
	end := strings.IndexByte(pattern, '}')
	if pattern[0] != '{' || end < 0 {
		return 0, 0
	}
	n, err := strconv.Atoi(pattern[1:end])
	if err != nil || n < 1 || n > 11 {
		return 0, 0
	}
	return n, end + 1
}

// ValidBedPattern reports whether each { of a pattern of beds begins a component.
func ValidBedPattern(pattern string) bool {
	for i := range len(pattern) {
		if pattern[i] != '{' {
			continue
		}
		if n, _ := BedComponent(pattern[i:]); n < 1 {
			return false
		}
	}
	return true
}

// FHIRServer has the settings for a server that takes the record as FHIR.
type FHIRServer struct {
	Patient   string // [PatientPut] or [PatientReference]
	MRNSystem string // of the MRNs; empty for a system of the log's own
	Gender    string // of each patient, for servers that insist; empty for none
}

// How a patient leaves as FHIR.
const (
	PatientPut       = "put"       // as a Patient
	PatientReference = "reference" // by the MRN, which finds the server's own Patient
)

// OwnPatients reports whether the server has its own patients, and gets none.
func (f *FHIRServer) OwnPatients() bool { return f.Patient == PatientReference }

// When checks of a patient whom a feed admitted fall due.
const (
	WatchAll   = "all"
	WatchAsked = "asked" // not before a person records a check or orders them
)

// What happens to a message that cannot be taken just now.
const (
	NotNowAnswer = "AR"    // it is answered so
	NotNowClose  = "close" // the connection is closed, for senders that never send again after AR
)

// The palettes of the screens.
const (
	PaletteAuto  = "auto" // as the terminal reports its background
	PaletteLight = "light"
	PaletteDark  = "dark"
)

// Intervals are the times from a check to the next one, by the codes of
// clinical.md section 5.
type Intervals struct {
	Grade34     time.Duration // grade 3 or 4
	Unfinished  time.Duration // done with the tool, and a part was left out
	Unable      time.Duration // asleep, refused, off the unit, or sedated without a named cause
	Burst       time.Duration // after a check that opened or raised a follow-up; 0 is off
	BurstFor    time.Duration // how long the burst lasts
	Urgent      time.Duration
	StepDown6h  time.Duration // grade 2 or a seizure in the 6 h before
	Grade1      time.Duration
	Incomplete  time.Duration
	StepDown24h time.Duration // a flagged check or a report in the 24 h before
	None        time.Duration
	Days        []DayInterval // other intervals for None, by days since infusion
	First       time.Duration // from the admission to the first check
}

// DayInterval is the interval from one day since infusion to another, both
// included.
type DayInterval struct {
	From, To int
	Every    time.Duration
}

// NotExaminedAfter holds the times after the last conclusive check at which a patient counts as
// not examined.
type NotExaminedAfter struct {
	Grade1, Urgent time.Duration
}

// AcknowledgeIn holds the times that a follow-up may wait for acceptance before it escalates
// on the board.
type AcknowledgeIn struct {
	Grade1 time.Duration
	Urgent time.Duration
}

// Checklists are the items of a follow-up. Urgent ones have both lists. Products
// has other lists for single products, by the product's name in lower case.
type Checklists struct {
	Grade1   []string
	Urgent   []string
	Products map[string]Checklists
}

// DefaultSite returns the settings that apply if the site changes none.
//
// Sources: ASH-SAP table on CAR-T monitoring (ICE every 8 hours); a published
// nursing protocol (a burst after a lost point, then 4-hourly); Santomasso et al.
// 2021, ASCO guideline (the work-up by grade).
func DefaultSite() Site {
	return Site{
		Zone: time.UTC,
		Intervals: Intervals{
			Grade34:     time.Hour,
			Unfinished:  time.Hour,
			Unable:      time.Hour,
			Burst:       time.Hour,
			BurstFor:    4 * time.Hour,
			Urgent:      2 * time.Hour,
			StepDown6h:  2 * time.Hour,
			Grade1:      4 * time.Hour,
			Incomplete:  4 * time.Hour,
			StepDown24h: 4 * time.Hour,
			None:        8 * time.Hour,
			First:       30 * time.Minute,
		},
		NotExamined: NotExaminedAfter{Grade1: 12 * time.Hour, Urgent: 16 * time.Hour},
		DueSoon:     30 * time.Minute,
		LastDay:     30,
		Acknowledge: AcknowledgeIn{Grade1: time.Hour, Urgent: 15 * time.Minute},
		Checklists: Checklists{
			Grade1: []string{
				"tell the responsible clinician",
				"aspiration precautions, head of bed up",
				"IV hydration as ordered",
				"review sedating drugs",
				"seizure prophylaxis prescribed?",
				"does this product's protocol start steroids at grade 1?",
				"hold the next dose of a bispecific until resolved",
				"note the CRS grade",
				"repeat the check when due",
			},
			Urgent: []string{
				"see the patient now",
				"neurology consult",
				"consider EEG and imaging",
				"consider steroids and higher care by the site's protocol",
			},
		},
		Objects:  []string{"clock", "pen", "button"},
		Sentence: "",
		Bell:     true,
		IdleLock: 5 * time.Minute,
		Palette:  PaletteAuto,
		Backups:  Backups{Keep: 7},
		Status:   StatusLimits{Backup: 26 * time.Hour, Verified: 8 * 24 * time.Hour, IntakeSilent: 12 * time.Hour, IntakeHeld: 4 * time.Hour, DiskMiB: 1024},
		FHIR:     FHIRServer{Patient: PatientPut},
		Intake: Intake{
			IDType: "MR", Classes: []string{"I"}, Bed: "{2}{3}", Processing: "P", TestNames: []string{"ZZ"},
			Watch: WatchAll, NotNow: NotNowAnswer,
		},
	}
}

// Checklist returns the items of a follow-up of that level for a product.
func (s *Site) Checklist(level icans.Flag, product string) []string {
	lists, ok := s.Checklists.Products[FoldLine(product)]
	if !ok {
		lists = s.Checklists
	}
	switch level {
	case icans.FlagUrgent:
		return append(append([]string(nil), lists.Urgent...), lists.Grade1...)
	case icans.FlagGrade1:
		return lists.Grade1
	}
	return nil
}

// Question returns the question to ask for a field, or the task to set, in the patient's
// language. If the site lacks the question in that language, it is the English one; so
// are the objects that ICE names and the sentence that it has written, which are part of
// their questions. It returns "" for a field without a question.
func (s *Site) Question(field *icans.Field, language string) string {
	words := s.Words[FoldLine(language)]
	ask := cmp.Or(words.Ask[field.Column], field.Ask)
	switch field.Column {
	case icans.ColumnNaming:
		objects := words.Objects
		if objects == nil {
			objects = s.Objects
		}
		if len(objects) > 0 {
			ask += " (" + strings.Join(objects, ", ") + ")"
		}
	case icans.ColumnWriting:
		if sentence := s.SentenceFor(language); sentence != "" {
			ask = cmp.Or(words.Ask[field.Column], "Write") + ": " + sentence
		}
	}
	return ask
}

// SentenceFor returns the standard sentence of ICE in the patient's language, else the
// English one; "" if the site has none.
func (s *Site) SentenceFor(language string) string {
	return cmp.Or(s.Words[FoldLine(language)].Sentence, s.Sentence)
}

// noneOn returns the longest time that may pass after a check without findings
// on that day since infusion.
func (s *Site) noneOn(day int, known bool) time.Duration {
	if known {
		for _, d := range s.Intervals.Days {
			if d.From <= day && day <= d.To {
				return d.Every
			}
		}
	}
	return s.Intervals.None
}
