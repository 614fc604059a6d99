// Package fhir writes the content of a log as HL7 FHIR R4 resources, for other
// programs: Bundles, or NDJSON with one resource a line. It encodes and does
// nothing else: it opens no log and reads no clock.
//
// Start with [NewBundle] or [NewNDJSON], and give the [Encoder] one chart after
// the other; or with [NewTransactions] or [NewFiles] for a folder of files. The table
// in schema/fhir/README.md maps the record to resources; each file here holds one part
// of it: patient.go, check.go, followup.go, events.go.
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
	// Touched is the part of the log that later records touched: nothing else is
	// written. Nil is the whole log.
	Touched *ward.Touched
	// ByHand reports whether a person recorded a version of a check here; nil if it is
	// not known. An import's author examined no patient.
	ByHand func(check string, version int) bool
	// Server has the settings for the server that takes the resources.
	Server ward.FHIRServer
}

// Encoder writes charts as resources. One chart is in memory at a time.
type Encoder struct {
	o                             Options
	out                           form
	text                          bytes.Buffer // of one resource
	log                           uuid         // namespace of the ids
	chart                         *ward.Chart  // the chart that is being written
	mrns, seconds, visits, checks string       // identifier systems

	staff  map[string]ward.Staff // by name, folded
	people map[string]bool       // those that were written
	skip   bool                  // the resources are left out, because no later record touched them
	types  map[string]int        // how many were written
	count  int
	err    error // the first; nothing is written after it
}

// NewBundle returns an encoder that writes one Bundle of the type collection.
func NewBundle(w io.Writer, o Options) *Encoder {
	s := newStream(w)
	s.bundle, s.made = true, stamp(o.Made)
	return newEncoder(s, o)
}

// NewNDJSON returns an encoder that writes one resource a line.
func NewNDJSON(w io.Writer, o Options) *Encoder { return newEncoder(newStream(w), o) }

// NewTransactions returns an encoder that writes Bundles of the type transaction, of at
// most that many entries each. Call [Encoder.Person] for all patients first, and then
// [Encoder.Record] for each.
func NewTransactions(create Create, most int, o Options) *Encoder {
	return newEncoder(&transactions{create: create, most: most, made: stamp(o.Made)}, o)
}

// NewFiles returns an encoder that writes a file a type, with one resource a line.
func NewFiles(create Create, o Options) *Encoder {
	return newEncoder(&byType{create, make(map[string]*typeFile)}, o)
}

func newEncoder(out form, o Options) *Encoder {
	e := &Encoder{
		o: o, out: out, log: namespace.derive(o.Log),
		staff: make(map[string]ward.Staff), people: make(map[string]bool), types: make(map[string]int),
	}
	for name, system := range map[string]*string{"mrn": &e.mrns, "second id": &e.seconds, "visit": &e.visits, "check": &e.checks} {
		*system = "urn:uuid:" + e.id("system", name)
	}
	if o.Server.MRNSystem != "" {
		e.mrns = o.Server.MRNSystem
	}
	for _, m := range o.Staff {
		e.staff[foldName(m.Name)] = m
	}
	return e
}

// Chart writes the record of one patient, or of two that were linked as one, as the
// patient they were linked to.
func (e *Encoder) Chart(c *ward.Chart) error {
	if err := e.Person(c); err != nil {
		return err
	}
	return e.Record(c)
}

// Person writes the first part of a chart: the patient and the stays. It needs no other
// part of the chart, unless the options have bounds.
func (e *Encoder) Person(c *ward.Chart) error {
	if e.holdsAny(c) {
		e.chart = c
		e.touched(false)
		e.patients(c)
		e.stays(c)
		e.chart = nil
	}
	return e.err
}

// Record writes the rest of a chart.
func (e *Encoder) Record(c *ward.Chart) error {
	if e.holdsAny(c) {
		e.chart = c
		e.therapies(c)
		e.allChecks(c)
		e.followUps(c)
		e.events(c)
		e.nextCheck(c)
		e.chart = nil
	}
	return e.err
}

// touched says whether later records touched the resources that are written next, apart from
// those that touched the whole chart.
func (e *Encoder) touched(some bool) {
	t := e.o.Touched
	e.skip = t != nil && !some && !t.Patients[e.chart.Patient.ID]
}

// Close ends the export. It does not close the underlying writer of a Bundle or of lines.
func (e *Encoder) Close() error {
	if e.err == nil {
		e.err = e.out.close()
	}
	return e.err
}

// Count returns how many resources were written.
func (e *Encoder) Count() int { return e.count }

// Types returns how many resources were written, by type.
func (e *Encoder) Types() map[string]int { return e.types }

// put writes one resource, unless no later record touched it.
func (e *Encoder) put(r resource) {
	if !e.skip {
		e.write(r)
	}
}

func (e *Encoder) write(r resource) {
	if e.err != nil {
		return
	}
	e.text.Reset()
	enc := json.NewEncoder(&e.text) // it ends with a line feed
	enc.SetEscapeHTML(false)
	if e.err = enc.Encode(r); e.err != nil {
		return
	}
	h := r.head()
	e.err = e.out.resource(h, bytes.TrimSuffix(e.text.Bytes(), []byte("\n")))
	e.types[h.ResourceType]++
	e.count++
}

// end ends the resources that belong together.
func (e *Encoder) end() {
	if e.err == nil {
		e.err = e.out.group()
	}
}

// in reports whether a time is within the bounds.
func (e *Encoder) in(at time.Time) bool {
	return !at.Before(e.o.Since) && (e.o.Until.IsZero() || at.Before(e.o.Until))
}

func (e *Encoder) bounded() bool { return !e.o.Since.IsZero() || !e.o.Until.IsZero() }

// holdsAny reports whether anything of a chart is within the bounds.
func (e *Encoder) holdsAny(c *ward.Chart) bool {
	if !e.bounded() {
		return true
	}
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
