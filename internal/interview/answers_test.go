package interview

import (
	"strings"
	"testing"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
)

// Every key, code and label of every item is an answer, in either case, and means the term
// that the form means by it.
func TestEveryWordIsAnAnswer(t *testing.T) {
	fields := append([]*icans.Field{icans.FieldOf("unable")}, bedside.Fields...)
	for _, field := range fields {
		for _, term := range field.Terms {
			for _, text := range append(strings.Split(term.Keys, ""), term.Code, term.Label) {
				for _, typed := range []string{text, strings.ToUpper(text), " " + strings.ReplaceAll(text, "_", "  ") + " "} {
					if code, ok := codeOf(field, typed); !ok || code != term.Code {
						t.Errorf("%s: %q is %q, not %s", field.Column, typed, code, term.Code)
					}
				}
			}
		}
	}
}

func TestCodeOf(t *testing.T) {
	for _, c := range []struct{ column, text, code string }{
		{"ice_year", "yes", "1"}, {"ice_year", "no", "0"}, {"ice_year", "2", ""}, {"ice_year", "yess", ""},
		{"memory", "mod", "moderate"}, {"memory", "m", ""}, {"memory", "no", "none"}, {"memory", "NONE", "none"}, {"memory", "4", ""},
		{"consciousness", "touch", "tactile"}, {"consciousness", "drowsy", "drowsy"}, {"consciousness", "voice", "voice"}, {"consciousness", "wakes", ""},
		{"seizure", "eeg only", "nonconvulsive"}, {"seizure", "eeg", ""}, {"seizure", "none", "none"}, {"seizure", "over 5 min", "prolonged"},
		{"motor", "yes", "focal_weakness"}, {"motor", "no", "none"},
		{"capd_1", "often", "1"}, {"capd_5", "often", "3"}, {"capd_1", "4", "4"},
		{"icp", "1 3", "focal_edema;posturing"}, {"icp", "3,1", "focal_edema;posturing"}, {"icp", "posture; papilloedema", "posturing;papilledema"},
		{"icp", "1 1", "focal_edema"}, {"icp", "0 1", ""}, {"icp", "1 7", ""}, {"icp", "oedema", ""}, {"icp", "none", "none"}, {"icp", ";", ""},
	} {
		code, ok := codeOf(icans.FieldOf(c.column), c.text)
		if code != c.code || ok != (c.code != "") {
			t.Errorf("%s: %q is %q (%v), not %q", c.column, c.text, code, ok, c.code)
		}
	}
}

// No command hides an answer: a word that answers an item is no command.
func TestCommandsAreNoAnswers(t *testing.T) {
	for _, c := range commands() {
		for _, name := range c.names {
			for _, field := range bedside.Fields {
				if code, ok := codeOf(field, name); ok {
					t.Errorf("%q answers %s with %s", name, field.Column, code)
				}
			}
		}
	}
}
