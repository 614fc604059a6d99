package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// copying is one copy of a log into another.
type copying struct {
	from, to string
	who      signIn
	receipt  store.Receipt
	asJSON   bool
	cmd      *cobra.Command
}

func (a *app) copy() *cobra.Command {
	var c copying
	cmd := &cobra.Command{
		Use:   "copy FROM TO",
		Short: "Copy the whole record into an empty log, also of another kind",
		Long: `Copies the whole record of FROM, as it stands at one moment, into TO: a file that does
not exist yet, or an empty ward on a PostgreSQL server. Every record keeps its number and
its hashes, and is compared with them on the way; then TO is verified, and has the head of
FROM. If anything is wrong, or the copy is interrupted, TO is as it was before.

FROM is as it was afterwards, too, but for one line in its audit. From then on use one of
the two: records that are added to one are not in the other. Unsaved forms, settings files
and the pepper of the PINs are not copied.

Only an administrator of the ward copies it; of a log without staff everyone may.`,
		Example: `  neurocheck copy ward.db new-place/ward.db --by "Kim Adler"
  neurocheck copy ward.db 'postgres://db.example/hospital?ward=w7b' --by "Kim Adler"`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 || args[0] == "" || args[1] == "" {
				return errors.New("copy takes two logs: the one to copy, and the one to make")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("db") {
				return wrongUse{errors.New("copy names both logs as arguments, and takes no --db")}
			}
			c.cmd, c.from, c.to = cmd, args[0], args[1]
			return c.run(cmd.Context())
		},
	}
	c.who.flagsFor(cmd, "`NAME` of the administrator who does it")
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "write what was copied as JSON")
	return cmd
}

func (c *copying) run(ctx context.Context) (err error) {
	s, err := openAt(ctx, c.from)
	if ward.KindOf(err) == ward.KindNotFound {
		err = ward.Unavailable(err.Error()) // as of a log that --db names
	}
	if err != nil {
		return err
	}
	defer closing(s, &err)
	_, sig, err := reader(ctx, s, c.who)
	if err != nil {
		return err
	}
	made, err := c.make(ctx, s, sig)
	if err != nil {
		return err
	}
	note := ward.AuditEvent{Event: ward.BackedUp, Detail: fmt.Sprintf("copied into another log, record %d", made.Records)}
	if err := noteBy(store.WithReceipt(ctx, &c.receipt), s, sig, note); err != nil {
		return err
	}
	return c.say(made)
}

// make makes the copy.
func (c *copying) make(ctx context.Context, s *store.Store, sig ward.Signature) (made store.Contents, err error) {
	shown := onTerminal("records copied")
	defer shown.end()
	if store.OnServer(c.to) {
		return c.onServer(ctx, s, sig, shown)
	}
	taken := ward.Conflict(c.to + " exists already; a copy is made into a file that does not exist")
	if exists(c.to) {
		return made, taken
	}
	err = store.CreateWith(ctx, c.to, func(to *store.Store) error {
		made, err = s.CopyTo(ctx, sig, to, shown.stage)
		return err
	})
	if errors.Is(err, fs.ErrExist) {
		err = taken
	}
	return made, err
}

// onServer makes the copy in a ward on a server, which is there and empty.
func (c *copying) onServer(ctx context.Context, s *store.Store, sig ward.Signature, shown *progress) (made store.Contents, err error) {
	to, err := openAt(ctx, c.to)
	if err != nil {
		return made, err
	}
	defer closing(to, &err)
	return s.CopyTo(ctx, sig, to, shown.stage)
}

// say writes what was copied to the standard output.
func (c *copying) say(made store.Contents) error {
	if c.asJSON {
		return answerAct(c.cmd, &c.receipt, struct {
			From string `json:"from"`
			To   string `json:"to"`
			held
		}{publicName(c.from), publicName(c.to), heldIn(made)})
	}
	_, err := fmt.Printf("copied %s to %s: verified and whole\n%sFrom now on use one of the two: neither gets the new records of the other.\n",
		harmless(publicName(c.from)), harmless(publicName(c.to)), inWords(made))
	return err
}
