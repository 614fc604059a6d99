package main

import (
	"os"
	"strings"

	"github.com/charmbracelet/x/term"

	"neurocheck/internal/ward"
)

// needTerminal returns an error if there is no terminal for the screens.
func needTerminal() error {
	if term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()) {
		return nil
	}
	return ward.Unavailable("neurocheck needs a terminal to show the ward; without one, use neurocheck export, import, grade or verify")
}

// asciiOnly reports whether the terminal shows nothing but ASCII: its locale
// names another character set than UTF-8, or it is the Linux console, whose
// fonts lack the marks.
func asciiOnly() bool {
	if os.Getenv("TERM") == "linux" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(os.Getenv(name)); locale != "" {
			return !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
		}
	}
	return false
}
