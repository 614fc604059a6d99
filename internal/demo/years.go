package demo

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// The ward of [FillYears]: all its beds are occupied now, and have been for as long as
// the checks last.
const (
	Beds = 60
	// LeastChecks is enough for the present patients and a little history.
	LeastChecks  = 2000
	mostPatients = 10_000
	stayChecks   = 100              // of one patient, about
	empty        = 7 * time.Hour    // a bed, from one patient to the next
	hurry        = 45 * time.Minute // between checks at the most often
)

// FillYears records, in an empty log, a ward with years of records: that number of
// versions of checks, of one patient after the other in each of [Beds] beds, up to the
// present ones. Every check is evaluated as the store evaluates it; the follow-ups of
// the past are closed. The same now and the same number give the same log. progress is
// called from time to time with the number of recorded versions.
//
// Beyond a million checks the patients of the past do not become more but are
// checked more often, so that the ward does not become older than its method.
func FillYears(ctx context.Context, s *store.Store, now time.Time, checks int, progress func(done, total int)) error {
	if checks < LeastChecks {
		return ward.Invalid("checks", fmt.Sprintf("at least %d", LeastChecks))
	}
	zone, err := theWard.Location()
	if err != nil {
		return err
	}
	y := &years{ctx: ctx, total: checks, progress: progress}
	opened := y.plan(now.In(zone).Truncate(time.Minute))
	if err := begin(ctx, s, opened.Add(-day)); err != nil {
		return err
	}
	for len(y.ahead) > 0 {
		if err := s.Backfill(ctx, ward.Sign(staff[0].Name, opened), y.some); err != nil {
			return err
		}
	}
	return nil
}

// years records the stays of all beds as one record, in the order of time.
type years struct {
	ctx         context.Context
	backfill    *store.Backfill
	ahead       acts // the next acts, of each bed those of its present stay
	planned     int
	patients    int // admitted so far
	done, total int // versions of checks
	progress    func(done, total int)
}

// bedStay is one patient's time in a bed.
type bedStay struct {
	course  *course
	who     ward.Patient
	stay    ward.Stay
	history *ward.History  // once admitted
	number  int            // from 1, over the whole ward
	checks  []plannedCheck // in lengths before the end of the stay
	until   time.Time      // the discharge, or now
	now     bool           // on the ward now
	next    *bedStay       // in the same bed
}

// plan makes the stays of all beds, and returns the time of the first admission.
func (y *years) plan(now time.Time) (opened time.Time) {
	var eventful []*course
	for i := range courses {
		if c := &courses[i]; len(c.checks) > 1 && c.home == 0 {
			eventful = append(eventful, c)
		}
	}
	var first [Beds]*bedStay // of each bed, as far as it is planned: from now backwards
	left := y.total
	for bed := range Beds {
		c := eventful[bed%len(eventful)]
		p := &patient{course: c, number: bed + 1, now: now}
		s := &bedStay{course: c, checks: p.allChecks(), until: now, now: true}
		s.who, s.stay = like(c, bed)
		s.stay.AdmittedAt = now.Add(-c.admitted)
		first[bed] = s
		left -= versions(s.checks)
	}
	patients := min(max(1, left/stayChecks), mostPatients-Beds)
	for i := range patients {
		bed, n := i%Beds, left/patients
		if i < left%patients {
			n++
		}
		if spread := left / patients / 3; patients%2 == 0 || i < patients-1 { // some stay longer, some shorter
			n += spread * (1 - i%2*2) * (i / 2 % 7) / 7
		}
		c := eventful[(i*7+i/Beds)%len(eventful)]
		after := first[bed]
		past := &bedStay{course: c, until: after.stay.AdmittedAt.Add(-empty), next: after}
		past.who, past.stay = like(c, bed)
		past.checks = pastChecks(c, n, i)
		past.stay.AdmittedAt = past.until.Add(-past.checks[0].ago - 2*time.Hour)
		first[bed] = past
	}
	opened = now
	for _, s := range first {
		y.at(s.stay.AdmittedAt.Add(20*time.Minute), func(at time.Time) error { return y.admit(at, s) })
		if s.stay.AdmittedAt.Before(opened) {
			opened = s.stay.AdmittedAt
		}
	}
	return opened
}

// versions counts the rows that checks make.
func versions(checks []plannedCheck) int {
	n := len(checks)
	for _, l := range checks {
		if l.fixed != nil {
			n++
		}
	}
	return n
}

