package main

import (
	"path/filepath"
	"strings"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// A log that can only be read gets no note of the verdict, and verify --record says so:
// the unit of the timer fails, and neurocheck status asks for it for ever otherwise.
func TestAVerdictThatIsNotNoted(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.db")
	demoLog(t, log)
	s, err := store.OpenReadOnly(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	v, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for record, want := range map[bool]string{false: "", true: "is not noted: this log can only be read"} {
		y := verifying{record: record}
		if err := y.note(t.Context(), s, v); err != nil {
			t.Fatal(err)
		}
		err := y.say(nil, s, v, nil)
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || ward.KindOf(err) != ward.KindUnavailable) {
			t.Errorf("with --record %v: %v", record, err)
		}
	}
}
