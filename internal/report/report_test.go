package report_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"neurocheck/internal/icans"
	"neurocheck/internal/report"
	"neurocheck/internal/ward"
)

// The handover has the course of a mild ICANS in a few lines.
func TestCourse(t *testing.T) {
	out := text(t, hand(course()))
	golden.RequireEqual(t, out)
	says(t, out, "1 patient. LATE 0. Not accepted 0.", "22:05 ICE 8, ICANS 1 (score), handwriting mild (new)", "ICANS confirmed (G92.01)",
		"10 mg IV", "entered late 04:45", "06:05 ICE 10, ICANS 0, normal", "NEXT 10:05, every 4 h")
}

// The words of the specification's screen: a patient who gets worse.
func TestWorse(t *testing.T) {
	s := admit("0042317", "1A", "OKAFOR, Ada")
	s.check(at("14:40"), 10, "")
	s.check(at("18:40"), 10, "consciousness=drowsy")
	s.check(at("22:35"), 9, "")
	s.check(at("02:42"), 8, "")
	s.accept("Dr Ines Reis", at("02:50"))
	s.did(at("02:50"), "dexamethasone", "10 mg IV")
	s.check(at("06:38"), 5, "confusion=moderate inattention=mild")
	s.Ticks = map[int64]map[string]ward.Signature{1: {"see the patient now": ward.Sign("Sam Lee", at("06:45"))}}
	out := text(t, hand(s))
	golden.RequireEqual(t, out)
	says(t, out, "1 patient. LATE 0. Not accepted 1: 1A.", "1A OKAFOR, Ada born 14 Mar 1961 MRN 0042317 day +2 axi-cel",
		"NOW 06:38 ICE 5, ICANS 2 (score), confusion moderate (new), loses attention mild (new). WORSE than 02:42 (ICE 8, ICANS 1).",
		"FLAG urgent, raised 06:40, NOT ACCEPTED, 5 min over time. Peak 2, 4 checks. Checklist 1 of 13. Not done: neurology consult; consider EEG and imaging; 10 more.",
		"MISSED due 19:40, done 22:35 (2 h 55 late);", "DONE 02:50 dexamethasone 10 mg IV.", "NEXT 07:38, every 1 h until 10:38, then every 2 h. Dr Ines Reis.")
}

// Normal is said of normal checks alone, and an old sign is no change.
func TestNormalIsSaidOfNormalChecksAlone(t *testing.T) {
	for _, c := range []struct {
		name  string
		ice   int
		first string // an earlier check, with a tremor if empty
		last  string
		want  []string
		not   []string
	}{
		{"normal", 10, "", "", []string{"ICE 10, ICANS 0, normal"}, nil},
		{"an old sign", 10, "cranial_nerve=severe", "cranial_nerve=severe", []string{"no change: facial palsy severe"}, []string{"normal"}},
		{"a better one", 10, "handwriting=severe", "handwriting=mild", []string{"handwriting mild (was severe)"}, []string{"normal", "no change"}},
		{"mild in health", 10, "memory=mild", "memory=mild", []string{"no change: memory mild"}, []string{"normal"}},
		{"mild in health after none", 10, "memory=none", "memory=mild", []string{"no change: memory mild"}, []string{"normal", "new"}},
		{"mild in health after worse", 10, "memory=severe", "memory=mild", []string{"memory mild (was severe)"}, []string{"normal", "no change"}},
		{"tremor", 10, "headache=mild", "tremor=mild", []string{"tremor mild (new)"}, []string{"normal", "no change"}},
		{"total only", 0, "", "stated_total=10", []string{"ICE 10 (total only), ICANS 0"}, []string{"normal"}},
		{"features left out", 10, "", "memory=", []string{"unfinished"}, []string{"normal"}},
		{"another cause", 5, "", "other_cause=score", []string{"ICE 5, ICANS 0, other cause: score (propofol)"}, []string{"normal", "unfinished"}},
		{"uncertain", 5, "", "uncertain_cause=score", []string{"ICE 5, ICANS 0 to 2, cause uncertain: score"}, []string{"normal"}},
		{"asleep", 0, "", "unable=asleep", []string{"ICE not done: asleep, ICANS 0 to 3, unfinished", "Not examined"}, []string{"normal"}},
		{"sedated, a cause named", 0, "", "unable=sedated consciousness=tactile other_cause=consciousness", []string{"other cause: consciousness (propofol)"}, []string{"normal", "Not examined"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := admit("0042317", "12A", "OKAFOR, Ada")
			if strings.Contains(c.last, "memory=mild") {
				s.Patient.Health = 1 << icans.Memory
			}
			s.check(at("22:00"), 10, cmp.Or(c.first, "tremor=mild"))
			s.check(at("04:00"), c.ice, c.last)
			for form, out := range map[string]string{"text": text(t, hand(s)), "page": wordsOf(patientHTML(t, &s.Chart))} {
				out, _, _ = strings.Cut(out, "Trend") // the page tells the first check below
				for _, w := range c.want {
					if !strings.Contains(plain(out), w) {
						t.Errorf("the %s does not say %q:\n%s", form, w, out)
					}
				}
				for _, w := range c.not {
					if strings.Contains(plain(out), w) {
						t.Errorf("the %s says %q:\n%s", form, w, out)
					}
				}
			}
		})
	}
}

