package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// mostPINFile is more than any PIN or passphrase needs, in bytes.
const mostPINFile = 4096

// pinInFile returns the PIN in the first line of a file.
func pinInFile(path string) (string, error) { return secretInFile("--pin-file", "PIN", path) }

// secretInFile returns the secret in the first line of the file of a flag. Others must not
// be able to read the file, unless the service manager put it into the folder of its
// credentials.
func secretInFile(flag, name, path string) (string, error) {
	f, err := wholefile.OpenPlain(path)
	if err != nil {
		return "", err
	}
	defer f.Close() // opened for reading only
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", err
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 && !isCredential(path):
		return "", ward.Unavailable(fmt.Sprintf("%s %s can be read by others: set its mode to 0600 (chmod 600)", flag, path))
	}
	text, err := io.ReadAll(io.LimitReader(f, mostPINFile))
	if err != nil {
		return "", err
	}
	secret, _, _ := strings.Cut(string(text), "\n")
	if secret = strings.TrimSuffix(secret, "\r"); secret == "" {
		return "", ward.Unavailable(flag + " " + path + " holds no " + name + " in its first line")
	}
	return secret, nil
}

// isCredential reports whether a file lies in the folder of the service's credentials.
func isCredential(path string) bool {
	folder := os.Getenv("CREDENTIALS_DIRECTORY")
	if folder == "" {
		return false
	}
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return false
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return false
	}
	within, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(within)
}
