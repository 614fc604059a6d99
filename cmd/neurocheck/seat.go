package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"neurocheck/internal/seats"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// seating holds the flags of the commands about seats.
type seating struct {
	app     *app
	who     signIn
	keyFile string
	member  string
	asJSON  bool
	receipt store.Receipt
}

func (a *app) seat() *cobra.Command {
	f := &seating{app: a}
	cmd := &cobra.Command{
		Use:   "seat",
		Short: "Manage the keys that open the ward over SSH",
		Long: `Manages seats: the keys of SSH clients to which neurocheck serve shows the ward. A
seat is a workstation, at which any member of the staff signs in with the PIN, or,
with --member, one member's own key, which also reads without a PIN: export,
handover, board and report.

The log records each key with its label and fingerprint. Only an administrator adds
and disables seats; the sessions of a disabled seat end at once.`,
		Example: `  neurocheck seat add "Desk 2" --key-file desk2.pub --by "Kim Adler"
  neurocheck seat add "Sam, laptop" --member "Sam Lee" --key-file sam.pub --by "Kim Adler"
  neurocheck seat list
  neurocheck seat disable "Desk 2" --by "Kim Adler"`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	list := &cobra.Command{Use: "list", Short: "Print the seats, disabled ones included", Args: none, RunE: f.list}
	list.Flags().BoolVar(&f.asJSON, "json", false, "write one JSON object")
	add := &cobra.Command{Use: "add LABEL", Short: "Let a key open the ward", Args: oneLabel, RunE: f.add}
	add.Flags().StringVar(&f.keyFile, "key-file", "", "the public key, a `FILE` of ssh-keygen that ends with .pub")
	add.Flags().StringVar(&f.member, "member", "", "the `NAME` of the member of staff whose own key it is")
	disable := &cobra.Command{Use: "disable LABEL", Short: "End the right of a key to open the ward", Args: oneLabel, RunE: f.disable}
	for _, c := range []*cobra.Command{add, disable} {
		f.who.flagsFor(c, "`NAME` of the administrator who does it")
		c.Flags().BoolVar(&f.asJSON, "json", false, "write one JSON object")
	}
	cmd.AddCommand(add, list, disable)
	return cmd
}

func oneLabel(cmd *cobra.Command, args []string) error {
	if len(args) != 1 || ward.CleanLine(args[0]) == "" {
		return errors.New(cmd.Name() + " takes one label, in quotation marks if it holds a blank")
	}
	return nil
}

// changing opens the log for an administrator.
func (f *seating) changing(ctx context.Context, change func(*store.Store, ward.Signature) error) (err error) {
	s, err := f.app.openLog(ctx)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if _, err := s.Ward(ctx); err != nil {
		return err
	}
	sig, err := author(ctx, s, f.who)
	if err != nil {
		return err
	}
	return change(s, sig)
}

// readKeyFile reads the file of a public key, which is much shorter than the limit.
func readKeyFile(path string) ([]byte, error) {
	file, err := wholefile.OpenInput(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // opened for reading only
	return io.ReadAll(io.LimitReader(file, 64<<10))
}

func (f *seating) add(cmd *cobra.Command, args []string) error {
	if f.keyFile == "" {
		return wrongUse{errors.New("name the public key: --key-file KEY.pub")}
	}
	text, err := readKeyFile(f.keyFile)
	if err != nil {
		return err
	}
	seat := ward.Seat{Label: ward.CleanLine(args[0]), Kind: ward.Workstation, Staff: ward.CleanLine(f.member)}
	if seat.Staff != "" {
		seat.Kind = ward.MemberSeat
	}
	if err := seats.ReadKey(text, &seat); err != nil {
		return fmt.Errorf("%s: %w", f.keyFile, err)
	}
	return f.changing(cmd.Context(), func(s *store.Store, sig ward.Signature) error {
		if err := s.AddSeat(store.WithReceipt(cmd.Context(), &f.receipt), sig, seat); err != nil {
			return err
		}
		if f.asJSON {
			return f.answer(cmd, s, seat.Label)
		}
		_, err := fmt.Fprintf(cmd.ErrOrStderr(), "the key %s opens the seat %s\n", seat.Fingerprint, harmless(seat.Label))
		return err
	})
}

func (f *seating) disable(cmd *cobra.Command, args []string) error {
	return f.changing(cmd.Context(), func(s *store.Store, sig ward.Signature) error {
		label := ward.CleanLine(args[0])
		if err := s.DisableSeat(store.WithReceipt(cmd.Context(), &f.receipt), sig, label); err != nil || !f.asJSON {
			return err
		}
		return f.answer(cmd, s, label)
	})
}

func (f *seating) list(cmd *cobra.Command, _ []string) (err error) {
	s, err := f.app.openLog(cmd.Context())
	if err != nil {
		return err
	}
	defer closing(s, &err)
	known, err := s.Seats(cmd.Context())
	if err != nil {
		return err
	}
	if f.asJSON {
		list := []seatJSON{}
		for _, x := range known {
			list = append(list, newSeatJSON(x))
		}
		return answerRead(cmd, struct {
			Seats []seatJSON `json:"seats"`
		}{list})
	}
	for _, x := range known {
		of, disabled := "workstation", ""
		if x.Staff != "" {
			of = "key of " + x.Staff
		}
		if !x.Active {
			disabled = "  disabled"
		}
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%-24s  %-24s  %s%s\n", harmless(x.Label), harmless(of), x.Fingerprint, disabled); err != nil {
			return err
		}
	}
	return nil
}

// seatJSON is the JSON of a seat.
type seatJSON struct {
	Label       string        `json:"label"`
	Kind        ward.SeatKind `json:"kind"`
	Member      string        `json:"member"`
	Fingerprint string        `json:"fingerprint"`
	Active      bool          `json:"active"`
}

func newSeatJSON(s ward.Seat) seatJSON {
	return seatJSON{s.Label, s.Kind, s.Staff, s.Fingerprint, s.Active}
}

// answer writes the seat of a label as JSON after a change.
func (f *seating) answer(cmd *cobra.Command, s *store.Store, label string) error {
	known, err := s.Seats(cmd.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(known, func(x ward.Seat) bool { return ward.FoldLine(x.Label) == ward.FoldLine(label) })
	if i < 0 {
		return ward.NotFound("there is no such seat")
	}
	return answerAct(cmd, &f.receipt, newSeatJSON(known[i]))
}
