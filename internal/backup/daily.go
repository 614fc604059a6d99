package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// Folder is the name of the folder, next to a log, of its daily copies.
const Folder = "backups"

// Daily makes the plain copy of a day in the folder [Folder] next to the log, unless
// there is one already. It returns the path of the copy, empty if it made none. It then
// removes the oldest copies of the same log and keeps that many, the new one included.
// If it made none it removes none. It never removes a copy dated after day, because a
// clock was wrong then, nor a file that is not named as a copy. Several programs may
// call it at once: one of them makes the copy, on one processor and behind all else.
//
// Daily does nothing if keep is 0, or if the log is open read-only. Of
// a ward on a server it makes copies on a machine that has the folder already: its
// administrator chooses the machine, because a copy holds the data of all patients, and not
// every workstation should have one.
func Daily(ctx context.Context, s *store.Store, day ward.Date, keep int) (made string, err error) {
	if keep < 1 || s.ReadOnly() {
		return "", nil
	}
	log, err := s.LocalFile()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(filepath.Dir(log), Folder)
	if s.Path() == "" && !exists(folder) {
		return "", nil
	}
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", ward.Unavailable("cannot make the folder " + folder + " for the daily copies: " + reason(err))
	}
	daily := names(filepath.Base(log))
	path := filepath.Join(folder, daily.of(day))
	err = quietly(func() error {
		_, err := Write(ctx, s, path, Options{oneProcessor: true})
		return err
	})
	if errors.Is(err, fs.ErrExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return path, daily.prune(folder, day, keep)
}

// naming makes the names of the copies of a log: ward-2026-11-23.db for ward.db.
type naming struct{ stem, ext string }

func names(log string) naming {
	ext := filepath.Ext(log)
	return naming{strings.TrimSuffix(log, ext) + "-", ext}
}

func (n naming) of(day ward.Date) string { return n.stem + day.String() + n.ext }

// day returns the day of a copy, and whether name is the name of one.
func (n naming) day(name string) (ward.Date, bool) {
	between, ok := strings.CutPrefix(name, n.stem)
	if !ok {
		return ward.Date{}, false
	}
	between, ok = strings.CutSuffix(between, n.ext)
	if !ok {
		return ward.Date{}, false
	}
	day, err := ward.ParseDate(between)
	return day, err == nil && n.of(day) == name
}

// prune removes the oldest copies up to day beyond keep.
func (n naming) prune(folder string, day ward.Date, keep int) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var days []ward.Date // before day
	for _, e := range entries {
		if d, ok := n.day(e.Name()); ok && e.Type().IsRegular() && d.DaysTo(day) > 0 {
			days = append(days, d)
		}
	}
	slices.SortFunc(days, func(a, b ward.Date) int { return a.DaysTo(b) }) // the newest first
	var errs []error
	for _, d := range days[min(len(days), keep-1):] {
		errs = append(errs, os.Remove(filepath.Join(folder, n.of(d))))
	}
	return errors.Join(errs...)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
