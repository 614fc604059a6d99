package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"neurocheck/internal/pin"
)

// The program that is shipped makes each guess of a PIN cost the standard.
func TestPINsCostTheStandard(t *testing.T) {
	t.Setenv("NEUROCHECK_PEPPER", filepath.Join(t.TempDir(), "pepper"))
	digest, err := pins().Digest("246813", true)
	if want := fmt.Sprintf("$m=%d,t=%d,p=%d,", pin.Standard.KiB, pin.Standard.Passes, pin.Standard.Threads); err != nil || !strings.Contains(digest, want) {
		t.Errorf("%v, a digest of %q, not %q", err, digest, want)
	}
}

func TestPINInFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the modes of files mean little there")
	}
	folder := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	credentials := filepath.Join(folder, "credentials")
	if err := os.Mkdir(credentials, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", credentials)
	for _, c := range []struct{ path, secret, refused string }{
		{file("pin", "246810\n", 0o600), "246810", ""},
		{file("crlf", "246810\r\nmore\n", 0o400), "246810", ""},
		{file("phrase", "four words in one", 0o600), "four words in one", ""},
		{file("group", "246810\n", 0o640), "", "can be read by others"},
		{file("all", "246810\n", 0o604), "", "can be read by others"},
		{file("credentials/pin", "246810\n", 0o444), "246810", ""},
		{file("credentials/../outside", "246810\n", 0o444), "", "can be read by others"},
		{file("empty", "\n", 0o600), "", "holds no PIN"},
		{filepath.Join(folder, "nowhere"), "", "no such file"},
		{folder, "", "is no regular file"},
	} {
		secret, err := pinInFile(c.path)
		switch {
		case secret != c.secret:
			t.Errorf("%s holds %q", c.path, secret)
		case c.refused == "" && err != nil, c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%s: %v", c.path, err)
		case err != nil && strings.Contains(err.Error(), "246810"):
			t.Errorf("%s: the error holds the PIN", c.path)
		}
	}
}
