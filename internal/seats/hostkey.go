package seats

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	gossh "golang.org/x/crypto/ssh"

	"neurocheck/internal/ward"
)

// HostKey returns the key by which clients know the server, and its fingerprint. The first
// start makes it, for its owner alone.
func HostKey(path string) (key []byte, fingerprint string, err error) {
	key, err = readHostKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeHostKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, "", ward.Unavailable(fmt.Sprintf("cannot make the host key: %v", err))
		}
		key, err = readHostKey(path)
	}
	if err != nil {
		return nil, "", err
	}
	signer, err := gossh.ParsePrivateKey(key)
	if err != nil {
		return nil, "", ward.Unavailable(path + " holds no host key without a passphrase: put the key of this server back, or name another file with --host-key")
	}
	if isShort(signer.PublicKey()) {
		return nil, "", ward.Unavailable("the RSA key in " + path + " is too short to be safe: name another file with --host-key, or remove this one so that the next start makes a key, and tell the workstations its fingerprint")
	}
	return key, gossh.FingerprintSHA256(signer.PublicKey()), nil
}

func readHostKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, ward.Unavailable(path + " is no regular file: name another one with --host-key")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, ward.Unavailable("others can read the host key " + path + ": set its mode to 0600 (chmod 600)")
	}
	return os.ReadFile(path)
}

// makeHostKey makes the file whole or not at all: two servers may start at once.
func makeHostKey(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := gossh.MarshalPrivateKey(private, "neurocheck")
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".host-key-") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	err = pem.Encode(temp, block)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Link(temp.Name(), path)
}
