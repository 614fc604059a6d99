package interview_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/interview"
	"neurocheck/internal/tui/check"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// line is a seat on the screens and a line of plain questions on the same log.
type line struct {
	t    *testing.T
	seat *desktest.Seat
	out  strings.Builder
	by   string
	role ward.Role
	ids  int
}

func newLine(t *testing.T) *line {
	t.Helper()
	return &line{t: t, seat: desktest.New(t, check.Screens()), by: desktest.Maria, role: ward.Nurse}
}

// reader gives one line for each question: it is asked when the question is out.
type reader func() (string, bool)

func (r reader) Read(p []byte) (int, error) {
	text, ok := r()
	if !ok {
		return 0, io.EOF
	}
	return copy(p, text+"\n"), nil
}

func each(answers ...string) reader {
	return func() (string, bool) {
		if len(answers) == 0 {
			return "", false
		}
		text := answers[0]
		answers = answers[1:]
		return text, true
	}
}

// ask runs the questions about a patient.
func (l *line) ask(p ward.Patient, in io.Reader, change ...func(*interview.Options)) (interview.Result, error) {
	l.t.Helper()
	l.out.Reset()
	o := interview.Options{
		Log: l.seat.Log, Site: l.seat.Desk.Site(), By: l.by, Role: l.role, Patient: p.ID, Decides: "only a clinician may do this",
		In: in, Out: &l.out, Script: true, Now: l.seat.Now,
		NewID: func() string {
			l.ids++
			return fmt.Sprintf("line-%d", l.ids)
		},
	}
	for _, f := range change {
		f(&o)
	}
	return interview.Run(l.t.Context(), o)
}

func (l *line) sees(texts ...string) {
	l.t.Helper()
	for _, text := range texts {
		if !strings.Contains(l.out.String(), text) {
			l.t.Errorf("no %q in\n%s", text, l.out.String())
		}
	}
}

func saved(t *testing.T, r interview.Result, err error) ward.Check {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return r.Check
}

// wants fails unless err is of a kind and code.
func wants(t *testing.T, err error, kind ward.Kind, code string) *ward.Error {
	t.Helper()
	e, ok := errors.AsType[*ward.Error](err)
	if !ok || e.Kind != kind || e.Code != code {
		t.Fatalf("the error is %v", err)
	}
	return e
}

func words(text string) []string { return strings.Fields(text) }

var normal = words("1 1 1 1 3 1 1 1 alert none none none rest 1")

func TestNormalCheck(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	r, err := l.ask(ada, each(normal...))
	c := saved(t, r, err)
	if c.Findings != without(t, "movement", "cranial_nerve", "personality") || !c.Normal() || c.Recorded.By != desktest.Maria {
		t.Errorf("saved %+v", c)
	}
	l.sees("NEURO CHECK of OKAFOR, Ada   born 14 Mar 1961   MRN 0042317   bed 1A", `Year. Ask: "What year is it?" 1 yes; 0 no; - not assessed`,
		"9 set to none", "SAVE this check?   OKAFOR, Ada   born 14 Mar 1961   MRN 0042317   bed 1A", "normal check: no flag", "1 save; 0 back")
	if strings.Contains(l.out.String(), "CRS") {
		t.Error("rest none asks for CRS")
	}
	if want := "Saved 16:07: OKAFOR, Ada  MRN 0042317  ICE 10  ICANS 0  normal check"; r.Words != want {
		t.Errorf("it says %q", r.Words)
	}
	if len(r.Records) != 1 || r.Before {
		t.Errorf("the records are %v", r.Records)
	}
}

// Nothing is saved without the answer to the save question, and "rest none" stops before
// an item that was not none last time.
func TestNothingIsSavedUnasked(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	l.seat.Record(ada, 5*time.Hour, desktest.Tomasz, "memory=mild")
	for _, end := range []string{"", "end", "end 0", "end no", "end 0 end", "rest", "rest end", "rest 0 end ?"} {
		answers := append(slices.Clone(normal[:12]), words(end)...)
		_, err := l.ask(ada, each(answers...), func(o *interview.Options) { o.Draft = interview.StartNew })
		wants(t, err, ward.KindUnavailable, "not_saved")
	}
	l.sees("3 set to none; Memory was mild last time: answer it", "Memory (last mild). Ask:")
	chart, err := l.seat.Log.Chart(t.Context(), ada.ID)
	if err != nil || len(chart.History.Checks) != 1 {
		t.Errorf("%d checks are on record: %v", len(chart.History.Checks), err)
	}
}

