package office

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

func member(t *testing.T, s *desktest.Seat, name string) ward.Staff {
	t.Helper()
	m, err := s.Log.StaffMember(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestStaff(t *testing.T) {
	s := desktest.New(t, Screens()).SignIn(desktest.Grace)
	s.Go(desk.Staff, "").Sees("STAFF   Haematology 4", "Maria Santos", "PIN set")
	s.Golden("staff")
	s.Press("/").Type("maria").Press("enter", "enter").Sees("Maria Santos   nurse", "1 new PIN", "2 role", "3 disable", "4 add another name")
	s.Golden("staff-name")
	s.Press("1").Sees("NEW PIN for Maria Santos   nurse?")
	if member(t, s, desktest.Maria).PIN.OneTime {
		t.Fatal("a PIN was given out unasked")
	}
	s.Press("1").Sees("Give this only to Maria Santos: ", "It works once")
	secret := regexp.MustCompile(`Maria Santos: (\S+)`).FindStringSubmatch(s.Screen())[1]
	m := member(t, s, desktest.Maria)
	if ok, err := desktest.PINs.Matches(m.PIN.Digest, secret); !ok || err != nil || !m.PIN.OneTime {
		t.Errorf("the PIN on the screen is not the one in the log: %v", err)
	}
	s.Press("1").SeesNot(secret).Sees("PIN given out, not used yet")
	s.Press("enter", "2").Sees("ROLE of Maria Santos   nurse", "1 nurse (the present role)").Press("2").Sees("Maria Santos: nurse → clinician?").Press("1")
	s.Sees("Maria Santos is clinician now.")
	s.Press("enter", "3").Sees("DISABLE Maria Santos   clinician?").Press("0").Press("enter", "3", "1").Sees("Maria Santos is disabled.", "× disabled")
	s.Press("enter", "3").Sees("ENABLE Maria Santos").Press("1")
	if m := member(t, s, desktest.Maria); m.Role != ward.Clinician || !m.Active {
		t.Errorf("%+v", m)
	}
	s.Press("enter", "4").Sees("ADD A NAME").Type("maria santos").Press("enter").Sees("there is Maria Santos already")
	s.Press("ctrl+u").Type("Sam Lee").Press("enter", "1").Sees("ADD Sam Lee   nurse?").Press("1").Sees("Give this only to Sam Lee: ").Press("1").Sees("Sam Lee")
	if m := member(t, s, "Sam Lee"); m.Role != ward.Nurse {
		t.Errorf("%+v", m)
	}
}

// Others see the names, and are told who may change them.
func TestStaffForANurse(t *testing.T) {
	s := desktest.New(t, Screens()).SignIn(desktest.Maria)
	s.Go(desk.Staff, "").Sees("only an administrator may do this: Grace Lin")
	s.Press("enter", "1").Sees("only an administrator may do this: Grace Lin").SeesNot("NEW PIN")
}

func TestTheLastAdministrator(t *testing.T) {
	s := desktest.New(t, Screens()).SignIn(desktest.Grace)
	s.Go(desk.Staff, "").Press("/").Type("grace").Press("enter", "enter", "3", "1").Sees("NOT SAVED", "last administrator")
}

// B18: a question about a name refuses its answer if another administrator changed the name
// meanwhile: a new role must not enable it again.
func TestTwoAdministrators(t *testing.T) {
	for _, keys := range []string{"2 2", "1", "3"} {
		s := desktest.New(t, Screens()).SignIn(desktest.Grace)
		s.Go(desk.Staff, "").Press("/").Type("maria").Press("enter", "enter").Press(strings.Fields(keys)...)
		if err := s.Log.ChangeStaff(t.Context(), ward.Sign(desktest.Grace, s.Now()), desktest.Maria, ward.Nurse, false); err != nil {
			t.Fatal(err)
		}
		s.Tick().Wait(time.Second).Press("1").Sees("NOT SAVED: somebody changed this meanwhile; look again", "× disabled")
		if m := member(t, s, desktest.Maria); m.Active || m.Role != ward.Nurse || m.PIN.OneTime {
			t.Errorf("%s: %+v", keys, m)
		}
	}
}
