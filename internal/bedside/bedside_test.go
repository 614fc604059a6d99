package bedside

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

var now = time.Date(2026, 11, 29, 16, 7, 0, 0, time.UTC)

var clock = words.Clock{Now: now, Zone: time.UTC}

// sheet are answers in a map.
type sheet struct {
	values map[string]string
	cause  string
}

func (s *sheet) Value(column string) string { return s.values[column] }
func (s *sheet) Set(column, code string)    { s.values[column] = code }
func (s *sheet) Cause() string              { return s.cause }
func (s *sheet) SetCause(text string)       { s.cause = text }

func newSheet(pairs ...string) *sheet {
	s := &sheet{values: map[string]string{ToolValue: "ice"}}
	for _, pair := range pairs {
		column, code, _ := strings.Cut(pair, "=")
		s.values[column] = code
	}
	return s
}

// Every field that a check asks for is in the order once, and no other field is.
func TestFieldsAreTheItems(t *testing.T) {
	var asked, all []string
	for _, f := range Fields {
		asked = append(asked, f.Column)
	}
	for _, f := range icans.Fields() {
		if f.Group != icans.GroupTool && f.Group != icans.GroupUnable && f.Group != icans.GroupOtherCause && f.Group != icans.GroupTotal {
			all = append(all, f.Column)
		}
	}
	if got, want := slices.Sorted(slices.Values(asked)), slices.Sorted(slices.Values(all)); !slices.Equal(got, want) {
		t.Errorf("asked for are %v, not %v", got, want)
	}
	if at := func(column string) int { return slices.Index(asked, column) }; at("speech") > at("hallucinations") || at("hallucinations") > at("tremor") || at("tremor") > at("movement") {
		t.Errorf("the order is %v", asked)
	}
}

// A reason hides the items of the tool and keeps their answers aside; the findings have
// those of the tool in use alone.
func TestHiddenAnswersAreNoFindings(t *testing.T) {
	s := newSheet("ice_year=1", "capd_1=3", "memory=-", "speech=mild")
	if x := FindingsOf(s.Value); x.ICE[icans.ICEYear] == 0 || x.CAPD[0] != 0 || x.Observed[icans.Memory] != 0 || x.Observed[icans.Speech] != icans.Mild {
		t.Errorf("the findings are %+v", x)
	}
	ChangeTool(s, icans.CAPD)
	if x := FindingsOf(s.Value); x.Tool != icans.CAPD || x.ICE[icans.ICEYear] != 0 || x.CAPD[0] == 0 {
		t.Errorf("with CAPD the findings are %+v", x)
	}
	SetUnable(s, &ward.History{}, ward.Check{}, "asleep")
	if x := FindingsOf(s.Value); x.CAPD[0] != 0 || x.Unable != icans.UnableAsleep {
		t.Errorf("asleep, the findings are %+v", x)
	}
	SetAble(s)
	if x := FindingsOf(s.Value); x.CAPD[0] == 0 || x.Unable != 0 {
		t.Errorf("the answers are not back: %+v", x)
	}
}

func TestUnarousableGivesConsciousnessBack(t *testing.T) {
	for _, before := range []string{"", "-", "voice", "unarousable"} {
		s := newSheet("consciousness=" + before)
		SetUnable(s, &ward.History{}, ward.Check{}, "unarousable")
		if s.Value("consciousness") != "unarousable" {
			t.Errorf("after %q consciousness is %q", before, s.Value("consciousness"))
		}
		SetUnable(s, &ward.History{}, ward.Check{}, "refused")
		if s.Value("consciousness") != before {
			t.Errorf("consciousness was %q and is %q", before, s.Value("consciousness"))
		}
	}
}

