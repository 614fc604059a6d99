package main

import (
	"context"
	"encoding/json"
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
	log    string
	by     string
	dryRun bool
	asJSON bool
	site   *ward.Site
}

func (a *app) importer() *cobra.Command {
	var i importing
	cmd := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Take the checks of a CSV into the log",
		Long: `Reads checks as CSV into the log: all of them, or, where anything is wrong, none.
Everything that is wrong is said with its file, line and column.

The header may name any columns of schema/checks.schema.json in any order; mrn,
performed_at and tool are needed, and name and birth_date to admit a patient whom
the log does not know. Checks that are in the log already are passed over, so
importing a file twice adds nothing. A log that does not exist is made.`,
		Example: `  neurocheck import checks.csv --dry-run
  neurocheck import checks.csv --by "Sam Lee"`,
		Args: justOne,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if i.by = ward.CleanLine(i.by); i.by == "" && cmd.Flags().Changed("by") {
				return wrongUse{errors.New("--by names nobody")}
			}
			if i.log, err = a.logPath(); err != nil {
				return err
			}
			settings, err := loadSettings(settingsPath(cmd))
			if err != nil {
				return err
			}
			i.site = &settings.Site
			return i.run(cmd.Context(), args)
		},
	}
	cmd.Flags().BoolVar(&i.dryRun, "dry-run", false, "say what would be done, and keep nothing")
	cmd.Flags().StringVar(&i.by, "by", "", "`NAME` of who imports, and records the checks that do not say so; on a ward with PINs needed, and asked for the PIN")
	cmd.Flags().BoolVar(&i.asJSON, "json", false, "write the summary as JSON")
	return cmd
}

// osUser is who is at the keyboard as far as the machine knows.
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
	defer in.Close() // it was only read
	sig := ward.Sign(i.by, now())
	if sig.By == "" {
		sig = outside()
	}
	far := onTerminal("MiB")
	file, err := csvlog.Read(in, name, sig.At, far.bytes)
	far.end()
	if err != nil {
		return err
	}
	if err := refuse(file.Problems); err != nil {
		return err
	}
	ctx, stop := untilSignal(ctx)
	defer stop()
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

// record imports the file into the log.
func (i *importing) record(ctx context.Context, sig ward.Signature, file *csvlog.Import) (done store.Imported, err error) {
	s, err := store.Create(ctx, i.log)
	if err != nil {
		return done, err
	}
	defer closing(s, &err)
	by, err := author(ctx, s, i.by)
	if err != nil {
		return done, err
	}
	sig.By = by.By
	if done, err = i.into(ctx, s, sig, file, false); err != nil {
		return done, err
	}
	keeper := downtime.Keeper{Store: s, Site: i.site}
	return done, keeper.Update(ctx, sig.At)
}

// begin imports the file into a log that is not there yet. A file that is refused
// leaves nothing behind.
func (i *importing) begin(ctx context.Context, sig ward.Signature, file *csvlog.Import) (done store.Imported, err error) {
	err = store.Make(ctx, i.log, func(s *store.Store) (err error) {
		done, err = i.into(ctx, s, sig, file, false)
		return err
	})
	if errors.Is(err, fs.ErrExist) { // somebody made one meanwhile
		return i.record(ctx, sig, file)
	}
	return done, err
}

// rehearse does all but keep the checks, on the log or, where there is none, on
// an empty one that is gone afterwards.
func (i *importing) rehearse(ctx context.Context, sig ward.Signature, file *csvlog.Import) (done store.Imported, err error) {
	var s *store.Store
	leave := func() error { return s.Close() }
	if exists(i.log) {
		s, err = store.Open(ctx, i.log)
	} else {
		s, leave, err = inFolder(ctx)
	}
	if err != nil {
		return done, err
	}
	done, err = i.into(ctx, s, sig, file, true)
	if left := leave(); err == nil {
		err = left
	}
	return done, err
}

// into imports the file into s, and says everything that is wrong with it.
func (i *importing) into(ctx context.Context, s *store.Store, sig ward.Signature, file *csvlog.Import, dryRun bool) (store.Imported, error) {
	far := onTerminal("rows")
	done, refused, err := s.Import(ctx, sig, counted(file, far), dryRun)
	far.end()
	if err != nil {
		return done, err
	}
	return done, refuse(file.WithRefused(refused))
}

// refuse says what is wrong with a file, where there is anything.
func refuse(problems []csvlog.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	report := complain(os.Stderr)
	for _, p := range problems {
		report(p)
	}
	return fmt.Errorf("nothing was imported: %s", plural(len(problems), "error", "errors"))
}

// counted is the rows of a file, telling how many of them were taken.
func counted(file *csvlog.Import, far *progress) iter.Seq[ward.Intake] {
	return func(yield func(ward.Intake) bool) {
		done := 0
		for in := range file.Rows() {
			done++
			far.show(done, file.Length)
			if !yield(in) {
				return
			}
		}
	}
}

// say writes what was done to the standard output.
func (i *importing) say(done store.Imported) error {
	if i.asJSON {
		return json.NewEncoder(os.Stdout).Encode(struct {
			Patients int  `json:"patients"`
			Checks   int  `json:"checks"`
			Flagged  int  `json:"flagged"`
			Known    int  `json:"known"`
			DryRun   bool `json:"dry_run"`
		}{done.Patients, done.Checks, done.Flagged, done.Known, i.dryRun})
	}
	admitted, recorded := "admitted", "recorded"
	if i.dryRun {
		admitted, recorded = "would admit", "record"
	}
	_, err := fmt.Printf("%s %s, %s %s (%d flagged for follow-up), %s there already\n",
		admitted, plural(done.Patients, "patient", "patients"),
		recorded, plural(done.Checks, "check", "checks"), done.Flagged,
		plural(done.Known, "was", "were"))
	return err
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
