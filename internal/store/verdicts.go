package store

import (
	"context"
	"fmt"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Verdicts are the newest outcomes of verifying the log, as the audit has them.
type Verdicts struct {
	// Damage are the words about damage that no administrator has seen yet; empty if there
	// is none. Found is when it was found.
	Damage string
	Found  time.Time
	// Verified is when the record was last verified, and Whole whether it was whole then;
	// zero if never.
	Verified time.Time
	Record   int64 // the last record then
	Whole    bool
}

// Verdicts returns the newest outcomes of verifying the log.
func (s *Store) Verdicts(ctx context.Context) (v Verdicts, err error) {
	err = s.read(ctx, func(in reader) error {
		type event struct {
			code, detail string
			at           time.Time
		}
		events, err := records(ctx, in, "audit_event", func(r *row) event {
			return event{r.text("event"), r.text("detail"), r.signature().At}
		}, `
			WHERE r.seq IN (
				(SELECT max(seq) FROM audit_event WHERE event = 'damage_found'),
				(SELECT max(seq) FROM audit_event WHERE event = 'damage_seen'),
				(SELECT max(seq) FROM audit_event WHERE event = 'verified'))
			ORDER BY r.seq`)
		for _, e := range events {
			switch e.code {
			case ward.DamageFound:
				v.Damage, v.Found = e.detail, e.at
				v.Verified, v.Whole, v.Record = e.at, false, 0
			case ward.DamageSeen:
				v.Damage, v.Found = "", time.Time{}
			case ward.Verified:
				v.Verified, v.Whole = e.at, true
				if _, err := fmt.Sscanf(e.detail, verifiedDetail, &v.Record); err != nil {
					return engine.AsDamage(err)
				}
			}
		}
		return err
	})
	return v, err
}

const verifiedDetail = "up to record %d"

// NoteVerdict records the outcome of a verification: misfit are the words about the first
// record that does not fit, empty if the record was whole up to the record last. Damage
// that is known and not seen yet is not recorded twice.
func (s *Store) NoteVerdict(ctx context.Context, sig ward.Signature, misfit string, last int64) error {
	if misfit == "" {
		return s.Note(ctx, sig, ward.AuditEvent{Event: ward.Verified, Detail: fmt.Sprintf(verifiedDetail, last)})
	}
	misfit = ward.CleanLine(misfit)
	known, err := s.Verdicts(ctx)
	if err == nil && known.Damage == misfit {
		return nil
	}
	return s.Note(ctx, sig, ward.AuditEvent{Event: ward.DamageFound, Detail: misfit})
}
