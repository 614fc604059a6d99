package main

import (
	"io"
	"os"

	"neurocheck/internal/wholefile"
)

// input opens the file that the arguments name, or the standard input if they name
// none.
func input(args []string) (in io.ReadCloser, name string, err error) {
	if len(args) == 0 || args[0] == "-" {
		return os.Stdin, "<stdin>", nil
	}
	in, err = wholefile.OpenInput(args[0])
	return in, args[0], err
}
