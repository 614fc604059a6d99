// Package pin keeps the PINs and passphrases of staff as argon2id digests, made with a
// pepper that is not in the log, so that they cannot be read or guessed from the log.
//
// Start with [Keeper]: [Keeper.Digest] makes the digest for the log, and
// [Keeper.Matches] compares a PIN with it. Even a short PIN is safe, because without the
// pepper a thief of the log cannot try a guess. Package store slows down guesses at the
// keyboard.
package pin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"neurocheck/internal/ward"
)

// Keeper digests PINs and compares them.
type Keeper struct {
	// Pepper returns the secret of 32 bytes. It may make a new one if first is set, because
	// the log has no PINs yet.
	Pepper func(first bool) ([]byte, error)

	// Tries is the path of the file that counts wrong PINs while the log cannot; empty if
	// the caller counts them. It is next to the pepper, because guessing needs the pepper.
	Tries string

	// Cost is the cost of one guess; the zero value is [Standard].
	Cost Cost

	// Turn waits until a digest may be computed, so that many sign-ins at once do not
	// take the memory of the machine. Nil does not wait.
	Turn func() (done func())
}

// Cost are the parameters of argon2id.
type Cost struct {
	Passes  uint32
	KiB     uint32
	Threads uint8
}

// Standard is the second recommendation of RFC 9106: about a tenth of a second,
// and 64 MiB, on a workstation.
var Standard = Cost{Passes: 3, KiB: 64 << 10, Threads: 4}

const (
	saltBytes = 16
	sumBytes  = 32
)

var encoding = base64.RawStdEncoding

// Digest returns the digest of a PIN for the log, as a PHC string: the parameters, the
// first bytes of the pepper's own hash, a new salt and the sum. first is set if the log
// has no PINs yet.
func (k *Keeper) Digest(secret string, first bool) (string, error) {
	pepper, err := k.Pepper(first)
	if err != nil {
		return "", err
	}
	cost := k.Cost
	if cost == (Cost{}) {
		cost = Standard
	}
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d,keyid=%s$%s$%s", argon2.Version, cost.KiB, cost.Passes, cost.Threads,
		keyID(pepper), encoding.EncodeToString(salt), encoding.EncodeToString(k.sum(secret, pepper, salt, cost))), nil
}

// Matches reports whether secret is the PIN that digest was made of. It answers
// with [ward.KindUnavailable] if the digest was made with another pepper.
func (k *Keeper) Matches(digest, secret string) (bool, error) {
	d, ok := parse(digest)
	if !ok {
		return false, ward.Unavailable("the log keeps a PIN that this program cannot read; an administrator gives out a new one")
	}
	pepper, err := k.Pepper(false)
	if err != nil {
		return false, err
	}
	if d.keyID != keyID(pepper) {
		return false, ward.Unavailable("the PINs of this log were made with another pepper than this machine's: put the pepper file of the ward back, or give out new PINs with neurocheck staff reset --recover")
	}
	return subtle.ConstantTimeCompare(k.sum(secret, pepper, d.salt, d.cost), d.sum) == 1, nil
}

// sum computes the sum once it is the turn of the caller.
func (k *Keeper) sum(secret string, pepper, salt []byte, c Cost) []byte {
	if k.Turn != nil {
		defer k.Turn()()
	}
	return sum(secret, pepper, salt, c)
}

func sum(secret string, pepper, salt []byte, c Cost) []byte {
	mac := hmac.New(sha256.New, pepper)
	mac.Write([]byte(secret))
	return argon2.IDKey(mac.Sum(nil), salt, c.Passes, c.KiB, c.Threads, sumBytes)
}

// keyID identifies a pepper without revealing it.
func keyID(pepper []byte) string {
	id := sha256.Sum256(append([]byte("neurocheck pepper "), pepper...))
	return hex.EncodeToString(id[:4])
}

type digest struct {
	cost      Cost
	keyID     string
	salt, sum []byte
}

// parse parses a digest. It refuses one whose cost is too high, so that a forged digest
// in a log cannot exhaust the machine's memory.
func parse(s string) (d digest, ok bool) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return d, false
	}
	parameters, id, found := strings.Cut(parts[3], ",keyid=")
	if n, err := fmt.Sscanf(parameters, "m=%d,t=%d,p=%d", &d.cost.KiB, &d.cost.Passes, &d.cost.Threads); !found || n != 3 || err != nil {
		return d, false
	}
	if d.cost.KiB < 8 || d.cost.KiB > 1<<20 || d.cost.Passes < 1 || d.cost.Passes > 64 || d.cost.Threads < 1 || d.cost.Threads > 64 {
		return d, false
	}
	d.keyID = id
	var err1, err2 error
	d.salt, err1 = encoding.DecodeString(parts[4])
	d.sum, err2 = encoding.DecodeString(parts[5])
	return d, err1 == nil && err2 == nil && len(d.salt) >= 8 && len(d.sum) == sumBytes
}

// The length of a PIN or passphrase, in characters.
const (
	Least = 6
	Most  = 200
)

// Judge returns an invalid [*ward.Error] on "pin" if the PIN is too easily guessed at the
// keyboard.
func Judge(secret, name string) error {
	n := utf8.RuneCountInString(secret)
	switch {
	case n < Least:
		return ward.Invalid("pin", fmt.Sprintf("at least %d characters; a sentence is good too", Least))
	case n > Most:
		return ward.Invalid("pin", fmt.Sprintf("at most %d characters", Most))
	case run(secret):
		return ward.Invalid("pin", "too easy to guess: no run such as 123456")
	case strings.EqualFold(strings.TrimSpace(secret), strings.TrimSpace(name)):
		return ward.Invalid("pin", "too easy to guess: not the name")
	}
	return nil
}

// run reports whether a PIN is a sequence such as 111111, 123456 or 987654.
func run(secret string) bool {
	step, before, first := rune(0), rune(0), true
	for i, r := range secret {
		if i > 0 {
			if d := r - before; first {
				step, first = d, false
			} else if d != step {
				return false
			}
		}
		before = r
	}
	return step >= -1 && step <= 1
}

// OneTime returns a PIN of eight digits for one sign-in.
func OneTime() string {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		panic(err) // the machine's randomness never fails
	}
	return fmt.Sprintf("%08d", n)
}
