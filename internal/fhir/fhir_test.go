package fhir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"neurocheck/internal/fhir"
	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func TestBounds(t *testing.T) {
	early, late := check(t, "early", eight), check(t, "late", well)
	late.PerformedAt = clock(17, "08:00")
	c := chart(late, early)
	c.FollowUps = []ward.FollowUp{joined(icans.FlagGrade1, 1, "early")}
	c.Interventions = []ward.Intervention{{ID: 5, PatientID: 7, DoneAt: clock(17, "09:00"), Kind: "eeg", Recorded: ward.Sign("Sam Lee", clock(17, "09:00"))}}
	for _, b := range []struct {
		since, until                       time.Time
		patients, checks, tasks, procedure int
	}{
		{time.Time{}, time.Time{}, 1, 2, 1, 1},
		{clock(17, "08:00"), time.Time{}, 1, 1, 0, 1},
		{time.Time{}, clock(17, "08:00"), 1, 1, 1, 0},
		{clock(17, "08:01"), clock(17, "09:00"), 0, 0, 0, 0},
		{clock(17, "09:00"), clock(17, "09:01"), 1, 0, 0, 1},
	} {
		o := options
		o.Since, o.Until = b.since, b.until
		text := ndjson(t, o, c)
		holdsTogether(t, text)
		list := parse(t, text)
		got := []int{len(of(list, "Patient")), len(of(list, "Observation", code+"=neuro_check")), len(of(list, "Task")), len(of(list, "Procedure"))}
		if want := []int{b.patients, b.checks, b.tasks, b.procedure}; !reflect.DeepEqual(got, want) {
			t.Errorf("from %v to %v: %v patients, checks, tasks, procedures, not %v", b.since, b.until, got, want)
		}
	}
}

func TestIdentities(t *testing.T) {
	c := chart(versions(t, "wrong_value", ward.Withdrawn)...)
	ids := func(o fhir.Options, c ward.Chart) (ids []string) {
		for _, r := range parse(t, ndjson(t, o, c)) {
			ids = append(ids, at(r, "id"))
		}
		return ids
	}
	first := ids(options, c)
	edited := c
	edited.Patient.Name, edited.Patient.MRN, edited.Patient.BirthDate = "OTHER, Name", "1", ward.Date{Year: 1970, Month: 1, Day: 1}
	if got := ids(options, edited); !reflect.DeepEqual(got, first) {
		t.Error("an identity holds something of the patient")
	}
	other := options
	other.Log = "log 2"
	for i, id := range ids(other, c) {
		if id == first[i] {
			t.Errorf("two logs share the identity %s", id)
		}
	}
}

func TestBundleAndNDJSONHoldTheSame(t *testing.T) {
	c := chart(versions(t, "wrong_value", ward.Withdrawn)...)
	var b struct {
		ResourceType, Type, Timestamp string
		Entry                         []struct {
			FullURL  string `json:"fullUrl"`
			Resource thing
		}
	}
	if err := json.Unmarshal(bundle(t, options, c), &b); err != nil {
		t.Fatal(err)
	}
	if b.ResourceType != "Bundle" || b.Type != "collection" || b.Timestamp != "2026-03-20T08:00:00Z" {
		t.Errorf("%s, %s, %s", b.ResourceType, b.Type, b.Timestamp)
	}
	lines := parse(t, ndjson(t, options, c))
	if len(lines) != len(b.Entry) {
		t.Fatalf("%d lines, %d entries", len(lines), len(b.Entry))
	}
	for i, e := range b.Entry {
		if !reflect.DeepEqual(e.Resource, lines[i]) {
			t.Errorf("entry %d is not line %d", i, i)
		}
		if !strings.HasSuffix(e.FullURL, "/"+at(e.Resource, "resourceType")+"/"+at(e.Resource, "id")) {
			t.Errorf("%s is the fullUrl of %s", e.FullURL, at(e.Resource, "id"))
		}
	}
	var empty thing
	if err := json.Unmarshal(bundle(t, options), &empty); err != nil || len(empty) != 3 {
		t.Errorf("a Bundle of nothing is %v: %v", empty, err)
	}
}

// An export of any log is FHIR that holds together.
func TestAnyChart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, second := drawChart(t, 1), drawChart(t, 2)
		text := func() []byte {
			var b bytes.Buffer
			e := fhir.NewNDJSON(&b, options)
			for _, c := range []*ward.Chart{&first, &second} {
				if err := e.Chart(c); err != nil {
					t.Fatal(err)
				}
			}
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}()
		holdsTogether(t, text)
	})
}

// full is a disk with nothing left.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

// A resource as it looks: an incomplete check that was corrected.
func TestGolden(t *testing.T) {
	list := versions(t, "wrong_value", ward.Corrected)
	list[0].Findings = finding(t, "tool=ice unable=asleep consciousness=drowsy seizure=none")
	list[0].Note = "to be repeated\nat 15:00"
	list[0].Grade(0)
	var b bytes.Buffer
	for line := range bytes.Lines(ndjson(t, options, chart(list[:1]...))) {
		if err := json.Indent(&b, line, "", " "); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "testdata/check.golden", b.Bytes())
}

func TestAFailingWriterIsSaid(t *testing.T) {
	for name, e := range map[string]*fhir.Encoder{"ndjson": fhir.NewNDJSON(full{}, options), "bundle": fhir.NewBundle(full{}, options)} {
		c := chart(check(t, "c", eight))
		err := e.Chart(&c)
		for range 100 {
			err = errors.Join(err, e.Chart(&c))
		}
		if !errors.Is(err, errFull) || !errors.Is(e.Close(), errFull) {
			t.Errorf("%s: a full disk is answered with %v", name, err)
		}
	}
}

// counter counts the bytes that reach it.
type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

// What is written leaves as it comes, of a Bundle too.
func TestNothingPilesUp(t *testing.T) {
	for _, begin := range []func(io.Writer, fhir.Options) *fhir.Encoder{fhir.NewNDJSON, fhir.NewBundle} {
		var out counter
		e := begin(&out, options)
		for number := range 100 {
			c := chart(check(t, fmt.Sprint(number), eight))
			c.Patient.ID = int64(number)
			before := out.n
			for range 10 {
				if err := e.Chart(&c); err != nil {
					t.Fatal(err)
				}
			}
			if out.n == before {
				t.Fatalf("ten charts of about 10 kB, and nothing was written behind %d bytes", before)
			}
		}
	}
}
