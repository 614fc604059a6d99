package service

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"neurocheck/internal/config"
	"neurocheck/internal/ward"
)

// Settings that were put in force after the process read them, and before its service began,
// are those of the service.
func TestSettingsChangedBeforeTheService(t *testing.T) {
	after := ward.DefaultSite()
	after.Backups.Keep = 3
	s, service := open(t, ward.DefaultSite())
	check(t, s.NoteSettings(t.Context(), ward.Sign("Grace Lin", now), config.Recorded(&after), func(string) string { return "as at first" }))
	service, err := New(t.Context(), Options{Log: s, Clock: service.o.Clock, Ward: service.o.Ward, Site: service.o.Site,
		Settings: func(context.Context) (config.Settings, error) { return config.Settings{Site: after}, nil }})
	check(t, err)
	service.Look(t.Context())
	if got := service.site.Load().Backups.Keep; got != 3 {
		t.Errorf("%d copies are kept", got)
	}
}

// A settings file that is damaged while the program runs makes no record, and neither does one
// that is repaired as it was before: the feeds hear of both all the same, so that the line on
// the screens comes and goes.
func TestADamagedFileIsNewsAndSoIsARepairedOne(t *testing.T) {
	_, service := open(t, ward.DefaultSite())
	at, file := now, config.Settings{Site: ward.DefaultSite()}
	service.o.Clock = func() time.Time { return at }
	service.o.Settings = func(context.Context) (config.Settings, error) { return file, nil }
	feed := service.Subscribe()
	heard := func() bool {
		t.Helper()
		at = at.Add(rereadEvery)
		service.Look(t.Context())
		if len(feed.news) == 0 {
			return false
		}
		e, _ := feed.Next(t.Context())
		return e.House
	}
	if heard() {
		t.Error("a file without a fault is news")
	}
	file.Path, file.Refused = "site.toml", errors.New("it cannot be read")
	if !heard() || heard() {
		t.Error("a file that is refused is no news, or twice")
	}
	file.Refused = nil
	if !heard() || heard() {
		t.Error("a file that is repaired is no news, or twice")
	}
}

// Settings that ask for copies get that of the same day.
func TestCopiesFromTheDayOfTheSettings(t *testing.T) {
	site := ward.DefaultSite()
	site.Backups.Keep = 0
	s, service := open(t, site)
	service.Look(t.Context())
	service.Upkeep(t.Context())
	site.Backups.Keep = 3
	service.o.Settings = func(context.Context) (config.Settings, error) { return config.Settings{Site: site}, nil }
	check(t, s.NoteSettings(t.Context(), ward.Sign("Grace Lin", now), config.Recorded(&site), func(string) string { return "as at first" }))
	service.Look(t.Context())
	service.Upkeep(t.Context())
	copies, err := filepath.Glob(filepath.Join(filepath.Dir(s.Path()), "*", "log-2026-11-29.db"))
	if err != nil || len(copies) != 1 {
		t.Errorf("copies %v, %v", copies, err)
	}
}