// A wrong answer names its line and the answers, and is asked again. A figure saves no
// more then, because it may be meant for another question.
func TestWrongAnswers(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	answers := slices.Concat(normal[:2], []string{"7", "?"}, normal[2:])
	_, err := l.ask(ada, each(answers...))
	wants(t, err, ward.KindUnavailable, "not_saved")
	l.sees(`line 3: "7" does nothing here; answers: 1 yes; 0 no; - not assessed; ? helps`, "City. Answers: 1 yes", "rest   the rest",
		"Not taken as answers: line 3;", "Answers: Year yes, Month yes,", `line 16: "1" does nothing here; answers: the word save saves`)
	r, err := l.ask(ada, each("end", "save"), func(o *interview.Options) { o.Draft = interview.GoOn })
	if c := saved(t, r, err); !c.Normal() {
		t.Errorf("saved %+v", c)
	}
}

// The draft goes on at the screens, and the other way round.
func TestOneDraft(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	l.seat.SignIn(desktest.Maria)
	_, err := l.ask(ada, each("1", "0", "-", "c", "seen with the family", "t", "1200"))
	e := wants(t, err, ward.KindUnavailable, "not_saved")
	if !strings.Contains(e.Reason, "kept as your draft") {
		t.Errorf("it says %s", e.Reason)
	}
	l.seat.Go(desk.Form, desk.Subject(ada.ID))
	l.seat.Wait(time.Second).Sees("Your unsaved check of 16:07 is back", "c seen with the family", "LATE ENTRY")
	for label, value := range map[string]string{"Year": "yes", "Month": "no", "City": "–"} {
		if !strings.Contains(l.seat.Line(label), value) {
			t.Errorf("the form has %q", l.seat.Line(label))
		}
	}
	l.seat.Press("1", "3").Press("esc")

	_, err = l.ask(ada, each("1"))
	if e := wants(t, err, ward.KindQuestion, "draft_open"); !slices.Equal(e.Flags, []string{"--go-on", "--start-new"}) {
		t.Errorf("the flags are %v", e.Flags)
	}
	_, err = l.ask(ada, each("yes", "0"), func(o *interview.Options) { o.Script = false })
	wants(t, err, ward.KindUnavailable, "not_saved")
	l.sees("Your check of 16:07 is not saved: 4 answers. Go on with it?", "is back: 4 answers", `Follows command. Ask: "Show me two fingers"`)
	r, err := l.ask(ada, each("1", "end", "1"), func(o *interview.Options) { o.Draft = interview.GoOn })
	c := saved(t, r, err)
	want := desktest.Findings(t, "ice_month=0", "ice_city=", "ice_command=0", "ice_attention=")
	for i := range c.Findings.Observed {
		want.Observed[i] = 0
	}
	want.Consciousness, want.Seizure, want.Motor, want.ICP = 0, 0, 0, 0
	if c.Findings != want || c.Note != "seen with the family" || c.PerformedAt.In(l.seat.Desk.Zone()).Format("15:04") != "12:00" {
		t.Errorf("saved %+v", c)
	}
	if _, found, err := l.seat.Log.DraftOf(t.Context(), ada.ID, desktest.Maria); found || err != nil {
		t.Errorf("the draft is left: %v", err)
	}
}

// Two programs record a check at the same time: the second one is told before it saves.
func TestMeanwhile(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	answers := each(normal...)
	asked := 0
	r, err := l.ask(ada, reader(func() (string, bool) {
		if asked++; asked == len(normal)-1 {
			l.seat.Record(ada, time.Minute, desktest.Tomasz, "ice_city=0")
		}
		return answers()
	}))
	saved(t, r, err)
	l.sees("MEANWHILE 16:06 Tomasz Wójcik recorded a check: ICE 9, ICANS 1.", "Please check: there is a check of 16:06 by Tomasz Wójcik: the same one?")
}

