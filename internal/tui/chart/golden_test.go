package chart_test

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/chart"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// Each view and dialog at 80×24, in colour, without colour and in ASCII.
func TestGolden(t *testing.T) {
	s, _ := seat(t, desktest.Nair)
	s.Golden("checks")
	s.Press("i").Golden("what was done, empty")
	s.Type("dex").Golden("what was done, search")
	s.Press("1").Golden("what was done, time")
	s.Type("1150").Press("enter").Type("10 mg IV").Press("enter").Golden("what was done, question")
	s.Press("1", "v").Golden("trend")
	s.Press("down").Golden("trend, event")
	s.Press("v").Golden("events")
	s.Press("w").Golden("withdraw")
	s.Press("1", "enter").Golden("withdraw, question")
	s.Press("esc", "v").Golden("details")
	s.Press("v").Golden("audit")
	s.Press("v", "enter").Golden("check")
	s.Press("end").Golden("check, end")
	s.Press("esc", "s").Golden("report")
	s.Press("2").Type("1520").Press("enter").Type("very quiet").Press("enter").Golden("report, question")
	s.Press("1").Golden("checks, reported")
	s.Press("t").Golden("interval")
	s.Press("1").Type("90").Press("enter").Golden("interval, unit")
	s.Type("m").Press("enter").Type("scan at 16:30").Press("enter").Golden("interval, longer")
	s.Press("esc", "o").Golden("cause")
	s.Press("1").Type("propofol since 14:10").Press("enter", "enter").Golden("cause, question")
	s.Press("1", "o").Golden("cause, end")
}