func TestOwnBaseline(t *testing.T) {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	s.Patient.Baseline = icans.Scored(8)
	s.check(at("04:00"), 8, "")
	out := text(t, hand(s))
	says(t, out, "ICE 8, ICANS 1 (score), at own baseline")
	saysNot(t, out, "normal", "FLAG")
}

func TestRemarksOnAFollowUp(t *testing.T) {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	s.check(at("20:00").AddDate(0, 0, -1), 8, "")
	for ago := 30 * time.Hour; ago > 0; ago -= 6 * time.Hour {
		s.check(morning.Add(-ago), 10, "tremor=mild")
	}
	says(t, text(t, hand(s)), "24 h without a flag")
	saysNot(t, text(t, hand(s)), "normal")
	s.check(morning.Add(-time.Hour), 10, "")
	says(t, text(t, hand(s)), "Last check normal 06:00")
}

func TestNotExamined(t *testing.T) {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	s.check(at("17:00"), 10, "")
	s.check(at("23:00"), 0, "unable=sedated consciousness=tactile")
	out := text(t, hand(s))
	says(t, out, "Not examined: 12A (14 h).", "23:00 ICE not done: sedated, with or without a tube, ICANS 0 to 3, cause uncertain: consciousness",
		"NOT EXAMINED for 14 h. Last examined Mon 17:00 ICE 10, ICANS 0, normal")
}

// Between the check and its follow-up the same patient asks for something.
func TestCourseAsItWasInTheNight(t *testing.T) {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	s.check(at("14:10"), 10, "")
	s.check(at("22:05"), 8, "handwriting=mild")
	golden.RequireEqual(t, text(t, handAt(at("22:20"), s)))
}

