package store

import (
	"context"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// Copy is a backup of which the audit has a note.
type Copy struct {
	At        time.Time
	Encrypted bool
}

// LastCopy returns the newest backup that the audit notes; the zero Copy if there is none.
func (s *Store) LastCopy(ctx context.Context) (c Copy, err error) {
	err = s.read(ctx, func(in reader) error {
		c, err = firstRecord(ctx, in, "no backup was noted", "audit_event", func(r *row) Copy {
			return Copy{r.signature().At, strings.HasPrefix(r.text("detail"), EncryptedCopy)}
		}, `WHERE r.seq = (SELECT max(seq) FROM audit_event WHERE event = 'backup')`)
		if ward.KindOf(err) == ward.KindNotFound {
			err = nil
		}
		return err
	})
	return c, err
}

// The words with which the note of a backup begins.
const (
	EncryptedCopy = "encrypted"
	PlainCopy     = "plain"
)