// The same request with the same answers records nothing; with others it is refused.
func TestRequest(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	request := func(o *interview.Options) { o.Request = "night 12" }
	first, err := l.ask(ada, each(normal...), request)
	saved(t, first, err)
	l.seat.Wait(time.Hour)
	again, err := l.ask(ada, each(normal...), request)
	if saved(t, again, err); !again.Before || again.Check.ID != first.Check.ID || !slices.Equal(again.Records, first.Records) {
		t.Errorf("%+v, then %+v", first.Check, again.Check)
	}
	_, err = l.ask(ada, each(append([]string{"0"}, normal[1:]...)...), request)
	wants(t, err, ward.KindConflict, "request_reused")
	chart, err := l.seat.Log.Chart(t.Context(), ada.ID)
	if err != nil || len(chart.History.Checks) != 1 {
		t.Errorf("%d checks are on record: %v", len(chart.History.Checks), err)
	}
}

// A draft under a request goes with its save.
func TestRequestOfADraft(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	_, err := l.ask(ada, each("1", "1"))
	wants(t, err, ward.KindUnavailable, "not_saved")
	r, err := l.ask(ada, each(normal[2:]...), func(o *interview.Options) { o.Request, o.Draft = "a", interview.GoOn })
	saved(t, r, err)
	if _, found, err := l.seat.Log.DraftOf(t.Context(), ada.ID, desktest.Maria); found || err != nil {
		t.Errorf("the draft is left: %v", err)
	}
}

func TestTimes(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	r, err := l.ask(ada, each(append([]string{"t", "25", "2350", "1", "t", "1 Nov 0900", "", "/confusion", "<", "<", "<", "<", "="}, append(normal[8:13:13], "1")...)...),
		func(o *interview.Options) { o.Script = false })
	c := saved(t, r, err)
	if at := c.PerformedAt.In(l.seat.Desk.Zone()); at.Format("2 15:04") != "28 23:50" {
		t.Errorf("done at %s", at)
	}
	l.sees("in the future, the clock says 16:07. Yesterday? 1 yes, yesterday 23:50", "is before admission", "LATE ENTRY Sat 28 Nov 23:50, 16 h 17 ago,", "Not assessed: Year")

	at := func(at time.Time) func(*interview.Options) { return func(o *interview.Options) { o.At = at } }
	_, err = l.ask(ada, each(), at(desktest.Now.Add(time.Hour)))
	wants(t, err, ward.KindInvalid, "")
	_, err = l.ask(ada, each(), at(desktest.Now.Add(-1000*time.Hour)))
	wants(t, err, ward.KindInvalid, "")
}

// A nurse may doubt a cause, a clinician names one.
func TestCauses(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	answers := slices.Concat(normal[:8], words("drowsy none no none rest"), []string{"o", "2", "2", "2", "8", "-", "yes"})
	_, err := l.ask(ada, each(answers...))
	wants(t, err, ward.KindUnavailable, "not_saved")
	l.sees("2 consciousness: uncertain", "another cause: only a clinician may do this", `"8" does nothing here; answers: 1 to 5`, "Uncertain cause: consciousness")

	l.by, l.role = desktest.Nair, ward.Clinician
	answers = slices.Concat(normal[:8], words("drowsy none no none rest"), []string{"o", "2", "2", "", "", "1", "o", "-", "propofol since 14:10", "1"})
	r, err := l.ask(ada, each(answers...), func(o *interview.Options) { o.Script = false })
	if c := saved(t, r, err); c.CauseNote != "propofol since 14:10" || c.Result.High != 0 {
		t.Errorf("saved %+v", c)
	}
	l.sees("It cannot be saved yet: Other cause: needs the cause in words, o names it", "Other cause (does not count): consciousness: propofol since 14:10")
}

