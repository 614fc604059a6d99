package postgres_test

import (
	"cmp"
	"fmt"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// An administrator of the server may give a database or a login settings for other programs.
// A ward in it is read and written as in any other: it does not look damaged or altered, and
// savers do not disturb each other.
func TestSettingsForOtherPrograms(t *testing.T) {
	s := server(t)
	ok(t, s.Execute("postgres", "CREATE DATABASE shared OWNER "+pgserver.Owner))
	defer s.Remove("shared")
	for _, setting := range []string{
		"client_encoding = LATIN1", "standard_conforming_strings = off", "quote_all_identifiers = on", "default_transaction_isolation = serializable",
		"datestyle = 'German, DMY'", "timezone = 'Asia/Kolkata'", "bytea_output = escape", "array_nulls = off", "transform_null_equals = on", "search_path = pg_catalog",
	} {
		ok(t, s.Execute("postgres", "ALTER DATABASE shared SET "+setting))
	}
	must(postgres.MakeWard(t.Context(), s.AddressIn("shared", pgserver.Owner, "w")))(t)
	first := must(store.Open(t.Context(), s.AddressIn("shared", pgserver.Program, "w")))(t)
	defer first.Close()
	storetest.Fill(t, first)
	var savers sync.WaitGroup
	for n := range 4 {
		savers.Go(func() {
			l, err := store.Open(t.Context(), s.AddressIn("shared", pgserver.Program, "w"))
			if err != nil {
				t.Error(err)
				return
			}
			defer l.Close()
			for i := range 5 {
				p := ward.Patient{MRN: fmt.Sprint(n, "-", i), Name: "Nguyễn\\, 'Thị' 山田", BirthDate: fixture.Ada().BirthDate, Tool: fixture.Ada().Tool, SecondID: "\\ë'"}
				if _, _, err := l.Admit(t.Context(), requested(20*time.Hour, fmt.Sprint(n, "-", i)), p, ward.Stay{AdmittedAt: fixture.After(0)}); err != nil {
					t.Errorf("%d: %v", i, err)
				}
			}
		})
	}
	savers.Wait()
	storetest.Whole(t, first)
}

// A database that cannot hold every name, or counts bytes in place of characters, gets no ward.
func TestDatabasesOfOtherEncodings(t *testing.T) {
	s := server(t)
	for _, encoding := range []string{"LATIN1", "SQL_ASCII", "EUC_JP"} {
		name := "of_" + encoding
		ok(t, s.Execute("postgres", fmt.Sprintf("CREATE DATABASE %q OWNER %s ENCODING '%s' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'", name, pgserver.Owner, encoding)))
		address := s.AddressIn(name, pgserver.Owner, "w")
		_, err := postgres.MakeWard(t.Context(), address)
		fixture.Refused(t, err, ward.KindUnavailable, "has the encoding "+encoding)
		_, err = store.Open(t.Context(), address)
		fixture.Refused(t, err, ward.KindUnavailable, "has the encoding "+encoding)
	}
}

// A login that loses its rights while the program runs, and gets them back, hears of its rights
// all the while, and not of damage; afterwards it goes on.
func TestRightsThatGoAndComeBack(t *testing.T) {
	s := server(t)
	name := newWard(t)
	sql := func(script string) {
		t.Helper()
		ok(t, s.Execute("hospital", script))
	}
	sql("DROP ROLE IF EXISTS moody; CREATE ROLE moody LOGIN IN ROLE neurocheck")
	l := must(store.Open(t.Context(), s.Address("moody", name)))(t)
	defer l.Close()
	storetest.Fill(t, l)
	boards := func() error { // on several connections
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { _, errs[i] = l.Board(t.Context()) })
		}
		all.Wait()
		return cmp.Or(errs...)
	}
	admits := func(mrn string) error {
		_, _, err := l.Admit(t.Context(), requested(20*time.Hour, mrn), ward.Patient{MRN: mrn, Name: "X", BirthDate: fixture.Ada().BirthDate, Tool: fixture.Ada().Tool, SecondID: mrn}, ward.Stay{AdmittedAt: fixture.After(0)})
		return err
	}
	for round := range 2 {
		ok(t, boards())
		ok(t, admits(fmt.Sprint("before ", round)))
		sql("REVOKE neurocheck FROM moody; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'moody'")
		_ = boards() // finds that the connections have ended
		for range 3 {
			fixture.Refused(t, boards(), ward.KindUnavailable, "runs GRANT neurocheck TO the login")
			fixture.Refused(t, admits("meanwhile"), ward.KindUnavailable, "runs GRANT neurocheck TO the login")
		}
		sql("GRANT neurocheck TO moody")
		ok(t, boards())
		ok(t, admits(fmt.Sprint("between ", round)))
		// A new schema makes the server look for the tables of a connection again.
		sql("REVOKE neurocheck FROM moody; CREATE SCHEMA another; DROP SCHEMA another")
		_, _ = boards(), admits("meanwhile")
		sql("GRANT neurocheck TO moody")
		ok(t, boards())
		ok(t, admits(fmt.Sprint("after ", round)))
	}
	storetest.Whole(t, l)
}
