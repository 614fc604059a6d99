package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"os/user"
	"strconv"

	"github.com/spf13/cobra"

	"neurocheck/internal/config"
	"neurocheck/internal/csvlog"
	"neurocheck/internal/downtime"
	"neurocheck/internal/mapping"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// importing is one import.
type importing struct {
	app    *app
	log    string
	who    signIn
	long   bool
	dryRun bool
	asJSON bool
	cmd    *cobra.Command

	receipt    store.Receipt
	newPatient bool // who looks known is another person
	asIs       bool // take MRNs that a spreadsheet seems to have changed
	both       bool // keep two checks of one patient and minute
	onWard     bool // who has no discharge is on the ward
	example    bool // the file is an example: its times are moved to now

	form     fileForm
	template string // the folder for the files to start from
	errors   string // the file for the list of faults
	summary  mapping.Summary

	rows          int  // number of rows of the file; 0 for a folder
	otherSettings bool // take a folder of a ward that evaluates otherwise

	corrections bool // record checks that come back changed as corrections
}

func (a *app) importer() *cobra.Command {
	i := importing{app: a}
	cmd := &cobra.Command{
		Use:   "import FILE|DIR|-",
		Short: "Record the checks of a CSV, or a ward in a folder, in the log",
		Long: `Reads checks as CSV into the log: all of them, or none if any row is wrong. Faults
are listed with file, line and column, equal ones together; --errors FILE has each.

The header may name any columns of schema/checks.schema.json in any order; mrn,
performed_at and tool are needed, and name and birth_date to admit a patient that is
not in the log. Checks that are in the log already are skipped, so importing a file
twice adds nothing. A log that does not exist is made. More than 100,000 rows are not
imported while another program has the log open, unless --long says so. On a server
over 10,000 rows are recorded in parts, so that saves do not wait: if one fails, the
message names the last part kept, and the same import goes on from there.

What has one meaning is read as it is: other separators and titles above the header,
words in any case, yes and no, 1.0, times without offset on the ward's clock. For
anything else --map FILE maps the columns, words and dates of the file to ours, also if
each row has one value (schema/MAPPING.md); --template FOLDER writes the files to start
from.

An MRN that a spreadsheet has changed is refused, and a new patient with the name and
birth date of a known one, or with an MRN alike but for zeros, is a question: exit 4.
Rows without check_id that repeat a check of the same minute are skipped; with
other findings they are refused, unless --both keeps both. A new patient without a
discharge whose last check is over 72 h old has left then, unless --on-ward.

--example moves all times of a file, so that its last check was half an hour ago and its
patients are on the ward. It is for a log without patients and staff, and the note of each
check says by how much it was moved.

Records of export --profile redcap come back into the log that they left; changed
checks are a question (exit 4), which --corrections answers (schema/REDCAP.md).

DIR is a folder that export --all wrote: patients, stays, checks, events and follow-ups
come in as they were recorded, all of it or nothing, with the times and the names of the
files, into a log that has none of the patients. It must be as it was written, and its
follow-ups must fit the checks. Intervals other than those of this ward are a question
(exit 4), which --other-settings answers.

The caller needs the permissions for every row: only a clinician imports rows with
other_cause, whatever recorded_by says. A log without staff takes everything. Rows
older than 24 h open no follow-up if later checks supersede them: they are counted as
old flags.`,
		Example: `  neurocheck import checks.csv --dry-run
  neurocheck import checks.csv --by "Sam Lee"
  neurocheck import flowsheet.csv --map map.toml --dry-run --errors faults.csv
  neurocheck import ward/ --by "Dr Priya Nair"`,
		Args: func(cmd *cobra.Command, args []string) error {
			if i.template != "" {
				return cobra.NoArgs(cmd, args)
			}
			return justOne(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if i.who.by = ward.CleanLine(i.who.by); i.who.by == "" && cmd.Flags().Changed("by") {
				return wrongUse{errors.New("--by has no name")}
			}
			if i.template != "" {
				return mapping.Template(i.template)
			}
			if i.log, err = a.logPath(); err != nil {
				return err
			}
			i.cmd = cmd
			if isFolder(args) {
				return i.runFolder(cmd.Context(), args[0])
			}
			return i.run(cmd.Context(), args)
		},
	}
	cmd.Flags().BoolVar(&i.dryRun, "dry-run", false, "print the summary, and keep nothing")
	cmd.Flags().BoolVar(&i.newPatient, "new-patient", false, "a person who looks like a patient of the log is another one")
	cmd.Flags().BoolVar(&i.asIs, "mrn-as-is", false, "take MRNs as they are, also if a spreadsheet seems to have changed them")
	cmd.Flags().BoolVar(&i.both, "both", false, "keep two checks of the same patient and minute with other findings")
	cmd.Flags().BoolVar(&i.corrections, "corrections", false, "record checks that come back from REDCap with other answers as corrections")
	cmd.Flags().BoolVar(&i.otherSettings, "other-settings", false, "take a folder from a ward with other intervals than this one")
	cmd.Flags().BoolVar(&i.onWard, "on-ward", false, "a patient without a discharge is on the ward, also if the last check is over 72 h old")
	cmd.Flags().BoolVar(&i.example, "example", false, "move all times of an example, so that its last check was half an hour ago; for a new log")
	cmd.Flags().StringVar(&i.form.path, "map", "", "a `FILE` that maps the columns and words of the file to ours")
	cmd.Flags().StringVar(&i.template, "template", "", "write checks.csv, words.md and map.toml into this `FOLDER`, and import nothing")
	cmd.Flags().StringVar(&i.errors, "errors", "", "write each fault (line, column, code) to this `FILE`")
	cmd.Flags().BoolVar(&i.long, "long", false, "import many rows although another program has the log open")
	i.who.flagsFor(cmd, "your `NAME`, which also stands for checks without recorded_by; on a ward with PINs needed, and the PIN is asked for")
	cmd.Flags().BoolVar(&i.asJSON, "json", false, "write one JSON object")
	return cmd
}

// osUser returns the name of the machine's login.
func osUser() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "uid " + strconv.Itoa(os.Getuid())
}

