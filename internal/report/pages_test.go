package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"neurocheck/internal/icans"
	"neurocheck/internal/report"
	"neurocheck/internal/ward"
)

// numbers are settings with the numbers to call.
var numbers = func() ward.Site {
	s := *site
	s.Home = ward.HomePage{Call: []string{"Ward H4, day and night: 020 7946 0018", "Day unit, Mon to Fri: 020 7946 0019", "a third", "a fourth"}, Emergency: "999"}
	s.Sentence = "The sky is blue today"
	s.Words = map[string]ward.Words{"pt": {Objects: []string{"relógio", "caneta", "botão"}, Sentence: "O céu está azul", Ask: map[string]string{"ice_year": "Em que ano estamos?", "memory": "Esquece coisas?"}}}
	return s
}()

func homeHTML(t interface{ Fatal(...any) }, c *ward.Chart, site ward.Site) string {
	var b bytes.Buffer
	if err := report.HomeHTML(&b, c, &site, morning, sheet); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tableHTML(t interface{ Fatal(...any) }, h ward.Handover) string {
	var b bytes.Buffer
	if err := report.TableHTML(&b, h, sheet); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// full scores every item.
func full(x *icans.Findings) { x.ICE = finding(10, "").ICE }

// fullWard is a ward of as many patients as have room on one sheet, ill ones among them.
func fullWard() ward.Handover {
	var stays []*stay
	for i := range 15 {
		name := "GARCÍA LÓPEZ, Lucía"
		if i%4 == 0 {
			name = "VAN DER WESTHUIZEN-OKAFOR, Adaeze Chiamaka"
		}
		s := admit(fmt.Sprintf("00423%02d", i), fmt.Sprintf("%02d", 15-i), name)
		s.check(at("20:00"), 10, "")
		if i%3 == 0 {
			s.check(at("04:00"), 0, "unable=intubated consciousness=unarousable icp=diffuse_edema")
		}
		stays = append(stays, s)
	}
	return hand(stays...)
}

// A run of plain normal checks is one row with its count and its times; a check with
// anything of its own to say has its own row.
func TestNormalChecksInARowAreOneRow(t *testing.T) {
	s := admit("0042317", "12A", "OKAFOR, Ada")
	for _, clock := range []string{"14:10", "18:00", "22:00", "02:00", "04:00", "05:00", "06:00"} {
		s.check(at(clock), 10, "")
	}
	s.note(s.find("0042317-5").ID, "family present")
	by := s.Current("0042317-2")
	by.Recorded.By = "Dr Ines Reis"
	page := wordsOf(patientHTML(t, &s.Chart))
	says(t, page,
		"17 Mar 2026 05:00 to 06:00, day +2 ICE 10 of 10 0 2 normal checks no flag 17 Mar 2026 05:00, 06:00 Sam Lee (2)",
		"17 Mar 2026 04:00, day +2 ICE 10 of 10 0 no flag normal check family present Sam Lee 04:02",
		"16 Mar 2026 14:10 to 17 Mar 2026 02:00, day +1 to +2 ICE 10 of 10 0 4 normal checks no flag 16 Mar 2026 14:10, 18:00, 22:00, 17 Mar 2026 02:00 Sam Lee (3), Dr Ines Reis (1)")
	for change, check := range map[string]func(*stay){
		"late":     func(s *stay) { s.late(at("16:00"), at("19:30"), 10, "") },
		"a tremor": func(s *stay) { s.check(at("16:00"), 10, "tremor=mild") },
		"corrected": func(s *stay) {
			s.correct(s.check(at("16:00"), 9, "").ID, at("16:20"), ward.Corrected, "wrong_value", "", full)
		},
		"CRS":       func(s *stay) { s.check(at("16:00"), 10, "crs_grade=1") },
		"unwritten": func(s *stay) { s.check(at("16:00"), 10, "handwriting=") },
	} {
		s := admit("0042317", "12A", "OKAFOR, Ada")
		s.check(at("14:10"), 10, "")
		check(s)
		s.check(at("18:00"), 10, "")
		if page := wordsOf(patientHTML(t, &s.Chart)); strings.Contains(page, "normal checks no flag") {
			t.Errorf("a check that is %s has no row of its own", change)
		}
	}
}

func TestHomePage(t *testing.T) {
	s := busy()
	page := wordsOf(homeHTML(t, &s.Chart, numbers))
	says(t, page, "Name OKAFOR, Ada Born 14 Mar 1961 MRN 0042317 Treatment axi-cel , 15 Mar 2026", "Call the emergency number 999 at once",
		"Confused about place or time?", "Does the family say: not like before?", "Call Ward H4, day and night: 020 7946 0018", "What year is it? What month is it? Which city are we in? What is this? (clock, pen, button) Count backwards from 100 in tens",
		"Write: The sky is blue today", "Last complete grade on the ward, 17 Mar 2026 06:05: ICE 10, ICANS 0", "Printed 17 Mar 2026 07:00 by Sam Lee")
	saysNot(t, page, "Which hospital", "By day", "Emergency number:", "normal")
	s.Patient.Language = "PT"
	says(t, wordsOf(homeHTML(t, &s.Chart, numbers)), "Em que ano estamos? What month is it?", "(relógio, caneta, botão)", "Write: O céu está azul", "Esquece coisas?")
	blank := wordsOf(homeHTML(t, &admit("0042317", "", "OKAFOR, Ada").Chart, *site))
	says(t, blank, "Emergency number:", "By day", "At night", "Write, the same sentence each time:")
	saysNot(t, blank, "Last complete grade")
	little := wordsOf(homeHTML(t, &child().Chart, numbers))
	says(t, little, "Look at your child", "Makes eye contact with the caregiver", "Moves little when awake")
	saysNot(t, little, "What year is it?", "The sky is blue")
}

func TestTableOfTheWard(t *testing.T) {
	ill := admit("0042318", "2B", "HADDAD, Omar")
	ill.check(at("22:00"), 10, "")
	ill.check(at("06:30"), 5, "confusion=moderate")
	left := admit("0042319", "1B", "BERG, Nils")
	left.check(at("22:00"), 8, "")
	left.leave(at("04:00"), "home")
	page := wordsOf(tableHTML(t, hand(ill, left, course())))
	says(t, page, "2 patients and 1 discharged. LATE 0. Not accepted 1: 2B.", "Printed 17 Mar 2026 07:00 by Sam Lee",
		"2B HADDAD, Omar born 14 Mar 1961, MRN 0042318 day +2, axi-cel , Dr Ines Reis 06:30 ICE 5, ICANS 2 (score) urgent, NOT ACCEPTED, 13 min over time",
		"1B BERG, Nils born 14 Mar 1961, MRN 0042319 day +2, axi-cel , Dr Ines Reis 22:00 ICE 8, ICANS 1 (score) grade 1, NOT ACCEPTED left 04:00")
	order := []string{"12A OKAFOR", "2B HADDAD", "1B BERG"}
	for i := 1; i < len(order); i++ {
		if strings.Index(page, order[i-1]) > strings.Index(page, order[i]) {
			t.Errorf("%s does not come before %s", order[i-1], order[i])
		}
	}
	says(t, wordsOf(tableHTML(t, hand())), "No patients.")
}
