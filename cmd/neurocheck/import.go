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

	"neurocheck/internal/csvlog"
	"neurocheck/internal/downtime"
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
}

func (a *app) importer() *cobra.Command {
	i := importing{app: a}
	cmd := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Record the checks of a CSV in the log",
		Long: `Reads checks as CSV into the log: all of them, or none if any row is wrong. Every
fault is listed with its file, line and column.

The header may name any columns of schema/checks.schema.json in any order; mrn,
performed_at and tool are needed, and name and birth_date to admit a patient that is
not in the log. Checks that are in the log already are skipped, so importing a file
twice adds nothing. A log that does not exist is made. More than 100,000 rows are not
imported while another program has the log open, unless --long says so.

An MRN that a spreadsheet has changed is refused, and a new patient with the name and
birth date of a known one, or with an MRN alike but for zeros, is a question: exit 4.

The caller needs the permissions for every row: only a clinician imports rows with
other_cause, whatever recorded_by says. A log without staff takes everything. Rows
older than 24 h open no follow-up if later checks supersede them: they are counted as
old flags.`,
		Example: `  neurocheck import checks.csv --dry-run
  neurocheck import checks.csv --by "Sam Lee"`,
		Args: justOne,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if i.who.by = ward.CleanLine(i.who.by); i.who.by == "" && cmd.Flags().Changed("by") {
				return wrongUse{errors.New("--by has no name")}
			}
			if i.log, err = a.logPath(); err != nil {
				return err
			}
			i.cmd = cmd
			return i.run(cmd.Context(), args)
		},
	}
	cmd.Flags().BoolVar(&i.dryRun, "dry-run", false, "print the summary, and keep nothing")
	cmd.Flags().BoolVar(&i.newPatient, "new-patient", false, "who looks like a patient of the log is another person")
	cmd.Flags().BoolVar(&i.asIs, "mrn-as-is", false, "take MRNs as they are, also if a spreadsheet seems to have changed them")
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
	in, name, err := input(args)
	if err != nil {
		return err
	}
	defer in.Close() // opened for reading only
	sig := ward.Sign(i.who.by, now())
	if sig.By == "" {
		sig = outside()
	}
	shown := onTerminal("MiB")
	file, err := csvlog.Read(in, name, sig.At, shown.bytes)
	shown.end()
	if err != nil {
		return err
	}
	if err := refuse(file.Problems, "rows_refused"); err != nil {
		return err
	}
	if !i.asIs {
		if err := refuse(file.DamagedMRNs(), "spreadsheet_damage"); err != nil {
			return err
		}
	}
	work := i.record
	switch {
	case i.dryRun:
		work = i.rehearse
	case !exists(i.log):
		work = i.begin
	}
	done, err := work(ctx, sig, file)
	if err != nil {
		return err
	}
	return i.say(done)
}

// manyRows is the number of rows from which an import holds up the saves of others for
// longer than a person waits.
const manyRows = 100_000

// record imports the file into the log.
func (i *importing) record(ctx context.Context, sig ward.Signature, file *csvlog.Import) (done store.Imported, err error) {
	if file.Length > manyRows && !i.long && store.OpenElsewhere(i.log) {
		return done, ward.Question("long_import", fmt.Sprintf("%d rows would hold up the ward, which has the log open, for a minute or more: import them at night, with all screens closed, or now with --long", file.Length), "--long")
	}
	s, err := store.Create(ctx, i.log)
	if err != nil {
		return done, err
	}
	defer closing(s, &err)
	by, err := author(ctx, s, i.who)
	if err != nil {
		return done, err
	}
	sig.By = by.By
	settings, err := settingsInForce(ctx, i.cmd, s)
	if err != nil {
		return done, err
	}
	if done, err = i.into(ctx, s, sig, file); err != nil {
		return done, err
	}
	keeper := downtime.Keeper{Store: s, Site: &settings.Site}
	return done, keeper.Update(ctx, sig.At)
}

// begin imports the file into a new log. A file that is refused leaves no log.
func (i *importing) begin(ctx context.Context, sig ward.Signature, file *csvlog.Import) (done store.Imported, err error) {
	settings := settingsWithoutLog(i.cmd)
	err = store.CreateWith(ctx, i.log, func(s *store.Store) (err error) {
		s.SetRules(settings.Site)
		done, err = i.into(ctx, s, sig, file)
		return err
	})
	if errors.Is(err, fs.ErrExist) { // another process made one meanwhile
		return i.record(ctx, sig, file)
	}
	return done, err
}

// rehearse imports the file into a copy of the log, or into an empty one if there is
// none, and keeps nothing. It signs in and asks the permissions as an import does, but
// takes no lock that a save waits for.
func (i *importing) rehearse(ctx context.Context, sig ward.Signature, file *csvlog.Import) (done store.Imported, err error) {
	if !exists(i.log) {
		s, leave, err := tempLog(ctx)
		if err != nil {
			return done, err
		}
		s.SetRules(settingsWithoutLog(i.cmd).Site)
		done, err = i.into(ctx, s, sig, file)
		return done, errors.Join(err, leave())
	}
	s, err := i.app.openLog(ctx)
	if err != nil {
		return done, err
	}
	defer closing(s, &err)
	by, err := author(ctx, s, i.who)
	if err != nil {
		return done, err
	}
	sig.By = by.By
	settings, err := settingsInForce(ctx, i.cmd, s)
	if err != nil {
		return done, err
	}
	err = s.OnCopy(ctx, func(c *store.Store) error {
		c.SetRules(settings.Site)
		done, err = i.into(ctx, c, sig, file)
		return err
	})
	return done, err
}

// into imports the file into s, and lists every fault of its rows.
func (i *importing) into(ctx context.Context, s *store.Store, sig ward.Signature, file *csvlog.Import) (store.Imported, error) {
	shown := onTerminal("rows")
	if !i.dryRun {
		ctx = store.WithReceipt(ctx, &i.receipt)
	}
	done, refused, err := s.Import(ctx, sig, counted(file, shown), store.ImportOptions{DryRun: i.dryRun, NewPatients: i.newPatient})
	shown.end()
	if err != nil {
		return done, err
	}
	return done, refuse(file.WithRefused(refused), "rows_refused")
}

// refuse lists the faults of a file, and returns an error with that code if there are any.
func refuse(problems []csvlog.Problem, code string) error {
	if len(problems) == 0 {
		return nil
	}
	report := complain(os.Stderr)
	for _, p := range problems {
		report(p)
	}
	reason := "nothing was imported: " + plural(len(problems), "error", "errors")
	return refusedRows{&ward.Error{Kind: ward.KindInvalid, Reason: reason, Code: code}, problems}
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

// say writes the summary to the standard output.
func (i *importing) say(done store.Imported) error {
	if i.asJSON {
		k := keptBy(&i.receipt)
		if k.Recorded = done.Checks; i.dryRun {
			k.Recorded = 0
		}
		return answer(i.cmd, succeeded(i.cmd), k, struct {
			Patients  int  `json:"patients"`
			Checks    int  `json:"checks"`
			Flagged   int  `json:"flagged"`
			FollowUps int  `json:"follow_ups"`
			OldFlags  int  `json:"old_flags"`
			Known     int  `json:"known"`
			DryRun    bool `json:"dry_run"`
		}{done.Patients, done.Checks, done.Flagged, done.FollowUps, done.OldFlags, done.Known, i.dryRun})
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
	return err
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
