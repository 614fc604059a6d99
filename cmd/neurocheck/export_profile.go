package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// exportFlags are the flags that say the form of an export.
type exportFlags struct {
	profile    string
	dictionary bool
	deidentify bool
	keyFile    string

	without *csvlog.Deidentifier // of an export that is de-identified
}

const profileHelp = `
--profile spreadsheet writes the same columns for LibreOffice and Excel: MRNs keep
their zeros, and no note runs as a formula. It comes back in with import, and goes with
each table. See schema/SPREADSHEET.md.

--profile redcap writes records for a longitudinal project of REDCap, and with
--dictionary the data dictionary of that project. Import takes the records back. See
schema/REDCAP.md.

--deidentify replaces patients, staff and checks by identities made with a random
key, shifts the dates of each patient by a number of days of up to half a year,
gives the year of birth alone (none over 89), and leaves out all free text. The key
is thrown away, unless --key-file keeps it, so that the next export has the same
identities: a person with the key and an MRN finds the patient. Times of the day,
intervals, therapies and courses stay true, and a reader who knows one of them may
recognize the patient: at the end it counts the small groups. No time that the program
stamped leaves, and none finer than a minute. See schema/DEIDENTIFY.md.
`

const profileExample = `  neurocheck export --profile spreadsheet --output checks.csv
  neurocheck export --profile redcap --dictionary --output dictionary.csv
  neurocheck export --deidentify --key-file study.key --output study.csv`

func (l *exportFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.profile, "profile", "csv", "the `FORM` of the file: csv, spreadsheet or redcap")
	cmd.Flags().BoolVar(&l.dictionary, "dictionary", false, "write the data dictionary of the REDCap project instead; needs no log")
	cmd.Flags().BoolVar(&l.deidentify, "deidentify", false, "write no names, identities, true dates or free text")
	cmd.Flags().StringVar(&l.keyFile, "key-file", "", "keep the key of the de-identification in this `FILE`; it is made if it is missing")
}

// check refuses flags that do not go together.
func (l *exportFlags) check(e *exporting) error {
	wrong := func(text string) error { return wrongUse{errors.New(text)} }
	switch {
	case !slices.Contains([]string{"csv", "spreadsheet", "redcap"}, l.profile):
		return wrong("--profile is csv, spreadsheet or redcap")
	case !slices.Contains([]string{formatCSV, formatFHIR, formatFHIRNDJSON, formatFHIRTransaction}, e.format):
		return wrong("--format is " + formatCSV + ", " + formatFHIR + ", " + formatFHIRNDJSON + " or " + formatFHIRTransaction)
	case e.format != formatCSV && (e.only != checksTable || e.all != ""):
		return wrong("--only, --events and --all are for CSV: FHIR holds the interventions, reports and orders together with the checks")
	case e.format != formatCSV && (l.profile != "csv" || l.deidentify || l.dictionary): // names would leave unseen
		return wrong("--format cannot go with --profile, --deidentify or --dictionary")
	case (e.only != checksTable || e.all != "") && (l.profile == "redcap" || l.deidentify):
		return wrong("--profile redcap and --deidentify are for checks alone: neither goes with --only, --events or --all")
	case l.dictionary && l.profile != "redcap":
		return wrong("--dictionary needs --profile redcap")
	case l.dictionary && (e.patient != "" || e.since != "" || e.until != "" || l.keyFile != ""):
		return wrong("--dictionary holds no checks to choose from")
	case l.keyFile != "" && !l.deidentify:
		return wrong("--key-file needs --deidentify")
	case l.keyFile != "" && filepath.Clean(l.keyFile) == filepath.Clean(e.output):
		return wrong("--key-file and --output name the same file")
	case l.profile == "redcap" && (e.since != "" || e.until != ""):
		return wrong("--since and --until cannot go with --profile redcap: checks are numbered from the patient's first")
	}
	return nil
}

// runWhole exports checks in rows for which all versions of a patient's checks have
// to be known.
func (e *exporting) runWhole(ctx context.Context, s *store.Store, sel store.Selection, profile csvlog.Profile, order rank) error {
	return e.fromSnapshot(ctx, s, sel, func(v *store.Snapshot) (rows int, err error) {
		checks := byPatient(ctx, v, sel, order)
		shown := e.progress("checks")
		if shown != nil {
			total, err := v.CountChecks(ctx, sel)
			if err != nil {
				return 0, err
			}
			checks = withProgress(checks, shown, total)
		}
		defer shown.end()
		if e.toStandardOutput() {
			rows, err = profile.Export(ctx, e.stdout, checks)
		} else {
			rows, err = profile.ExportFile(ctx, e.output, checks, csvlog.ExportOptions{Force: e.force, Log: s.Local()})
		}
		return rows, err
	})
}