// A corrected check with its versions.
func TestGoldenVersions(t *testing.T) {
	s, ada := seat(t, desktest.Nair)
	c, err := s.Log.Chart(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	last := *c.Last()
	last.Version++
	last.Status, last.Reason = ward.Corrected, "wrong_value"
	last.Findings.ICE[icans.ICEAttention] = icans.Scored(1)
	last.Recorded = ward.Signature{}
	last.Note = "answers slowly, and looks at the window before each word; the daughter says that it began after the second dose"
	if _, err := s.Log.SaveCheck(t.Context(), ward.Sign(desktest.Maria, s.Now()), last); err != nil {
		t.Fatal(err)
	}
	s.Tick()
	s.Press("enter").Golden("check, version 2")
	s.Press("pgup").Golden("check, version 1")
}

// A child with CAPD, and a name that no line holds.
func TestGoldenCAPD(t *testing.T) {
	s := desktest.New(t, chart.Screens())
	mia := s.Admit("3B", ward.Patient{
		MRN: "0043371", Name: "WOJCIECHOWSKA-BRZĘCZYSZCZYKIEWICZ, Maria Magdalena Antonina Konstancja Bogumiła",
		BirthDate: ward.Date{Year: 2019, Month: 2, Day: 3}, Tool: icans.CAPD, Baseline: icans.Scored(2), Interpreter: true, Language: "Polish",
	})
	capd := []string{"tool=capd"}
	for _, f := range icans.Fields() {
		switch f.Group {
		case icans.GroupICE:
			capd = append(capd, f.Column+"=")
		case icans.GroupCAPD:
			capd = append(capd, f.Column+"=1")
		}
	}
	s.Record(mia, 5*time.Hour, desktest.Maria, append(capd, "crs_grade=1")...)
	s.Record(mia, time.Hour, desktest.Tomasz, append(capd, "capd_3=4", "consciousness=voice", "icp=papilledema;cn6_palsy")...)
	s.SignIn(desktest.Maria).Go(desk.Patient, desk.Subject(mia.ID))
	s.Golden("capd checks")
	s.Press("v").Golden("capd trend")
	s.Press("enter").Golden("capd check")
	s.Press("esc", "i", "1").Golden("capd what was done")
}

// full returns a terminal with a patient with everything that the screens about one
// patient can show: the checks of the drawings, with a check of a sleeping patient, further
// signs, interventions, a report and a corrected check.
func full(t *testing.T, name string) (*desktest.Seat, ward.Patient) {
	t.Helper()
	s := desktest.New(t, chart.Screens())
	p := s.Admit("1A", ward.Patient{
		MRN: "0042317", Name: name, BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Product: "axi-cel",
		InfusedAt: s.Now().Add(-4 * 24 * time.Hour), Tool: icans.ICE, Baseline: icans.Scored(10),
	})
	ago := func(minutes int) time.Duration { return time.Duration(minutes) * time.Minute }
	s.Record(p, ago(33*60), desktest.Maria)
	s.Record(p, ago(24*60), desktest.Maria)
	s.Record(p, ago(12*60+27), desktest.Tomasz, "consciousness=drowsy", "crs_grade=1", "tremor=mild", "headache=mild")
	s.Record(p, ago(8*60+32), desktest.Tomasz, "ice_city=0", "crs_grade=1", "tremor=moderate")
	s.Record(p, ago(265), desktest.Maria, "ice_city=0", "ice_attention=0", "inattention=mild", "handwriting=mild", "crs_grade=1", "tremor=moderate")
	s.Record(p, ago(147), desktest.Maria, append(asleep(), "unable=asleep")...)
	s.Record(p, ago(22), desktest.Maria, "ice_city=0", "ice_hospital=0", "ice_attention=0", "ice_naming=1", "confusion=moderate", "inattention=mild", "speech=mild", "handwriting=moderate", "tremor=moderate", "crs_grade=0", "memory=")
	for _, i := range []ward.Intervention{
		{Kind: "dexamethasone", Detail: "10 mg IV", DoneAt: s.Now().Add(-257 * time.Minute)},
		{Kind: "levetiracetam", Detail: "500 mg by mouth", DoneAt: s.Now().Add(-700 * time.Minute)},
		{Kind: "imaging", Detail: "CT head: no bleeding", DoneAt: s.Now().Add(-100 * time.Minute)},
		{Kind: "tocilizumab", Detail: "8 mg/kg IV", DoneAt: s.Now().Add(-1500 * time.Minute)},
	} {
		i.PatientID = p.ID
		must(t, s.Log.PutIntervention(t.Context(), ward.Sign(desktest.Tomasz, s.Now()), i))
	}
	must(t, s.Log.PutReport(t.Context(), ward.Sign(desktest.Maria, s.Now()), ward.Report{PatientID: p.ID, ToldAt: s.Now().Add(-9 * time.Hour), ToldBy: "caregiver", Words: "very quiet"}))
	c, err := s.Log.Chart(t.Context(), p.ID)
	must(t, err)
	last := *c.Last()
	last.Version++
	last.Status, last.Reason = ward.Corrected, "wrong_value"
	last.Findings.ICE[icans.ICEAttention] = icans.Scored(1)
	last.Recorded = ward.Signature{}
	_, err = s.Log.SaveCheck(t.Context(), ward.Sign(desktest.Maria, s.Now()), last)
	must(t, err)
	s.SignIn(desktest.Nair)
	s.Go(desk.Patient, desk.Subject(p.ID))
	return s, p
}

// asleep empties all findings, for a check in which nothing could be done.
func asleep() (none []string) {
	for _, f := range icans.Fields() {
		switch f.Group {
		case icans.GroupICE, icans.GroupDomain, icans.GroupSeen:
			none = append(none, f.Column+"=")
		}
	}
	return none
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The views, an event with the checks before and after it, and a check in full, at each
// size that screens.md names.
func TestGoldenSizes(t *testing.T) {
	for _, size := range sizes {
		s, _ := full(t, "OKAFOR, Ada")
		s.Size(size.width, size.height)
		s.Golden(size.name + " checks")
		s.Press("v").Golden(size.name + " trend")
		s.Press("down", "down").Golden(size.name + " trend, event")
		s.Press("enter").Golden(size.name + " events")
		s.Press("v").Golden(size.name + " details")
		s.Press("v", "v", "home", "enter").Golden(size.name + " check")
		s.Press("pgup").Golden(size.name + " check, version 1")
		s.Press("left").Golden(size.name + " check, asleep")
	}
}

// The same with a name that takes lines of its own in a script of wide characters.
func TestGoldenWideName(t *testing.T) {
	name := strings.Repeat("山田花子", 8) + ", " + strings.Repeat("マリア・マグダレナ", 4)
	for _, size := range sizes {
		s, p := full(t, name)
		s.Size(size.width, size.height)
		s.Golden(size.name + " checks")
		s.Press("v").Golden(size.name + " trend")
		s.Press("v", "v", "v", "v", "enter").Golden(size.name + " check")
		for _, part := range []string{p.MRN, "born 14 Mar 1961"} {
			s.Sees(part)
		}
		shown := strings.ReplaceAll(strings.ReplaceAll(s.Screen(), "\n ", ""), " ", "")
		if want := strings.ReplaceAll(name, " ", ""); !strings.Contains(shown, want) {
			t.Errorf("%s: the name is not whole:\n%s", size.name, s.Screen())
		}
	}
}

// sizes are the windows that the drawings of screens.md are made for.
var sizes = []struct {
	name          string
	width, height int
}{{"80x24", 80, 24}, {"120x36", 120, 36}, {"200x60", 200, 60}}