func (i *importing) run(ctx context.Context, args []string) error {
	if err := i.checkErrors(args); err != nil {
		return err
	}
	in, name, err := input(args)
	if err != nil {
		return err
	}
	defer in.Close() // opened for reading only
	sig := i.signature()
	file, err := i.read(ctx, in, csvlog.Options{Name: name, Now: sig.At})
	if err != nil {
		return err
	}
	i.rows = file.Length
	var done store.Imported
	err = i.intoLog(ctx, sig, func(ctx context.Context, s *store.Store, sig ward.Signature, _ *ward.Site) (err error) {
		done, err = i.into(ctx, s, sig, file)
		return err
	})
	if err != nil {
		return err
	}
	if err := i.say(done); err != nil {
		return err
	}
	if i.example {
		return nil // the rows of the file have other times
	}
	return i.showRows(file)
}

// manyRows is the number of rows from which an import holds up the saves of others for
// longer than a person waits.
const manyRows = 100_000

// work imports a file, or a folder, into an open log whose ward has the settings of site.
type work func(ctx context.Context, s *store.Store, sig ward.Signature, site *ward.Site) error

// intoLog does the work on the log: on a copy of it for --dry-run, on a new log if there is
// none.
func (i *importing) intoLog(ctx context.Context, sig ward.Signature, do work) error {
	switch {
	case i.dryRun:
		return i.rehearse(ctx, sig, do)
	case !logExists(i.log):
		return i.begin(ctx, sig, do)
	}
	return i.record(ctx, sig, do)
}

// record does the work on the log.
func (i *importing) record(ctx context.Context, sig ward.Signature, do work) (err error) {
	if i.rows > manyRows && !i.long && !store.OnServer(i.log) && store.OpenElsewhere(i.log) {
		return ward.Question("long_import", fmt.Sprintf("%d rows would hold up the ward, which has the log open, for a minute or more: import them at night, with all screens closed, or now with --long", i.rows), "--long")
	}
	s, err := openOrMake(ctx, i.log)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	settings, err := i.identify(ctx, s, &sig)
	if err != nil {
		return err
	}
	if err := do(ctx, s, sig, &settings.Site); err != nil {
		return err
	}
	keeper := downtime.Keeper{Store: s, Site: &settings.Site}
	return keeper.Update(ctx, sig.At)
}

// begin does the work on a new log. If it is refused, it leaves no log.
func (i *importing) begin(ctx context.Context, sig ward.Signature, do work) error {
	settings := settingsWithoutLog(i.cmd)
	err := store.CreateWith(ctx, i.log, func(s *store.Store) error {
		s.SetRules(settings.Site)
		return do(ctx, s, sig, &settings.Site)
	})
	if errors.Is(err, fs.ErrExist) { // another process made one meanwhile
		return i.record(ctx, sig, do)
	}
	return err
}

