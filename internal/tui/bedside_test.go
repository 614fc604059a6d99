package tui

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/icans"
	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// bedside drives the screens as a person does, on a real log: it presses keys and
// looks at what is seen. Commands run at once, one after the other.
type bedside struct {
	t   testing.TB
	a   *app
	now time.Time
	ids int

	// held keeps the results of commands back, for a test to deliver them late.
	held    []tea.Msg
	holding bool
}

// theTime is when the stories begin: a Tuesday at ten past two in the night.
var theTime = time.Date(2026, time.March, 17, 2, 10, 0, 0, lisbon)

var lisbon = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		panic(err)
	}
	return zone
}()

// thePIN is everybody's, and pins keeps it at the least that it can cost.
const thePIN = "246810"

var pins = &pin.Keeper{
	Cost:   pin.Cost{Passes: 1, KiB: 8, Threads: 1},
	Pepper: func(bool) ([]byte, error) { return []byte("a pepper of exactly 32 bytes: ok"), nil },
}

// newLog makes a log with a ward and three members of staff.
func newLog(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Create(t.Context(), filepath.Join(t.TempDir(), "log.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	sig := ward.Sign("Kim Adler", theTime.Add(-72*time.Hour))
	digest, err := pins.Digest(thePIN, true)
	if err != nil {
		t.Fatal(err)
	}
	kept := ward.PIN{Digest: digest}
	err = s.SetUp(t.Context(), sig, ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true, PIN: kept})
	if err != nil {
		t.Fatal(err)
	}
	for name, role := range map[string]ward.Role{"Sam Lee": ward.Nurse, "Ines Reis": ward.Clinician} {
		if err := s.AddStaff(t.Context(), sig, ward.Staff{Name: name, Role: role, Active: true, PIN: kept}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// admit admits a patient to a bed, six hours before the stories begin.
func admit(t testing.TB, s *store.Store, p ward.Patient, bed string) ward.Patient {
	t.Helper()
	if p.Tool == 0 {
		p.Tool = icans.ICE
	}
	stay := ward.Stay{Bed: bed, AdmittedAt: theTime.Add(-6 * time.Hour)}
	admitted, _, err := s.Admit(t.Context(), ward.Sign("Ines Reis", theTime.Add(-6*time.Hour)), p, stay)
	if err != nil {
		t.Fatal(err)
	}
	return admitted
}

func okafor(t testing.TB, s *store.Store) ward.Patient {
	t.Helper()
	return admit(t, s, ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14},
		Product: "axi-cel", InfusedAt: theTime.Add(-92 * time.Hour), Baseline: icans.Scored(10)}, "12A")
}

// atTheDoor opens the screens on a log.
func atTheDoor(t testing.TB, s *store.Store) *bedside {
	t.Helper()
	b := &bedside{t: t, now: theTime}
	site := ward.DefaultSite()
	site.IdleLock = 0 // the stories go on for hours
	b.a = newApp(t.Context(), Options{
		Store: s,
		Site:  site,
		Now:   func() time.Time { return b.now },
		PINs:  pins,
		NewID: func() string { b.ids++; return fmt.Sprintf("check-%d", b.ids) },
	})
	b.run(b.a.Init())
	b.size(80, 24)
	return b
}

// atTheBoard opens the screens and signs Sam Lee in.
func atTheBoard(t testing.TB, s *store.Store) *bedside {
	t.Helper()
	b := atTheDoor(t, s)
	b.signIn("sam")
	return b
}

// signIn signs in whose name holds these letters.
func (b *bedside) signIn(letters string) {
	b.t.Helper()
	b.types(letters)
	b.press("enter")
	b.see("PIN  ▌")
	b.types(thePIN)
	b.press("enter")
}

func (b *bedside) size(w, h int) { b.send(tea.WindowSizeMsg{Width: w, Height: h}) }

func (b *bedside) send(msg tea.Msg) {
	_, cmd := b.a.Update(msg)
	b.run(cmd)
}

// run runs a command and hands what it brings back to the screens.
func (b *bedside) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	msg := cmd()
	if several := reflect.ValueOf(msg); msg != nil && several.Kind() == reflect.Slice && several.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		for i := range several.Len() {
			b.run(several.Index(i).Interface().(tea.Cmd))
		}
		return
	}
	switch {
	case msg == nil:
	case b.holding:
		b.held = append(b.held, msg)
	default:
		b.send(msg)
	}
}

// hold keeps results back from now on.
func (b *bedside) hold() { b.holding = true }

var named = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
	"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "tab": {Code: tea.KeyTab}, "backspace": {Code: tea.KeyBackspace},
	"end": {Code: tea.KeyEnd}, "home": {Code: tea.KeyHome},
	"ctrl+s": {Code: 's', Mod: tea.ModCtrl}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+n": {Code: 'n', Mod: tea.ModCtrl},
	"ctrl+l": {Code: 'l', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+z": {Code: 'z', Mod: tea.ModCtrl},
}

// press presses keys, each a name such as "enter" or one character.
func (b *bedside) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		msg, ok := named[k]
		if !ok {
			r := []rune(k)
			if len(r) != 1 {
				b.t.Fatalf("no such key: %q", k)
			}
			msg = tea.KeyPressMsg{Code: r[0], Text: k}
		}
		b.send(msg)
	}
}

// types types text, a key a character.
func (b *bedside) types(text string) {
	b.t.Helper()
	for _, r := range text {
		b.press(string(r))
	}
}

// fill writes text over what stands in the line in hand.
func (b *bedside) fill(text string) {
	b.t.Helper()
	b.press("ctrl+u")
	b.types(text)
}

// screen is what is seen.
func (b *bedside) screen() string { return ansi.Strip(b.a.View().Content) }

func (b *bedside) see(texts ...string) {
	b.t.Helper()
	screen := b.screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			b.t.Fatalf("%q is not to be seen on\n%s", text, screen)
		}
	}
}

func (b *bedside) notSee(texts ...string) {
	b.t.Helper()
	screen := b.screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			b.t.Fatalf("%q is to be seen on\n%s", text, screen)
		}
	}
}

// line returns the first line of the screen that holds text.
func (b *bedside) line(text string) string {
	b.t.Helper()
	for line := range strings.Lines(b.screen()) {
		if strings.Contains(line, text) {
			return strings.TrimRight(line, "\n")
		}
	}
	b.t.Fatalf("no line holds %q on\n%s", text, b.screen())
	return ""
}
