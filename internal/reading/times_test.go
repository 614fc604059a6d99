package reading

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t interface{ Fatal(...any) }, s string) time.Time {
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const (
	autumn  = "2026-10-25T12:00:00Z" // the clocks went back at 01:00 UTC
	spring  = "2026-03-29T12:00:00Z" // and forward at 01:00 UTC
	sunday  = "2026-11-29T15:14:00Z"
	january = "2027-01-02T10:00:00Z"
)

var timeCases = []struct {
	zone, now, text string
	value           string // RFC 3339 in UTC
	words           string
	question, err   string // a part of it
}{
	// Every form of a time alone.
	{now: sunday, text: "1320", value: "2026-11-29T13:20:00Z", words: "today 13:20, 1 h 54 min ago"},
	{now: sunday, text: "13:20", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "13.20", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "1:20pm", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "1:20 PM", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "1.20 p.m.", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "120pm", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "1pm", value: "2026-11-29T13:00:00Z"},
	{now: sunday, text: "13", value: "2026-11-29T13:00:00Z"},
	{now: sunday, text: "13h20", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "13 20", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "1320h", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "4", value: "2026-11-29T04:00:00Z"},
	{now: sunday, text: "04", value: "2026-11-29T04:00:00Z"},
	{now: sunday, text: "930", value: "2026-11-29T09:30:00Z"},
	{now: sunday, text: "12am", value: "2026-11-29T00:00:00Z"},
	{now: sunday, text: "12pm", value: "2026-11-29T12:00:00Z"},
	{now: sunday, text: "13:20:05", value: "2026-11-29T13:20:05Z"},
	{now: sunday, text: "now", value: "2026-11-29T15:14:00Z", words: "today 15:14, now"},
	// With a day.
	{now: sunday, text: "yesterday 2350", value: "2026-11-28T23:50:00Z", words: "yesterday 23:50, 15 h 24 min ago"},
	{now: "2026-11-29T07:50:00Z", text: "yesterday 23:50", value: "2026-11-28T23:50:00Z", words: "yesterday 23:50, 8 h ago"},
	{now: sunday, text: "28 Nov 0300", value: "2026-11-28T03:00:00Z", words: "yesterday 03:00, 1 d 12 h ago"},
	{now: sunday, text: "28nov 0300", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "Nov 28, 3am", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "28 November 2026 03:00", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "2026-11-28 03:00", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "2026-11-28T03:00", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "2026-11-28T03:00:00Z", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "28/11/2026 0300", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "28.11.2026 0300", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "today 1320", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "Sat 2200", value: "2026-11-28T22:00:00Z"},
	{now: sunday, text: "sunday 0100", value: "2026-11-29T01:00:00Z"},
	{now: sunday, text: "28 Nov 2025 03:00", value: "2025-11-28T03:00:00Z", question: "is the year right"},
	{now: sunday, text: "3 May 2024 1200", value: "2024-05-03T12:00:00Z", words: "Fri 3 May 2024 12:00, 940 d 3 h ago"},
	{now: january, text: "28 Nov 0300", value: "2026-11-28T03:00:00Z", words: "Sat 28 Nov 2026 03:00, 35 d 7 h ago"},
	{now: sunday, text: "28 Nov 1930", value: "2026-11-28T19:30:00Z"},
	{now: sunday, text: "28 Nov 2026", err: "may be a year or 20:26"},
	{now: sunday, text: "1/2/2026 0300", question: "1 February 2026 or 2 January 2026"},
	// A figure of four after a month may be a year of an earlier infusion.
	{now: sunday, text: "14 Mar 2019", err: "may be a year or 20:19"},
	{now: sunday, text: "14 Mar 2059", value: "2026-03-14T20:59:00Z"},
	// The day in other spellings.
	{now: sunday, text: "Sat 28 Nov 03:00", value: "2026-11-28T03:00:00Z", words: "yesterday 03:00, 1 d 12 h ago"},
	{now: sunday, text: "Fri 3 May 2024 12:00", value: "2024-05-03T12:00:00Z"},
	{now: sunday, text: "Sun 28 Nov 03:00", err: "28 November 2026 is a Saturday"},
	{now: sunday, text: "Thu 1/10/2026 0300", value: "2026-10-01T03:00:00Z"},
	{now: sunday, text: "Tue 1/10/2026 0300", err: "is a"},
	{now: sunday, text: "Sat 25:10", err: "there is no 25:10"},
	{now: sunday, text: "28-Nov-2026 03:00", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "28-11-2026 03:00", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "2026/11/28 03:00", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "28112026 0300", value: "2026-11-28T03:00:00Z"},
	{now: sunday, text: "28/11/26 0300", err: "write the year with four digits"},
	{now: sunday, text: "28-Nov-26 0300", err: "write the year with four digits"},
	{now: sunday, text: "28 Nov 26 0300", err: "is no time"},
	{now: sunday, text: "１３：２０", value: "2026-11-29T13:20:00Z"},
	{now: sunday, text: "２８\u3000Nov\u3000０３００", value: "2026-11-28T03:00:00Z"},
	// B8: ahead of the clock.
	{now: "2026-11-29T15:23:00Z", text: "15:35", question: "in the future, the clock says 15:23. Yesterday?"},
	{now: "2026-11-29T15:14:00Z", text: "1600", question: "in the future, the clock says 15:14. Yesterday?"},
	{now: sunday, text: "today 16:00", err: "in the future, the clock says 15:14"},
	{now: sunday, text: "30 Nov 0300", err: "is in the future"},
	{now: sunday, text: "tomorrow 0300", err: "is in the future"},
	// B9: a line that begins like a time and is none.
	{now: sunday, text: "13:20, dex", err: "is no time"},
	{now: sunday, text: "1320 dex", err: "is no time"},
	{now: sunday, text: "25:10 dex", err: "is no time"},
	{now: sunday, text: "25:10", err: "there is no 25:10"},
	{now: sunday, text: "2410", err: "there is no 24:10"},
	{now: sunday, text: "24:00", err: "there is no 24:00"},
	{now: sunday, text: "1360", err: "there is no 13:60"},
	{now: sunday, text: "13pm", err: "there is no 13 pm"},
	{now: sunday, text: "13:2", err: "is no time"},
	{now: sunday, text: "", err: "a time is needed"},
	{now: sunday, text: "yesterday", err: "the time of day is missing"},
	{now: sunday, text: "30 Feb 0300", err: "there is no 30 February"},
	{now: sunday, text: "2026-02-29 0300", err: "there is no 29 February 2026"},
	{now: sunday, text: "28.11 0300", err: "write the month in letters"},
	{now: sunday, text: "-5", err: "is no time"},
	{now: sunday, text: "99999", err: "is no time"},
	// B11: the year before, out of habit.
	{now: january, text: "2026-01-02 09:00", question: "2 January 2026 is a year ago: is the year right?"},
	// B7: the hour that comes twice.
	{zone: "Europe/London", now: "2026-10-25T00:20:00Z", text: "0120", value: "2026-10-25T00:20:00Z", words: "today 01:20 BST, now"},
	{zone: "Europe/London", now: autumn, text: "0120", value: "2026-10-25T01:20:00Z", words: "today 01:20 GMT, 10 h 40 min ago"},
	{zone: "Europe/London", now: autumn, text: "0120 BST", value: "2026-10-25T00:20:00Z", words: "today 01:20 BST, 11 h 40 min ago"},
	{zone: "Europe/London", now: "2026-10-25T01:20:00Z", text: "0150", value: "2026-10-25T00:50:00Z", words: "today 01:50 BST, 30 min ago"},
	{zone: "Europe/London", now: "2026-10-25T00:20:00Z", text: "0150", question: "Yesterday?"},
	{zone: "Europe/London", now: autumn, text: "0059", value: "2026-10-24T23:59:00Z", words: "today 00:59, 12 h 1 min ago"},
	{zone: "Europe/London", now: autumn, text: "0200", value: "2026-10-25T02:00:00Z", words: "today 02:00, 10 h ago"},
	{zone: "Europe/Lisbon", now: autumn, text: "0130", value: "2026-10-25T01:30:00Z", words: "today 01:30 WET, 10 h 30 min ago"},
	{zone: "Europe/Lisbon", now: autumn, text: "0130 west", value: "2026-10-25T00:30:00Z", words: "today 01:30 WEST, 11 h 30 min ago"},
	{zone: "Europe/Lisbon", now: "2026-10-26T12:00:00Z", text: "yesterday 0130", value: "2026-10-25T01:30:00Z", words: "yesterday 01:30 WET, 1 d 10 h ago"},
	{zone: "Europe/London", now: sunday, text: "1320 BST", err: "BST does not hold on 29 November 2026"},
	// The hour that never was.
	{zone: "Europe/London", now: spring, text: "0130", err: "there was no 01:30 on 29 Mar: the clocks went from 01:00 to 02:00"},
	{zone: "Europe/Lisbon", now: spring, text: "01:00", err: "there was no 01:00 on 29 Mar: the clocks went from 01:00 to 02:00"},
	{zone: "Europe/Lisbon", now: spring, text: "0059", value: "2026-03-29T00:59:00Z"},
	{zone: "Europe/Lisbon", now: spring, text: "0200", value: "2026-03-29T01:00:00Z", words: "today 02:00, 11 h ago"},
	{zone: "Europe/London", now: "2026-03-30T08:00:00Z", text: "yesterday 0130", err: "there was no 01:30"},
	{zone: "Europe/London", now: "2026-03-30T00:10:00Z", text: "0130", err: "there was no 01:30 on 29 Mar"},
	{zone: "America/New_York", now: "2026-11-01T20:00:00Z", text: "0130 edt", value: "2026-11-01T05:30:00Z", words: "today 01:30 EDT, 14 h 30 min ago"},
	{zone: "America/New_York", now: "2026-11-01T20:00:00Z", text: "0130", value: "2026-11-01T06:30:00Z", words: "today 01:30 EST, 13 h 30 min ago"},
	{zone: "Australia/Lord_Howe", now: "2026-04-05T03:00:00Z", text: "0145", value: "2026-04-04T15:15:00Z", words: "today 01:45 UTC+10:30, 11 h 45 min ago"},
	{zone: "Asia/Kathmandu", now: "2026-11-29T18:20:00Z", text: "0000", value: "2026-11-29T18:15:00Z", words: "today 00:00, 5 min ago"},
	{zone: "Asia/Beirut", now: "2026-03-29T09:00:00Z", text: "0000", err: "there was no 00:00 on 29 Mar: the clocks went from 00:00 to 01:00"},
	{zone: "Australia/Lord_Howe", now: "2026-10-03T20:00:00Z", text: "0215", err: "the clocks went from 02:00 to 02:30"},
}

func TestReadTime(t *testing.T) {
	for _, c := range timeCases {
		z := time.UTC
		if c.zone != "" {
			z = zone(t, c.zone)
		}
		r := Time(c.text, at(t, c.now), z)
		name := c.zone + " " + c.now + " " + c.text
		switch {
		case c.err != "":
			if !strings.Contains(r.Err, c.err) {
				t.Errorf("%s: %+v, want the error %q", name, r, c.err)
			}
		case c.question != "":
			if !strings.Contains(r.Question, c.question) || r.Err != "" || len(r.Choices) < 2 {
				t.Errorf("%s: %+v, want the question %q", name, r, c.question)
			}
		case !r.OK() || !r.Value.Equal(at(t, c.value)) || c.words != "" && r.Words != c.words:
			t.Errorf("%s: %v %+v, want %s %q", name, r.Value.UTC(), r, c.value, c.words)
		}
	}
}

func TestAnswersToTheQuestionsOfTimes(t *testing.T) {
	now := at(t, "2026-11-29T15:23:00Z")
	r := Time("15:35", now, time.UTC)
	if yes := r.Choices[0]; !yes.Value.Equal(at(t, "2026-11-28T15:35:00Z")) || yes.Words != "yesterday 15:35, 23 h 48 min ago" {
		t.Errorf("yes is %v %q", yes.Value, yes.Words)
	}
	if no := r.Choices[1]; !no.Back || no.Keys[0] != "0" {
		t.Errorf("no is %+v", no)
	}
	r = Time("2026-01-02 09:00", at(t, "2027-01-02T10:00:00Z"), time.UTC) // B11
	if !r.Choices[0].Value.Equal(at(t, "2026-01-02T09:00:00Z")) || !r.Choices[1].Value.Equal(at(t, "2027-01-02T09:00:00Z")) {
		t.Errorf("the years are %+v", r.Choices)
	}
}

// B10: an infusion planned for later today is today.
func TestReadPlannedTime(t *testing.T) {
	now := at(t, "2026-11-29T10:00:00Z")
	for text, want := range map[string]string{
		"14:00": "2026-11-29T14:00:00Z", "tomorrow 0900": "2026-11-30T09:00:00Z", "09:00": "2026-11-29T09:00:00Z",
		"2 Dec 1000": "2026-12-02T10:00:00Z", "2 Jan 1000": "2027-01-02T10:00:00Z",
	} {
		if r := PlannedTime(text, now, time.UTC); !r.OK() || !r.Value.Equal(at(t, want)) {
			t.Errorf("%s: %+v, want %s", text, r, want)
		}
	}
	if r := PlannedTime("14:00", now, time.UTC); r.Words != "today 14:00, in 4 h" {
		t.Errorf("words %q", r.Words)
	}
	if r := PlannedTime("2026-01-02 09:00", at(t, "2027-01-02T10:00:00Z"), time.UTC); r.Question == "" {
		t.Errorf("a year ago is taken unasked: %+v", r)
	}
}

// The words of a reading are a reading themselves, so that a person can copy them.
func TestTimesNeverLieAhead(t *testing.T) {
	zones := []*time.Location{time.UTC, zone(t, "Europe/London"), zone(t, "Europe/Lisbon"), zone(t, "Pacific/Auckland")}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		now := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "now"), 0)
		text := rapid.StringMatching(`(yesterday |today |Sat |28 Nov |2026-10-25 )?[0-9]{1,2}[:.]?[0-9]{0,2}(am|pm)?`).Draw(t, "text")
		r := Time(text, now, z)
		if r.OK() && (r.Value.After(now) || r.Words == "") {
			t.Fatalf("%q at %v is %v %q", text, now.In(z), r.Value, r.Words)
		}
		for _, c := range r.Choices {
			if !c.Back && c.Value.After(now) {
				t.Fatalf("%q at %v offers %v", text, now.In(z), c.Value)
			}
		}
	})
}

func FuzzReadTime(f *testing.F) {
	for _, s := range []string{"1320", "28 Nov 0300", "2026-11-28 03:00", "1:20pm", "Nov 28, 3am", "01:20 BST"} {
		f.Add(s)
	}
	z := zone(f, "Europe/Lisbon")
	f.Fuzz(func(t *testing.T, s string) {
		r := Time(s, noon, z)
		if n := b2i(r.Err != "") + b2i(r.Question != "") + b2i(!r.Value.IsZero()); n != 1 {
			t.Fatalf("%q: %+v", s, r)
		}
		BirthDate(s, noon, z)
		Length(s)
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
