package ward

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/icans"
)

// PatientState is the state of one patient at one time: the answer of [Watch], and the one
// truth that the board, the patient's screen, the handover, the downtime sheet, FHIR
// and board --json show.
type PatientState struct {
	Patient    Patient
	FormerMRNs []string
	Stay       Stay // the latest one; zero if there is none

	Last       *Check // last check of the stay, or nil
	Conclusive *Check // last conclusive check, or nil
	Next       Plan
	FollowUp   *FollowUp // the open one, or nil
	// EscalatesAt is when the open follow-up escalates; zero once it is accepted.
	EscalatesAt time.Time
	Escalated   bool
	Report      *Report // the first one that waits for a check, or nil
	Left        bool    // a feed discharged the patient, and no person confirmed it

	// NotExamined is the flag of a patient who was not examined for too long, and
	// NotExaminedSince the time from which it counts.
	NotExamined      icans.Flag
	NotExaminedSince time.Time
	DayWithoutFlag   bool // see [History.DayWithoutFlag]

	Alert    Alert
	AlertWhy []AlertWhy
	Mark     Mark
	Drafts   []Draft
}

// Alert is the most urgent thing to do for a patient, a greater one more urgent.
type Alert uint8

// The alerts.
const (
	AlertNone Alert = iota
	AlertUnfinished
	AlertOverdue
	AlertGrade1
	AlertUrgent
)

// AlertCodes are the codes of the alerts in JSON, indexed by [Alert].
var AlertCodes = [...]string{"none", "unfinished", "overdue", "grade1", "urgent"}

// AlertWhy is a reason that holds of a patient, whatever the alert.
type AlertWhy string

// The reasons, in the order in which they are listed.
const (
	AlertFollowUp    AlertWhy = "follow_up"
	AlertNotExamined AlertWhy = "not_examined"
	AlertLate        AlertWhy = "overdue"
	AlertReport      AlertWhy = "report"
	AlertIncomplete  AlertWhy = "incomplete"
)

// Mark is the sign of a patient on the board, a greater one worse.
type Mark uint8

// The marks.
const (
	MarkNone Mark = iota
	MarkBaseline
	MarkGrade1
	MarkUrgent
)

// MarkCodes are the codes of the marks in JSON, indexed by [Mark].
var MarkCodes = [...]string{"none", "baseline", "grade1", "urgent"}

// Watch returns the state of a patient at the time now. It is a pure function of the
// record, the drafts in it, the settings and the time.
// Source: clinical.md section 5.
func Watch(h *History, site *Site, now time.Time) PatientState {
	s := PatientState{
		Patient: h.Patient, FormerMRNs: h.FormerMRNs, Last: h.LastOfStay(), Conclusive: h.Conclusive(),
		Next: h.Next(site, now), FollowUp: h.Open(), Report: h.Waiting(), Drafts: h.Drafts,
		DayWithoutFlag: h.DayWithoutFlag(),
	}
	if stay := h.Stay(); stay != nil {
		s.Stay = *stay
		s.Left = !stay.OnWard() && stay.EndUnconfirmed
	}
	onWard := h.OnWard()
	if f := s.FollowUp; f != nil && !f.Acked.Done() && onWard {
		s.EscalatesAt = site.EscalatesAt(f)
		s.Escalated = site.Escalated(f, now)
	}
	if s.Next.State != NoneDue {
		s.NotExamined, s.NotExaminedSince = h.notExaminedNow(site, now)
	}
	s.setMark()
	if onWard {
		s.setAlert()
	}
	return s
}

// notExaminedNow applies the rule about patients who were not examined to the last
// check of the stay, at the time now.
func (h *History) notExaminedNow(site *Site, now time.Time) (flag icans.Flag, since time.Time) {
	stay, last := h.Stay(), h.LastOfStay()
	if last == nil {
		since = stay.AdmittedAt
		if stay.Began.At.Sub(since) > lateNews {
			since = stay.Began.At
		}
		return site.unexaminedFor(now.Sub(since), 0), since
	}
	if last.Unexamined() {
		in := h.Memory.within(stay)
		since = stay.AdmittedAt
		if in.ConclAt != 0 {
			since = FromRecord(in.ConclAt, 0)
		}
		return h.notExamined(in.Unexamined, in, stay, now, site), since
	}
	every, _ := h.tableInterval(len(h.Checks)-1, site, false)
	if order := h.orderAt(now); order != nil && order.Kind == OrderInterval {
		every = h.planned(site, order).Interval
	}
	return site.unexaminedFor(now.Sub(last.PerformedAt), every), last.PerformedAt
}

