// Package backup takes a copy of a ward's log off its disk, plain or encrypted
// with age (https://age-encryption.org), and brings one back.
//
// [Write] makes a backup while the log is in use, [Restore] puts one where a log
// shall be, and [Daily] keeps the copies of the last days beside the log. What goes
// into a copy and whether it is whole is the store's to say; keys are in keys.go.
package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// Options are the options of [Write].
type Options struct {
	Recipients []age.Recipient // who can open the backup; nobody is needed for a plain one
	Force      bool            // replace a plain file that is there
	Progress   store.Stages    // told of the stages, where it is set
}

// Made says what is in a backup that was made.
type Made struct {
	store.Contents
	Bytes     int64 // the size of the file
	Encrypted bool
}

// Write makes a backup of the log at path, for its owner alone, while others go
// on recording. The file appears whole, and only when it was read back and found
// to hold what the log held; otherwise nothing is left. One that is there is left
// as it is, and the error is [fs.ErrExist], unless o.Force is set; a link or the log
// itself is never replaced.
//
// Where it is encrypted, nothing plain lies anywhere but in a folder beside the
// log, for its owner alone, for as long as that takes.
func Write(ctx context.Context, s *store.Store, path string, o Options) (made Made, err error) {
	log, err := filepath.EvalSymlinks(s.Path())
	if err != nil {
		return made, ward.Unavailable("the log at " + s.Path() + " was removed while it was open; leave, and open it again")
	}
	made.Encrypted = len(o.Recipients) > 0
	err = wholefile.Write(path, wholefile.Options{Force: o.Force, Log: log}, func(temp *os.File) (err error) {
		if made.Encrypted {
			made.Contents, err = encrypted(ctx, s, filepath.Dir(log), temp, o)
		} else {
			made.Contents, err = s.Backup(ctx, temp.Name(), o.Progress)
		}
		if err != nil {
			return err
		}
		info, err := temp.Stat()
		if err == nil {
			made.Bytes = info.Size()
		}
		return err
	})
	return made, stopped(ctx, err)
}

// encrypted writes a backup into file, of a plain copy in a folder within beside.
func encrypted(ctx context.Context, s *store.Store, beside string, file *os.File, o Options) (c store.Contents, err error) {
	folder, remove, err := privateFolder(beside)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	plain, err := os.OpenFile(filepath.Join(folder, "log"), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return c, err
	}
	defer plain.Close()
	if c, err = s.Backup(ctx, plain.Name(), o.Progress); err != nil {
		return c, err
	}
	// One more key, which nobody ever holds, is there to read the file back with.
	once, recipient, err := throwaway(o.Recipients)
	if err != nil {
		return c, err
	}
	kept, err := encrypt(ctx, file, followed(plain, "MiB encrypted", sizeOf(plain), o.Progress), append([]age.Recipient{recipient}, o.Recipients...))
	if err != nil {
		return c, err
	}
	return c, readBack(ctx, file, once, kept, o.Progress)
}

// encrypt returns the hash of what it encrypted.
func encrypt(ctx context.Context, to io.Writer, plain io.Reader, recipients []age.Recipient) ([]byte, error) {
	sealed, err := age.Encrypt(to, recipients...)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(sealed, sum), untilEnd(ctx, plain)); err != nil {
		return nil, err
	}
	return sum.Sum(nil), sealed.Close()
}

// readBack makes sure that what is in an encrypted file has that hash.
func readBack(ctx context.Context, file *os.File, identity age.Identity, kept []byte, progress store.Stages) error {
	if err := file.Sync(); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := sha256.New()
	opened, err := age.Decrypt(followed(untilEnd(ctx, file), "MiB read back", sizeOf(file), progress), identity)
	if err == nil {
		_, err = io.Copy(sum, opened)
	}
	if err != nil || !bytes.Equal(sum.Sum(nil), kept) {
		return errors.Join(errors.New("the backup does not read back as it was written; see to the disk that it lies on"), err)
	}
	return nil
}

// private is the pattern of the names of the folders for plain copies.
const private = ".neurocheck-backup-*"

// privateFolder makes a folder for its owner alone, and sweeps away those that a
// program left there when it was killed.
func privateFolder(parent string) (folder string, remove func() error, err error) {
	folder, err = os.MkdirTemp(parent, private) // 0700
	if err != nil {
		return "", nil, ward.Unavailable("cannot make a folder beside the log: " + reason(err) + "; see to the permissions of " + parent)
	}
	sweep(parent, private, folder)
	return folder, func() error { return os.RemoveAll(folder) }, nil
}

// untilEnd is a reader that fails when ctx ends.
func untilEnd(ctx context.Context, r io.Reader) io.Reader { return reading{ctx, r} }

type reading struct {
	ctx context.Context
	r   io.Reader
}

func (r reading) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// followed is a reader that tells how much of a stage of so many bytes was read.
func followed(r io.Reader, stage string, total int64, progress store.Stages) io.Reader {
	if progress == nil || total == 0 {
		return r
	}
	return io.TeeReader(r, &follower{stage, 0, total, progress})
}

type follower struct {
	stage       string
	done, total int64
	progress    store.Stages
}

func (f *follower) Write(p []byte) (int, error) {
	f.done += int64(len(p))
	f.progress(f.stage, min(f.done, f.total)>>20, f.total>>20)
	return len(p), nil
}

// sizeOf is how many bytes a plain file has, and 0 for what is none.
func sizeOf(r io.Reader) int64 {
	if file, ok := r.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

// stopped returns the error of ctx where that is why err came about: SQLite has
// words of its own for it.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// reason is an error of the operating system without the name that it is about.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
