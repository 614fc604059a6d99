package tui

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// A draft may come from another version, or from a damaged file: whatever it holds,
// the form has it as answers that can stand or leaves it out, and writes it down
// again as it reads it.
func FuzzDraft(f *testing.F) {
	f.Add(`{"performed_at":"2026-03-17T02:10:00Z","answers":{"ice_year":"1","consciousness":"alert"},"skipped":["seizure"],"note":"n","at":"icp"}`)
	f.Add(`{"answers":{"ice_year":"9","nothing":"1","icp":"none;focal_edema"},"skipped":["nothing"],"at":"nothing"}`)
	f.Add(`{"answers":{"unable":"unarousable","consciousness":"unarousable"},"aside":{"ice_year":"1","consciousness":"alert"},"restores":"drowsy","cause":"c","at":"seizure"}`)
	f.Add(`{`)
	f.Add(``)
	f.Fuzz(func(t *testing.T, content string) {
		fresh := func() *checkForm {
			form := newCheckForm(ward.Patient{ID: 1, Tool: icans.ICE}, ward.Stay{})
			form.check.Findings.Tool = icans.ICE
			return form
		}
		form := fresh()
		form.restore(content)
		for _, field := range icans.Fields() {
			code := field.Code(&form.check.Findings)
			var x icans.Findings
			if err := field.Set(&x, code); err != nil && code != "" {
				t.Errorf("%s holds %q: %v", field.Column, code, err)
			}
		}
		again := fresh()
		again.restore(form.content())
		if again.check.Findings != form.check.Findings || again.content() != form.content() {
			t.Errorf("%q became %s and then %s", content, form.content(), again.content())
		}
	})
}

// A time that is read is on the wall clock as it was typed, and never in the future
// where only a time of day was.
func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"14:05", "1405", "2026-03-16 23:50", "2026-03-16T23:50", "16 Mar 2026 23:50", "24:00", "-1:00", "2026-03-29 01:30"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := parseTime(s, theTime, lisbon)
		if !ok {
			return
		}
		if at.IsZero() || at.Second() != 0 && at.Year() > 1912 { // before that Lisbon had seconds of its own
			t.Errorf("%q is %v", s, at)
		}
		if len(s) <= 5 && (at.After(theTime) || theTime.Sub(at) > 25*time.Hour) {
			t.Errorf("%q is %v, seen from %v", s, at, theTime)
		}
	})
}

// An interval that is taken is whole minutes, and reads as the same again.
func FuzzParseInterval(f *testing.F) {
	for _, seed := range []string{"", "6", "6h", "90m", "1h 30m", "-4", "0", "1e3h", "9999999999", "2562047h47m16s", "٣", "1h\x00", "0x10", "+6", "6H"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := parseInterval(text)
		if !ok {
			return
		}
		if d%time.Minute != 0 {
			t.Errorf("%q is %v: no whole minutes", text, d)
		}
		if again, ok := parseInterval(d.String()); !ok || again != d {
			t.Errorf("%q is %v, and that is %v", text, d, again)
		}
		if number, err := strconv.Atoi(strings.ReplaceAll(text, " ", "")); err == nil && d != time.Duration(number)*time.Hour {
			t.Errorf("%q is %v", text, d)
		}
	})
}
