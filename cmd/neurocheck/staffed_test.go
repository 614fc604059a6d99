//go:build unix

package main

import (
	"bytes"
	"cmp"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// staffedWard makes a log with a staff, of which everyone has the PIN, and with a patient.
// The pepper is in the file that the environment names, else in that of its home.
func staffedWard(t *testing.T, env []string, log string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Create(t.Context(), log)
	must(err)
	at := clockStart().Add(-time.Hour)
	pepper := cmp.Or(envOf(env, "NEUROCHECK_PEPPER"), filepath.Join(envOf(env, "HOME"), ".config", "neurocheck", "pepper"))
	keeper := pin.Keeper{Cost: quickPINs, Pepper: pin.File(pepper)}
	secret := func() ward.PIN {
		digest, err := keeper.Digest(thePIN, true)
		must(err)
		return ward.PIN{Digest: digest}
	}
	kim := ward.Sign("Kim Adler", at)
	must(s.SetUp(t.Context(), kim, ward.Ward{Name: "Haematology 4", Zone: "UTC"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true, PIN: secret()}))
	must(s.AddStaff(t.Context(), kim, ward.Staff{Name: "Sam Lee", Role: ward.Nurse, Active: true, PIN: secret()}))
	_, _, err = s.Admit(t.Context(), kim, ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}, Tool: 1}, ward.Stay{AdmittedAt: at})
	must(err)
	must(s.Close())
}

// outcomeOfRun is that of a command that was run to its end.
type outcomeOfRun struct {
	out, err string
	status   int
	took     time.Duration
}

func runToEnd(t *testing.T, env []string, args ...string) (o outcomeOfRun) {
	t.Helper()
	cmd := exec.Command("neurocheck", args...)
	cmd.Env = env
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	begin := time.Now()
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return outcomeOfRun{out.String(), errors.String(), cmd.ProcessState.ExitCode(), time.Since(begin)}
}

// A damaged row of a member of staff refuses that member, and is named; the others go on, by
// command and on the screens.
func TestADamagedMemberOfStaff(t *testing.T) {
	t.Parallel()
	env := signedIn(home(t))
	log := filepath.Join(t.TempDir(), "ward.db")
	staffedWard(t, env, log)
	fixture.SQL(t, log, "DROP TRIGGER staff_no_update", "UPDATE staff SET role = 'admin' WHERE name = 'Sam Lee'",
		"CREATE TRIGGER staff_no_update BEFORE UPDATE ON staff BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END")
	for _, args := range [][]string{{"handover"}, {"board", "--json"}, {"export"}, {"report", "--patient", "0042317"}, {"audit"}, {"audit", "--json"}} {
		args = append(args, "--db", log, "--by")
		o := runToEnd(t, env, append(args, "Sam Lee")...)
		if o.status != 1 || o.out != "" && args[0] != "board" && args[1] != "--json" || strings.Contains(o.out, "OKAFOR") || !strings.Contains(o.err+o.out, "(staff) cannot be read") {
			t.Errorf("%v Sam Lee: exit status %d, shows %.200q, says %q", args, o.status, o.out, o.err)
		}
		o = runToEnd(t, env, append(args, "Kim Adler")...)
		wanted := 0
		if args[0] == "audit" {
			wanted = 1 // the record is one of those that it lists
		}
		if o.status != wanted || o.out == "" || !strings.Contains(o.err, "(staff) cannot be read") {
			t.Errorf("%v Kim Adler: exit status %d, shows %.200q, says %q", args, o.status, o.out, o.err)
		}
		if args[0] == "audit" && (strings.Contains(o.out, "staff: Sam Lee") || !strings.Contains(strings.ToLower(o.out), "damaged")) {
			t.Errorf("%v shows the damaged row:\n%s", args, o.out)
		}
	}
	term := inTerminal(t, env, 80, 24, "--db", log)
	term.see("Kim Adler")
	term.reads(`(\(staff\)\s+cannot\s+be\s+read)`) // the line breaks after the path of the log
	if strings.Contains(term.now(), "Sam Lee") {
		t.Errorf("the sign-in offers the damaged name:\n%s", term.now())
	}
	term.signIn("Kim Adler")
	term.see("OKAFOR, Ada", "This log is damaged or was altered")
	term.quits()
}
