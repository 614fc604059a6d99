package main

import (
	"io"
	"io/fs"
	"os"
	"strings"

	"neurocheck/internal/ward"
)

// input opens the file that the arguments name, or the standard input if they name
// none.
func input(args []string) (in io.ReadCloser, name string, err error) {
	if len(args) == 0 || args[0] == "-" {
		return os.Stdin, "<stdin>", nil
	}
	in, err = openInput(args[0])
	return in, args[0], err
}

// openInput opens a file for reading. It refuses a pipe that has a name of its own, because
// opening it waits for another program that may never write. Those that a shell makes, as
// for <(gunzip -c FILE), are open already.
func openInput(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && info.Mode()&fs.ModeNamedPipe != 0 && !strings.HasPrefix(path, "/dev/") && !strings.HasPrefix(path, "/proc/") {
		return nil, ward.Unavailable(path + " is a pipe: name a file, or - for standard input")
	}
	return os.Open(path)
}
