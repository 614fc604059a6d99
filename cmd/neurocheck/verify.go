package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// verifying is one verification.
type verifying struct {
	heads  []string
	record bool
	asJSON bool
	accepting
}

// accepting is the acceptance of a log that lost its newest records.
type accepting struct {
	accept bool
	reason string
	who    signIn

	receipt store.Receipt
}

func (a *app) verify() *cobra.Command {
	var y verifying
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that the record is whole",
		Long: `Checks the whole record, its chain of hashes and the grades in it, and names the first
record that does not fit. It prints the hash of the last record: written down in
another place, it proves later, with --head, that the record has only grown since.
See schema/CHAIN.md.

Damage that is found is recorded, and stays on the screens and in neurocheck status until
an administrator has seen it. With --record a whole record is noted too.

A log that lost its newest records, or that is another one than the log that was here
before, can be read and not written, until an administrator accepts it as it is with
--accept. That is recorded with the reason. If the record is not whole, it is not
accepted.`,
		Example: `  neurocheck verify
  neurocheck verify --head 9f86d081884c7d65 --head 60303ae22b998861
  neurocheck verify --db backup.db --json
  neurocheck verify --accept --reason "the disk was replaced" --by "Grace Lin"`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			for i, text := range y.heads {
				if y.heads[i], err = store.ParseHead(text); err != nil {
					return wrongUse{fmt.Errorf("--%w", err)}
				}
			}
			if err := y.check(a); err != nil {
				return err
			}
			ctx := cmd.Context()
			s, err := a.openToVerify(ctx)
			if err != nil {
				return err
			}
			defer closing(s, &err)
			shown := onTerminal("records")
			v, err := s.VerifyWith(ctx, store.Verification{Heads: y.heads, Progress: func(done, total int64) { shown.show(int(done), int(total)) }})
			shown.end()
			if err != nil {
				return err
			}
			if err := y.note(ctx, s, v); err != nil {
				return err
			}
			trouble := s.Trouble()
			if y.accept && v.Misfit == "" {
				if err := y.run(ctx, s); err != nil {
					return err
				}
				trouble = nil
			}
			return y.say(cmd, s, v, trouble)
		},
	}
	cmd.Flags().BoolVar(&y.accept, "accept", false, "accept a log that lost its newest records as it is; for an administrator, with --reason and --by")
	cmd.Flags().StringVar(&y.reason, "reason", "", "with --accept, the reason, as a `TEXT`")
	y.who.flagsFor(cmd, "with --accept, your `NAME`; the PIN is asked for")
	cmd.Flags().StringArrayVar(&y.heads, "head", nil, "`HASH` that you wrote down earlier, whole or its first 16 digits or more: is it still part of the record? (repeatable)")
	cmd.Flags().BoolVar(&y.record, "record", false, "note in the log that the record is whole, for neurocheck status")
	cmd.Flags().BoolVar(&y.asJSON, "json", false, "write the verdict as JSON")
	return cmd
}

// note records the verdict. A log that is damaged may take no record, and a copy is often
// one that cannot be written: the verdict is said in any case.
func (y *verifying) note(ctx context.Context, s *store.Store, v store.Verdict) error {
	if s.ReadOnly() || v.Misfit == "" && !y.record {
		return nil
	}
	err := s.NoteVerdict(store.WithReceipt(ctx, &y.receipt), outside(), v.Misfit, v.Records)
	if v.Misfit != "" {
		return nil
	}
	return err
}

// check returns an error if the flags do not fit together.
func (y *accepting) check(a *app) error {
	switch {
	case !y.accept && (y.reason != "" || y.who != (signIn{})):
		return wrongUse{errors.New("--reason, --by and --pin-file go with --accept")}
	case y.accept && (y.reason == "" || y.who.by == ""):
		return wrongUse{errors.New("--accept needs --reason TEXT and --by NAME")}
	case !y.accept:
		return nil
	}
	path, err := a.logPath()
	if err != nil {
		return err
	}
	return filesOnly("verify --accept", path, "of a server its administrator restores lost records")
}

