package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// staffing holds the flags of the commands about the staff.
type staffing struct {
	app       *app
	who       signIn
	recovery  bool
	role      string // for add
	keyOut    string // the file for the key of a feed
	newRole   string
	asJSON    bool
	authority ward.Signature // of the administrator
	oneTime   string         // the PIN that was given out
	receipt   store.Receipt
}

func (a *app) staff() *cobra.Command {
	f := &staffing{app: a}
	cmd := &cobra.Command{
		Use:   "staff",
		Short: "Manage the staff: names, roles, PINs",
		Long: `Manages the staff of the ward. Everyone on it records and accepts. Only clinicians
close follow-ups, name other causes and set check intervals; only administrators manage
the staff, the seats, the feeds and the settings. The first run adds the first
administrator.

Only an administrator changes the staff, and signs in with --by; the PIN is asked for,
or read from --pin-file or NEUROCHECK_PIN. If no administrator can sign in any more,
--recover does it in the name of the login, which the record then shows.

A PIN that is given out is printed once and is good for one sign-in, which asks for
another. The PINs are kept as argon2id digests, made with the pepper in the file
named by NEUROCHECK_PEPPER, else neurocheck/pepper in $XDG_CONFIG_HOME (~/.config).

A feed is no person: it sends the messages of the hospital's patient administration,
see neurocheck intake, and signs in with a key. --key-out writes the key into a new
file, readable for its owner alone; the log has its SHA-256.`,
		Example: `  neurocheck staff list
  neurocheck staff add "Sam Lee" --role nurse --by "Kim Adler"
  neurocheck staff reset "Sam Lee" --by "Kim Adler"
  neurocheck staff add ADT --role feed --key-out adt.key --by "Kim Adler"`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	list := &cobra.Command{
		Use: "list", Short: "Print the staff, those who left included", Args: none,
		RunE: f.reading(f.list),
	}
	list.Flags().BoolVar(&f.asJSON, "json", false, "write one JSON object")
	add := f.changing("add NAME", "Add a person to the staff, and print the first PIN", f.add)
	add.Flags().StringVar(&f.role, "role", string(ward.Nurse), "what they may do: nurse, clinician or admin; or feed")
	f.keyFlags(add)
	role := f.changing("role NAME", "Give a person another role", f.change)
	role.Flags().StringVar(&f.newRole, "role", "", "what they may do: nurse, clinician or admin")
	reset := f.changing("reset NAME", "Give a person a new PIN, print it, and unlock the name; or a feed a new key", f.reset)
	f.keyFlags(reset)
	cmd.AddCommand(list, add, role, reset,
		f.changing("disable NAME", "Disable a name; what was recorded under it stays", f.end(false)),
		f.changing("enable NAME", "Enable a name again", f.end(true)))
	return cmd
}

func (f *staffing) reading(do func(*cobra.Command, *store.Store) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) (err error) {
		s, err := f.app.openLog(cmd.Context())
		if err != nil {
			return err
		}
		defer closing(s, &err)
		return do(cmd, s)
	}
}

// changing is a command about one name, run by an administrator.
func (f *staffing) changing(use, short string, do func(ctx context.Context, s *store.Store, name string) error) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || ward.CleanLine(args[0]) == "" {
				return errors.New(cmd.Name() + " takes one name, in quotation marks if it holds a blank")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.who.by != "" && f.recovery {
				return wrongUse{errors.New("--by and --recover exclude each other")}
			}
			return f.reading(func(cmd *cobra.Command, s *store.Store) (err error) {
				ctx := cmd.Context()
				if _, err := s.Ward(ctx); err != nil {
					return err
				}
				if f.authority = outside(); !f.recovery {
					if f.authority, err = author(ctx, s, f.who); err != nil {
						return err
					}
				}
				name := ward.CleanLine(args[0])
				if err := do(store.WithReceipt(ctx, &f.receipt), s, name); err != nil {
					return err
				}
				return f.say(cmd, s, name)
			})(cmd, nil)
		},
	}
	f.who.flagsFor(cmd, "`NAME` of the administrator who does it")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "write one JSON object")
	cmd.Flags().BoolVar(&f.recovery, "recover", false, "do it in the name of the login, because no administrator can sign in")
	return cmd
}

