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

// The ward of [FillYears]: all its beds are taken now, and have been for as long
// as the checks last.
const (
	Beds = 60
	// LeastChecks are what the patients in the beds have had up to now, and a
	// little history.
	LeastChecks  = 2000
	mostPatients = 10_000
	stayChecks   = 100              // of one patient, about
	empty        = 7 * time.Hour    // a bed, from one patient to the next
	hurry        = 45 * time.Minute // between checks at the most often
)

// FillYears records, in an empty log, a ward that has been kept for years: so many
// versions of checks, of one patient after the other in each of [Beds] beds, up to
// those who lie there now. Every check is graded and compared with those before
// it; the follow-ups of the past are closed. The same now and the same number give
// the same log. progress is called from time to time with how many are recorded.
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
		if err := s.Tell(ctx, ward.Sign(staff[0].Name, opened), y.some); err != nil {
			return err
		}
	}
	return nil
}

// years tells the stays of all beds as one record, in the order of time.
type years struct {
	ctx         context.Context
	history     *store.History
	ahead       moments // what comes next, of each bed its present stay
	planned     int
	patients    int // admitted so far
	done, total int // versions of checks
	progress    func(done, total int)
}

// stay is one patient's time in a bed.
type stay struct {
	who    ward.Patient // as the log has it, once admitted
	number int          // from 1, over the whole ward
	looks  []look       // told in time before the end of the stay
	until  time.Time    // the discharge, or now
	now    bool         // on the ward now
	next   *stay        // in the same bed
	recent []ward.Check // that stand, for comparing: of the last day, and one before
}

// plan decides who lay where and when, and returns when the first patient came.
func (y *years) plan(now time.Time) (opened time.Time) {
	var eventful []*course
	for i := range courses {
		if c := &courses[i]; len(c.looks) > 0 && c.home == 0 {
			eventful = append(eventful, c)
		}
	}
	var first [Beds]*stay // of each bed, as far as it is planned: from now backwards
	left := y.total
	for bed := range Beds {
		c := eventful[bed%len(eventful)]
		t := &telling{course: c, number: bed + 1, now: now}
		first[bed] = &stay{looks: t.allLooks(), until: now, now: true, who: patientLike(c, bed)}
		first[bed].who.AdmittedAt = now.Add(-c.admitted)
		left -= versions(first[bed].looks)
	}
	patients := min(max(1, left/stayChecks), mostPatients-Beds)
	for i := range patients {
		bed, n := i%Beds, left/patients
		if i < left%patients {
			n++
		}
		if spread := left / patients / 3; patients%2 == 0 || i < patients-1 { // some stay longer, some go sooner
			n += spread * (1 - i%2*2) * (i / 2 % 7) / 7
		}
		c := eventful[(i*7+i/Beds)%len(eventful)]
		after := first[bed]
		past := &stay{until: after.who.AdmittedAt.Add(-empty), next: after, who: patientLike(c, bed)}
		past.looks = stayOf(c, n, i)
		past.who.AdmittedAt = past.until.Add(-past.looks[0].ago - 2*time.Hour)
		first[bed] = past
	}
	opened = now
	for _, s := range first {
		y.at(s.who.AdmittedAt.Add(20*time.Minute), func(at time.Time) error { return y.admit(at, s) })
		if s.who.AdmittedAt.Before(opened) {
			opened = s.who.AdmittedAt
		}
	}
	return opened
}

// versions counts the rows that looks make.
func versions(looks []look) int {
	n := len(looks)
	for _, l := range looks {
		if l.fixed != nil {
			n++
		}
	}
	return n
}