// run accepts the log in the name of an administrator.
func (y *accepting) run(ctx context.Context, s *store.Store) error {
	sig, err := author(ctx, s, y.who)
	if err != nil {
		return err
	}
	if err := mayDo(ctx, s, sig.By, ward.MayAdminister); err != nil {
		return err
	}
	if err := store.Accept(store.WithReceipt(ctx, &y.receipt), s.Path(), sig, y.reason); err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stderr, "the log is accepted as it is, and can be written again; the reason is in the audit")
	return err
}

// openToVerify opens the log; one that was altered is opened read-only, to say more.
func (a *app) openToVerify(ctx context.Context) (*store.Store, error) {
	s, err := a.openLog(ctx)
	if ward.TroubleOf(err) != ward.LogDamaged {
		return s, err
	}
	path, failed := a.logPath()
	if failed != nil {
		return nil, failed
	}
	if s, failed = lookAt(ctx, path); failed != nil {
		return nil, err
	}
	return s, nil
}

// say writes the verdict, and returns an error if the record is not whole. trouble is
// another cause for which the log cannot be written.
func (y *verifying) say(cmd *cobra.Command, s *store.Store, v store.Verdict, trouble error) error {
	err := verdictError(s.Place(), v)
	switch {
	case err != nil:
	case ward.TroubleOf(trouble) == ward.LogRolledBack:
		err = trouble
	case y.record && s.ReadOnly() && !y.accept:
		err = ward.Unavailable("that the record is whole is not noted: this log can only be read")
	}
	switch {
	case y.asJSON:
		if err != nil {
			return errors.Join(answer(cmd, failureOf(commandName(cmd), err), asVerdict(v)), answered{err})
		}
		return answerAct(cmd, &y.receipt, asVerdict(v))
	case v.Misfit == "":
		if failed := sayWhole(v); failed != nil {
			return failed
		}
		return err
	}
	return err
}

// verdictError returns an error if the record is not whole, or lacks a head that was
// noted earlier.
func verdictError(path string, v store.Verdict) error {
	if v.Misfit != "" {
		return ward.Unavailable(fmt.Sprintf("%s: the record is not whole: %s; %s", path, v.Misfit, store.RecoveryHint(path)))
	}
	var lost []string
	for _, n := range v.Noted {
		if !n.Found() {
			lost = append(lost, n.Head)
		}
	}
	if len(lost) > 0 {
		return ward.Unavailable(fmt.Sprintf("%s: head %s is not part of this record: the log from which it was noted was replaced or cut off, or it is another log's; keep the file as it is, and compare it with a backup",
			path, strings.Join(lost, ", ")))
	}
	return nil
}

func sayWhole(v store.Verdict) error {
	if _, err := fmt.Printf("the record is whole: %s, head %s\n", plural(int(v.Records), "record", "records"), v.Head); err != nil {
		return err
	}
	for _, n := range v.Noted {
		if n.Found() {
			if _, err := fmt.Printf("head %s is part of it: %s, recorded %s\n", n.Head, n.Record, n.At.Format(time.RFC3339)); err != nil {
				return err
			}
		}
	}
	return nil
}

// verdict is the JSON of neurocheck verify.
type verdict struct {
	Whole  bool        `json:"whole"`
	Record int64       `json:"record"` // the last one
	Head   string      `json:"head"`
	Misfit string      `json:"misfit,omitempty"`
	Noted  []notedHead `json:"noted,omitempty"`
}

type notedHead struct {
	Head     string     `json:"head"`
	Found    bool       `json:"found"`
	Seq      int64      `json:"seq,omitempty"`
	Record   string     `json:"record,omitempty"`
	Recorded *time.Time `json:"recorded,omitempty"`
}

func asVerdict(v store.Verdict) verdict {
	out := verdict{Whole: v.Misfit == "", Record: v.Records, Head: v.Head, Misfit: v.Misfit}
	for _, n := range v.Noted {
		noted := notedHead{Head: n.Head, Found: n.Found(), Seq: n.Seq, Record: n.Record}
		if n.Found() {
			noted.Recorded = &n.At
		}
		out.Noted = append(out.Noted, noted)
	}
	return out
}
