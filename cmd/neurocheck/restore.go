package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"neurocheck/internal/backup"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// restoring is one restore.
type restoring struct {
	log        string
	identities []string // files of private keys
	signIn     signIn
	recovery   bool
	sig        ward.Signature // of the person who restores
	dryRun     bool
	asJSON     bool
	cmd        *cobra.Command
	receipt    store.Receipt
}

func (a *app) restore() *cobra.Command {
	var r restoring
	cmd := &cobra.Command{
		Use:   "restore BACKUP|-",
		Short: "Make the log of a backup, where there is none",
		Long: `Makes the log of a backup, at the path of --db or NEUROCHECK_DB, else at its usual
place. A log that is there already is never replaced. The backup is opened and its
record verified first: if anything is wrong with it, nothing is restored. One of an
older version is brought up to date.

Only an administrator of the ward in the backup restores it, and signs in with --by as
that ward knows the name. If no administrator can sign in, for example because the
pepper file is lost, --recover does it in the name of the login, which the log records.

With --dry-run it is only verified, which everyone on the staff may: so a ward finds out
today if its backups can be restored.`,
		Example: `  neurocheck restore backups/neurocheck-2026-11-23.db
  neurocheck restore -i key.txt ward.db.age --db /srv/ward/neurocheck.db
  neurocheck restore --dry-run -i key.txt ward.db.age`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := justOne(cmd, args); err != nil {
				return err
			}
			return isBackupFile(args[0])
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			r.cmd = cmd
			if r.signIn.by != "" && r.recovery {
				return wrongUse{errors.New("--by and --recover exclude each other")}
			}
			if r.log, err = a.logPath(); err != nil {
				return err
			}
			if err := filesOnly("restore", r.log, "name a file with --db FILE, and bring it onto the server with neurocheck copy FILE WARD"); err != nil && !r.dryRun {
				return err
			}
			ctx := cmd.Context()
			return r.run(ctx, args)
		},
	}
	cmd.Flags().StringArrayVarP(&r.identities, "identity", "i", nil, "open it with the private keys in this `FILE`; may be repeated")
	r.signIn.flagsFor(cmd, "`NAME` of the administrator who does it")
	cmd.Flags().BoolVar(&r.recovery, "recover", false, "do it in the name of the login, because no administrator can sign in")
	cmd.Flags().BoolVar(&r.dryRun, "dry-run", false, "say what is in the backup and whether it is whole, and restore nothing")
	cmd.Flags().BoolVar(&r.asJSON, "json", false, "write one JSON object")
	return cmd
}

func (r *restoring) run(ctx context.Context, args []string) error {
	keys, err := readKeys(r.identities, backup.ReadIdentities)
	if err != nil {
		return err
	}
	if err := notInUse(args[0]); err != nil {
		return err
	}
	in, name, err := input(args)
	if err != nil {
		return err
	}
	defer in.Close() // opened for reading only
	shown := onTerminal("MiB unpacked")
	contents, err := backup.Restore(ctx, in, r.log, backup.RestoreOptions{Name: name, Identities: keys, DryRun: r.dryRun, Progress: shown.stage, May: r.may})
	shown.end()
	if err != nil {
		return err
	}
	if !r.dryRun {
		if err := r.note(ctx, contents); err != nil {
			return err
		}
	}
	return r.say(name, contents)
}

// may returns nil if the caller may restore the backup that is opened as s, or look at it.
// Wrong PINs are counted on this machine, because the copy goes away with a refusal.
func (r *restoring) may(ctx context.Context, s *store.Store) (err error) {
	none, err := s.WithoutPINs(ctx)
	if err != nil {
		return err
	}
	if r.sig = outside(); none || r.recovery {
		return nil
	}
	if r.sig, err = authorOf(ctx, s, r.signIn, true); err != nil {
		if ward.KindOf(err) == ward.KindUnavailable {
			return ward.Unavailable("nothing was restored: " + err.Error() + "; or restore with --recover")
		}
		return err
	}
	permission := ward.MayAdminister
	if r.dryRun {
		permission = ward.MayRead
	}
	return mayDo(ctx, s, r.sig.By, permission)
}

// note records in the restored log that it was restored.
func (r *restoring) note(ctx context.Context, c store.Contents) (err error) {
	s, err := store.Open(ctx, r.log)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	detail := fmt.Sprintf("up to record %d", c.Records)
	if r.recovery {
		detail += ", without an administrator"
	}
	return noteBy(store.WithReceipt(ctx, &r.receipt), s, r.sig, ward.AuditEvent{Event: ward.Restored, Detail: detail})
}

// notInUse refuses a log that was not closed: its newest records are in its -wal file,
// and would be left out.
func notInUse(path string) error {
	if info, err := os.Stat(path + "-wal"); path != "-" && err == nil && info.Size() > 0 {
		return ward.Conflict(path + " is no backup but a log that was in use: some of its records are in " + path + "-wal; make a backup of it first, with neurocheck backup FILE --db " + path)
	}
	return nil
}

// say writes the contents of the backup to the standard output.
func (r *restoring) say(name string, c store.Contents) error {
	if r.asJSON {
		return answerAct(r.cmd, &r.receipt, struct {
			Log    string `json:"log"`
			From   string `json:"from"`
			DryRun bool   `json:"dry_run"`
			held
		}{r.log, name, r.dryRun, heldIn(c)})
	}
	if r.dryRun {
		_, err := fmt.Printf("%s is whole and can be restored\n%s", harmless(name), inWords(c))
		return err
	}
	_, err := fmt.Printf(`restored %s from %s
%sNow check that
  - this is the last record you expect: what was recorded later is not in the log,
    and has to be entered again from paper;
  - the head is the one that was noted when the backup was made;
  - the patients on the ward and their beds are those on the board.
Then make a new backup.
`, harmless(r.log), harmless(name), inWords(c))
	return err
}