// stayOf tells a past stay with so many versions of checks: a baseline, quiet
// rounds, in two of three stays what a course tells of, and quiet rounds again.
func stayOf(c *course, rows, number int) []look {
	random := rand.New(rand.NewPCG(uint64(rows), uint64(number)))
	every := max(hurry, min(round, round*stayChecks/time.Duration(rows))).Truncate(time.Minute)
	told := c.looks
	if number%3 == 0 || versions(told) > rows/2 {
		told = nil
	}
	quiet := rows - 1 - versions(told)
	stray := func() time.Duration { return time.Duration(random.Int64N(int64(every / 4))).Truncate(time.Minute) }
	var looks []look // the newest first
	ago := every
	rounds := func(n int) {
		for range n {
			looks = append(looks, look{ago: ago - stray(), score: c.baseline})
			ago += every
		}
	}
	rounds(quiet / 3)
	for _, l := range slices.Backward(told) {
		l.ago += ago - told[len(told)-1].ago
		if l.late > every { // others would come in between
			l.late = 0
		}
		looks = append(looks, l)
	}
	ago = looks[len(looks)-1].ago + every
	rounds(quiet - quiet/3)
	looks = append(looks, look{ago: ago, score: c.baseline, note: "baseline"})
	slices.Reverse(looks)
	return looks
}

var (
	families = []string{"OKAFOR", "SØRENSEN", "NGUYỄN", "KOWALSKI", "MENSAH", "GARCÍA LÓPEZ", "DA SILVA", "O'BRIEN", "HAKIM", "ROSSI", "VAN DIJK", "ADEYEMI", "LINDQVIST", "MÜLLER", "DUBOIS", "SATO", "CHOWDHURY", "IVANOVA", "PAPADOPOULOS", "REID", "EVANS", "SINGH", "COHEN"}
	givens   = []string{"Ada", "Bjørg", "Thị Hương", "Piotr", "Kofi", "Lucía", "João", "Siobhán", "Omar", "Chiara", "Willem", "Yaa", "Elin", "Jörg", "Hélène", "Haruka", "Rahim", "Olga", "Eleni", "Iain", "Carys", "Harpreet", "Noam", "Ines", "Tariq", "Maud", "Agnes", "Leo", "Ruth"}
)

// patientLike returns the particulars that a course gives, without what makes them
// one person's.
func patientLike(c *course, bed int) ward.Patient {
	p := c.who
	p.MRN, p.Name, p.BirthDate = "", "", ward.Date{}
	p.Bed = fmt.Sprintf("%d%c", bed/2+1, 'A'+rune(bed%2))
	p.Baseline = icans.Scored(c.baseline)
	p.Tool = icans.ICE
	if c.age > 0 {
		p.Tool = icans.CAPD
	}
	return p
}

// name makes somebody of a stay.
func (s *stay) name(number int) {
	s.number = number
	p := &s.who
	p.MRN = fmt.Sprintf("%07d", 1_000_000+number*7)
	p.Name = families[number*5%len(families)] + ", " + givens[number*11%len(givens)]
	age := 19 + number*13%60
	if p.Tool == icans.CAPD {
		age = 1 + number%10
	}
	p.BirthDate = ward.DateOf(p.AdmittedAt.AddDate(-age, 0, -number%360))
	p.InfusedAt = p.AdmittedAt.Add(26 * time.Hour).Truncate(time.Hour)
}

// some records the next stretch.
func (y *years) some(h *store.History) error {
	const stretch = 5000
	y.history = h
	for until := y.done + stretch; y.done < until && len(y.ahead) > 0; {
		next := heap.Pop(&y.ahead).(moment)
		if err := next.do(next.at); err != nil {
			return err
		}
	}
	y.progress(y.done, y.total)
	return y.ctx.Err()
}

func (y *years) admit(at time.Time, s *stay) (err error) {
	y.patients++
	s.name(y.patients)
	if s.who, err = y.history.Admit(ward.Sign(onShift(at), at), s.who); err != nil {
		return err
	}
	for i, l := range s.looks {
		y.look(s, l, fmt.Sprintf("demo-%05d-%04d", s.number, i+1))
	}
	s.looks = nil
	if !s.now {
		y.at(s.until.Add(written), func(at time.Time) error { return y.discharge(at, s) })
	}
	return nil
}