// unexaminedFor returns the flag after a time without an examination; every is the
// interval in force.
func (site *Site) unexaminedFor(passed, every time.Duration) icans.Flag {
	switch grade1, urgent := site.notExaminedAfter(every); {
	case passed >= urgent:
		return icans.FlagUrgent
	case passed >= grade1:
		return icans.FlagGrade1
	}
	return icans.FlagNone
}

// setMark sets the mark: that of the open follow-up or of the last conclusive grade,
// the worse of the two.
func (s *PatientState) setMark() {
	if c := s.Conclusive; c != nil {
		switch {
		case c.AtBaseline():
			s.Mark = MarkBaseline
		case c.Result.Low >= 2:
			s.Mark = MarkUrgent
		case c.Result.Low == 1:
			s.Mark = MarkGrade1
		}
	}
	if f := s.FollowUp; f != nil {
		mark := MarkGrade1
		if f.Level == icans.FlagUrgent {
			mark = MarkUrgent
		}
		s.Mark = max(s.Mark, mark)
	}
}

// setAlert sets the alert, the first that holds, and every reason that holds.
func (s *PatientState) setAlert() {
	add := func(holds bool, alert Alert, why AlertWhy) {
		if holds {
			s.Alert = max(s.Alert, alert)
			s.AlertWhy = append(s.AlertWhy, why)
		}
	}
	if f := s.FollowUp; f != nil {
		add(true, alertOf(f.Level), AlertFollowUp)
	}
	add(s.NotExamined.Flagged(), alertOf(s.NotExamined), AlertNotExamined)
	add(s.Next.State == Overdue, AlertOverdue, AlertLate)
	add(s.Report != nil, AlertNone, AlertReport)
	add(s.Last != nil && s.Last.Unfinished(), AlertUnfinished, AlertIncomplete)
}

func alertOf(flag icans.Flag) Alert {
	if flag == icans.FlagUrgent {
		return AlertUrgent
	}
	return AlertGrade1
}

// Unfinished reports whether the check's flag is incomplete for another reason than
// an attribution: a person must come back and finish.
func (c *Check) Unfinished() bool {
	return c.Result.Flag == icans.FlagIncomplete && c.Result.Reasons&^icans.Attributed != 0
}

// MostUrgentFirst sorts the states of a ward: by alert; then patients with a
// conclusive grade 3 or 4; then by the follow-up, those not accepted in time first;
// then by the next check, and then by bed. Patients who left come last.
func MostUrgentFirst(board []PatientState) {
	slices.SortStableFunc(board, func(a, b PatientState) int {
		return cmp.Or(
			compareBool(a.Left, b.Left),
			cmp.Compare(b.Alert, a.Alert),
			compareBool(!a.severe(), !b.severe()),
			cmp.Compare(b.acceptance(), a.acceptance()),
			compareBool(a.Next.Due.IsZero(), b.Next.Due.IsZero()),
			a.Next.Due.Compare(b.Next.Due),
			strings.Compare(a.Stay.Bed, b.Stay.Bed),
			cmp.Compare(a.Patient.ID, b.Patient.ID),
		)
	})
}

// severe reports whether the last conclusive grade is 3 or 4 and not at the own
// baseline.
func (s *PatientState) severe() bool {
	return s.Conclusive != nil && s.Conclusive.Result.Low >= 3 && !s.Conclusive.AtBaseline()
}

// acceptance weighs the follow-up: not accepted in time, not accepted, accepted,
// none.
func (s *PatientState) acceptance() int {
	switch f := s.FollowUp; {
	case f == nil:
		return 0
	case f.Acked.Done():
		return 1
	case !s.Escalated:
		return 2
	}
	return 3
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
