package store

import (
	"context"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// CopyTo copies the whole record, as it is at one moment, into an empty log of the same
// or another engine. The records keep their numbers and hashes: each is compared with its
// hashes on the way, and the copy is verified as [Store.Verify] does before it is
// committed. Unfinished forms are not copied. If anything fails nothing is copied.
//
// The author needs the right to administer the log. CopyTo returns [ward.KindConflict] if
// the other log has a record.
func (s *Store) CopyTo(ctx context.Context, sig ward.Signature, to *Store, progress Stages) (Contents, error) {
	may := func(in reader) error { return mayCopy(ctx, in, sig.By) }
	err := s.copyInto(ctx, to, progress, may, func(t engine.Tx) error { return to.copied(ctx, t, progress) })
	if err != nil {
		return Contents{}, err
	}
	contents, err := to.Contents(ctx)
	if err != nil {
		return Contents{}, err
	}
	return contents, s.had(ctx, contents)
}

// mayCopy returns an error if the author must not copy the log.
func mayCopy(ctx context.Context, in reader, by string) error {
	known, err := rosterOf(ctx, in, true)
	if err != nil {
		return err
	}
	role, member, err := known.role(by)
	if err != nil {
		return err
	}
	if m, err := known.signing(by); err == nil && !m.Active {
		return leftStaff(m.Name)
	}
	if !member {
		return ward.NotAllowed("sign in: this ward has staff, and " + by + " is not on it")
	}
	return ward.MayDo(role, ward.MayAdminister)
}

// copied verifies a copy inside the transaction that made it.
func (s *Store) copied(ctx context.Context, t engine.Tx, progress Stages) error {
	var v Verdict
	objects, err := s.objectsDiffer(ctx, t, &v)
	if err == nil && v.Misfit == "" {
		var ends []chainEnd
		if ends, err = engine.All(ctx, t, scanEnd, `SELECT seq, hash FROM chain`); err == nil {
			err = s.verifyWith(ctx, []engine.Querier{t}, ends, objects, Verification{Progress: progress.Verified()}, &v)
		}
	}
	if err == nil && v.Misfit != "" {
		err = ward.UnavailableFor(ward.LogDamaged, "the copy is not whole: "+v.Misfit+"; nothing was copied: see what neurocheck verify says of the log, and keep it as it is")
	}
	return err
}
