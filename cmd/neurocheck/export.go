package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// exporting is one export.
type exporting struct {
	who          signIn
	sig          ward.Signature
	patient      string
	since, until string
	output       string
	force        bool
	events       bool
	only         string // the table, one of [folder.Names]
	all          string // the folder for all tables
	format       string
	form         exportFlags
	fhir         fhirFlags
	asJSON       bool
	cmd          *cobra.Command

	stdout, stderr io.Writer
	remote         bool // over SSH: its terminal is not that of this process
}

func (a *app) export() *cobra.Command {
	var e exporting
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the log as CSV or FHIR",
		Long: `Writes checks as CSV, one row a version of a check in the order of the record, with
the columns of schema/checks.schema.json. Nothing is lost: importing it into an
empty log and exporting again gives the same.

With --only it writes another table instead, with the columns of its schema in schema/:
patients, stays, events (interventions, reported symptoms and orders about the schedule;
--events is short for it), follow-ups, or episodes: one row an episode of neurotoxicity, for
registries, which leaves only. --all DIR writes the first five into a new folder, with
manifest.json; import DIR takes them into another log, and an export of that has the same
bytes. The chain, the audit, the staff and the settings stay: backup and copy move those.
` + fhirHelp + profileHelp + `
At the end it says which record was the last, and its hash: neurocheck verify --head
tells later whether that is still part of the record. The file holds names
and dates of birth, but for --deidentify; it is made for its owner alone.`,
		Example: `  neurocheck export --output checks.csv
  neurocheck export --all ward/
  neurocheck export --only stays --output stays.csv
  neurocheck export --patient 0042317 --since 2026-03-01 | neurocheck grade
` + profileExample + `
  neurocheck export --format fhir --output ward.json
  neurocheck export --format fhir-transaction --output bundles`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			e.cmd, e.stdout, e.stderr, e.remote = cmd, cmd.OutOrStdout(), cmd.ErrOrStderr(), a.remote != nil
			if e.asJSON && (e.toStandardOutput() || e.form.dictionary) {
				return wrongUse{errors.New("--json goes with an export to a file: name it with --output FILE")}
			}
			if err := e.checkTable(); err != nil {
				return err
			}
			if err := errors.Join(e.form.check(&e), e.fhir.check(&e)); err != nil {
				return err
			}
			if e.form.dictionary {
				return e.writeDictionary()
			}
			ctx := cmd.Context()
			s, err := a.openLog(ctx)
			if err != nil {
				return err
			}
			defer a.closing(s, &err)
			if ctx, e.sig, err = a.reader(ctx, s, e.who); err != nil {
				return err
			}
			return e.run(ctx, a, s)
		},
	}
	cmd.Flags().StringVar(&e.patient, "patient", "", "only those of the patient with this `MRN`")
	cmd.Flags().StringVar(&e.since, "since", "", "only those performed at this `TIME` or later: RFC 3339, or a date for the start of that day on the ward")
	cmd.Flags().StringVar(&e.until, "until", "", "only those performed before this `TIME`")
	cmd.Flags().StringVarP(&e.output, "output", "o", "-", "the `FILE` to write, or the folder of FHIR; - is the standard output")
	cmd.Flags().BoolVar(&e.events, "events", false, "the same as --only events")
	cmd.Flags().StringVar(&e.only, "only", "checks", "the `TABLE` to write: patients, stays, checks, events, follow-ups or episodes")
	cmd.Flags().StringVar(&e.all, "all", "", "write all tables into this new `FOLDER`")
	cmd.Flags().StringVar(&e.format, "format", formatCSV, "what to write: csv, fhir, fhir-ndjson or fhir-transaction")
	cmd.Flags().BoolVar(&e.force, "force", false, "replace the file if it exists")
	cmd.Flags().BoolVar(&e.asJSON, "json", false, "with --output FILE: write one JSON object about the file")
	e.who.flags(cmd)
	e.form.flags(cmd)
	e.fhir.flags(cmd)
	return cmd
}

func (e *exporting) run(ctx context.Context, a *app, s *store.Store) error {
	sel, err := e.selection(ctx, s)
	if err != nil {
		return err
	}
	switch {
	case e.format != formatCSV:
		settings, err := a.settingsFor(ctx, e.cmd, s)
		if err != nil {
			return err
		}
		if settings.Refused != nil && e.fhirFolder() {
			return ward.Conflict("the settings file is refused, and its [fhir] may say that no patient leaves: correct it first, see neurocheck config")
		}
		return e.runFHIR(ctx, s, sel, &settings.Site)
	case e.all != "":
		return e.runAll(ctx, s)
	case e.only == episodesTable:
		settings, err := a.settingsFor(ctx, e.cmd, s)
		if err != nil {
			return err
		}
		return e.runEpisodes(ctx, s, sel, &settings.Site)
	case e.only != checksTable:
		return e.runTable(ctx, s, sel)
	}
	return e.runChecks(ctx, s, sel)
}

