package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"neurocheck/internal/backup"
	"neurocheck/internal/store"
)

// copiedAt is the newest copy of the log: a daily one, or one that neurocheck backup made
// and noted. Both are read back before they count as made.
type copiedAt struct {
	At        *time.Time `json:"at"`
	AgeHours  *float64   `json:"age_h"`
	Encrypted *bool      `json:"encrypted"`
	ReadBack  *bool      `json:"readback"`
}

func newestBackup(ctx context.Context, s *store.Store, at time.Time) (copiedAt, error) {
	last, err := s.LastCopy(ctx)
	if err != nil {
		return copiedAt{}, err
	}
	if daily := newestCopy(logFile(s)); daily.After(last.At) {
		last = store.Copy{At: daily}
	}
	if last.At.IsZero() {
		return copiedAt{}, nil
	}
	age, readBack := at.Sub(last.At).Round(6*time.Minute).Hours(), true
	return copiedAt{&last.At, &age, &last.Encrypted, &readBack}, nil
}

// newestCopy returns the time of the newest daily copy; zero if there is none.
func newestCopy(log string) (newest time.Time) {
	entries, err := os.ReadDir(filepath.Join(filepath.Dir(log), backup.Folder))
	if err != nil {
		return newest
	}
	stem := strings.TrimSuffix(filepath.Base(log), filepath.Ext(log)) + "-"
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), stem) && info.Mode().IsRegular() && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest
}
