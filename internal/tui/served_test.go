package tui

import (
	"context"
	"errors"
	"testing"
	"time"

	"neurocheck/internal/config"
	"neurocheck/internal/icans"
	"neurocheck/internal/service"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// A name that an administrator adds or disables elsewhere comes and goes in the lists that
// are open, on a ward on which nothing else happens.
func TestStaffChangedElsewhere(t *testing.T) {
	w := newSeats(t)
	w.extra = makers()
	change := func(does func(ward.Signature) error) news {
		if err := does(ward.Sign(desktest.Grace, w.clock.Time())); err != nil {
			t.Fatal(err)
		}
		return news{Event: service.Event{House: true}}
	}
	door, list := w.sit(), w.sit()
	list.Type("grace").Press("enter").Type(desktest.PIN).Press("enter").Sees("on the ward").Type(":staff").Press("enter")
	door.Sees("Who are you?", desktest.Maria).SeesNot("Nina Berg")
	added := change(func(sig ward.Signature) error {
		return w.log.AddStaff(t.Context(), sig, ward.Staff{Name: "Nina Berg", Role: ward.Nurse, Active: true})
	})
	for _, s := range []*desktest.Seat{door, list} {
		s.Send(added)
		s.Sees("Nina Berg")
	}
	gone := change(func(sig ward.Signature) error {
		return w.log.ChangeStaff(t.Context(), sig, "Nina Berg", ward.Nurse, false)
	})
	for _, s := range []*desktest.Seat{door, list} {
		s.Send(gone)
	}
	door.SeesNot("Nina Berg")
	list.Sees("× disabled")
}

// Settings that an administrator puts in force elsewhere are those of every session, as soon
// as the log has recorded them.
func TestSettingsChangedElsewhere(t *testing.T) {
	w := newSeats(t)
	now := ward.DefaultSite()
	w.settings = func(context.Context) (config.Settings, error) { return config.Settings{Site: now}, nil }
	s := w.sit()
	changed := news{Event: service.Event{House: true}}
	note := func() {
		t.Helper()
		content := config.Recorded(&now)
		if err := w.log.NoteSettings(t.Context(), ward.Sign(desktest.Grace, w.clock.Time()), content, func(string) string { return "another" }); err != nil {
			t.Fatal(err)
		}
	}
	note()
	now.IdleLock = 7 * time.Minute
	s.Send(changed)
	if got := s.Desk.Site().IdleLock; got != ward.DefaultSite().IdleLock {
		t.Errorf("settings that are not recorded are in force: %v", got)
	}
	note()
	s.Send(changed)
	if got := s.Desk.Site().IdleLock; got != now.IdleLock {
		t.Errorf("recorded settings are not in force: %v", got)
	}
}

// The line about a settings file that is refused comes while a session is open, and goes once
// the file is repaired, also if the ward does not go by it yet.
func TestASettingsFileRepairedElsewhere(t *testing.T) {
	w := newSeats(t)
	site := ward.DefaultSite()
	file := config.Settings{Site: site, Path: "site.toml", Refused: errors.New("it cannot be read")}
	w.settings = func(context.Context) (config.Settings, error) { return file, nil }
	if err := w.log.NoteSettings(t.Context(), ward.Sign(desktest.Grace, w.clock.Time()), config.Recorded(&site), func(string) string { return "another" }); err != nil {
		t.Fatal(err)
	}
	s := w.sit()
	changed := news{Event: service.Event{House: true}}
	s.SeesNot("SETTINGS ERROR")
	s.Send(changed)
	s.Sees("SETTINGS ERROR, site.toml cannot be read")
	file.Refused, file.Site.IdleLock = nil, 7*time.Minute
	s.Send(changed)
	s.SeesNot("SETTINGS ERROR")
	if got := s.Desk.Site().IdleLock; got != site.IdleLock {
		t.Errorf("settings that are not recorded are in force: %v", got)
	}
}

// The palette is a setting that changes while a session is open, as the others do.
func TestThePaletteChangesElsewhere(t *testing.T) {
	w := newSeats(t)
	now := ward.DefaultSite()
	w.settings = func(context.Context) (config.Settings, error) { return config.Settings{Site: now}, nil }
	s := w.sit()
	for palette, light := range map[string]bool{ward.PaletteLight: true, ward.PaletteDark: false} {
		now.Palette = palette
		if err := w.log.NoteSettings(t.Context(), ward.Sign(desktest.Grace, w.clock.Time()), config.Recorded(&now), func(string) string { return "another" }); err != nil {
			t.Fatal(err)
		}
		s.Send(news{Event: service.Event{House: true}})
		if w.last.look.Light != light {
			t.Errorf("with the palette %s light is %v", palette, w.last.look.Light)
		}
	}
}

// A session of a server begins no service of its own: the copy of the day, the sheets and
// the looks at the log belong to the process. News of a change brings the new board, which
// is drawn with that one message.
func TestASessionUsesTheServiceOfItsProcess(t *testing.T) {
	log, clock := desktest.Ward(t), desktest.NewClock()
	w, err := log.Ward(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	site := ward.DefaultSite()
	site.Zone = time.UTC
	shared, err := service.New(t.Context(), service.Options{Log: log, Clock: clock.Time, Ward: w, Site: site})
	if err != nil {
		t.Fatal(err)
	}
	r := newSeat(t.Context(), Options{Store: log, Now: clock.Time, Site: site, PINs: desktest.PINs, Remote: true, Service: shared}, makers(), clock.Time, nil)
	r.live = true
	r.d.SetWard(w, time.UTC, nil)
	next := r.serve()
	if next == nil || r.served.service != shared {
		t.Fatalf("the session has the service %p, not %p", r.served.service, shared)
	}
	p := ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: icans.ICE}
	p, _, err = log.Admit(t.Context(), ward.Sign(desktest.Grace, clock.Time()), p, ward.Stay{Bed: "1A", AdmittedAt: clock.Time().Add(-time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	shared.Look(t.Context())
	r.Update(next())
	if _, ok := r.d.State(p.ID); !ok {
		t.Error("the news did not bring the board")
	}
	if h := r.d.History(p.ID); h == nil || len(h.Stays) != 1 {
		t.Errorf("%+v", h)
	}
	r.leave()
}
