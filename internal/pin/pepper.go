package pin

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

const pepperBytes = 32

// File returns a [Keeper.Pepper] that reads the pepper from a file. If there is no file
// it makes one, for its owner alone, if first is set; else it answers with
// [ward.KindUnavailable], because no PIN of a log can be verified without its pepper.
func File(path string) func(first bool) ([]byte, error) {
	return func(first bool) ([]byte, error) {
		pepper, err := read(path)
		if !errors.Is(err, fs.ErrNotExist) {
			return pepper, err
		}
		if !first {
			return nil, ward.Unavailable("the pepper file " + path + " is missing, and without it no PIN can be checked: put it back, from another workstation if the ward is on a server, or give out new PINs with neurocheck staff reset --recover")
		}
		if err := create(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, ward.Unavailable(fmt.Sprintf("cannot make the pepper file: %v", err))
		}
		return read(path)
	}
}

func read(path string) ([]byte, error) {
	f, err := wholefile.OpenPlain(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, ward.Unavailable(fmt.Sprintf("cannot read the pepper file: %v", err))
	}
	defer f.Close() // opened for reading only
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, ward.Unavailable("others can read the pepper file " + path + ": set its mode to 0600 (chmod 600)")
	}
	text := make([]byte, 2*pepperBytes+2)
	n, _ := f.Read(text)
	pepper, err := hex.DecodeString(strings.TrimSpace(string(text[:n])))
	if err != nil || len(pepper) != pepperBytes {
		return nil, ward.Unavailable(path + " is no pepper file: it holds something else than 64 hexadecimal digits")
	}
	return pepper, nil
}

// create makes the file atomically, because two programs may start at once.
func create(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".pepper-") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	pepper := make([]byte, pepperBytes)
	rand.Read(pepper) // never fails
	_, err = fmt.Fprintln(temp, hex.EncodeToString(pepper))
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Link(temp.Name(), path)
}