func (f *staffing) list(cmd *cobra.Command, s *store.Store) error {
	known, err := s.Staff(cmd.Context())
	if err != nil {
		return err
	}
	list := []memberJSON{}
	for _, m := range known {
		list = append(list, newMemberJSON(m))
	}
	if f.asJSON {
		return answerRead(cmd, struct {
			Staff []memberJSON `json:"staff"`
		}{list})
	}
	for _, m := range list {
		left := ""
		if !m.Active {
			left = "  disabled"
		}
		secret := "PIN"
		if m.Role == ward.Feed {
			secret = "key"
		}
		if _, err := fmt.Printf("%s  %-13s  %s %s%s\n", column(harmless(m.Name), 32), ward.WordsFor(ward.Roles, string(m.Role)), secret, m.PIN, left); err != nil {
			return err
		}
	}
	return nil
}

// memberJSON is the JSON of a member of staff.
type memberJSON struct {
	Name   string    `json:"name"`
	Role   ward.Role `json:"role"`
	Active bool      `json:"active"`
	PIN    string    `json:"pin"` // none, given out or set; of a feed that of its key
}

func newMemberJSON(m ward.Staff) memberJSON {
	state := "set"
	switch {
	case !m.PIN.Set():
		state = "none"
	case m.PIN.OneTime:
		state = "given out"
	}
	return memberJSON{m.Name, m.Role, m.Active, state}
}

// say writes a member of staff as JSON after a change, or the PIN that was given out.
func (f *staffing) say(cmd *cobra.Command, s *store.Store, name string) error {
	if !f.asJSON {
		if f.oneTime == "" {
			return nil
		}
		if _, err := fmt.Println(f.oneTime); err != nil {
			return err
		}
		_, err := fmt.Fprintf(os.Stderr, "that is the PIN of %s, for one sign-in; it is not shown again\n", harmless(name))
		return err
	}
	m, err := s.StaffMember(cmd.Context(), name)
	if err != nil {
		return err
	}
	return answerAct(cmd, &f.receipt, struct {
		memberJSON
		OneTime string `json:"one_time_pin,omitempty"`
	}{newMemberJSON(m), f.oneTime})
}

func (f *staffing) add(ctx context.Context, s *store.Store, name string) error {
	m := ward.Staff{Name: name, Role: ward.Role(f.role), Active: true}
	if err := m.Validate(); err != nil {
		return wrongUse{err}
	}
	return f.giveSecret(ctx, s, m, func(p ward.PIN) error {
		m.PIN = p
		return s.AddStaff(ctx, f.authority, m)
	})
}

func (f *staffing) reset(ctx context.Context, s *store.Store, name string) error {
	m, err := s.StaffMember(ctx, name)
	if err != nil {
		return err
	}
	return f.giveSecret(ctx, s, m, func(p ward.PIN) error { return s.SetPIN(ctx, f.authority, name, p) })
}

// giveSecret gives a person a PIN, and a feed a key.
func (f *staffing) giveSecret(ctx context.Context, s *store.Store, m ward.Staff, keep func(ward.PIN) error) error {
	switch {
	case m.Role == ward.Feed && f.keyOut == "":
		return wrongUse{errors.New("a feed signs in with a key: name the new file for it with --key-out FILE")}
	case m.Role == ward.Feed:
		return writeFeedKey(f.keyOut, keep)
	case f.keyOut != "":
		return wrongUse{errors.New("--key-out is for a feed: persons have a PIN")}
	}
	return f.giveOut(ctx, s, m.Name, keep)
}

// giveOut makes a PIN and has its digest kept.
func (f *staffing) giveOut(ctx context.Context, s *store.Store, name string, keep func(ward.PIN) error) error {
	w, err := s.Ward(ctx)
	if err != nil {
		return err
	}
	if w.Synthetic {
		if err := keep(ward.PIN{}); err != nil {
			return err
		}
		_, err = fmt.Fprintln(os.Stderr, "demo ward: no PIN")
		return err
	}
	first, err := s.WithoutPINs(ctx)
	if err != nil {
		return err
	}
	secret := pin.OneTime()
	digest, err := pins().Digest(secret, first)
	if err != nil {
		return err
	}
	if err := keep(ward.PIN{Digest: digest, OneTime: true}); err != nil {
		return err
	}
	f.oneTime = secret
	return nil
}

func (f *staffing) change(ctx context.Context, s *store.Store, name string) error {
	if f.newRole == "" {
		return wrongUse{errors.New("say which: --role nurse, clinician or admin")}
	}
	m, err := s.StaffMember(ctx, name)
	if err != nil {
		return err
	}
	return s.ChangeStaff(ctx, f.authority, m.Name, ward.Role(f.newRole), m.Active)
}

func (f *staffing) end(active bool) func(context.Context, *store.Store, string) error {
	return func(ctx context.Context, s *store.Store, name string) error {
		m, err := s.StaffMember(ctx, name)
		if err != nil {
			return err
		}
		return s.ChangeStaff(ctx, f.authority, m.Name, m.Role, active)
	}
}
