package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"neurocheck/internal/downtime"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// moving is one act about a patient: an admission, a transfer and the like.
type moving struct {
	app     *app
	who     signIn
	keyFile string // of a feed
	request string
	dryRun  bool
	asJSON  bool
	receipt store.Receipt
	last    int64 // of a dry run: the last record of the log
}

func (a *app) patient() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "patient",
		Short: "Admit, update, transfer, discharge, readmit, merge, list",
		Long: `Admits patients and keeps their beds and details, for scripts and for a terminal.

Each act may be asked for again: what the log has already is said to be there already,
and nothing is recorded. With --request ID the same ID and content gives the first
answer, and another content is refused. With --dry-run nothing is kept.

A feed signs in with --by and --key-file. It may admit, transfer, discharge, readmit and
withdraw, and update the MRN, the second identifier, the visit and the bed; names, birth
dates, clinicians and merges come with its messages: see neurocheck intake.

Messages and counters hold no name and no MRN: a patient is named by the number in the
log, as the answer has it.`,
		Example: `  neurocheck patient admit --mrn 0042317 --name "Okafor, Ada" --birth-date 1961-03-14 --bed 1A
  neurocheck patient transfer 0042317 --bed 14B --by "Sam Lee" --json
  neurocheck patient discharge 0042317 --how home
  neurocheck patient list`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.patientAdmit(), a.patientUpdate(), a.patientTransfer(), a.patientDischarge(), a.patientReadmit(),
		a.patientUndoDischarge(), a.patientUndoAdmission(), a.patientMerge(), a.patientList())
	return cmd
}

// acting returns the command of an act, with the flags that all of them have.
func (m *moving) acting(cmd *cobra.Command) *cobra.Command {
	m.who.flagsFor(cmd, "your `NAME`; on a ward with PINs needed, and the PIN is asked for")
	cmd.Flags().StringVar(&m.keyFile, "key-file", "", "for a feed in place of a PIN: a `FILE` that holds its key")
	cmd.Flags().StringVar(&m.request, "request", "", "an `ID` of this act: the same ID and content again records nothing")
	cmd.Flags().BoolVar(&m.dryRun, "dry-run", false, "say what would be recorded, and keep nothing")
	cmd.Flags().BoolVar(&m.asJSON, "json", false, "write one JSON object")
	if cmd.Args == nil {
		cmd.Args = oneMRN
	}
	if cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = cobra.NoFileCompletions // an MRN is not told without sign-in
	}
	return cmd
}

func oneMRN(cmd *cobra.Command, args []string) error {
	if len(args) != 1 || ward.CleanLine(args[0]) == "" {
		return errors.New(cmd.Name() + " takes one MRN")
	}
	return nil
}

// moved is the result of an act about a patient.
type moved struct {
	did           string // the word of the JSON
	patient, stay int64
	into          int64 // of a merge
}

// record opens the log, runs an act in it in the name of the caller, and writes the answer.
// The caller needs the permission before the act may look for a patient; the log asks
// within the transaction.
func (m *moving) record(cmd *cobra.Command, needs ward.Permission, act func(context.Context, *opened) (moved, error)) (err error) {
	ctx := cmd.Context()
	in := opened{}
	if in.log, err = m.app.openLog(ctx); err != nil {
		return err
	}
	defer closing(in.log, &err)
	if in.log.ReadOnly() {
		return ward.Unavailable("this log can only be read: nothing can be recorded")
	}
	if in.sig, err = m.author(ctx, in.log); err != nil {
		return err
	}
	if err := mayDo(ctx, in.log, in.sig.By, needs); err != nil {
		return err
	}
	if err := m.prepare(cmd, &in); err != nil {
		return err
	}
	done, err := act(store.WithReceipt(ctx, &m.receipt), &in)
	if err != nil {
		return err
	}
	if !m.dryRun && !m.receipt.There {
		keeper := downtime.Keeper{Store: in.log, Site: &in.settings.Site}
		if err := keeper.Update(ctx, now()); err != nil { // it is recorded all the same
			fmt.Fprintln(os.Stderr, "neurocheck: recorded, but the paper sheets could not be renewed: "+harmless(words(err)))
		}
	}
	return m.say(cmd, done)
}

