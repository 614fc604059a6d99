package interview_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/interview"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// ends stands for the end of the answers.
const ends = "end of answers"

// player answers the questions at random, and notes the keys that give the same answers on
// the form.
type player struct {
	rand   *rand.Rand
	line   *line
	steps  int  // left before it saves
	leaves bool // it ends before the save
	keys   []string
	late   bool
	causes int
}

// next answers the question that was asked last.
func (p *player) next() (string, bool) {
	lines := strings.Split(strings.TrimSpace(p.line.out.String()), "\n")
	question := lines[len(lines)-1]
	p.steps--
	for _, q := range []struct {
		begins string
		answer func() string
	}{
		{"Why was", p.unable}, {"Another cause?", p.cause}, {"Which cause", p.nameCause}, {"Comment,", p.comment},
		{"When was", func() string { return p.text(fmt.Sprintf("%02d%02d", 8+p.rand.IntN(8), p.rand.IntN(60))) }},
		{"1 save", p.save}, {"0 back", p.save},
	} {
		if strings.HasPrefix(question, q.begins) {
			answer := q.answer()
			return answer, answer != ends
		}
	}
	for _, field := range bedside.Fields {
		if strings.HasPrefix(question, field.Label+" (") || strings.HasPrefix(question, field.Label+". ") {
			answer := p.item(field)
			return answer, answer != ends
		}
	}
	p.line.t.Fatalf("no question: %s", question)
	return "", false
}

func (p *player) press(keys ...string) { p.keys = append(p.keys, keys...) }

// goTo selects the line of an item.
func (p *player) goTo(label string) {
	p.press("/")
	p.press(strings.Split(label, "")...)
	p.press("enter")
}

// item answers an item, or begins something else.
func (p *player) item(field *icans.Field) string {
	p.goTo(field.Label)
	switch {
	case p.steps < 0 && p.leaves:
		return ends
	case p.steps < 0:
		return "end"
	}
	if field.Several && p.rand.IntN(2) == 0 {
		one, two := 1+p.rand.IntN(3), 4+p.rand.IntN(3)
		p.press("-")
		p.goTo(field.Label)
		p.press(fmt.Sprint(one), fmt.Sprint(two))
		return fmt.Sprintf("%d, %d", one, two)
	}
	rest := field.Group == icans.GroupSeen || field.Group == icans.GroupCRS
	switch p.rand.IntN(24) {
	case 0:
		p.press("-")
		return "-"
	case 1:
		return ""
	case 2:
		return "<"
	case 3, 4:
		if rest {
			p.press("z")
		}
		return "rest"
	case 5, 10, 11, 12:
		p.press("u")
		return "u"
	case 6:
		p.press("o")
		return "o"
	case 7:
		p.press("t")
		return "t"
	case 8:
		p.press("c")
		return "c"
	case 9:
		if !p.late {
			p.late = true
			p.goTo("Late signs")
			p.press("enter")
		}
		return "late"
	}
	term := field.Terms[p.rand.IntN(len(field.Terms))]
	if p.rand.IntN(2) == 0 {
		term = field.Terms[0]
	}
	if field.Several && term.Code != "none" { // the form turns a sign, and takes "none" back first
		p.press("-")
		p.goTo(field.Label)
	}
	p.press(term.Keys[:1])
	return []string{term.Code, term.Label, term.Keys[:1]}[p.rand.IntN(3)]
}

func (p *player) unable() string {
	figure := fmt.Sprint(p.rand.IntN(10))
	p.press(figure)
	return figure
}

func (p *player) cause() string {
	if p.rand.IntN(3) == 0 {
		p.press("enter")
		return ""
	}
	figure := fmt.Sprint(1 + p.rand.IntN(5))
	p.press(figure)
	return figure
}

func (p *player) nameCause() string {
	p.causes++
	return p.text(fmt.Sprintf("cause %d", p.causes))
}

func (p *player) comment() string {
	return p.text([]string{"slept until 9", "family present; speech slower"}[p.rand.IntN(2)])
}

// text types a text in place of the present one.
func (p *player) text(text string) string {
	p.press("ctrl+u")
	p.press(strings.Split(text, "")...)
	p.press("enter")
	return text
}

// save answers the save question. If the check cannot be saved, the answers end.
func (p *player) save() string {
	out := p.line.out.String()
	switch {
	case p.steps > 0:
		return "0"
	case p.leaves || !strings.Contains(out[strings.LastIndex(strings.TrimSpace(out), "\n"):], "1 save"):
		return ends
	}
	p.press("ctrl+s", "1")
	return "1"
}