// A check of a sedated patient carries the cause that was named ahead, for as long as the
// reason stays.
func TestCarriedCause(t *testing.T) {
	h := &ward.History{Attributions: []ward.Attribution{{Domain: "consciousness", Cause: "propofol", Until: now.Add(time.Hour), Named: ward.Sign("Dr Nair", now.Add(-time.Hour))}}}
	c := ward.Check{ID: "a", PerformedAt: now}
	s := newSheet("uncertain_cause=consciousness;motor")
	if carried := SetUnable(s, h, c, "sedated"); carried != icans.DomainConsciousness || s.cause != "propofol" || s.Value(OtherValue) != "consciousness" || s.Value(UncertainValue) != "motor" {
		t.Errorf("carried %v: %+v", carried, s)
	}
	if carried := SetUnable(s, h, c, "asleep"); carried != 0 || s.cause != "" || s.Value(OtherValue) != "" {
		t.Errorf("carried %v: %+v", carried, s)
	}
}

func TestTurnCause(t *testing.T) {
	for _, c := range []struct {
		decides bool
		states  string
	}{{true, "uncertain other counts"}, {false, "uncertain counts uncertain"}} {
		s := newSheet()
		for i, want := range strings.Fields(c.states) {
			refused := TurnCause(s, icans.DomainMotor, c.decides)
			state := "counts"
			switch x := FindingsOf(s.Value); {
			case x.OtherCause.Has(icans.DomainMotor):
				state = "other"
			case x.UncertainCause.Has(icans.DomainMotor):
				state = "uncertain"
			}
			if state != want || (refused != "") != (!c.decides && i == 1) {
				t.Errorf("decides %v: turn %d leads to %s (%q), not %s", c.decides, i+1, state, refused, want)
			}
		}
	}
	s := newSheet("other_cause=motor")
	if TurnCause(s, icans.DomainMotor, false) == "" || s.Value(OtherValue) != "motor" {
		t.Error("a cause that a clinician named was lifted by another person")
	}
}

// Rest none leaves answered items, CRS and the late signs that are not asked for alone, and
// stops before one that was not none when it was last assessed.
func TestRestNone(t *testing.T) {
	earlier := func(ago time.Duration, s icans.Severity) ward.Check {
		c := ward.Check{ID: ago.String(), PerformedAt: now.Add(-ago)}
		c.Findings.Observed[icans.Memory] = s
		return c
	}
	h := &ward.History{Checks: []ward.Check{earlier(9*time.Hour, icans.None), earlier(5*time.Hour, icans.Mild), earlier(time.Hour, 0)}}
	c := &ward.Check{ID: "new", PerformedAt: now}
	for _, one := range []struct {
		column, value string
		late          bool
		code          string
		stop          bool
	}{
		{"speech", "", false, "none", false}, {"speech", "mild", false, "", false}, {"speech", "-", false, "", false},
		{"memory", "", false, "", true}, {"movement", "", false, "", false}, {"movement", "", true, "none", false},
		{"crs_grade", "", true, "", false}, {"seizure", "", true, "", false},
	} {
		if code, stop := RestNone(h, c, icans.FieldOf(one.column), one.value, one.late); code != one.code || stop != one.stop {
			t.Errorf("%s with %q: %q, %v", one.column, one.value, code, stop)
		}
	}
}

// A draft comes back as it was kept; a word that this version does not know is left out.
func TestDraft(t *testing.T) {
	d := Draft{PerformedAt: now, Answers: map[string]string{"ice_year": "1", "memory": "-", "speech": "mild", "tool": "capd", "capd_1": "9", "unheard": "1", CarriedValue: "score"}, Note: "a\nb", At: "save"}
	back, ok := ReadDraft(d.Content())
	if want := (map[string]string{ToolValue: "capd", "ice_year": "1", "memory": "-", "speech": "mild", CarriedValue: "score"}); !ok || !maps.Equal(back.Values(icans.ICE), want) || back.Note != d.Note || !back.PerformedAt.Equal(now) {
		t.Errorf("%+v is back as %+v", d, back)
	}
	if got := AnswerCount(d.Content()); got != "3 answers" {
		t.Errorf("it has %s", got)
	}
	if _, ok := ReadDraft("no draft"); ok || AnswerCount("no draft") != "0 answers" {
		t.Error("a text is a draft")
	}
	old, _ := ReadDraft(`{"skipped":["memory"],"aside":{"ice_year":"0"},"restores":"voice"}`)
	if got := old.Values(icans.ICE); got["memory"] != "-" || got["ice_year"] != "0" || got[ReplacedValue] != "was:voice" {
		t.Errorf("a draft of version 1 is %v", got)
	}
}

