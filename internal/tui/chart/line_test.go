package chart

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/reading"
	"neurocheck/internal/tui/kit"
)

// A draft that has a time of the hour that comes twice comes back with the letters of its
// zone, and its words are of the time that it has.
func TestDraftOfATimeThatComesTwice(t *testing.T) {
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 10, 25, 8, 10, 0, 0, time.UTC)
	for at, letters := range map[string]string{"2026-10-25T01:30:00+01:00": "01:30 WEST", "2026-10-25T01:30:00Z": "01:30 WET"} {
		f := kit.NewField(40, func(text string) reading.Reading[time.Time] { return reading.Time(text, now, lisbon) })
		timeLine("when", f, lisbon).load(at)
		said, _ := f.Note()
		if got, ok := f.Get(); !ok || got.UTC().Format(time.RFC3339) != strings.Replace(at, "01:30:00+01:00", "00:30:00Z", 1) || !strings.HasSuffix(f.Value(), letters) || !strings.Contains(said, letters) {
			t.Errorf("%s: %v, %q, %q", at, got, f.Value(), said)
		}
	}
}
