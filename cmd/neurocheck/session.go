package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// pins digests and compares PINs with the pepper of this machine: the file named
// by NEUROCHECK_PEPPER, else neurocheck/pepper in $XDG_CONFIG_HOME (~/.config).
// It is not in the log, so that a thief of the log cannot try PINs.
func pins() *pin.Keeper {
	path, err := pepperPath()
	if err != nil {
		return &pin.Keeper{Cost: pinCost, Pepper: func(bool) ([]byte, error) { return nil, err }}
	}
	return &pin.Keeper{Cost: pinCost, Pepper: pin.File(path), Tries: path + "-tries"}
}

// pepperPath returns the path of the pepper of this machine.
func pepperPath() (string, error) {
	if path := os.Getenv("NEUROCHECK_PEPPER"); path != "" {
		return path, nil
	}
	folder := baseFolder("XDG_CONFIG_HOME", ".config")
	if folder == "" {
		return "", ward.Invalid("", "cannot tell where the pepper of the PINs is: there is no home folder; name it with NEUROCHECK_PEPPER")
	}
	return filepath.Join(folder, "pepper"), nil
}

// pinCost is the cost of a guess of a new PIN: the standard one. A test makes it small.
var pinCost = pin.Standard

// outside returns the signature of a caller who did not sign in.
func outside() ward.Signature { return ward.Sign(ward.Login(osUser()), now()) }

// signIn is the name that a caller gives, and the file with the PIN, if any.
type signIn struct{ by, pinFile string }

// flags adds --by and --pin-file to a command that reads patients.
func (in *signIn) flags(cmd *cobra.Command) {
	in.flagsFor(cmd, "your `NAME`; on a ward with PINs needed, and the PIN is asked for")
}

// flagsFor is flags with another help for --by.
func (in *signIn) flagsFor(cmd *cobra.Command, by string) {
	cmd.Flags().StringVar(&in.by, "by", "", by)
	cmd.Flags().StringVar(&in.pinFile, "pin-file", "", "a `FILE` that holds the PIN: readable for its owner alone, or in $CREDENTIALS_DIRECTORY")
}

// author returns the signature of the caller: the name, after the PIN; on a log without
// PINs as given, else the login.
func author(ctx context.Context, s *store.Store, in signIn) (ward.Signature, error) {
	return authorOf(ctx, s, in, false)
}

// authorOf is [author]; passing is set for a copy that goes away with its count of wrong
// PINs. Then this machine counts them.
func authorOf(ctx context.Context, s *store.Store, in signIn, passing bool) (ward.Signature, error) {
	by := ward.CleanLine(in.by)
	none, err := s.WithoutPINs(ctx)
	if err != nil {
		return ward.Signature{}, err
	}
	switch {
	case none && by == "":
		return outside(), nil
	case none:
		return ward.Sign(by, now()), nil
	case by == "":
		return ward.Signature{}, notSignedIn("this ward has staff with PINs: say who you are with --by NAME")
	}
	secret, err := givenPIN(by, in.pinFile)
	if err != nil {
		return ward.Signature{}, err
	}
	m, err := s.SignIn(ctx, ward.Sign(by, now()), ward.SignedIn, pins().Guess(secret, passing))
	switch ward.KindOf(err) {
	case ward.KindInvalid, ward.KindNotFound, ward.KindConflict:
		return ward.Signature{}, notSignedIn(err.Error())
	}
	if err != nil {
		return ward.Signature{}, err
	}
	if m.PIN.OneTime {
		return ward.Signature{}, notSignedIn("this PIN was given out for one sign-in: choose your own on the screens first")
	}
	return ward.Sign(m.Name, now()), nil
}

// reader returns the signature of a caller who reads patients, and a context for the
// reading: it is refused if the caller has lost the right to read meanwhile. If the log has
// a trouble, or the record of a member of staff is damaged, the standard error says so.
func reader(ctx context.Context, s *store.Store, in signIn) (context.Context, ward.Signature, error) {
	if err := s.Trouble(); err != nil {
		fmt.Fprintln(os.Stderr, "neurocheck: "+harmless(words(err)))
	}
	sig, err := author(ctx, s, in)
	if err != nil {
		return ctx, sig, err
	}
	if _, err := s.Staff(ctx); ward.TroubleOf(err) == ward.LogDamaged {
		fmt.Fprintln(os.Stderr, "neurocheck: "+harmless(words(err)))
	}
	return store.ReadBy(ctx, sig.By), sig, mayDo(ctx, s, sig.By, ward.MayRead)
}

// mayDo returns nil if an author has a permission. On a ward without PINs, such as a
// demo ward, the login of the machine may read.
func mayDo(ctx context.Context, s *store.Store, by string, p ward.Permission) error {
	role, known, err := s.Role(ctx, by)
	switch {
	case err != nil:
		return err
	case known:
		return ward.MayDo(role, p)
	case p == ward.MayRead && ward.IsLogin(by):
		return nil
	}
	return notSignedIn("this ward has staff: say who you are with --by NAME")
}

func notSignedIn(reason string) error {
	return &ward.Error{Kind: ward.KindNotAllowed, Code: "not_signed_in", Reason: reason}
}

// givenPIN returns the PIN in the file of --pin-file or in NEUROCHECK_PIN, for scripts, or
// asks for it. The standard input is never read for it unless it is a terminal, because it
// may hold the data or the answers for the command.
func givenPIN(name, file string) (string, error) {
	if file != "" {
		return pinInFile(file)
	}
	if secret := os.Getenv("NEUROCHECK_PIN"); secret != "" {
		return secret, nil
	}
	if !term.IsTerminal(os.Stdin.Fd()) {
		return "", notSignedIn("there is no terminal to ask for the PIN at: name a file that holds it with --pin-file, or put it into NEUROCHECK_PIN")
	}
	fmt.Fprintf(os.Stderr, "PIN of %s: ", harmless(name))
	secret, err := term.ReadPassword(os.Stdin.Fd())
	fmt.Fprintln(os.Stderr)
	return strings.TrimRight(string(secret), "\r\n"), err
}

// noteBy records that the caller used the log outside the screens, also if the caller
// asks the program to leave meanwhile: the act is done. If the log cannot be written just
// now the patient is shown all the same: [closing] tries once more, and says if the audit
// lacks the act.
func noteBy(ctx context.Context, s *store.Store, sig ward.Signature, e ward.AuditEvent) error {
	err := s.NoteReading(context.WithoutCancel(ctx), sig, e)
	missing, ok := errors.AsType[*store.Missing](err)
	if !ok {
		return err
	}
	if !missing.Waits || s.ReadOnly() {
		_, err = fmt.Fprintln(os.Stderr, "neurocheck: "+harmless(missing.Error()))
		return err
	}
	return nil
}

// latePatience limits the time for which a command waits for a note after it has printed.
const latePatience = 1500 * time.Millisecond

// noteLate records the notes of readings that wait, after the patient was shown, and says
// if the audit lacks them so far.
func noteLate(s *store.Store) {
	if s.ReadOnly() || !s.OwesHere() || !s.Owes() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), latePatience)
	defer cancel()
	if err := s.WriteLate(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "neurocheck: the audit lacks this act so far, and gets it with the next save: "+harmless(words(err)))
	}
}
