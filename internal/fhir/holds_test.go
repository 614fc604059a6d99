package fhir_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"neurocheck/internal/fhir"
)

type failer interface {
	Errorf(string, ...any)
	Fatalf(string, ...any)
}

var (
	validID = regexp.MustCompile(`^[A-Za-z0-9\-.]{1,64}$`)
	times   = map[string]bool{
		"effectiveDateTime": true, "valueDateTime": true, "performedDateTime": true, "issued": true, "recorded": true, "start": true, "end": true,
		"occurrenceDateTime": true, "abatementDateTime": true,
		"authoredOn": true, "lastModified": true, "time": true, "recordedDate": true,
	}
	validTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)$`)
)

// holdsTogether checks the parts that the validator does not: identities, that every
// reference leads to a resource, that nothing is empty, and the local codes.
func holdsTogether(t failer, text []byte) {
	if !utf8.Valid(text) {
		t.Fatalf("not UTF-8")
	}
	var all []thing
	there := make(map[string]bool)
	for line := range bytes.Lines(text) {
		var r thing
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		all = append(all, r)
		name := at(r, "resourceType") + "/" + at(r, "id")
		if !validID.MatchString(at(r, "id")) || there[name] {
			t.Errorf("%s: no good identity, or there twice", name)
		}
		there[name] = true
	}
	known := localCodes(t)
	for _, r := range all {
		within := make(map[string]bool)
		contained, _ := r["contained"].([]any)
		for _, c := range contained {
			within["#"+at(c, "id")] = true
		}
		var walk func(path string, v any)
		walk = func(path string, v any) {
			switch x := v.(type) {
			case thing:
				if len(x) == 0 {
					t.Errorf("%s is empty", path)
				}
				if x["system"] == "https://neurocheck.example/fhir/CodeSystem/neurocheck" && known[at(x, "code")] != at(x, "display") {
					t.Errorf("%s: the CodeSystem has no %v with the words %v", path, x["code"], x["display"])
				}
				for key, value := range x {
					walk(path+"."+key, value)
				}
			case []any:
				if len(x) == 0 {
					t.Errorf("%s is empty", path)
				}
				for _, value := range x {
					walk(path, value)
				}
			case string:
				if strings.TrimSpace(x) == "" || strings.ContainsAny(x, "\x00\x1b\u202e\u00a0\ufeff") {
					t.Errorf("%s is %q", path, x)
				}
				if strings.HasSuffix(path, ".reference") && !there[x] && !within[x] {
					t.Errorf("%s leads to %s, which is not there", path, x)
				}
				if key := path[strings.LastIndex(path, ".")+1:]; times[key] && !validTime.MatchString(x) {
					t.Errorf("%s is no time: %s", path, x)
				}
			}
		}
		walk(at(r, "resourceType"), r)
	}
}

func localCodes(t failer) map[string]string {
	text, err := fhir.CodeSystem()
	if err != nil {
		t.Fatalf("%v", err)
	}
	var system struct{ Concept []any }
	if err := json.Unmarshal(text, &system); err != nil {
		t.Fatalf("%v", err)
	}
	codes := make(map[string]string)
	var add func(list []any)
	add = func(list []any) {
		for _, c := range list {
			if _, twice := codes[at(c, "code")]; twice {
				t.Errorf("%s stands twice", at(c, "code"))
			}
			codes[at(c, "code")] = at(c, "display")
			below, _ := c.(thing)["concept"].([]any)
			add(below)
		}
	}
	add(system.Concept)
	return codes
}