func TestWard(t *testing.T) {
	quiet := admit("0042371", "1B", "OKAFOR, Ida")
	for _, clock := range []string{"14:30", "22:25", "06:20"} {
		quiet.check(at(clock), 10, "")
	}

	sick := admit("0038807", "3B", "山田, 花子")
	sick.Patient.Interpreter, sick.Patient.Language = true, "Japanese"
	sick.check(at("15:00"), 8, "confusion=mild")
	sick.check(at("21:30"), 4, "consciousness=voice confusion=moderate")
	sick.settle("Dr Ines Reis", at("23:00"), ward.ConfirmedICANS, "grade 2")
	sick.check(at("03:10"), 0, "unable=unarousable consciousness=unarousable icp=diffuse_edema;papilledema confusion= agitation= inattention= memory= speech=")
	sick.accept("Dr Ines Reis", at("03:12"))
	sick.did(at("03:30"), "imaging", "CT: diffuse oedema")
	sick.did(at("04:00"), "methylprednisolone", "1 g IV")

	hebrew := admit("0040115", "2", "לוי, יעל")
	hebrew.check(at("14:00"), 10, "")
	hebrew.check(at("20:10"), 10, "memory=mild speech=mild")
	hebrew.accept("דנה", at("20:40"))
	hebrew.check(at("00:05"), 10, "")
	hebrew.told(at("06:40"), "caregiver", "לא מוצאת מילים 3")

	sleeper := admit("0041760", "4A", "शर्मा, अनिल")
	sleeper.stay().Clinician = ""
	sleeper.check(at("14:00"), 10, "")
	for _, clock := range []string{"22:05", "23:10", "00:15"} {
		sleeper.check(at(clock), 0, "unable=asleep consciousness= motor= speech=")
	}

	slips := admit("0000000000000000000000000731", "13 by the window", "VAN DER BERG-MONTGOMERY DE LA TORRE, Maximiliana Wilhelmina")
	slips.Patient.Product = "idecabtagene vicleucel, second infusion"
	slips.check(at("14:00"), 10, "")
	first := slips.check(at("20:00"), 4, "").ID
	slips.accept("Sam Lee", at("20:03"))
	slips.correct(first, at("20:10"), ward.Corrected, "wrong_value", "the objects had been named", func(x *icans.Findings) { *x = finding(10, "") })
	slips.correct(slips.check(at("21:00"), 10, "").ID, at("21:09"), ward.Withdrawn, ward.WrongPatient, "belongs to bed 12A", nil)
	slips.Orders = []ward.Order{{Kind: ward.OrderInterval, Interval: 12 * time.Hour, Reason: "sleep", Ordered: ward.Sign("Dr Ines Reis", at("21:30"))}}

	fresh := admit("0042391", "", "ИВАНОВА, Ольга")
	fresh.stay().AdmittedAt, fresh.Patient.InfusedAt, fresh.Patient.Baseline = at("05:30"), time.Time{}, 0

	late := admit("0042399", "7C", "SØRENSEN, Bjørg")
	late.check(at("12:30"), 10, "")

	gone := admit("0038112", "5B", "DA SILVA, João")
	gone.check(at("16:00"), 10, "")
	gone.leave(at("20:00"), "home")

	owing := admit("0038113", "5C", "GARCÍA LÓPEZ, Lucía")
	owing.check(at("13:00").AddDate(0, 0, -2), 10, "")
	owing.check(at("13:00").AddDate(0, 0, -1), 7, "speech=mild")
	owing.leave(at("16:00").AddDate(0, 0, -1), "transferred")

	sedated := admit("0043105", "5A", "HADDAD, Omar")
	sedated.check(at("15:00"), 10, "")
	sedated.check(at("20:00"), 0, "unable=sedated consciousness=tactile other_cause=consciousness")
	sedated.check(at("04:00"), 0, "unable=sedated consciousness=tactile other_cause=consciousness")
	sedated.Attributions = []ward.Attribution{{Domain: "consciousness", Cause: "propofol", Until: at("11:00"), Named: ward.Sign("Dr Ines Reis", at("19:50"))}}

	out := text(t, hand(quiet, sick, hebrew, sleeper, slips, fresh, late, gone, owing, sedated, course()))
	golden.RequireEqual(t, out)
}

func TestNoPatients(t *testing.T) { golden.RequireEqual(t, text(t, hand())) }

// The hour that comes twice is told apart.
func TestNightTheClocksGoBack(t *testing.T) {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	s.stay().AdmittedAt, s.Patient.InfusedAt = at("14:00").AddDate(0, 7, 5), at("14:00").AddDate(0, 7, 5)
	night := time.Date(2026, 10, 24, 19, 0, 0, 0, lisbon)
	s.check(night.Add(-time.Hour), 10, "")
	s.check(time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), 9, "")
	s.settle("Dr Ines Reis", time.Date(2026, 10, 25, 0, 40, 0, 0, time.UTC), ward.Resolved, "seen")
	s.check(time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), 9, "")
	out := text(t, ward.BuildHandover(site, []ward.Chart{s.Chart}, night, time.Date(2026, 10, 25, 6, 0, 0, 0, time.UTC)))
	says(t, out, "opened 01:32 WEST", "opened 01:32 WET", "Sat 24 Oct 19:00 WEST to Sun 25 Oct 06:00 WET")
}