// author returns the signature of the caller: a person, or a feed with its key.
func (m *moving) author(ctx context.Context, s *store.Store) (ward.Signature, error) {
	switch {
	case m.keyFile == "":
		return author(ctx, s, m.who)
	case m.who.pinFile != "":
		return ward.Signature{}, wrongUse{errors.New("--key-file is a feed's and --pin-file a person's: give one of them")}
	}
	feed := feedSignIn{by: m.who.by, keyFile: m.keyFile}
	by, err := feed.author(ctx, s)
	return ward.Sign(by, now()), err
}

// onlyInMessages refuses an act of a feed that is one of its messages alone: package intake
// decides if the value of the ward has to stay, and holds the message then.
func onlyInMessages(sig ward.Signature) error {
	if _, feed := ward.FeedName(sig.By); !feed {
		return nil
	}
	return ward.NotAllowed("a feed does this by messages alone, because a value of the ward may have to stay: see neurocheck intake")
}

// prepare reads the settings, which a dry run does not record.
func (m *moving) prepare(cmd *cobra.Command, in *opened) (err error) {
	ctx := cmd.Context()
	in.sig.Request = m.request
	if m.receipt.DryRun = m.dryRun; !m.dryRun {
		in.settings, err = settingsFor(ctx, cmd, in.log)
		return err
	}
	if m.last, _, err = in.log.Head(ctx); err != nil {
		return err
	}
	in.settings, err = settingsInForce(ctx, cmd, in.log)
	return err
}

// say writes the result to the standard output.
func (m *moving) say(cmd *cobra.Command, done moved) error {
	if m.asJSON {
		return answer(cmd, succeeded(cmd), struct {
			Did     string `json:"did"`
			Patient *int64 `json:"patient"`
			Into    *int64 `json:"into,omitempty"`
			Stay    *int64 `json:"stay"`
		}{done.did, m.number(done.patient), m.number(done.into), m.number(done.stay)}, keptBy(&m.receipt), struct {
			There  bool `json:"there_already"`
			DryRun bool `json:"dry_run,omitempty"`
		}{m.receipt.There, m.dryRun})
	}
	line := strings.ReplaceAll(done.did, "_", " ") + ":"
	switch {
	case m.receipt.There:
		line = "there already, nothing recorded:"
	case m.dryRun:
		line = "dry run, nothing recorded: " + line
	}
	for _, n := range []struct {
		name   string
		number int64
	}{{"patient", done.patient}, {"into patient", done.into}, {"stay", done.stay}} {
		if m.number(n.number) != nil {
			line += " " + n.name + " " + strconv.FormatInt(n.number, 10) + ","
		}
	}
	if k := keptBy(&m.receipt); k.Recorded > 0 {
		line += " " + plural(k.Recorded, "record", "records") + ","
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), strings.TrimRight(line, ",:"))
	return err
}

// number returns the number of a patient or a stay, nil if there is none: a dry run appends
// no record that could have it.
func (m *moving) number(n int64) *int64 {
	if n == 0 || m.dryRun && n > m.last {
		return nil
	}
	return &n
}

// ofMRN runs an act about the patient with an MRN.
func (m *moving) ofMRN(cmd *cobra.Command, mrn string, act func(context.Context, *opened, int64) (moved, error)) error {
	return m.record(cmd, ward.MayMovePatient, func(ctx context.Context, in *opened) (moved, error) {
		p, err := in.log.PatientByMRN(ctx, ward.CleanLine(mrn))
		if err != nil {
			return moved{}, err
		}
		done, err := act(ctx, in, p.ID)
		done.patient = p.ID
		return done, err
	})
}
