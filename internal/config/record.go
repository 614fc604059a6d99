package config

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

// Recorded returns the settings as the log records them: one JSON object by key,
// always the same for the same settings.
func Recorded(site *ward.Site) string {
	values := make(map[string]any, len(settings))
	for _, of := range settingsOf(site) {
		values[of.key()] = of.kind.get(site)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(values); err != nil {
		panic(err) // strings, numbers, booleans and lists of strings always encode
	}
	return strings.TrimSpace(b.String())
}

// InForce reads settings, and reports whether they are those that the log recorded last: a
// program of the ward may have a file of its own, by which no other goes on. A program that
// runs for months asks after each record that is about no patient.
func InForce(ctx context.Context, log interface {
	Settings(context.Context) (string, error)
}, read func(context.Context) (Settings, error)) (s Settings, inForce bool, err error) {
	if s, err = read(ctx); err != nil {
		return s, false, err
	}
	recorded, err := log.Settings(ctx)
	return s, err == nil && recorded == Recorded(&s.Site), err
}

// FromRecord returns the settings that [Recorded] wrote, and whether there were any
// that can be used. A setting that is missing from the record, or is no longer valid, has
// its default.
func FromRecord(recorded string) (site ward.Site, ok bool) {
	p := parsing{site: ward.DefaultSite(), set: make(map[string]*tomldoc.Entry)}
	d := json.NewDecoder(strings.NewReader(recorded))
	d.UseNumber()
	var values map[string]any
	if recorded == "" || d.Decode(&values) != nil {
		return p.site, false
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		path := keyParts(key)
		s := settingAt(path)
		if s == nil {
			continue
		}
		if wrong, _ := p.wrongName(path); wrong != "" {
			continue
		}
		v := values[key]
		if n, isNumber := v.(json.Number); isNumber {
			if whole, err := n.Int64(); err == nil {
				v = whole
			}
		}
		p.set[s.key()] = &tomldoc.Entry{ItemsAt: make([]int, mostRanges+mostItems)}
		s.kind.set(&p.site, v) // a refused value leaves the default
	}
	completeProducts(&p.site)
	if p.order(); p.faults != nil {
		return ward.DefaultSite(), false
	}
	return p.site, true
}

// Changed returns in words the settings that differ from the ones that [Recorded]
// returned before; "as at first" if none were recorded.
func Changed(before string, site *ward.Site) string {
	if before == "" {
		return "as at first"
	}
	var old, now map[string]json.RawMessage
	if json.Unmarshal([]byte(before), &old) != nil {
		return "from settings that cannot be read"
	}
	_ = json.Unmarshal([]byte(Recorded(site)), &now) // Recorded wrote it
	keys := make([]string, 0, len(now))
	for _, of := range settingsOf(site) {
		keys = append(keys, of.key())
	}
	for _, key := range slices.Sorted(maps.Keys(old)) {
		if _, still := now[key]; !still {
			keys = append(keys, key)
		}
	}
	value := func(values map[string]json.RawMessage, key string) string {
		if v, ok := values[key]; ok {
			return string(v)
		}
		return "unknown"
	}
	var list []string
	for _, key := range keys {
		if was, is := value(old, key), value(now, key); is != was {
			list = append(list, fmt.Sprintf("%s from %s to %s", key, was, is))
		}
	}
	return strings.Join(list, "; ")
}
