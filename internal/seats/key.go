package seats

import (
	"bytes"
	"crypto/rsa"
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"neurocheck/internal/ward"
)

// line returns a public key as a seat keeps it: its kind and the key, without a comment.
func line(key gossh.PublicKey) string {
	return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(key)))
}

// leastRSA is the length of an RSA key, in bits, that is still safe.
const leastRSA = 2048

// isShort reports whether a key is an RSA key that is not safe.
func isShort(key gossh.PublicKey) bool {
	c, ok := key.(gossh.CryptoPublicKey)
	if !ok {
		return false
	}
	r, ok := c.CryptoPublicKey().(*rsa.PublicKey)
	return ok && r.N.BitLen() < leastRSA
}

// ReadKey reads the public key in a file of ssh-keygen (.pub) into a seat.
func ReadKey(text []byte, seat *ward.Seat) error {
	if bytes.Contains(text, []byte("PRIVATE KEY")) {
		return ward.Invalid("key", "this is a private key, which stays with its owner: name the file that ends with .pub")
	}
	key, _, options, rest, err := gossh.ParseAuthorizedKey(text)
	switch {
	case err != nil:
		return ward.Invalid("key", "no public key: name the file of ssh-keygen that ends with .pub")
	case len(options) > 0:
		return ward.Invalid("key", "options before the key mean nothing here: take them away")
	case len(bytes.TrimSpace(rest)) > 0:
		return ward.Invalid("key", "more than one key: a seat has one")
	}
	if _, is := key.(*gossh.Certificate); is {
		return ward.Invalid("key", "a certificate is no key: name the file of the key itself")
	}
	if isShort(key) {
		return ward.Invalid("key", "this RSA key is too short to be safe: make an ed25519 key with ssh-keygen -t ed25519")
	}
	if key.Type() == "ssh-dss" {
		return ward.Invalid("key", "DSA keys are not safe any more: make an ed25519 key with ssh-keygen -t ed25519")
	}
	seat.Key, seat.Fingerprint = line(key), gossh.FingerprintSHA256(key)
	return nil
}