// pastChecks makes a past stay with that number of versions of checks: a baseline, quiet
// rounds, in two of three stays the checks of a course, and quiet rounds again.
func pastChecks(c *course, rows, number int) []plannedCheck {
	random := rand.New(rand.NewPCG(uint64(rows), uint64(number)))
	every := max(hurry, min(round, round*stayChecks/time.Duration(rows))).Truncate(time.Minute)
	eventful := c.checks
	if number%3 == 0 || versions(eventful) > rows/2 {
		eventful = nil
	}
	quiet := rows - 1 - versions(eventful)
	stray := func() time.Duration { return time.Duration(random.Int64N(int64(every / 4))).Truncate(time.Minute) }
	var checks []plannedCheck // the newest first
	ago := every
	rounds := func(n int) {
		for range n {
			checks = append(checks, plannedCheck{ago: ago - stray(), score: c.baseline})
			ago += every
		}
	}
	rounds(quiet / 3)
	for _, l := range slices.Backward(eventful) {
		l.ago += ago - eventful[len(eventful)-1].ago
		if l.late > every { // others would come in between
			l.late = 0
		}
		checks = append(checks, l)
	}
	if n := len(checks); n > 0 {
		ago = checks[n-1].ago + every
	}
	rounds(quiet - quiet/3)
	checks = append(checks, plannedCheck{ago: ago, score: c.baseline, note: "baseline"})
	slices.Reverse(checks)
	return checks
}

var (
	families = []string{"OKAFOR", "SØRENSEN", "NGUYỄN", "KOWALSKI", "MENSAH", "GARCÍA LÓPEZ", "DA SILVA", "O'BRIEN", "HAKIM", "ROSSI", "VAN DIJK", "ADEYEMI", "LINDQVIST", "MÜLLER", "DUBOIS", "SATO", "CHOWDHURY", "IVANOVA", "PAPADOPOULOS", "REID", "EVANS", "SINGH", "COHEN"}
	givens   = []string{"Ada", "Bjørg", "Thị Hương", "Piotr", "Kofi", "Lucía", "João", "Siobhán", "Omar", "Chiara", "Willem", "Yaa", "Elin", "Jörg", "Hélène", "Haruka", "Rahim", "Olga", "Eleni", "Iain", "Carys", "Harpreet", "Noam", "Ines", "Tariq", "Maud", "Agnes", "Leo", "Ruth"}
)

// like returns the therapy and the bed that a course gives, without the identity.
func like(c *course, bed int) (ward.Patient, ward.Stay) {
	p, stay := c.who, c.stay
	p.MRN, p.Name, p.BirthDate = "", "", ward.Date{}
	stay.Bed = fmt.Sprintf("%d%c", bed/2+1, 'A'+rune(bed%2))
	p.Baseline, p.Health = icans.Scored(c.baseline), c.health
	p.Tool = icans.ICE
	if c.age > 0 {
		p.Tool = icans.CAPD
	}
	return p, stay
}

// identify gives a stay its person.
func (s *bedStay) identify(number int) {
	s.number = number
	p := &s.who
	p.MRN = fmt.Sprintf("%07d", 1_000_000+number*7)
	p.Name = families[number*5%len(families)] + ", " + givens[number*11%len(givens)]
	age := 19 + number*13%60
	if p.Tool == icans.CAPD {
		age = 1 + number%10
	}
	p.BirthDate = ward.DateOf(s.stay.AdmittedAt.AddDate(-age, 0, -number%360))
	p.InfusedAt = s.stay.AdmittedAt.Add(26 * time.Hour).Truncate(time.Hour)
}

// some records the next batch.
func (y *years) some(b *store.Backfill) error {
	const batch = 5000
	y.backfill = b
	for until := y.done + batch; y.done < until && len(y.ahead) > 0; {
		next := heap.Pop(&y.ahead).(act)
		if err := next.do(next.at); err != nil {
			return err
		}
	}
	y.progress(y.done, y.total)
	return y.ctx.Err()
}

func (y *years) admit(at time.Time, s *bedStay) (err error) {
	y.patients++
	s.identify(y.patients)
	if s.history, err = y.backfill.Admit(ward.Sign(onShift(at), at), s.who, s.stay); err != nil {
		return err
	}
	for i, l := range s.checks {
		y.planCheck(s, l, fmt.Sprintf("demo-%05d-%04d", s.number, i+1))
	}
	s.checks = nil
	if !s.now {
		y.at(s.until.Add(written), func(at time.Time) error { return y.discharge(at, s) })
	}
	return nil
}

