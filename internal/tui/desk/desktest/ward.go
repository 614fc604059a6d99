package desktest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/demo"
	"neurocheck/internal/icans"
	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// The staff of the ward. All have the PIN [PIN].
const (
	Maria  = "Maria Santos"     // nurse
	Tomasz = "Tomasz Wójcik"    // nurse
	Nair   = "Dr Priya Nair"    // clinician
	Tunde  = "Dr Tunde Adeyemi" // clinician
	Grace  = "Grace Lin"        // administrator
)

// PIN is the PIN of all staff.
const PIN = "tulip-42"

// PINs keeps PINs at the least cost.
var PINs = &pin.Keeper{
	Cost:   pin.Cost{Passes: 1, KiB: 8, Threads: 1},
	Pepper: func(bool) ([]byte, error) { return []byte("a pepper of exactly 32 bytes: ok"), nil },
}

// Ward returns the log of a ward with staff and without patients, set up ten days before
// [Now].
func Ward(t testing.TB) *store.Store {
	t.Helper()
	return opened(t, staffed.Copy(t, func(path string) error {
		return store.CreateWith(t.Context(), path, func(s *store.Store) error {
			SetUp(t, s)
			return nil
		})
	}))
}

// staffed is the log of [Ward], and demoWards are those of [DemoWard] by their time.
var (
	staffed   fixture.Template
	demoWards sync.Map
)

// SetUp makes the ward and its staff in an empty log.
func SetUp(t testing.TB, s *store.Store) {
	t.Helper()
	sig := ward.Sign(Grace, Now.Add(-10*24*time.Hour))
	digest, err := PINs.Digest(PIN, true)
	must(t, err)
	member := func(name string, role ward.Role) ward.Staff {
		return ward.Staff{Name: name, Role: role, Active: true, PIN: ward.PIN{Digest: digest}}
	}
	must(t, s.SetUp(t.Context(), sig, ward.Ward{Name: "Haematology 4", Zone: "Europe/London"}, member(Grace, ward.Admin)))
	for _, m := range []ward.Staff{member(Maria, ward.Nurse), member(Tomasz, ward.Nurse), member(Nair, ward.Clinician), member(Tunde, ward.Clinician)} {
		must(t, s.AddStaff(t.Context(), sig, m))
	}
}

// DemoWard returns the log of the demo ward at a time.
func DemoWard(t testing.TB, now time.Time) *store.Store {
	t.Helper()
	template, _ := demoWards.LoadOrStore(now.String(), new(fixture.Template))
	return opened(t, template.(*fixture.Template).Copy(t, func(path string) error {
		return store.CreateWith(t.Context(), path, func(s *store.Store) error { return demo.Fill(t.Context(), s, now) })
	}))
}

func opened(t testing.TB, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// Admit admits a patient two days before [Now] to a bed. Fields that are empty get usual
// values: ICE, baseline 10, axi-cel, day +1 at [Now].
func (s *Seat) Admit(bed string, p ward.Patient) ward.Patient {
	s.t.Helper()
	at := Now.Add(-48 * time.Hour)
	if p.Tool == 0 {
		p.Tool, p.Baseline = icans.ICE, icans.Scored(10)
	}
	if p.Product == "" {
		p.Product = "axi-cel"
	}
	if p.InfusedAt.IsZero() {
		p.InfusedAt = Now.Add(-30 * time.Hour)
	}
	if p.BirthDate.IsZero() && p.SecondID == "" {
		p.BirthDate = ward.Date{Year: 1960, Month: 2, Day: 3}
	}
	admitted, _, err := s.Log.Admit(s.t.Context(), ward.Sign(Nair, at), p, ward.Stay{Bed: bed, AdmittedAt: at, Clinician: Tunde})
	must(s.t, err)
	return admitted
}

// Ada admits OKAFOR, Ada, born 14 March 1961, MRN 0042317, to bed 1A, day +4.
func (s *Seat) Ada() ward.Patient {
	s.t.Helper()
	return s.Admit("1A", ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, InfusedAt: Now.Add(-4 * 24 * time.Hour)})
}

// Ida admits OKAFOR, Ida, whose name and number are like those of Ada.
func (s *Seat) Ida() ward.Patient {
	s.t.Helper()
	return s.Admit("1B", ward.Patient{MRN: "0042371", Name: "OKAFOR, Ida", BirthDate: ward.Date{Year: 1958, Month: 11, Day: 2}})
}

// Kowalski admits KOWALSKI, Piotr to bed 4B.
func (s *Seat) Kowalski() ward.Patient {
	s.t.Helper()
	return s.Admit("4B", ward.Patient{MRN: "0041198", Name: "KOWALSKI, Piotr", BirthDate: ward.Date{Year: 1958, Month: 8, Day: 2}})
}

// Sorensen admits SØRENSEN, Bjørg to bed 2A.
func (s *Seat) Sorensen() ward.Patient {
	s.t.Helper()
	return s.Admit("2A", ward.Patient{MRN: "0039984", Name: "SØRENSEN, Bjørg", BirthDate: ward.Date{Year: 1949, Month: 7, Day: 21}})
}

// Findings returns a complete normal examination with ICE, but for the fields that are
// given as column=code.
func Findings(t testing.TB, fields ...string) icans.Findings {
	t.Helper()
	x := icans.Findings{Tool: icans.ICE}
	all := "ice_year=1 ice_month=1 ice_city=1 ice_hospital=1 ice_naming=3 ice_command=1 ice_writing=1 ice_attention=1 consciousness=alert seizure=none motor=none icp=none"
	list := strings.Fields(all)
	for _, f := range icans.Fields() {
		if f.Group == icans.GroupSeen {
			list = append(list, f.Column+"=none")
		}
	}
	for _, pair := range append(list, fields...) {
		column, code, _ := strings.Cut(pair, "=")
		f := icans.FieldOf(column)
		if f == nil {
			t.Fatalf("no field is called %s", column)
		}
		if code == "" {
			f.Clear(&x)
		} else if err := f.Set(&x, code); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// Record saves a check that was performed some time before the clock, and recorded then;
// fields are those of [Findings].
func (s *Seat) Record(p ward.Patient, ago time.Duration, by string, fields ...string) store.Saved {
	s.t.Helper()
	s.ids++
	at := s.Now().Add(-ago)
	c := ward.Check{ID: fmt.Sprintf("check-%s-%d", s.name, s.ids), Version: 1, PatientID: p.ID, Status: ward.Recorded, PerformedAt: at, Findings: Findings(s.t, fields...)}
	saved, err := s.Log.SaveCheck(s.t.Context(), ward.Sign(by, at), c)
	must(s.t, err)
	return saved
}

// Feed runs do as a message of the feed ADT that comes at the time of the clock.
func (s *Seat) Feed(do func(*store.FeedAct) error) {
	s.t.Helper()
	ctx, at := s.t.Context(), s.Now()
	if _, err := s.Log.StaffMember(ctx, "ADT"); err != nil {
		must(s.t, s.Log.AddStaff(ctx, ward.Sign(Grace, at), ward.Staff{Name: "ADT", Role: ward.Feed, Active: true}))
	}
	must(s.t, s.Log.TakeMessage(ctx, ward.Sign("feed ADT", at), do))
}