// Any sequence of answers gives the same record as on the form, or the same draft if the
// check cannot be saved.
func TestLikeTheForm(t *testing.T) {
	l := newLine(t)
	savedChecks, drafts := 0, 0
	for seed := range uint64(16) {
		r := rand.New(rand.NewPCG(seed, 12))
		l.by, l.role = desktest.Maria, ward.Nurse
		if seed%2 == 0 {
			l.by, l.role = desktest.Nair, ward.Clinician
		}
		here, there := twins(l, seed)
		p := &player{rand: r, line: l, steps: 10 + r.IntN(50), leaves: seed%4 == 3}
		begun := l.seat.Now()
		result, err := l.ask(here, reader(p.next), func(o *interview.Options) { o.Now = func() time.Time { return begun } })
		if err != nil {
			wants(t, err, ward.KindUnavailable, "not_saved")
		}
		l.seat.SignIn(l.by).Go(desk.Form, desk.Subject(there.ID))
		l.seat.Wait(time.Second).Press(p.keys...).Wait(time.Second)
		if err != nil {
			drafts++
			sameDraft(t, l, here, there, seed)
			l.seat.Press("esc")
			continue
		}
		savedChecks++
		a, b := &result.Check, byForm(t, l, there)
		if a.Findings != b.Findings || a.Note != b.Note || a.CauseNote != b.CauseNote || a.Result != b.Result || a.PerformedAt.Truncate(time.Minute).Sub(b.PerformedAt.Truncate(time.Minute)).Abs() > 5*time.Minute {
			t.Fatalf("seed %d: by the line\n%+v\non the form\n%+v\n%s\n%q\n%s", seed, a, b, l.out.String(), p.keys, l.seat.Screen())
		}
	}
	if savedChecks < 8 || drafts < 4 {
		t.Errorf("%d checks and %d drafts were compared", savedChecks, drafts)
	}
}

// byForm returns the check that the form saved.
func byForm(t *testing.T, l *line, p ward.Patient) *ward.Check {
	t.Helper()
	chart, err := l.seat.Log.Chart(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i := range chart.History.Checks {
		if c := &chart.History.Checks[i]; c.Recorded.By == l.by {
			return c
		}
	}
	t.Fatalf("the form saved nothing:\n%s", l.seat.Screen())
	return nil
}

// twins admits two patients with the same record.
func twins(l *line, seed uint64) (here, there ward.Patient) {
	two := []*ward.Patient{&here, &there}
	for i, p := range two {
		n := fmt.Sprintf("77%02d%d", seed, i)
		*p = l.seat.Admit(n, ward.Patient{MRN: n, Name: "TWIN, " + n, Interpreter: seed%5 == 0})
		if seed%3 > 0 {
			l.seat.Record(*p, 5*time.Hour, desktest.Tomasz, "memory=mild", "ice_naming=2")
		}
	}
	for _, p := range two {
		if seed%4 < 2 {
			a := ward.Attribution{PatientID: p.ID, Domain: "consciousness", Cause: "propofol", Until: l.seat.Now().Add(15 * time.Hour)}
			if err := l.seat.Log.NameCause(l.t.Context(), ward.Sign(desktest.Nair, l.seat.Now().Add(-8*time.Hour)), a); err != nil {
				l.t.Fatal(err)
			}
		}
	}
	return here, there
}

func sameDraft(t *testing.T, l *line, here, there ward.Patient, seed uint64) {
	t.Helper()
	var contents []bedside.Draft
	for _, p := range []ward.Patient{here, there} {
		d, _, err := l.seat.Log.DraftOf(t.Context(), p.ID, l.by)
		if err != nil {
			t.Fatal(err)
		}
		content, _ := bedside.ReadDraft(d.Content)
		contents = append(contents, content)
	}
	value := func(d bedside.Draft) func(string) string {
		return func(column string) string { return d.Answers[column] }
	}
	a, b := contents[0], contents[1]
	x, y := bedside.FindingsOf(value(a)), bedside.FindingsOf(value(b))
	if x != y || a.Note != b.Note || x.OtherCause != 0 && a.Cause != b.Cause {
		t.Fatalf("seed %d: the draft of the line\n%+v\nof the form\n%+v\n%s\n%s", seed, a, b, l.out.String(), l.seat.Screen())
	}
	for _, answers := range []map[string]string{a.Answers, b.Answers} {
		for column := range answers {
			if a.Answers[column] != b.Answers[column] {
				t.Errorf("seed %d: %s is %q in one draft, %q in the other", seed, column, a.Answers[column], b.Answers[column])
			}
		}
	}
}
