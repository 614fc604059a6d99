package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"neurocheck/internal/backup"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// backingUp is one backup.
type backingUp struct {
	signIn     signIn
	recipients []string // public keys
	files      []string // of public keys
	force      bool
	asJSON     bool
	cmd        *cobra.Command
	receipt    store.Receipt
}

func (a *app) backup() *cobra.Command {
	var b backingUp
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a copy of the log, also while the ward is in use",
		Long: `Writes a copy of the whole log, as it stands at one moment, while others go on
recording. The copy is read back and its record walked before it gets its name; it
is made for its owner alone. A plain copy is a log, which neurocheck --db FILE
--read-only shows; an encrypted one is a file of age (https://age-encryption.org),
which only the private keys of its recipients open. neurocheck restore brings both
back. Of a ward on a server it is such a log, too, without unsaved forms; after the
restore, neurocheck copy brings it into an empty ward.

A copy holds names, dates of birth and findings. Encrypt what leaves the ward, and
keep the private keys elsewhere, in a place that is known in some years, because the
copy opens with nothing else. The head that is printed is the hash of its last record:
note it down.`,
		Example: `  neurocheck backup /media/stick/ward-2026-11-23.db
  neurocheck backup -r age1… ward-2026-11-23.db.age
  neurocheck backup -R recipients.txt /mnt/archive/ward-2026-11-23.db.age --json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" || args[0] == "-" {
				return errors.New("backup takes one FILE to write")
			}
			return isBackupFile(args[0])
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			b.cmd = cmd
			to, err := b.to()
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			s, err := a.openLog(ctx)
			if err != nil {
				return err
			}
			defer closing(s, &err)
			return b.run(ctx, s, args[0], to)
		},
	}
	cmd.Flags().StringArrayVarP(&b.recipients, "recipient", "r", nil, "encrypt to this public `KEY` of age; may be repeated")
	cmd.Flags().StringArrayVarP(&b.files, "recipients-file", "R", nil, "encrypt to the public keys in this `FILE`, one a line; may be repeated")
	b.signIn.flags(cmd)
	cmd.Flags().BoolVar(&b.force, "force", false, "replace the file if it exists")
	cmd.Flags().BoolVar(&b.asJSON, "json", false, "write one JSON object")
	return cmd
}

// to returns the recipients of the flags.
func (b *backingUp) to() (to []age.Recipient, err error) {
	for _, key := range b.recipients {
		r, err := backup.ParseRecipient(key)
		if err != nil {
			return nil, wrongUse{fmt.Errorf("--recipient: %w", err)}
		}
		to = append(to, r)
	}
	more, err := readKeys(b.files, backup.ReadRecipients)
	return append(to, more...), err
}

// readKeys reads the keys of each file.
func readKeys[T any](names []string, read func(r io.Reader, name string) ([]T, error)) (keys []T, err error) {
	for _, name := range names {
		file, err := wholefile.OpenInput(name)
		if err != nil {
			return nil, err
		}
		more, err := read(file, name)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		keys = append(keys, more...)
	}
	return keys, nil
}

func (b *backingUp) run(ctx context.Context, s *store.Store, path string, to []age.Recipient) error {
	_, sig, err := reader(ctx, s, b.signIn)
	if err != nil {
		return err
	}
	shown := onTerminal("MiB copied")
	made, err := backup.Write(ctx, s, path, backup.Options{
		Recipients: to, Force: b.force,
		Progress: shown.stage,
	})
	shown.end()
	if errors.Is(err, fs.ErrExist) {
		return ward.Conflict(path + " exists already; name another file, or replace it with --force")
	}
	if err != nil {
		return err
	}
	how := store.PlainCopy
	if made.Encrypted {
		how = store.EncryptedCopy
	}
	if err := noteBy(store.WithReceipt(ctx, &b.receipt), s, sig, ward.AuditEvent{Event: ward.BackedUp, Detail: fmt.Sprintf("%s, record %d", how, made.Records)}); err != nil {
		return err
	}
	return b.say(path, made)
}

// say writes the contents of the copy to the standard output.
func (b *backingUp) say(path string, made backup.Made) error {
	if b.asJSON {
		return answerAct(b.cmd, &b.receipt, struct {
			File      string `json:"file"`
			Bytes     int64  `json:"bytes"`
			Encrypted bool   `json:"encrypted"`
			held
		}{path, made.Bytes, made.Encrypted, heldIn(made.Contents)})
	}
	how := ""
	if made.Encrypted {
		how = ", encrypted"
	}
	_, err := fmt.Printf("wrote %s: %d bytes%s, read back and whole\n%s", harmless(path), made.Bytes, how, inWords(made.Contents))
	return err
}

// held is the JSON of the contents of a log.
type held struct {
	Record   int64      `json:"record"` // the last one
	Patients int        `json:"patients"`
	Checks   int        `json:"checks"`
	Last     *time.Time `json:"last_record_at"` // null if there is no record
	Head     string     `json:"head"`
}

func heldIn(c store.Contents) held {
	h := held{c.Records, c.Patients, c.Checks, nil, c.Head}
	if !c.Last.IsZero() {
		h.Last = &c.Last
	}
	return h
}

// inWords returns the contents of a log, in lines.
func inWords(c store.Contents) string {
	last := "none"
	if !c.Last.IsZero() {
		last = c.Last.Format("2 Jan 2006 15:04:05 -07:00")
	}
	return fmt.Sprintf("  holds        %s: %s, %s\n  last record  %s\n  head         %s\n",
		plural(int(c.Records), "record", "records"), plural(c.Patients, "patient", "patients"), plural(c.Checks, "check", "checks"), last, c.Head)
}
