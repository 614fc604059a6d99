package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/config"
	"neurocheck/internal/fhir"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// The values of export --format.
const (
	formatCSV             = "csv"
	formatFHIR            = "fhir"
	formatFHIRNDJSON      = "fhir-ndjson"
	formatFHIRTransaction = "fhir-transaction"
)

const fhirHelp = `
--format fhir writes all of it as one HL7 FHIR R4 Bundle, and fhir-ndjson as one FHIR
resource a line; with --output DIR fhir-ndjson makes a folder with a file a type. See
schema/fhir/README.md.

--format fhir-transaction --output DIR makes a folder of Bundles that a FHIR server takes,
to be sent in their order: 00001.json and so on, of --entries resources each, or more if
those of one check are more. manifest.json says what there is, and names the record from
which the next export goes on: --since-record with that makes a folder of the resources
that were touched later, each in full. The settings [fhir] say whether the server has its
own patients.
`

// fhirFlags are the flags of an export as FHIR.
type fhirFlags struct {
	sinceRecord string
	entries     int
}

func (f *fhirFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.sinceRecord, "since-record", "", "with FHIR in a folder: only resources that were touched after this record, as `N:HASH` of the last manifest")
	cmd.Flags().IntVar(&f.entries, "entries", defaultEntries, "with fhir-transaction: the greatest `NUMBER` of resources of a Bundle")
}

const (
	defaultEntries = 200 // public servers take 500, some less
	mostEntries    = 100_000
)

// check refuses flags that do not go together.
func (f *fhirFlags) check(e *exporting) error {
	inFolder := e.fhirFolder()
	wrong := func(text string) error { return wrongUse{errors.New(text)} }
	switch {
	case e.format == formatFHIRTransaction && !inFolder:
		return wrong("--format " + formatFHIRTransaction + " makes a folder: name it with --output DIR")
	case f.sinceRecord != "" && !inFolder:
		return wrong("--since-record goes with --format " + formatFHIRTransaction + " or " + formatFHIRNDJSON + " and --output DIR")
	case f.sinceRecord != "" && (e.since != "" || e.until != ""):
		return wrong("--since-record cannot go with --since or --until: a correction moves a check out of them, and a server would not hear of it")
	case f.entries < 1 || f.entries > mostEntries:
		return wrong(fmt.Sprintf("--entries is from 1 to %d", mostEntries))
	case f.entries != defaultEntries && e.format != formatFHIRTransaction:
		return wrong("--entries goes with --format " + formatFHIRTransaction)
	}
	_, _, err := f.record()
	return err
}

// record returns the record of --since-record and its hash, 0 if there is none.
func (f *fhirFlags) record() (seq int64, hash string, err error) {
	if f.sinceRecord == "" {
		return 0, "", nil
	}
	number, hash, named := strings.Cut(f.sinceRecord, ":")
	seq, err = strconv.ParseInt(number, 10, 64)
	if hash = strings.ToLower(hash); err != nil || seq < 1 || named && !isHash(hash) {
		return 0, "", wrongUse{errors.New("--since-record: write it as \"next\" of a manifest has it, a number and after a colon the hash of that record")}
	}
	return seq, hash, nil
}

// isHash reports whether a text is a SHA-256 in hexadecimal, or its first 16 digits or more.
func isHash(text string) bool {
	const least, whole = 16, 2 * sha256.Size
	return len(text) >= least && len(text) <= whole && strings.Trim(text, "0123456789abcdef") == ""
}

// fhirFolder reports whether the export is FHIR in a folder.
func (e *exporting) fhirFolder() bool {
	return (e.format == formatFHIRTransaction || e.format == formatFHIRNDJSON) && !e.toStandardOutput()
}

// fhirRun is an export as FHIR from one snapshot.
type fhirRun struct {
	*exporting
	v     *store.Snapshot
	sel   store.Selection
	o     fhir.Options
	list  []int64 // the patients
	start end     // of an increment
	known map[store.CheckVersion]bool
	shown *progress
}

// runFHIR exports as FHIR.
func (e *exporting) runFHIR(ctx context.Context, s *store.Store, sel store.Selection, site *ward.Site) error {
	if e.format == formatFHIRNDJSON && site.FHIR.OwnPatients() {
		return ward.Conflict("fhir-ndjson holds patients, and by the setting fhir.patient none may leave: export as " + formatFHIRTransaction)
	}
	return e.fromSnapshot(ctx, s, sel, func(v *store.Snapshot) (int, error) {
		r := fhirRun{exporting: e, v: v, sel: sel}
		err := r.prepare(ctx, site)
		if err == nil {
			r.list, err = r.patients(ctx)
		}
		if err != nil {
			return 0, err
		}
		r.shown = e.progress("patients")
		defer r.shown.end()
		if e.fhirFolder() {
			return r.writeFolder(ctx, s.Local())
		}
		return r.writeText(ctx, s.Local())
	})
}

// prepare sets the options of the export.
func (r *fhirRun) prepare(ctx context.Context, site *ward.Site) (err error) {
	r.o = fhir.Options{Made: now(), Since: r.sel.Since, Until: r.sel.Until, Server: site.FHIR}
	r.o.ByHand = func(check string, version int) bool { return r.known[store.CheckVersion{ID: check, Version: version}] }
	if !r.fhirFolder() { // a server would show the plan of then as if it were in force
		r.o.Site = site
	}
	if r.format != formatFHIRTransaction {
		r.o.Server.Patient = ward.PatientPut
	}
	if r.o.Staff, err = r.v.Staff(ctx); err != nil {
		return err
	}
	if r.o.Log, err = r.v.Origin(ctx); err != nil {
		return err
	}
	if r.start.seq, r.start.head, err = r.fhir.record(); err != nil || r.start.seq == 0 {
		return err
	}
	later, err := r.v.Since(ctx, r.start.seq, r.start.head)
	if err != nil {
		return err
	}
	r.start.head = later.Head
	before, _ := config.FromRecord(later.Settings) // without a record the defaults were in force
	if before.FHIR == site.FHIR {                  // else each resource reads differently
		r.o.Touched = &later.Touched
	}
	return nil
}

