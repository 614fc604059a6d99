package store

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"strings"

	"neurocheck/internal/ward"
)

// keyDigestPrefix begins the digest of the key of a feed. Unlike a PIN a key has 256
// random bits, so that one SHA-256 is enough.
const keyDigestPrefix = "sha256:"

// FeedKey returns the digest of the key of a feed as the record keeps it.
func FeedKey(key []byte) ward.PIN {
	sum := sha256.Sum256(key)
	return ward.PIN{Digest: keyDigestPrefix + hex.EncodeToString(sum[:])}
}

// SignInFeed checks the key of a feed and records the outcome. The name is that of the
// feed, with or without the word feed before it. If the log cannot be written just now, the
// record of a right key follows as that of a reading does (see [Store.NoteReading]), so that a
// dry run waits for no other program.
func (s *Store) SignInFeed(ctx context.Context, sig ward.Signature, key []byte) (ward.Staff, error) {
	m, err := s.feedNamed(ctx, sig.By)
	if err != nil {
		return m, err
	}
	sig.By = m.Author()
	right := m.PIN.Set() && subtle.ConstantTimeCompare([]byte(m.PIN.Digest), []byte(FeedKey(key).Digest)) == 1
	if !right {
		if err := s.Note(ctx, sig, ward.AuditEvent{Event: ward.SignInFailed, Detail: "a wrong key"}); err != nil {
			return ward.Staff{}, err
		}
		return ward.Staff{}, ward.NotAllowed("that is not the key of this feed")
	}
	err = s.NoteReading(ctx, sig, ward.AuditEvent{Event: ward.SignedIn})
	if _, later := errors.AsType[*Missing](err); err != nil && !later {
		return ward.Staff{}, err
	}
	return m, nil
}

// feedNamed returns the active feed of a name.
func (s *Store) feedNamed(ctx context.Context, name string) (ward.Staff, error) {
	r, err := s.roster(ctx)
	if err != nil {
		return ward.Staff{}, s.explain(err)
	}
	m, err := r.named(name)
	if err != nil && len(name) > len("feed ") && strings.EqualFold(name[:len("feed ")], "feed ") {
		m, err = r.named(name[len("feed "):])
	}
	switch {
	case err != nil:
		return ward.Staff{}, ward.NotAllowed("there is no such feed; an administrator adds it with neurocheck staff add NAME --role feed")
	case m.Role != ward.Feed:
		return ward.Staff{}, ward.NotAllowed("this is no feed: persons sign in with their PIN")
	case !m.Active:
		return ward.Staff{}, leftStaff(m.Name)
	}
	return m, nil
}
