package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

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
	path := os.Getenv("NEUROCHECK_PEPPER")
	if path == "" {
		folder := os.Getenv("XDG_CONFIG_HOME")
		if !filepath.IsAbs(folder) {
			home, err := os.UserHomeDir()
			if err != nil {
				return &pin.Keeper{Pepper: func(bool) ([]byte, error) {
					return nil, ward.Invalid("", "cannot tell where the pepper of the PINs is: there is no home folder; name it with NEUROCHECK_PEPPER")
				}}
			}
			folder = filepath.Join(home, ".config")
		}
		path = filepath.Join(folder, "neurocheck", "pepper")
	}
	return &pin.Keeper{Pepper: pin.File(path), Tries: path + "-tries"}
}

// outside returns the signature of a caller who did not sign in.
func outside() ward.Signature { return ward.Sign(ward.Login(osUser()), now()) }

// signInFlag adds --by to a command that reads patients.
func signInFlag(cmd *cobra.Command, by *string) {
	cmd.Flags().StringVar(by, "by", "", "your `NAME`; on a ward with PINs needed, and the PIN is asked for")
}

// author returns the signature of the caller: by, after the PIN; on a log without PINs
// by as given, else the login.
func author(ctx context.Context, s *store.Store, by string) (ward.Signature, error) {
	return authorOf(ctx, s, by, s.ReadOnly())
}

// authorOf is [author] for a log that may not keep the count of wrong PINs: one that is
// open read-only, or a copy that goes away. Then this machine counts them.
func authorOf(ctx context.Context, s *store.Store, by string, passing bool) (ward.Signature, error) {
	by = ward.CleanLine(by)
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
	secret, err := givenPIN(ctx, by)
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

// reader returns the signature of a caller who reads patients.
func reader(ctx context.Context, s *store.Store, by string) (ward.Signature, error) {
	sig, err := author(ctx, s, by)
	if err != nil {
		return sig, err
	}
	return sig, mayDo(ctx, s, sig.By, ward.MayRead)
}

// mayDo returns nil if an author has a permission. On a ward without PINs, such as a
// demo ward, the login of the machine may read.
func mayDo(ctx context.Context, s *store.Store, by string, p ward.Permission) error {
	known, err := s.Staff(ctx)
	if err != nil {
		return err
	}
	persons := false
	for _, m := range known {
		persons = persons || m.Role != ward.Feed
		if strings.EqualFold(m.Author(), by) {
			return ward.MayDo(m.Role, p)
		}
	}
	if !persons || p == ward.MayRead && ward.IsLogin(by) {
		return nil
	}
	return notSignedIn("this ward has staff: say who you are with --by NAME")
}

func notSignedIn(reason string) error {
	return &ward.Error{Kind: ward.KindNotAllowed, Code: "not_signed_in", Reason: reason}
}

// givenPIN returns the PIN in the file of --pin-file or in NEUROCHECK_PIN, for scripts, or
// asks for it.
func givenPIN(ctx context.Context, name string) (string, error) {
	if path := pinFileOf(ctx); path != "" {
		return readPINFile(path)
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

type pinFileKey struct{}

// withPINFile returns a context that carries the path of the file of --pin-file to the
// sign-in.
func withPINFile(ctx context.Context, path string) context.Context {
	return context.WithValue(ctx, pinFileKey{}, path)
}

func pinFileOf(ctx context.Context) string {
	path, _ := ctx.Value(pinFileKey{}).(string)
	return path
}

// readPINFile reads a PIN from a file that its owner alone can read. In the folder of
// systemd's credentials the system sees to that.
func readPINFile(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", ward.Conflict(path + " is not a plain file; name another one with --pin-file")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 && !isCredential(path):
		return "", ward.Conflict("others may read the PIN in " + path + "; take that from them with chmod 600")
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close() // opened for reading only
	const mostPIN = 4 << 10
	text, err := io.ReadAll(io.LimitReader(file, mostPIN))
	return strings.TrimRight(string(text), "\r\n"), err
}

func isCredential(path string) bool {
	folder := os.Getenv("CREDENTIALS_DIRECTORY")
	return folder != "" && filepath.Dir(filepath.Clean(path)) == filepath.Clean(folder)
}

// noteBy records that the caller used the log outside the screens, also if the caller
// asks the program to leave meanwhile: the act is done. A log that cannot be written
// can be read all the same.
func noteBy(ctx context.Context, s *store.Store, sig ward.Signature, e ward.AuditEvent) error {
	if s.ReadOnly() {
		return nil
	}
	return s.Note(context.WithoutCancel(ctx), sig, e)
}
