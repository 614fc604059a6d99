package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// A save takes two round trips: one begins, locks the record and reads all that the decision
// needs; one writes everything and commits. A save that needs the whole record of the patient,
// or an older check, takes one more, because it learns so from the first answers.
func TestRoundTripsOfASave(t *testing.T) {
	name := newWard(t)
	w := newWire(t, server(t))
	s := must(store.Open(t.Context(), w.address(pgserver.Program, name)))(t)
	defer s.Close()
	storetest.SetUp(t, s)
	p := storetest.Admit(t, s)
	acts := 0
	save := func(c ward.Check) store.Saved {
		acts++
		return must(s.SaveCheck(t.Context(), requested(1000*time.Hour, fmt.Sprint("request ", acts)), c))(t)
	}
	check := func(id string, ice int, after time.Duration) ward.Check { return fixture.CheckOf(p, id, ice, after) }
	var flagged store.Saved
	for n := range 2 { // the first time, statements are prepared and layouts of tables are read
		if n > 0 {
			time.Sleep(1100 * time.Millisecond) // longer than a connection is trusted
		}
		day := time.Duration(n) * 24 * time.Hour
		for _, of := range []struct {
			what  string
			trips int
			save  func()
		}{
			{"a check", 2, func() { save(check(fmt.Sprint("normal-", n), 10, day)) }},
			{"a check with a flag, which opens a follow-up", 2, func() { flagged = save(check(fmt.Sprint("flagged-", n), 7, day+time.Hour)) }},
			{"a check that joins it", 2, func() { save(check(fmt.Sprint("joins-", n), 6, day+2*time.Hour)) }},
			{"a correction", 2, func() { flagged = save(fixture.Correction(flagged.Check, 10)) }},
			{"a withdrawal", 2, func() { save(fixture.Withdrawal(flagged.Check)) }},
			{"a late entry", 3, func() { save(check(fmt.Sprint("late-", n), 9, day+30*time.Minute)) }},
		} {
			trips := w.during(of.save)
			if n == 0 {
				continue
			}
			if len(trips) != of.trips {
				t.Errorf("%s takes %d round trips, not %d: %s", of.what, len(trips), of.trips, outlined(trips))
				continue
			}
			first, last := trips[0], trips[len(trips)-1]
			if first[0] != "BEGIN" || !strings.HasSuffix(first[1], "FOR UPDATE") || slices.ContainsFunc(first, writes) {
				t.Errorf("%s begins with %s", of.what, outlined(trips[:1]))
			}
			if last[len(last)-1] != "COMMIT" || !slices.ContainsFunc(last, writes) {
				t.Errorf("%s ends with %s", of.what, outlined(trips[len(trips)-1:]))
			}
		}
	}
	storetest.Whole(t, s)
}

// A command waits for each round trip once: between the opening of the log and its board
// there are few. Those of connecting are among them.
func TestRoundTripsOfAReading(t *testing.T) {
	s, _, name := openedWard(t)
	w := newWire(t, server(t))
	p := storetest.Admit(t, s)
	must(s.SaveCheck(t.Context(), requested(1000*time.Hour, "request 1"), fixture.CheckOf(p, "check", 7, time.Hour)))(t)
	var reader *store.Store
	defer func() { reader.Close() }()
	board := func() { must(reader.Board(t.Context()))(t) }
	chart := func() { must(reader.Chart(t.Context(), p.ID))(t) }
	for _, of := range []struct {
		name string
		most int
		act  func()
	}{
		{"opening a log", 8, func() { reader = must(store.Open(t.Context(), w.address(pgserver.Program, name)))(t) }},
		{"the first board", 12, board},
		{"the first roster", 3, func() { must(reader.Staff(t.Context()))(t) }},
		{"a roster", 2, func() { must(reader.Staff(t.Context()))(t) }},
		{"a board", 2, board},
		{"the first chart", 3, chart},
		{"a chart", 2, chart},
	} {
		if trips := w.all(of.act); len(trips) > of.most {
			t.Errorf("%s takes %d round trips, not %d: %s", of.name, len(trips), of.most, outlined(trips))
		}
	}
}

func writes(statement string) bool {
	return strings.Contains(statement, "INSERT ") || strings.Contains(statement, "UPDATE ") && !strings.HasSuffix(statement, "FOR UPDATE")
}

// outlined shortens statements for a message.
func outlined(trips [][]string) string {
	var out strings.Builder
	for _, trip := range trips {
		out.WriteString("\n-")
		for _, statement := range trip {
			fmt.Fprintf(&out, " %.60q", statement)
		}
	}
	return out.String()
}
