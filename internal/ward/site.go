package ward

import (
	"time"

	"neurocheck/internal/icans"
)

// Site is what a hospital may set differently without touching code.
type Site struct {
	Intervals   Intervals
	DueSoon     time.Duration // how long before it is due a check shows as due soon
	LastDay     int           // day since infusion after which checks end, unless extended
	Acknowledge AcknowledgeIn
	Checklists  Checklists
	Objects     []string      // the three objects of ICE
	Sentence    string        // the standard sentence of ICE, the same one at each check
	Bell        bool          // a quiet reminder when a check falls due
	IdleLock    time.Duration // how long the keyboard may rest before the screen asks again who is there
	Palette     string        // [PaletteAuto], [PaletteLight] or [PaletteDark]
	Backups     Backups

	// DowntimeFolder is where each patient's last hours are kept as plain text, for
	// when the workstation dies: an absolute path, empty for nowhere.
	DowntimeFolder string
}

// Backups are the copies of the log that are made by themselves.
type Backups struct {
	Keep int // how many daily copies stay beside the log; 0 makes none
}

// The palettes of the screens.
const (
	PaletteAuto  = "auto" // as the terminal says its background is
	PaletteLight = "light"
	PaletteDark  = "dark"
)

// Intervals are the times to the next check, by the worst of the last one.
type Intervals struct {
	None       time.Duration
	Incomplete time.Duration
	Grade1     time.Duration
	Grade2     time.Duration
	Grade3     time.Duration // and grade 4
	Unable     time.Duration // after a check that could not be done and does not count
}

// AcknowledgeIn is how long a follow-up may wait for somebody to take it before
// it escalates on the board.
type AcknowledgeIn struct {
	Incomplete time.Duration
	Grade1     time.Duration
	Urgent     time.Duration
}

// Checklists are what a follow-up asks for. Urgent ones ask for both lists.
type Checklists struct {
	Grade1 []string
	Urgent []string
}

// DefaultSite is what holds where the site says nothing.
//
// Sources: ASH-SAP table on CAR-T monitoring (ICE every 8 hours); Santomasso et
// al. 2021, ASCO guideline (the work-up by grade).
func DefaultSite() Site {
	return Site{
		Intervals: Intervals{
			None:       8 * time.Hour,
			Incomplete: time.Hour,
			Grade1:     4 * time.Hour,
			Grade2:     2 * time.Hour,
			Grade3:     time.Hour,
			Unable:     time.Hour,
		},
		DueSoon:     30 * time.Minute,
		LastDay:     30,
		Acknowledge: AcknowledgeIn{Incomplete: time.Hour, Grade1: time.Hour, Urgent: 15 * time.Minute},
		Checklists: Checklists{
			Grade1: []string{
				"tell the responsible clinician",
				"aspiration precautions and head of bed up",
				"IV hydration as ordered",
				"review sedating drugs",
				"check seizure prophylaxis is prescribed",
				"repeat the check in 4 h",
				"note concurrent CRS",
			},
			Urgent: []string{
				"bedside review now",
				"neurology consult",
				"consider EEG and imaging",
				"consider steroids and higher care as the site's protocol says",
			},
		},
		Objects:  []string{"clock", "pen", "button"},
		Sentence: "",
		Bell:     true,
		IdleLock: 5 * time.Minute,
		Palette:  PaletteAuto,
		Backups:  Backups{Keep: 7},
	}
}

// Checklist returns what a follow-up of that level asks for.
func (s *Site) Checklist(level icans.Flag) []string {
	switch level {
	case icans.FlagUrgent:
		return append(append([]string(nil), s.Checklists.Urgent...), s.Checklists.Grade1...)
	case icans.FlagGrade1:
		return s.Checklists.Grade1
	}
	return nil
}

// Interval returns the time from a check to the next one.
func (s *Site) Interval(c *Check) time.Duration {
	switch r := &c.Result; {
	case !c.Counts():
		return s.Intervals.Unable
	case r.Low >= 3:
		return s.Intervals.Grade3
	case r.Flag == icans.FlagUrgent:
		return s.Intervals.Grade2
	case r.Flag == icans.FlagGrade1:
		return s.Intervals.Grade1
	case r.Flag == icans.FlagIncomplete:
		return s.Intervals.Incomplete
	}
	return s.Intervals.None
}

// EscalatesAt returns when a follow-up that nobody has acknowledged escalates.
func (s *Site) EscalatesAt(f *FollowUp) time.Time {
	wait := s.Acknowledge.Incomplete
	switch f.Level {
	case icans.FlagGrade1:
		wait = s.Acknowledge.Grade1
	case icans.FlagUrgent:
		wait = s.Acknowledge.Urgent
	}
	return f.Opened.At.Add(wait)
}

// Escalated reports whether a follow-up has waited too long for somebody to
// acknowledge it.
func (s *Site) Escalated(f *FollowUp, now time.Time) bool {
	return f.IsOpen() && !f.Acked.Done() && !now.Before(s.EscalatesAt(f))
}
