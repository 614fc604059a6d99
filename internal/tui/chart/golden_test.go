package chart_test

import (
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