func (y *years) discharge(at time.Time, s *stay) error {
	s.who.DischargedAt, s.who.Discharge = s.until, "home"
	if s.number%40 == 0 {
		s.who.Discharge = "transferred"
	}
	y.at(s.next.who.AdmittedAt.Add(20*time.Minute), func(at time.Time) error { return y.admit(at, s.next) })
	_, err := y.history.Edit(ward.Sign(onShift(at), at), s.who)
	return err
}

// look plans a check, and what was done about it.
func (y *years) look(s *stay, l look, id string) {
	performed := s.until.Add(-l.ago)
	c := ward.Check{ID: id, Version: 1, PatientID: s.who.ID, Status: ward.Recorded, PerformedAt: performed, Note: l.note}
	recorded := performed.Add(cmp.Or(l.late, written))
	y.at(recorded, func(at time.Time) error { return y.save(at, s, l, c, l.score, l.seen, icans.FlagNone) })
}

// save records one version of a check and plans what follows from it.
func (y *years) save(at time.Time, s *stay, l look, c ward.Check, score int, seen string, before icans.Flag) (err error) {
	if c.Findings, err = findings(s.who.Tool, score, seen); err != nil {
		return err
	}
	c.Look(&s.who, s.recent)
	follow, err := y.history.Check(ward.Sign(onShift(at), at), &s.who, &c, c.Result.Flag > before)
	if err != nil {
		return fmt.Errorf("demo patient %d, check %s: %w", s.number, c.ID, err)
	}
	y.done++
	s.remember(c)
	if f := l.fixed; f != nil && c.Version == 1 {
		again := c
		again.Version, again.Recorded = 2, ward.Signature{}
		again.Status, again.Reason, again.ReasonNote = f.status, f.reason, f.why
		y.at(at.Add(f.after), func(at time.Time) error { return y.save(at, s, l, again, f.score, f.seen, c.Result.Flag) })
	}
	if follow.ID != 0 {
		y.followUp(at, s, l, follow)
	}
	return nil
}

// followUp plans what was done about a flag: what the course tells, and, on a
// patient of the past, what it leaves out.
func (y *years) followUp(at time.Time, s *stay, l look, f ward.FollowUp) {
	acked, closed, outcome, words := l.acked, l.closed, l.outcome, l.words
	if !s.now {
		acked = cmp.Or(acked, 9*time.Minute)
		closed = cmp.Or(closed, 3*time.Hour)
		outcome, words = cmp.Or(outcome, ward.ConfirmedICANS), cmp.Or(words, "Seen, treated as the grade asks for")
	}
	if acked > 0 {
		y.at(at.Add(acked), func(at time.Time) error {
			return y.history.Acknowledge(ward.Sign(cmp.Or(l.ackedBy, onShift(at)), at), f)
		})
	}
	if closed > 0 {
		y.at(at.Add(closed), func(at time.Time) error {
			return y.history.Close(ward.Sign(s.who.Clinician, at), f, outcome, words)
		})
	}
}

// remember keeps the checks that the next one is compared with.
func (s *stay) remember(c ward.Check) {
	s.recent = slices.DeleteFunc(s.recent, func(o ward.Check) bool { return o.ID == c.ID })
	if c.Status != ward.Withdrawn {
		s.recent = append(s.recent, c)
	}
	for len(s.recent) > 2 && s.recent[1].PerformedAt.Before(c.PerformedAt.Add(-day)) {
		s.recent = slices.Delete(s.recent, 0, 1)
	}
}

// moment is when something is recorded.
type moment struct {
	at    time.Time
	order int // of planning, for two at one time
	do    func(at time.Time) error
}

// moments are a heap, the earliest on top.
type moments []moment

func (m moments) Len() int { return len(m) }
func (m moments) Less(i, j int) bool {
	return cmp.Or(m[i].at.Compare(m[j].at), m[i].order-m[j].order) < 0
}
func (m moments) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *moments) Push(x any)   { *m = append(*m, x.(moment)) }
func (m *moments) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

func (y *years) at(when time.Time, do func(at time.Time) error) {
	y.planned++
	heap.Push(&y.ahead, moment{when, y.planned, do})
}