func (y *years) discharge(at time.Time, s *bedStay) error {
	clinician := ward.Sign(s.stay.Clinician, at)
	if err := y.backfill.Acknowledge(clinician, s.history); err != nil {
		return err
	}
	if err := y.backfill.Close(clinician, s.history, ward.ConfirmedICANS, "Seen, treated by its grade"); err != nil {
		return err
	}
	how := "home"
	if s.number%40 == 0 {
		how = "transferred"
	}
	y.at(s.next.stay.AdmittedAt.Add(20*time.Minute), func(at time.Time) error { return y.admit(at, s.next) })
	err := y.backfill.Discharge(ward.Sign(onShift(at), at), s.history, how)
	s.history = nil
	return err
}

// planCheck plans a check and the acts that follow it.
func (y *years) planCheck(s *bedStay, l plannedCheck, id string) {
	c := ward.Check{ID: id, Version: 1, Status: ward.Recorded, PerformedAt: s.until.Add(-l.ago), CauseNote: l.cause, Note: l.note}
	y.at(c.PerformedAt.Add(l.delay()), func(at time.Time) error {
		if err := y.save(at, s, l, c, l.score, l.found); err != nil {
			return err
		}
		f := l.fixed
		if f == nil {
			return nil
		}
		again := c
		again.Version, again.Status, again.Reason, again.ReasonNote = 2, f.status, f.reason, f.why
		score, found := f.score, f.found
		if f.movedTo != "" {
			again.Status, again.Reason, again.ReasonNote, score, found = ward.Withdrawn, "entered_in_error", "of another patient", l.score, l.found
		}
		y.at(at.Add(f.after), func(at time.Time) error { return y.save(at, s, l, again, score, found) })
		return nil
	})
}

// save records one version of a check and plans the acts that follow it.
func (y *years) save(at time.Time, s *bedStay, l plannedCheck, c ward.Check, score int, found string) (err error) {
	if c.Findings, err = findings(s.who.Tool, score, found); err != nil {
		return err
	}
	if c.Findings.OtherCause == 0 {
		c.CauseNote = ""
	}
	by := s.course.author(l, at)
	if c, err = y.backfill.Check(ward.Sign(by, at), s.history, c); err != nil {
		return fmt.Errorf("demo patient %d, check %s: %w", s.number, c.ID, err)
	}
	y.done++
	if s.history.Open() != nil && c.Version == 1 {
		y.planFollowUp(at, s, l, &c)
	}
	return nil
}

// planFollowUp plans the acts about an open follow-up: those of the course, and for a
// past patient those that it leaves out.
func (y *years) planFollowUp(at time.Time, s *bedStay, l plannedCheck, c *ward.Check) {
	acked, closed, outcome, words := l.acked, l.closed, l.outcome, l.words
	if !s.now {
		acked = cmp.Or(acked, 9*time.Minute)
		if !c.Result.Flag.Flagged() && c.Result.Conclusive() {
			closed = cmp.Or(closed, 30*time.Minute)
			outcome, words = cmp.Or(outcome, ward.ConfirmedICANS), cmp.Or(words, "Seen, treated by its grade")
		}
	}
	if acked > 0 {
		y.at(at.Add(acked), func(at time.Time) error {
			return s.act(func(h *ward.History) error {
				return y.backfill.Acknowledge(ward.Sign(cmp.Or(l.ackedBy, onShift(at)), at), h)
			})
		})
	}
	if closed > 0 {
		y.at(at.Add(closed), func(at time.Time) error {
			return s.act(func(h *ward.History) error {
				return y.backfill.Close(ward.Sign(s.stay.Clinician, at), h, outcome, words)
			})
		})
	}
}

// act calls do with the history, unless the patient left meanwhile.
func (s *bedStay) act(do func(*ward.History) error) error {
	if s.history == nil {
		return nil
	}
	return do(s.history)
}

// act is an act of recording at its time.
type act struct {
	at    time.Time
	order int // of planning, for two at one time
	do    func(at time.Time) error
}

// acts are a heap, the earliest on top.
type acts []act

func (a acts) Len() int { return len(a) }
func (a acts) Less(i, j int) bool {
	return cmp.Or(a[i].at.Compare(a[j].at), a[i].order-a[j].order) < 0
}
func (a acts) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *acts) Push(x any)   { *a = append(*a, x.(act)) }
func (a *acts) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

func (y *years) at(when time.Time, do func(at time.Time) error) {
	y.planned++
	heap.Push(&y.ahead, act{when, y.planned, do})
}
