// Package fhir writes the content of a log as HL7 FHIR R4 resources, for other
// programs: a Bundle, or NDJSON with one resource a line. It encodes and does
// nothing else: it opens no log and reads no clock.
//
// Start with [NewBundle] or [NewNDJSON], and give the [Encoder] one chart after
// the other. The table in schema/fhir/README.md maps the record to resources; each
// file here holds one part of it: patient.go, check.go, followup.go, events.go.
//
// # Codes
//
// A standard code is used only if there is one and it is certain to mean the same.
// The ward's own words, most of them, are in a CodeSystem of this project:
// [CodeSystem], made from the vocabularies of packages icans and ward.
//
// # Identities
//
// The id of a resource is a UUID made from the identity of the log and the number
// or the identity that the log gave the thing. It is the same in every export, so
// that importing the next one replaces the earlier resources; it holds nothing of
// the patient; and it is another one in every other log. Resources refer to each
// other as Type/id.
package fhir

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"time"

	"neurocheck/internal/ward"
)

// Options are the settings of an export.
type Options struct {
	// Log identifies the log: the ids are made from it.
	Log string
	// Made is the time of the export. Plans for later are left out.
	Made time.Time
	// Site holds the ward's settings, by which the next check is due. Without it the
	// next check is left out.
	Site *ward.Site
	// Staff are the members of staff that the log knows.
	Staff []ward.Staff
	// Since and Until bound the time at which a check was performed, an intervention
	// done, a symptom reported or an interval ordered: then or later, and before then.
	// Zero is no bound. A patient without anything in the bounds is left out.
	Since, Until time.Time
}

// Encoder writes charts as resources. One chart is in memory at a time.
type Encoder struct {
	o                             Options
	bundle                        bool
	out                           *bufio.Writer
	text                          bytes.Buffer // of one resource
	log                           uuid         // namespace of the ids
	chart                         *ward.Chart  // the chart that is being written
	mrns, seconds, visits, checks string       // identifier systems

	people map[string]bool
	count  int
	err    error // the first; nothing is written after it
}

// NewBundle returns an encoder that writes one Bundle of the type collection.
func NewBundle(w io.Writer, o Options) *Encoder {
	e := NewNDJSON(w, o)
	e.bundle = true
	e.write(`{"resourceType":"Bundle","type":"collection","timestamp":"`, stamp(o.Made), `"`)
	return e
}

// NewNDJSON returns an encoder that writes one resource a line.
func NewNDJSON(w io.Writer, o Options) *Encoder {
	e := &Encoder{o: o, out: bufio.NewWriterSize(w, 1<<16), log: namespace.derive(o.Log), people: make(map[string]bool)}
	for name, system := range map[string]*string{"mrn": &e.mrns, "second id": &e.seconds, "visit": &e.visits, "check": &e.checks} {
		*system = "urn:uuid:" + e.id("system", name)
	}
	return e
}

// Chart writes the record of one patient, or of two that were linked as one, as the
// patient they were linked to.
func (e *Encoder) Chart(c *ward.Chart) error {
	if e.o.Since.IsZero() && e.o.Until.IsZero() || e.holdsAny(c) {
		e.chart = c
		e.patient(c)
		e.allChecks(c)
		e.followUps(c)
		e.events(c)
		e.nextCheck(c)
		e.chart = nil
	}
	return e.err
}

// Close ends the Bundle and flushes. It does not close the underlying writer.
func (e *Encoder) Close() error {
	switch {
	case !e.bundle:
	case e.count > 0:
		e.write("\n]}\n")
	default: // FHIR knows no empty lists
		e.write("}\n")
	}
	if e.err == nil {
		e.err = e.out.Flush()
	}
	return e.err
}

// Count returns how many resources were written.
func (e *Encoder) Count() int { return e.count }

// put writes one resource.
func (e *Encoder) put(r resource) {
	if e.err != nil {
		return
	}
	e.text.Reset()
	enc := json.NewEncoder(&e.text) // it ends with a line feed
	enc.SetEscapeHTML(false)
	if e.err = enc.Encode(r); e.err != nil {
		return
	}
	if e.bundle {
		before := ",\n"
		if e.count == 0 {
			before = `,"entry":[` + "\n"
		}
		h := r.head()
		e.write(before, `{"fullUrl":"`, base, h.ResourceType, "/", h.ID, `","resource":`)
		e.text.Truncate(e.text.Len() - 1)
	}
	if e.err == nil {
		_, e.err = e.out.Write(e.text.Bytes())
	}
	if e.bundle {
		e.write("}")
	}
	e.count++
}

func (e *Encoder) write(parts ...string) {
	for _, s := range parts {
		if e.err == nil {
			_, e.err = e.out.WriteString(s)
		}
	}
}

// in reports whether a time is within the bounds.
func (e *Encoder) in(at time.Time) bool {
	return !at.Before(e.o.Since) && (e.o.Until.IsZero() || at.Before(e.o.Until))
}

// holdsAny reports whether anything of a chart is within the bounds.
func (e *Encoder) holdsAny(c *ward.Chart) bool {
	for i := range c.Versions {
		if check := &c.Versions[i]; !check.Superseded && e.in(check.PerformedAt) {
			return true
		}
	}
	for _, event := range c.Events() {
		if e.in(event.At) {
			return true
		}
	}
	return false
}
