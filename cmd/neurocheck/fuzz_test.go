package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/ward"
)

// A terminal shows every message as it is.
func FuzzHarmless(f *testing.F) {
	for _, seed := range []string{"plain", "\x1b[2J", "\u202e", "\xff", "a\nb", "\ufffd", "\u009b", "ü山"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		said := harmless(s)
		if !utf8.ValidString(said) || harmless(said) != said {
			t.Errorf("%q is said as %q", s, said)
		}
		for _, r := range said {
			if r != '\n' && unicode.IsControl(r) {
				t.Errorf("%q is said as %q", s, said)
			}
		}
	})
}

// A time from a flag is the one that it names, or wrong use.
func FuzzTimeOfAFlag(f *testing.F) {
	for _, seed := range []string{"", "2026-03-14", "2026-03-14T09:05:00+01:00", "2026-02-30", "19:00", "yesterday"} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 17, 2, 10, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		if at, err := parseTime("--since", s, time.UTC); err == nil && s != "" {
			if at.Format(time.DateOnly) != s[:min(10, len(s))] {
				t.Errorf("%q is %v", s, at)
			}
		}
		if from, err := shiftStart(s, now, time.UTC); err == nil && from.After(now) {
			t.Errorf("a shift that began at %q begins at %v", s, from)
		}
	})
}

// A file holds a key, which is the one that its digits say, or is refused with
// nothing of it in the words; it stays as it is.
func FuzzKeyFile(f *testing.F) {
	good := strings.Repeat("0123456789abcdef", csvlog.KeySize/8)
	for _, seed := range []string{"", good, good + "\n", "  " + good, strings.ToUpper(good), good[1:], good + "00", good[:2] + " " + good[2:], "\ufeff" + good, strings.Repeat("0", 2000), "\x00"} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), "study.key")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		key, err := keyFrom(path)
		there, readErr := os.ReadFile(path)
		if readErr != nil || !bytes.Equal(there, content) {
			t.Fatalf("the file was changed: %v", readErr)
		}
		said := strings.TrimSpace(string(content))
		switch {
		case err == nil && (len(key) != csvlog.KeySize || fmt.Sprintf("%x", key) != strings.ToLower(said)):
			t.Errorf("%q is the key %x", content, key)
		case err != nil && ward.KindOf(err) != ward.KindConflict:
			t.Errorf("%q: %v", content, err)
		case err != nil && len(said) > 8 && strings.Contains(err.Error(), said[:8]):
			t.Errorf("the words repeat what is in the file: %v", err)
		}
	})
}