// writeText writes one text: to the standard output, or to a file.
func (r *fhirRun) writeText(ctx context.Context, log string) (count int, err error) {
	err = r.put(log, func(w io.Writer) error {
		enc := fhir.NewNDJSON(w, r.o)
		if r.format == formatFHIR {
			enc = fhir.NewBundle(w, r.o)
		}
		err := r.eachChart(ctx, enc.Chart)
		if err == nil {
			err = enc.Close()
		}
		count = enc.Count()
		return err
	})
	return count, err
}

// writeFolder writes a folder with a manifest.
func (r *fhirRun) writeFolder(ctx context.Context, log string) (count int, err error) {
	err = wholefile.WriteFolder(r.output, fhirFiles, wholefile.Options{Force: r.force, Log: log}, func(folder string) error {
		m := fhirManifest{Format: r.format, Made: r.o.Made, Files: []*fhirFile{}}
		enc := fhir.NewFiles(m.creates(folder), r.o)
		if r.format == formatFHIRTransaction {
			enc = fhir.NewTransactions(m.creates(folder), r.fhir.entries, r.o)
		}
		if err := r.eachPerson(ctx, enc.Person); err != nil {
			return err
		}
		if err := r.eachChart(ctx, enc.Record); err != nil {
			return err
		}
		if err := enc.Close(); err != nil {
			return err
		}
		count = enc.Count()
		m.Resources = enc.Types()
		if r.start.seq > 0 {
			since := r.start.name()
			m.Since = &since
		}
		last := end{}
		if last.seq, last.head, err = r.v.Head(ctx); err != nil {
			return err
		}
		m.Record, m.Head, m.Next = last.seq, last.head, last.name()
		return m.write(folder)
	})
	return count, err
}

// name returns a record as --since-record takes it.
func (n end) name() string { return fmt.Sprintf("%d:%s", n.seq, n.head) }

// patients returns the patients of the export. If a member of staff changed, any patient may
// be one whom that person wrote about.
func (r *fhirRun) patients(ctx context.Context) (list []int64, err error) {
	all, err := r.v.Patients(ctx, r.sel.PatientID)
	t := r.o.Touched
	if err != nil || t == nil || len(t.Staff) > 0 {
		return all, err
	}
	for _, id := range all {
		if t.Of(id) {
			list = append(list, id)
		}
	}
	return list, nil
}

// eachPerson calls yield for each patient with the stays; with the whole chart if only that
// tells whether the patient belongs to the export.
func (r *fhirRun) eachPerson(ctx context.Context, yield func(*ward.Chart) error) error {
	read := r.v.Person
	if !r.sel.Since.IsZero() || !r.sel.Until.IsZero() {
		read = r.v.Chart
	}
	for _, id := range r.list {
		c, err := read(ctx, id)
		if err != nil {
			return err
		}
		if err := yield(&c); err != nil {
			return err
		}
	}
	return nil
}

// eachChart calls yield for the chart of each patient.
func (r *fhirRun) eachChart(ctx context.Context, yield func(*ward.Chart) error) (err error) {
	for i, id := range r.list {
		if r.known, err = r.v.RecordedByHand(ctx, id); err != nil {
			return err
		}
		c, err := r.v.Chart(ctx, id)
		if err != nil {
			return err
		}
		if err := yield(&c); err != nil {
			return err
		}
		r.shown.show(i+1, len(r.list))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// fhirManifest is the file that says what a folder holds. It holds nothing of a patient.
type fhirManifest struct {
	Format    string         `json:"format"`
	Made      time.Time      `json:"made"`
	Since     *string        `json:"since"` // the record after which it begins; null for the whole log
	Record    int64          `json:"record"`
	Head      string         `json:"head"`
	Next      string         `json:"next"` // for --since-record of the next export
	Resources map[string]int `json:"resources"`
	Files     []*fhirFile    `json:"files"` // in the order in which a server takes them
}

type fhirFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// creates makes files in a folder, and notes each in the manifest.
func (m *fhirManifest) creates(folder string) fhir.Create {
	return func(name string) (io.WriteCloser, error) {
		file, err := wholefile.Create(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		f := &fhirFile{Name: name}
		m.Files = append(m.Files, f)
		return &summed{file, sha256.New(), f}, nil
	}
}

func (m *fhirManifest) write(folder string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return wholefile.NewFile(filepath.Join(folder, manifestName), func(file *os.File) error {
		_, err := file.Write(append(text, '\n'))
		return err
	})
}

const manifestName = "manifest.json"

// fhirFiles are the patterns of the files of a folder.
var fhirFiles = []string{manifestName, "[0-9][0-9][0-9][0-9][0-9]*.json", "*.ndjson"}

// summed is a file whose SHA-256 is noted once it is closed.
type summed struct {
	io.WriteCloser
	sum hash.Hash
	in  *fhirFile
}

func (f *summed) Write(p []byte) (int, error) {
	f.sum.Write(p) // it never fails
	return f.WriteCloser.Write(p)
}

func (f *summed) Close() error {
	f.in.SHA256 = hex.EncodeToString(f.sum.Sum(nil))
	return f.WriteCloser.Close()
}
