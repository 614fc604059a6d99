// Package fhir writes what a log holds as HL7 FHIR R4 resources, for other
// programs: a Bundle, or NDJSON with one resource a line. It encodes and does
// nothing else: it opens no log and reads no clock.
//
// Start with [NewBundle] or [NewNDJSON], and give the [Encoder] one chart after
// the other. What becomes of what is the table in schema/fhir/README.md; each
// file here holds one part of it: patient.go, check.go, followup.go, beside.go.
//
// # Codes
//
// A standard code is used only where there is one and it is certain to mean the
// same. What the ward's own words are, and that is most of it, is in a CodeSystem
// of this project: [CodeSystem], made from the vocabularies of packages icans and
// ward.
//
// # Identities
//
// The id of a resource is a UUID made from the identity of the log and the number
// or the identity that the log gave the thing. It is the same in every export, so
// that importing the next one replaces what is there already; it says nothing of
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

// Options say what to write.
type Options struct {
	// Log tells the log from every other one: what the ids are made from.
	Log string
	// Made is when the export is made. What is planned for later is left out.
	Made time.Time
	// Staff are the members of staff that the log knows.
	Staff []ward.Staff
	// Since and Until bound when a check was performed, and when what stands
	// beside the checks was done, said or ordered: then or later, and before then.
	// Zero is no bound. A patient with nothing in the bounds is left out.
	Since, Until time.Time
}

// Encoder writes charts as resources. One chart is in memory at a time.
type Encoder struct {
	o      Options
	bundle bool
	out    *bufio.Writer
	text   bytes.Buffer // of one resource
	log    uuid         // namespace of the ids
	mrns   string       // identifier systems
	checks string
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
	e.mrns, e.checks = "urn:uuid:"+e.id("system", "mrn"), "urn:uuid:"+e.id("system", "check")
	return e
}

// Chart writes what the log holds of one patient.
func (e *Encoder) Chart(c *ward.Chart) error {
	if e.o.Since.IsZero() && e.o.Until.IsZero() || e.holdsAny(c) {
		e.patient(&c.Patient)
		e.allChecks(c)
		e.followUps(c)
		e.beside(c)
	}
	return e.err
}

// Close ends what was begun. It does not close the writer behind.
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

// in reports whether a time lies in the bounds.
func (e *Encoder) in(at time.Time) bool {
	return !at.Before(e.o.Since) && (e.o.Until.IsZero() || at.Before(e.o.Until))
}

// holdsAny reports whether anything of a chart lies in the bounds.
func (e *Encoder) holdsAny(c *ward.Chart) bool {
	for i := range c.Checks {
		if check := &c.Checks[i]; !check.Superseded && e.in(check.PerformedAt) {
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