// runChecks writes checks as CSV.
func (e *exporting) runChecks(ctx context.Context, s *store.Store, sel store.Selection) error {
	profile, order, err := e.form.into(ctx, s)
	if err != nil {
		return err
	}
	if !profile.InParts() {
		return e.runWhole(ctx, s, sel, profile, order)
	}
	return s.Export(ctx, sel, store.ExportOptions{Kept: profile.Kept(), Readers: runtime.GOMAXPROCS(0), Rank: order}, func(r *store.Export) (err error) {
		o := csvlog.ExportOptions{Force: e.force, Log: s.Local()}
		shown := e.progress("rows")
		if shown != nil {
			if o.Total, err = r.Count(ctx); err != nil {
				return err
			}
			o.Progress = shown.show
		}
		rows := 0
		if e.toStandardOutput() {
			rows, err = profile.ExportParts(ctx, e.stdout, r, o)
		} else {
			rows, err = profile.ExportPartsFile(ctx, e.output, r, o)
		}
		shown.end()
		if err != nil {
			return e.taken(err)
		}
		return e.wrote(ctx, s, sel, rows, end{r.Seq, r.Head})
	})
}

// end is the last record that an export can hold, by its number and its hash.
type end struct {
	seq  int64
	head string
}

// wrote reports an export on the standard error, with the head that verify can prove
// later, and has the log record it.
func (e *exporting) wrote(ctx context.Context, s *store.Store, sel store.Selection, count int, n end) error {
	what := plural(count, "row", "rows")
	if e.format != formatCSV {
		what = plural(count, "resource", "resources")
	}
	to := cmp.Or(e.all, e.output)
	if e.toStandardOutput() {
		to = "the standard output"
	}
	if _, err := fmt.Fprintf(e.stderr, "wrote %s to %s; record %d, head %s\n", what, harmless(to), n.seq, n.head); err != nil {
		return err
	}
	if d := e.form.without; d != nil {
		if groups := d.SmallGroups(); groups != "" {
			if _, err := fmt.Fprintln(e.stderr, groups); err != nil {
				return err
			}
		}
	}
	var r store.Receipt
	event := ward.AuditEvent{Event: ward.Exported, PatientID: sel.PatientID, About: e.about(), Detail: what}
	if err := noteBy(store.WithReceipt(ctx, &r), s, e.sig, event); err != nil || !e.asJSON {
		return err
	}
	return answerAct(e.cmd, &r, struct {
		File   string `json:"file"`
		Form   string `json:"form"`
		Count  int    `json:"count"` // of rows, or of resources
		Record int64  `json:"record"`
		Head   string `json:"head"`
	}{cmp.Or(e.all, e.output), e.about(), count, n.seq, n.head})
}

// about returns the form of the export in words.
func (e *exporting) about() string {
	switch {
	case e.format != formatCSV:
		return e.format
	case e.all != "":
		return "all tables"
	case e.only != checksTable:
		return e.only
	case e.form.deidentify:
		return e.form.profile + ", de-identified"
	}
	return e.form.profile
}

func (e *exporting) toStandardOutput() bool {
	return e.all == "" && (e.output == "-" || e.output == "")
}

// progress returns the progress of an export.
func (e *exporting) progress(what string) *progress {
	if e.remote {
		return nil
	}
	if e.toStandardOutput() {
		return besideOutput(what)
	}
	return onTerminal(what)
}

// taken rewords the error of a file that exists.
func (e *exporting) taken(err error) error {
	switch {
	case !errors.Is(err, fs.ErrExist):
		return err
	case e.all != "":
		return ward.Conflict(e.all + " exists already; name another folder, or replace it with --force")
	}
	return ward.Conflict(e.output + " exists already; name another file, or replace it with --force")
}

// selection returns the selection of the flags.
func (e *exporting) selection(ctx context.Context, s *store.Store) (sel store.Selection, err error) {
	if sel.PatientID, err = patientID(ctx, s, e.patient); err != nil {
		return sel, err
	}
	zone, err := wardZone(ctx, s)
	if err != nil {
		return sel, err
	}
	if sel.Since, err = parseTime("--since", e.since, zone); err != nil {
		return sel, err
	}
	sel.Until, err = parseTime("--until", e.until, zone)
	return sel, err
}

// wardZone returns the ward's time zone, UTC if the log has no ward yet.
func wardZone(ctx context.Context, s *store.Store) (*time.Location, error) {
	w, err := s.Ward(ctx)
	if ward.KindOf(err) == ward.KindNotFound {
		return time.UTC, nil
	}
	if err != nil {
		return nil, err
	}
	return w.Location()
}

// parseTime reads the time that a flag names; a date is the start of that day.
func parseTime(flag, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return ward.DateOf(day).Begins(zone), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, wrongUse{fmt.Errorf("%s: write the time as 2026-03-14T09:05:00+01:00, or the date as 2026-03-14", flag)}
	}
	return t, nil
}
