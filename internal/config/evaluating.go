package config

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"neurocheck/internal/ward"
)

// Evaluating returns, by key, those of the settings on which the flags of checks depend: the
// intervals, and the times after which a patient counts as not examined. Each value is as
// [Recorded] has it.
func Evaluating(site *ward.Site) map[string]json.RawMessage {
	var all map[string]json.RawMessage
	_ = json.Unmarshal([]byte(Recorded(site)), &all) // Recorded wrote it
	maps.DeleteFunc(all, func(key string, _ json.RawMessage) bool {
		return !strings.HasPrefix(key, "intervals.") && !strings.HasPrefix(key, "not_examined.")
	})
	return all
}

// EvaluatedOtherwise returns the keys of the settings of [Evaluating] that differ between two
// wards, in order.
func EvaluatedOtherwise(a, b map[string]json.RawMessage) (keys []string) {
	for key, value := range a {
		if other, known := b[key]; !known || string(other) != string(value) {
			keys = append(keys, key)
		}
	}
	for key := range b {
		if _, known := a[key]; !known {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