// The tool comes back as it was, and so does the consciousness that "unarousable" set,
// unless it was answered since.
func TestUnable(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	answers := slices.Concat(normal[:12], words("u 12 capd u ice u unarousable u 0 u 1 /conscious drowsy u 0 u asleep u - rest end 1"))
	r, err := l.ask(ada, each(answers...), func(o *interview.Options) { o.Script = false })
	want := without(t, "ice_year", "ice_month", "ice_city", "ice_hospital", "ice_naming", "ice_command", "ice_writing", "ice_attention", "movement", "cranial_nerve", "personality")
	want.Consciousness, want.Unable = icans.Drowsy, icans.UnableAsleep
	if c := saved(t, r, err); c.Findings != want {
		t.Errorf("saved %+v", c.Findings)
	}
	l.sees(`"12" does nothing here`, "The tool is CAPD now; the answers of ICE are kept aside", "Eye contact. 0 always; 1 often",
		"Consciousness was also set to unarousable", "The answers are back", "Next try in 1 h", "ICE not done: asleep")
}

// A signal ends the waiting for an answer, and keeps the draft.
func TestStopped(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	defer w.Close()
	go func() {
		io.WriteString(w, "1\n0\n")
		io.WriteString(w, "") // waits until the answers are read
		stop()
	}()
	_, err := interview.Run(ctx, interview.Options{Log: l.seat.Log, Site: l.seat.Desk.Site(), By: l.by, Role: l.role, Patient: ada.ID, In: r, Out: io.Discard, Now: l.seat.Now, NewID: func() string { return "stopped" }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if _, found, err := l.seat.Log.DraftOf(t.Context(), ada.ID, l.by); !found || err != nil {
		t.Errorf("there is no draft: %v", err)
	}
}

// At a terminal a save that fails leads back to the question, with all answers.
func TestNotSaved(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	again := func(o *interview.Options) { o.Request, o.Script = "a", false }
	first, err := l.ask(ada, each(normal...), again)
	saved(t, first, err)
	_, err = l.ask(ada, each(append([]string{"0"}, normal[1:]...)...), again)
	wants(t, err, ward.KindUnavailable, "not_saved")
	l.sees("NOT SAVED: another request has this ID; give a new one. The answers are kept")

	kowalski := l.seat.Kowalski()
	_, err = l.ask(kowalski, each(normal...), again)
	wants(t, err, ward.KindConflict, "request_reused")
	_, err = l.ask(kowalski, each(), func(o *interview.Options) { o.Request = strings.Repeat("a", 65) })
	wants(t, err, ward.KindInvalid, "")
	if strings.Contains(l.out.String(), "Year") {
		t.Error("it asks before it refuses the request")
	}
}

// Lines that are no answers do no harm, and without the answer that saves nothing is saved.
func TestAnyLines(t *testing.T) {
	l := newLine(t)
	ada := l.seat.Ada()
	vocabulary := words("0 2 3 4 5 6 7 8 9 - < + ? = * n no none mild severe alert drowsy u o t c z rest end late /sp /zz 2350 \x1b[A Å 2,3 yesterday")
	vocabulary = append(vocabulary, "", "2 3", "28 Nov 0300", strings.Repeat("x", 3000), "\x00\u202e")
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 5))
		left := 150
		_, err := l.ask(ada, reader(func() (string, bool) {
			left--
			return vocabulary[r.IntN(len(vocabulary))], left > 0
		}), func(o *interview.Options) { o.Draft = interview.GoOn })
		wants(t, err, ward.KindUnavailable, "not_saved")
		if strings.ContainsAny(l.out.String(), "\x00\x1b\u202e") {
			t.Error("control characters come back")
		}
	}
	chart, err := l.seat.Log.Chart(t.Context(), ada.ID)
	if err != nil || len(chart.History.Checks) != 0 {
		t.Errorf("%d checks are on record: %v", len(chart.History.Checks), err)
	}
}

// without returns a normal examination at which some items were not assessed.
func without(t *testing.T, columns ...string) icans.Findings {
	t.Helper()
	x := desktest.Findings(t)
	for _, column := range columns {
		icans.FieldOf(column).Clear(&x)
	}
	return x
}
