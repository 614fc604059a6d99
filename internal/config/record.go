package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"neurocheck/internal/ward"
)

// Recorded returns the settings as the record keeps them: one JSON object by key,
// always the same for the same settings.
func Recorded(site *ward.Site) string {
	values := make(map[string]any, len(settings))
	for _, of := range settings {
		values[of.key()] = of.kind.get(site)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(values); err != nil {
		panic(err) // strings, numbers, truths and lists of strings always encode
	}
	return strings.TrimSpace(b.String())
}

// Changed says in words what is set differently than in what [Recorded] returned
// before; "as at first" where nothing was recorded.
func Changed(before string, site *ward.Site) string {
	if before == "" {
		return "as at first"
	}
	var old map[string]json.RawMessage
	if json.Unmarshal([]byte(before), &old) != nil {
		return "from settings that cannot be read"
	}
	var now map[string]json.RawMessage
	_ = json.Unmarshal([]byte(Recorded(site)), &now) // Recorded wrote it
	var list []string
	for _, of := range settings {
		k := of.key()
		was := string(old[k])
		if was == "" {
			was = "unknown"
		}
		if is := string(now[k]); is != was {
			list = append(list, fmt.Sprintf("%s from %s to %s", k, was, is))
		}
	}
	return strings.Join(list, "; ")
}
