// Package backup writes backups of a ward's log, plain or encrypted with age
// (https://age-encryption.org), and restores logs from them.
//
// [Write] makes a backup while the log is in use, [Restore] makes a log from one, and
// [Daily] keeps the copies of the last days in the folder of the log. Package store
// copies and verifies; keys are in keys.go.
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
	Recipients []age.Recipient // can open the backup; none for a plain one
	Force      bool            // replace a plain file that is there
	Progress   store.Stages    // called for each stage, if it is set

	oneProcessor bool // leave the other processors to people
}

// ofCopy returns the options of the plain copy.
func (o *Options) ofCopy() store.BackupOptions {
	return store.BackupOptions{Progress: o.Progress, OneProcessor: o.oneProcessor}
}

// Made describes a finished backup.
type Made struct {
	store.Contents
	Bytes     int64 // the size of the file
	Encrypted bool
}

// Write writes a backup of the log into a new file at path, for its owner alone, while
// others go on recording. The file appears only after it was read back and compared with
// the log; after an error there is none. If there is a file already Write does not change
// it, and the error is [fs.ErrExist], unless o.Force is set; a link or the log itself
// is never replaced.
//
// If the backup is encrypted, the only plain copy is in a private folder next to the
// log, and is removed at the end.
func Write(ctx context.Context, s *store.Store, path string, o Options) (made Made, err error) {
	log, err := s.LocalFile()
	if err != nil {
		return made, err
	}
	made.Encrypted = len(o.Recipients) > 0
	err = wholefile.Write(path, wholefile.Options{Force: o.Force, Log: log}, func(temp *os.File) (err error) {
		if made.Encrypted {
			made.Contents, err = encrypted(ctx, s, filepath.Dir(log), temp, o)
		} else {
			made.Contents, err = s.Backup(ctx, temp.Name(), o.ofCopy())
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

// encrypted writes an encrypted backup into file. It makes a plain copy in a private
// folder in parent first.
func encrypted(ctx context.Context, s *store.Store, parent string, file *os.File, o Options) (c store.Contents, err error) {
	folder, remove, err := privateFolder(parent)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	plain, err := os.OpenFile(filepath.Join(folder, "log"), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return c, err
	}
	defer plain.Close()
	if c, err = s.Backup(ctx, plain.Name(), o.ofCopy()); err != nil {
		return c, err
	}
	// One more key, which is never stored, reads the file back.
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

// encrypt encrypts plain, and returns the hash of the plain text.
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

// readBack returns an error unless the plain text of an encrypted file has that hash.
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

// privateFolder makes a folder for its owner alone.
func privateFolder(parent string) (folder string, remove func() error, err error) {
	folder, remove, err = wholefile.Folder(parent)
	if err != nil {
		return "", nil, ward.Unavailable("cannot make a folder next to the log: " + reason(err) + "; see to the permissions of " + parent)
	}
	return folder, remove, nil
}

// untilEnd returns a reader that fails if ctx ends.
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

// followed returns a reader that reports the progress of a stage of total bytes.
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

// sizeOf returns the size of a plain file, and 0 for any other reader.
func sizeOf(r io.Reader) int64 {
	if file, ok := r.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

// stopped returns the error of ctx if ctx ended, because SQLite reports another one then.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// reason returns the text of an error of the operating system without the path.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