// rehearse does the work on a copy of the log, or on an empty one if there is none, and
// keeps nothing. It signs in and asks the permissions as an import does, but takes no lock
// that a save waits for.
func (i *importing) rehearse(ctx context.Context, sig ward.Signature, do work) (err error) {
	if !logExists(i.log) {
		s, leave, err := tempLog(ctx)
		if err != nil {
			return err
		}
		settings := settingsWithoutLog(i.cmd)
		s.SetRules(settings.Site)
		return errors.Join(do(ctx, s, sig, &settings.Site), leave())
	}
	s, err := i.app.openLog(ctx)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	settings, err := i.identify(ctx, s, &sig)
	if err != nil {
		return err
	}
	return s.OnCopy(ctx, func(c *store.Store) error {
		c.SetRules(settings.Site)
		return do(ctx, c, sig, &settings.Site)
	})
}

// signature returns the signature of the caller before a log is open.
func (i *importing) signature() ward.Signature {
	if i.who.by == "" {
		return outside()
	}
	return ward.Sign(i.who.by, now())
}

// identify signs the caller in, and returns the settings in force.
func (i *importing) identify(ctx context.Context, s *store.Store, sig *ward.Signature) (settings config.Settings, err error) {
	by, err := author(ctx, s, i.who)
	if err != nil {
		return settings, err
	}
	sig.By = by.By
	return settingsInForce(ctx, i.cmd, s)
}

// into imports the file into s, and lists every fault of its rows.
func (i *importing) into(ctx context.Context, s *store.Store, sig ward.Signature, file *csvlog.Import) (store.Imported, error) {
	shown := onTerminal("rows")
	if !i.dryRun {
		ctx = store.WithReceipt(ctx, &i.receipt)
	}
	rows := counted(file, shown)
	if i.example {
		if err := mayTakeExample(ctx, s); err != nil {
			return store.Imported{}, err
		}
		rows = asExample(file, rows, sig.At)
	}
	done, refused, err := s.Import(ctx, sig, rows, store.ImportOptions{DryRun: i.dryRun, NewPatients: i.newPatient, Both: i.both, OnWard: i.onWard || i.example, Corrections: i.corrections})
	shown.end()
	if err != nil {
		return done, err
	}
	return done, i.refuse(file.WithRefused(refused), commonCode(len(refused), func(k int) string { return refused[k].Err.Code }))
}

// counted returns the rows of a file, and shows the progress with each.
func counted(file *csvlog.Import, shown *progress) iter.Seq[ward.ImportRow] {
	return func(yield func(ward.ImportRow) bool) {
		done := 0
		for row := range file.Rows() {
			done++
			shown.show(done, file.Length)
			if !yield(row) {
				return
			}
		}
	}
}

// kept returns the records of the import, for its JSON. Recorded is the number of checks,
// because an import is counted in checks; a dry run keeps none.
func (i *importing) kept(checks int) kept {
	k := keptBy(&i.receipt)
	k.Recorded = checks
	if i.dryRun {
		k.Recorded = 0
	}
	return k
}

// say writes the summary to the standard output.
func (i *importing) say(done store.Imported) error {
	if i.asJSON {
		return answer(i.cmd, succeeded(i.cmd), i.kept(done.Checks), struct {
			Patients  int  `json:"patients"`
			Checks    int  `json:"checks"`
			Flagged   int  `json:"flagged"`
			FollowUps int  `json:"follow_ups"`
			OldFlags  int  `json:"old_flags"`
			Known     int  `json:"known"`
			Twice     int  `json:"twice,omitempty"`
			Ended     int  `json:"ended,omitempty"`
			Ignored   any  `json:"ignored,omitempty"`
			DryRun    bool `json:"dry_run"`
		}{done.Patients, done.Checks, done.Flagged, done.FollowUps, done.OldFlags, done.Known, done.Twice, done.Ended, i.ignoredJSON(), i.dryRun})
	}
	admitted, recorded := "admitted", "recorded"
	if i.dryRun {
		admitted, recorded = "would admit", "record"
	}
	_, err := fmt.Printf("%s %s, %s %s (%d flagged for follow-up), %s opened, %s, %s there already\n",
		admitted, plural(done.Patients, "patient", "patients"),
		recorded, plural(done.Checks, "check", "checks"), done.Flagged,
		plural(done.FollowUps, "follow-up", "follow-ups"), plural(done.OldFlags, "old flag", "old flags"),
		plural(done.Known, "was", "were"))
	return errors.Join(err, i.sayMore(done))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
