package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"neurocheck/internal/config"
	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// pins digests and compares PINs with the pepper of this machine: the file named
// by NEUROCHECK_PEPPER, else neurocheck/pepper in $XDG_CONFIG_HOME (~/.config).
// It lies outside the log, so that who takes the log cannot try PINs.
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
	return &pin.Keeper{Pepper: pin.File(path)}
}

// outside is who runs a command without having said so.
func outside() ward.Signature { return ward.Sign(ward.Login(osUser()), now()) }

// author says who runs a command that writes: by, who proves it with their PIN;
// or, in a log where nobody has one yet, by as it was said, else the login.
func author(ctx context.Context, s *store.Store, by string) (ward.Signature, error) {
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
		return ward.Signature{}, wrongUse{errors.New("this ward has staff with PINs: say who you are with --by NAME")}
	}
	secret, err := givenPIN(by)
	if err != nil {
		return ward.Signature{}, err
	}
	keeper := pins()
	m, err := s.SignIn(ctx, ward.Sign(by, now()), ward.SignedIn, func(p ward.PIN) (bool, error) { return keeper.Matches(p.Digest, secret) })
	if err != nil {
		return ward.Signature{}, err
	}
	if m.PIN.OneTime {
		return ward.Signature{}, ward.Conflict("this PIN was given out for one sign-in: choose your own on the screens first")
	}
	return ward.Sign(m.Name, now()), nil
}

// givenPIN returns the PIN in NEUROCHECK_PIN, for scripts, or asks for it.
func givenPIN(name string) (string, error) {
	if secret := os.Getenv("NEUROCHECK_PIN"); secret != "" {
		return secret, nil
	}
	if !term.IsTerminal(os.Stdin.Fd()) {
		return "", wrongUse{errors.New("there is no terminal to ask for the PIN at: put it into NEUROCHECK_PIN")}
	}
	fmt.Fprintf(os.Stderr, "PIN of %s: ", name)
	secret, err := term.ReadPassword(os.Stdin.Fd())
	fmt.Fprintln(os.Stderr)
	return strings.TrimRight(string(secret), "\r\n"), err
}

// note records what somebody did with the log from outside the screens, also where
// they want to leave by now: it is done. A log that cannot be written is looked at
// all the same.
func note(ctx context.Context, s *store.Store, e ward.AuditEvent) error {
	if s.ReadOnly() {
		return nil
	}
	return s.Note(context.WithoutCancel(ctx), outside(), e)
}

// settingsFor loads the settings, and has the log record them where they are
// others than before.
func settingsFor(ctx context.Context, cmd *cobra.Command, s *store.Store) (config.Settings, error) {
	settings, err := loadSettings(settingsPath(cmd))
	if err != nil || s.ReadOnly() {
		return settings, err
	}
	err = s.NoteSettings(ctx, outside(), config.Recorded(&settings.Site), func(before string) string { return config.Changed(before, &settings.Site) })
	return settings, err
}