func TestTimeRefusal(t *testing.T) {
	h := &ward.History{Stays: []ward.Stay{{ID: 1, AdmittedAt: now.Add(-48 * time.Hour), DischargedAt: now.Add(-24 * time.Hour)}, {ID: 2, AdmittedAt: now.Add(-2 * time.Hour)}}}
	for ago, want := range map[time.Duration]string{0: "", -time.Minute: "in the future", 30 * time.Hour: "", 50 * time.Hour: "is before admission", 5 * time.Hour: "is in no stay"} {
		if got := TimeRefusal(h, now.Add(-ago), clock); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%s ago: %q", ago, got)
		}
	}
}

// The review names the items without an answer and the checks of others since it was begun.
func TestReview(t *testing.T) {
	mine := ward.Check{ID: "mine", PerformedAt: now.Add(-time.Hour), Recorded: ward.Sign("Maria", now.Add(-time.Minute))}
	known := ward.Check{ID: "known", PerformedAt: now.Add(-time.Hour), Recorded: ward.Sign("Tomasz", now.Add(-time.Hour))}
	theirs := ward.Check{ID: "theirs", PerformedAt: now.Add(-time.Minute), Recorded: ward.Sign("Tomasz", now.Add(-time.Minute))}
	c := &ward.Check{ID: "new", PerformedAt: now, Findings: icans.Findings{Tool: icans.ICE, Unable: icans.UnableAsleep, Consciousness: icans.Alert}}
	r := &Review{
		Check: c, History: &ward.History{Checks: []ward.Check{mine, known, theirs}, Drafts: []ward.Draft{{Author: "Maria"}, {Author: "Dr Ida B Wells", Since: now.Add(-time.Hour)}}},
		By: "Maria", Clock: clock, Known: map[string]bool{"known": true, "mine": true}, Since: now.Add(-10 * time.Minute), Unknown: "could not look",
	}
	if list := r.Meanwhile(); len(list) != 1 || list[0].ID != "theirs" {
		t.Errorf("meanwhile there were %v", list)
	}
	if got, want := r.NotAssessed(), "Not assessed: Seizure, New weakness, Raised pressure, Confusion, Agitation, Loses attention, Memory, Speech.  Also not looked at: Hallucinations, Handwriting, Headache, Tremor."; got != want {
		t.Errorf("it says %q", got)
	}
	text := strings.Join(r.Remarks(), "\n")
	for _, want := range []string{"could not look", "MEANWHILE 16:06 Tomasz recorded a check", "Please check: there is a check of 16:06 by Tomasz: the same one?", "Dr Wells has a check open since 15:07."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	for _, one := range []struct {
		change func(*ward.Check)
		want   string
	}{
		{func(*ward.Check) {}, ""},
		{func(c *ward.Check) { c.Findings = icans.Findings{Tool: icans.ICE} }, "there is no answer to save yet"},
		{func(c *ward.Check) { c.Findings.OtherCause = icans.DomainConsciousness }, "needs the cause in words"},
		{func(c *ward.Check) { c.Findings.Unable = icans.UnableUnarousable }, "Not done: "},
		{func(c *ward.Check) { c.PerformedAt = now.Add(time.Minute) }, "Time of the check: in the future"},
	} {
		other := *c
		one.change(&other)
		r.Check = &other
		if got := r.Refusal(); !strings.Contains(got, one.want) || (got == "") != (one.want == "") {
			t.Errorf("%+v is refused with %q", other.Findings, got)
		}
	}
}