// encodeJSON writes a value as the commands do.
func encodeJSON(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := encodeJSON(&b, report.HandoverJSON(hand(course()), sheet)); err != nil {
		t.Fatal(err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, b.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	golden.RequireEqual(t, indented.Bytes())
}

func TestDowntime(t *testing.T) {
	s := course()
	s.note("0042317-2", "asked twice")
	var b bytes.Buffer
	if err := report.Downtime(&b, ward.BuildHandover(site, []ward.Chart{s.Chart}, morning.Add(-report.DowntimeHours*time.Hour), morning), sheet); err != nil {
		t.Fatal(err)
	}
	golden.RequireEqual(t, b.Bytes())
	for line := range strings.Lines(b.String()) {
		if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); w > report.Width {
			t.Errorf("%d cells: %q", w, line)
		}
	}
}

// scripts are the letters that names and notes are drawn from: of every width and
// direction, and characters that must never reach the paper.
var scripts = []rune("Aa bZz-,.;0129 ÅøŁ éй Щ山田花子한글 ญี่ लע ברי عمرو 👩‍⚕️\u0301\u200d\u00a0\x1b[31m\x9b\u202e\u200f\t\n\x00")

// Whatever the names are, no line is too wide, nothing but text is on it, and no
// flag is forgotten.
func TestPaperHoldsWhateverIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := func(label string, most int) string {
			return rapid.StringOfN(rapid.SampledFrom(scripts), 0, most, -1).Draw(t, label)
		}
		var stays []*stay
		for i := range rapid.IntRange(0, 4).Draw(t, "patients") {
			s := admit(fmt.Sprintf("%d%s", i, words("mrn", 38)), words("bed", 20), words("name", 120))
			s.Patient.Product, s.stay().Clinician = words("product", 60), words("clinician", 60)
			s.Patient.Interpreter, s.Patient.Language = true, words("language", 40)
			for range rapid.IntRange(0, 8).Draw(t, "checks") {
				ago := time.Duration(rapid.IntRange(10, 30*60).Draw(t, "ago")) * time.Minute
				s.check(morning.Add(-ago), rapid.IntRange(0, 10).Draw(t, "ice"), rapid.SampledFrom([]string{"", "memory=mild tremor=severe", "unable=asleep", "consciousness=voice"}).Draw(t, "seen"))
				if s.Open() != nil && rapid.Bool().Draw(t, "accepted") {
					s.accept(words("nurse", 60), morning)
					if rapid.Bool().Draw(t, "closed") {
						s.settle(words("doctor", 60), morning, rapid.SampledFrom(ward.Outcomes).Draw(t, "outcome").Code, words("note", 400))
					}
				}
			}
			s.did(at("23:00"), "eeg", words("detail", 120))
			s.told(at("03:00"), "patient", words("symptom", 200))
			stays = append(stays, s)
		}
		h := hand(stays...)
		out := text(t, h)
		for line := range strings.Lines(out) {
			line = strings.TrimSuffix(line, "\n")
			if w := ansi.StringWidth(line); w > report.Width {
				t.Errorf("%d cells: %q", w, line)
			}
			for _, r := range line {
				if unicode.IsControl(r) || r == '\u202e' || r == '\u200f' || r == '\u00a0' {
					t.Errorf("%U in %q", r, line)
				}
			}
		}
		told := strings.Join(strings.Fields(out), " ")
		for _, p := range h.Patients {
			if mrn := ward.CleanLine(p.Patient.MRN); !strings.Contains(squeezed(told), squeezed("MRN "+mrn)) {
				t.Errorf("MRN %q is not in it:\n%s", mrn, out)
			}
			for _, f := range p.Follow {
				level := map[icans.Flag]string{icans.FlagGrade1: "grade 1", icans.FlagUrgent: "urgent"}[f.Level]
				if !strings.Contains(told, "FLAG "+level+", ") {
					t.Errorf("the follow-up of level %s is not in it:\n%s", level, out)
				}
			}
			if name := ward.CleanLine(p.Patient.Name); !strings.Contains(squeezed(told), squeezed(name)) {
				t.Errorf("name %q is not in full in it:\n%s", name, out)
			}
		}
		var b bytes.Buffer
		if err := encodeJSON(&b, report.HandoverJSON(h, sheet)); err != nil || !json.Valid(b.Bytes()) {
			t.Errorf("JSON: %v", err)
		}
	})
}

// squeezed leaves out blanks, because a line may have been broken there, the marks of
// direction, and accents.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Mn, unicode.Me) || r == '\u200e' || r == '\u200d' {
			return -1
		}
		return r
	}, s)
}
