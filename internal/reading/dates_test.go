package reading

import (
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func TestReadBirthDate(t *testing.T) {
	for _, c := range []struct {
		text, words   string
		question, err string
	}{
		{text: "14 Mar 1961", words: "14 March 1961, 65 years ago"},
		{text: "14/03/1961", words: "14 March 1961, 65 years ago"},
		{text: "14.3.1961", words: "14 March 1961, 65 years ago"},
		{text: "14-3-1961", words: "14 March 1961, 65 years ago"},
		{text: "14031961", words: "14 March 1961, 65 years ago"},
		{text: "1961-03-14", words: "14 March 1961, 65 years ago"},
		{text: "19610314", words: "14 March 1961, 65 years ago"},
		{text: "14 march 1961", words: "14 March 1961, 65 years ago"},
		{text: "March 14, 1961", words: "14 March 1961, 65 years ago"},
		{text: "14th Mar 1961", words: "14 March 1961, 65 years ago"},
		{text: "14Mar1961", words: "14 March 1961, 65 years ago"},
		{text: "14-Mar-1961", words: "14 March 1961, 65 years ago"},
		{text: "1961/3/14", words: "14 March 1961, 65 years ago"},
		{text: "１４／０３／１９６１", words: "14 March 1961, 65 years ago"},
		{text: "03/14/1961", words: "14 March 1961, 65 years ago"},
		{text: "3/3/2019", words: "3 March 2019, 7 years ago"},
		{text: "29 Feb 2024", words: "29 February 2024, 2 years ago"},
		{text: "1 Nov 2026", words: "1 November 2026, 28 days ago"},
		{text: "29 Nov 2026", words: "29 November 2026, today"},
		{text: "1961", words: "1961, day and month unknown: a second identifier is needed"},
		{text: " Unknown ", words: "unknown: a second identifier is needed"},
		{text: "03/02/2019", question: "which day: 3 February 2019 or 2 March 2019?"},
		{text: "03022019", question: "which day: 3 February 2019 or 2 March 2019?"},
		{text: "30 Feb 1961", err: "there is no 30 February"},
		{text: "30/02/1961", err: "there is no 30 February"},
		{text: "1961-02-30", err: "there is no 30 February"},
		{text: "29 Feb 2023", err: "there is no 29 February 2023"},
		{text: "31 Apr 1961", err: "there is no 31 April"},
		{text: "14 Mar 61", err: "four digits"},
		{text: "140361", err: "four digits"},
		{text: "29 Feb 1900", err: "there is no 29 February 1900"},
		{text: "14/3/61", err: "four digits"},
		{text: "30 Nov 2026", err: "is in the future, today is 29 November 2026"},
		{text: "14 Mar 2061", err: "2061 is in the future"},
		{text: "1861", err: "over 130 years ago"},
		{text: "14/13/1961", err: "there is no month 13"},
		{text: "14 Mar", err: "write the date as"},
		{text: "okafor", err: "write the date as"},
		{text: "", err: "a date is needed"},
	} {
		r := BirthDate(c.text, noon, time.UTC)
		switch {
		case c.err != "":
			if !strings.Contains(r.Err, c.err) {
				t.Errorf("%q: %+v, want the error %q", c.text, r, c.err)
			}
		case c.question != "":
			if r.Question != c.question || len(r.Choices) != 3 || r.Choices[1].Value != (Date{Year: 2019, Month: 3, Day: 2}) {
				t.Errorf("%q: %+v, want the question %q", c.text, r, c.question)
			}
		case !r.OK() || r.Words != c.words:
			t.Errorf("%q: %+v, want %q", c.text, r, c.words)
		}
	}
}

// B17: today is a day of the ward's calendar and not of the machine's.
func TestDatesFollowTheZone(t *testing.T) {
	now := at(t, "2026-07-10T23:30:00Z")
	if r := BirthDate("11 Jul 2014", now, zone(t, "Europe/London")); r.Words != "11 July 2014, 12 years ago" {
		t.Errorf("%+v", r)
	}
	if r := BirthDate("11 Jul 2026", now, time.UTC); r.OK() {
		t.Errorf("tomorrow is taken: %+v", r)
	}
}

func TestPartialDates(t *testing.T) {
	for d, want := range map[Date]bool{{Unknown: true}: true, {Year: 1961}: true, {Year: 1961, Month: 3, Day: 14}: false} {
		if d.Partial() != want {
			t.Errorf("%v: %v", d, !want)
		}
	}
}

// B12.
func TestReadLength(t *testing.T) {
	for _, c := range []struct {
		text  string
		value time.Duration
		words string
		err   string
	}{
		{text: "90m", value: 90 * time.Minute, words: "1 hour 30 minutes"},
		{text: "6h", value: 6 * time.Hour, words: "6 hours"},
		{text: "1h30", value: 90 * time.Minute, words: "1 hour 30 minutes"},
		{text: "1h30m", value: 90 * time.Minute},
		{text: "1 h 30 min", value: 90 * time.Minute},
		{text: "90 min", value: 90 * time.Minute},
		{text: "90 Minutes", value: 90 * time.Minute},
		{text: "1 hour", value: time.Hour, words: "1 hour"},
		{text: "1.5h", value: 90 * time.Minute},
		{text: "2d", value: 48 * time.Hour, words: "48 hours"},
		{text: "3 days", value: 72 * time.Hour, words: "3 days"},
		{text: "９０ｍ", value: 90 * time.Minute, words: "1 hour 30 minutes"},
		{text: "30", err: "needs a unit: 30m or 30h"},
		{text: "1:30", err: "needs a unit"},
		{text: "1h90", err: "write 2h30"},
		{text: "0m", err: "none"},
		{text: "-5m", err: "is no length"},
		{text: "six hours", err: "is no length"},
		{text: "99999h", err: "more than a year"},
		{text: "", err: "is needed"},
		{text: "2d5", err: "is no length"},
	} {
		r := Length(c.text)
		if c.err != "" {
			if !strings.Contains(r.Err, c.err) {
				t.Errorf("%q: %+v, want the error %q", c.text, r, c.err)
			}
			continue
		}
		if !r.OK() || r.Value != c.value || c.words != "" && r.Words != c.words {
			t.Errorf("%q: %+v, want %v %q", c.text, r, c.value, c.words)
		}
	}
}