// fromSnapshot exports from one snapshot of the log, and reports it.
func (e *exporting) fromSnapshot(ctx context.Context, s *store.Store, sel store.Selection, write func(*store.Snapshot) (count int, err error)) error {
	count := 0
	var n end
	err := s.Snapshot(ctx, func(v *store.Snapshot) (err error) {
		if n.seq, n.head, err = v.Head(ctx); err != nil {
			return err
		}
		count, err = write(v)
		return err
	})
	if err != nil {
		return e.taken(err)
	}
	return e.wrote(ctx, s, sel, count, n)
}

// withProgress returns each, and shows the progress with every check.
func withProgress(each csvlog.Each, shown *progress, total int) csvlog.Each {
	return func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		done := 0
		return each(func(p *ward.Patient, s *ward.Stay, c *ward.Check) error {
			done++
			shown.show(done, total)
			return yield(p, s, c)
		})
	}
}

// rank returns the key by which patients are sorted; it is nil for the order of the
// record.
type rank func(*ward.Patient) string

// into returns the profile, and the order of patients that it needs.
func (l *exportFlags) into(ctx context.Context, s *store.Store) (p csvlog.Profile, order rank, err error) {
	zone, err := wardZone(ctx, s)
	if err != nil {
		return p, nil, err
	}
	if l.deidentify {
		key, err := keyFrom(l.keyFile)
		if err != nil {
			return p, nil, err
		}
		known, err := s.Provenance(ctx)
		if err != nil {
			return p, nil, err
		}
		d := csvlog.NewDeidentifier(key, zone, ward.DateOf(now().In(zone)))
		d.Know(func(id string, version int) bool { return known.ByHand[store.CheckVersion{ID: id, Version: version}] }, known.Times)
		l.without = d
		p = d.Profile()
		// In the order of the record, one true date would date all the others.
		order = d.PatientID
	}
	switch l.profile {
	case "spreadsheet":
		p = p.Spreadsheet()
	case "redcap":
		log, err := logID(ctx, s)
		if err != nil {
			return p, nil, err
		}
		p = p.Of(log).REDCap(zone)
	}
	return p, order, nil
}

// byPatient returns the checks of sel patient by patient. Each patient is read by
// itself, so that memory does not grow with the checks.
func byPatient(ctx context.Context, v *store.Snapshot, sel store.Selection, order rank) csvlog.Each {
	return func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		patients, err := v.CheckedPatients(ctx, sel)
		if err != nil {
			return err
		}
		if order != nil {
			slices.SortFunc(patients, func(a, b ward.Patient) int { return cmp.Compare(order(&a), order(&b)) })
		}
		for _, p := range patients {
			one := sel
			one.PatientID = p.ID
			if err := v.EachCheck(ctx, one, yield); err != nil {
				return err
			}
		}
		return nil
	}
}

// writeDictionary writes the data dictionary. It needs no log.
func (e *exporting) writeDictionary() error {
	var p csvlog.Profile
	if e.form.deidentify {
		p = csvlog.NewDeidentifier(nil, nil, ward.Date{}).Profile()
	}
	if e.toStandardOutput() {
		return p.Dictionary(e.stdout)
	}
	return e.taken(p.DictionaryFile(e.output, csvlog.ExportOptions{Force: e.force}))
}

// keyFrom returns the key in the file at path, which it makes if it is missing; without
// a path, a key for this export alone.
func keyFrom(path string) ([]byte, error) {
	if path == "" {
		return newKey(), nil
	}
	there, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		key := newKey()
		return key, keepKey(path, key)
	case err != nil:
		return nil, err
	case !there.Mode().IsRegular():
		return nil, ward.Conflict(path + " is not a plain file; name another one with --key-file")
	case there.Mode().Perm()&0o077 != 0:
		return nil, ward.Conflict("others can read the key in " + path + "; set its mode to 0600 (chmod 600)")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // opened for reading only
	const mostKey = 1 << 10
	text, err := io.ReadAll(io.LimitReader(file, mostKey))
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != csvlog.KeySize {
		return nil, ward.Conflict(path + " holds no key; name another file with --key-file, and a new key is made there")
	}
	return key, nil
}

func newKey() []byte {
	key := make([]byte, csvlog.KeySize)
	rand.Read(key) // it never fails
	return key
}

// keepKey writes a new key to path, whole or not at all, for its owner alone.
func keepKey(path string, key []byte) error {
	return wholefile.Write(path, wholefile.Options{}, func(temp *os.File) error {
		_, err := fmt.Fprintf(temp, "%x\n", key)
		return err
	})
}

// logID returns the identity of a log in the records of REDCap: the beginning of the hash
// of its first record. It is empty for a log without records.
func logID(ctx context.Context, s *store.Store) (id string, err error) {
	const length = 16
	err = s.Snapshot(ctx, func(v *store.Snapshot) error {
		origin, err := v.Origin(ctx)
		id = origin[:min(length, len(origin))]
		return err
	})
	return id, err
}
