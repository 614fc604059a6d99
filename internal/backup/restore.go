package backup

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// The first bytes of backups.
const (
	magicAge    = "age-encryption.org/"
	magicArmor  = "-----BEGIN AGE ENCRYPTED FILE-----"
	magicSQLite = "SQLite format 3\x00"
)

// RestoreOptions are the options of [Restore].
type RestoreOptions struct {
	Name       string         // of the backup, for errors
	Identities []age.Identity // to decrypt it, if it is encrypted
	DryRun     bool           // verify the backup, and make no log
	Progress   store.Stages   // called for each stage, if it is set
	// May, if it is set, returns an error if the caller may not restore the log. Restore
	// calls it after it has verified the backup.
	May func(context.Context, *store.Store) error
}

// Restore makes a log at path from a backup, and returns its contents. The log appears
// only if the whole backup could be read, opened, migrated to this program's version and
// verified; after an error there is none. Until then it is in a private folder on the
// same disk.
//
// It answers with [ward.KindConflict] if there is a log already, with
// [ward.KindUnavailable] for a file that is damaged, is no backup, or comes from a newer or an
// unreleased version, and with [ward.KindInvalid] if no identity decrypts it.
func Restore(ctx context.Context, backup io.Reader, path string, o RestoreOptions) (c store.Contents, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return c, err
	}
	if !o.DryRun {
		if err := vacant(path); err != nil {
			return c, err
		}
	}
	folder, remove, err := privateFolder(nearest(filepath.Dir(path)))
	if err != nil {
		return c, err
	}
	defer func() {
		err = stopped(ctx, errors.Join(err, remove()))
	}()
	fresh := filepath.Join(folder, "log")
	if err := unpack(ctx, backup, fresh, o); err != nil {
		return c, err
	}
	if c, err = examine(ctx, fresh, o); err != nil {
		return c, called(err, fresh, o.Name)
	}
	if o.DryRun {
		return c, nil
	}
	return c, install(ctx, fresh, path)
}

// vacant returns an error if there is a log at path, or a file of an earlier one that
// SQLite would take for a part of the new one.
func vacant(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_, err := os.Lstat(path + suffix)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return ward.Unavailable("cannot look at " + path + suffix + ": " + reason(err))
		case suffix == "":
			return ward.Conflict(path + " is there already, and is left as it is; move it away first, or restore to another place with --db FILE")
		}
		return ward.Conflict(path + suffix + " is there, left over from a log that is not: it may hold records; move it away first, and keep it")
	}
	return nil
}

// nearest returns the nearest folder above path that exists.
func nearest(path string) string {
	for filepath.Dir(path) != path {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			break
		}
		path = filepath.Dir(path)
	}
	return path
}

// unpack writes the log in a backup into a new file.
func unpack(ctx context.Context, backup io.Reader, to string, o RestoreOptions) (err error) {
	awaited := untilStopped(ctx, backup)
	defer awaited.Close()
	in := bufio.NewReader(awaited)
	start, err := in.Peek(len(magicArmor))
	if errors.Is(err, io.EOF) {
		err = nil
	}
	begins := func(magic string) bool { return strings.HasPrefix(string(start), magic) }
	var plain io.Reader = in
	sealed := begins(magicAge) || begins(magicArmor)
	switch {
	case err != nil:
	case begins(magicArmor):
		plain, err = open(armor.NewReader(in), o)
	case begins(magicAge):
		plain, err = open(in, o)
	case len(start) == 0:
		err = ward.Unavailable(o.Name + " is empty")
	case !begins(magicSQLite):
		err = ward.Unavailable(o.Name + " is no backup of neurocheck, or its beginning is damaged; take another one")
	}
	if err != nil {
		return err
	}
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(file, followed(plain, "MiB unpacked", sizeOf(backup), o.Progress)); err != nil {
		if _, ours := errors.AsType[*fs.PathError](err); sealed && !ours && ctx.Err() == nil {
			return ward.Unavailable(o.Name + " is damaged: it cannot be decrypted to its end; take another backup")
		}
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// open decrypts a backup.
func open(sealed io.Reader, o RestoreOptions) (io.Reader, error) {
	if len(o.Identities) == 0 {
		return nil, ward.Invalid("", o.Name+" is encrypted; name the file with the private key: -i FILE")
	}
	plain, err := age.Decrypt(sealed, o.Identities...)
	if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
		return nil, ward.Invalid("", o.Name+" was encrypted for others: no private key of those named opens it")
	}
	if err != nil {
		return nil, ward.Unavailable(o.Name + " is damaged: its beginning cannot be decrypted; take another backup")
	}
	return plain, nil
}

// examine opens the log at path, which migrates it, verifies it, and closes it again, so
// that it is one file.
func examine(ctx context.Context, path string, o RestoreOptions) (c store.Contents, err error) {
	s, err := store.Open(ctx, path)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	verdict, err := s.VerifyWith(ctx, store.Verification{Progress: o.Progress.Verified()})
	if err != nil {
		return c, err
	}
	if verdict.Misfit != "" {
		return c, ward.Unavailable(path + " is not whole: " + verdict.Misfit + "; take another backup")
	}
	if c, err = s.Contents(ctx); err != nil || o.May == nil {
		return c, err
	}
	if err := o.May(ctx, s); err != nil {
		return c, refusal{err}
	}
	return c, nil
}

// refusal is the error of a caller who may not restore the log. Restore returns it unchanged.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// install moves the finished log to path.
func install(ctx context.Context, fresh, path string) error {
	if err := vacant(path); err != nil { // another program may have made one meanwhile
		return err
	}
	err := store.Install(ctx, fresh, path)
	if errors.Is(err, fs.ErrExist) {
		return vacant(path)
	}
	return err
}

// called turns an error about a temporary file into one about the backup.
func called(err error, temp, name string) error {
	if r, ok := errors.AsType[refusal](err); ok {
		return r.error
	}
	words := strings.NewReplacer(store.RecoveryHint(temp)+store.VerifyNames, "go on with another backup", store.RecoveryHint(temp), "go on with another backup", temp, name)
	if e, ok := errors.AsType[*ward.Error](err); ok {
		return &ward.Error{Kind: e.Kind, Field: e.Field, Reason: "nothing was restored: " + words.Replace(e.Reason)}
	}
	return err
}

// untilStopped returns a reader of r that ends with ctx even if a read of r blocks, as
// that of a pipe does.
func untilStopped(ctx context.Context, r io.Reader) io.ReadCloser {
	out, in := io.Pipe()
	go func() {
		_, err := io.Copy(in, r)
		in.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { in.CloseWithError(ctx.Err()) })
	return out
}
