package postgres

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/ward"
)

// No error of an address, and no address that people see, holds a secret.
func TestAddresses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "passwords")
	if err := os.WriteFile(file, []byte("h:5432:*:*:secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ shown, refused string }{
		"postgres://localhost/hospital?ward=w7b":                                         {shown: "postgres://localhost:5432/hospital?ward=w7b"},
		"postgres://anna@127.0.0.1:5433/hospital?ward=w7b&sslmode=disable":               {shown: "postgres://127.0.0.1:5433/hospital?ward=w7b"},
		"postgres:///hospital?host=/run/postgresql&ward=w7b":                             {shown: "postgres:///run/postgresql/hospital?ward=w7b"},
		"postgres://a.example:5432,b.example:5433/hospital?ward=w7b":                     {shown: "postgres://a.example:5432,b.example:5433/hospital?ward=w7b"},
		"postgres://h/hospital?ward=w7b&passfile=" + file:                                {shown: "postgres://h:5432/hospital?ward=w7b"},
		"postgres://h/hospital?ward=w7b&sslmode=verify-full":                             {shown: "postgres://h:5432/hospital?ward=w7b"},
		"postgres://anna:secret@h/hospital?ward=w7b":                                     {refused: "PGPASSFILE"},
		"postgres://anna:@h/hospital?ward=w7b":                                           {refused: "PGPASSFILE"},
		"postgres://h/hospital?ward=w7b&password=secret":                                 {refused: "PGPASSFILE"},
		"postgres://h/hospital?ward=w7b&sslpassword=secret":                              {refused: "PGPASSFILE"},
		"postgres://h/hospital?ward=w7b&sslmode=require":                                 {refused: "sslmode=verify-full"},
		"postgres://h/hospital?ward=w7b&sslmode=verify-ca":                               {refused: "sslmode=verify-full"},
		"postgres://h/hospital?ward=w7b&sslmode=disable":                                 {refused: "sslmode=verify-full"},
		"postgres://localhost,h/hospital?ward=w7b&sslmode=prefer":                        {refused: "sslmode=verify-full"},
		"postgres://h/hospital?ward=W7":                                                  {refused: "name of a ward"},
		"postgres://h/hospital?ward=pg_toast":                                            {refused: "name of a ward"},
		"postgres://h/hospital?ward=public":                                              {refused: "name of a ward"},
		"postgres://h/hospital?ward=w%22%3B":                                             {refused: "name of a ward"},
		"postgres://anna:secret@h:port/hospital?ward=w7b":                                {refused: "cannot be read"},
		"postgres://h/hospital?ward=w7b&connect_timeout=secret":                          {refused: "cannot be read"},
		"postgres://h/hospital?ward=w7b&sslrootcert=/nowhere/secret&sslmode=verify-full": {refused: "cannot be read"},
		"POSTGRES://anna:secret@h/hospital?ward=w7b":                                     {refused: "cannot be read"},
		" postgres://anna:secret@h/hospital?ward=w7b":                                    {refused: "cannot be read"},
		"postgres:anna:secret@h/hospital":                                                {refused: "cannot be read"},
		"host=h dbname=hospital password=secret":                                         {refused: "cannot be read"},
		"connect_timeout=5 Password = secret":                                            {refused: "cannot be read"},
	} {
		if !IsAddress(name) {
			t.Errorf("%s is the name of a file", name)
		}
		a, err := parseAddress(name)
		switch {
		case c.refused != "":
			if err == nil || !strings.Contains(err.Error(), c.refused) || strings.Contains(err.Error(), "secret") || ward.KindOf(err) != ward.KindInvalid {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case a.shown != c.shown:
			t.Errorf("%s is shown as %s", name, a.shown)
		}
	}
}

func TestNamesOfFiles(t *testing.T) {
	for _, name := range []string{"ward.db", "/srv/postgres/ward.db", "postgres", "postgresql.db", "/srv/host=a.db", `C:\ward.db`, "user.db", "a password.db"} {
		if IsAddress(name) {
			t.Errorf("%s is taken for an address", name)
		}
	}
}

// Of several servers the one that takes writes is asked for, and passwords of the
// environment are used and not shown.
func TestSettingsOfConnections(t *testing.T) {
	t.Setenv("PGPASSWORD", "secret")
	a, err := parseAddress("postgres://a.example,b.example/hospital?ward=w7b")
	if err != nil {
		t.Fatal(err)
	}
	c := a.config.ConnConfig
	if c.Password != "secret" || strings.Contains(a.shown, "secret") {
		t.Errorf("password %q, shown as %s", c.Password, a.shown)
	}
	if c.ValidateConnect == nil {
		t.Error("a standby is taken for the primary")
	}
	// A standby alone is read, also where a connection without TLS follows one with it.
	for _, alone := range []string{"postgres://127.0.0.1/hospital?ward=w7b", "postgres://a.example/hospital?ward=w7b"} {
		if b, err := parseAddress(alone); err != nil || b.config.ConnConfig.ValidateConnect != nil {
			t.Errorf("%s: %v, or a standby is not read", alone, err)
		}
	}
	if a.config.MaxConns != 8 || a.config.MaxConnLifetime != 10*time.Minute || c.RuntimeParams["search_path"] != `"w7b", pg_temp` {
		t.Errorf("%d connections for %v, search path %s", a.config.MaxConns, a.config.MaxConnLifetime, c.RuntimeParams["search_path"])
	}
}

func TestClocks(t *testing.T) {
	there := time.Date(2026, 6, 10, 8, 0, 0, 0, time.UTC)
	for apart, words := range map[time.Duration]string{
		0: "", 2 * time.Minute: "", -2 * time.Minute: "",
		2*time.Minute + time.Second:    "2m1s ahead of",
		-(2*time.Minute + time.Second): "2m1s behind",
	} {
		err := compareClocks(there.Add(apart), there)
		if (err == nil) != (words == "") || err != nil && !strings.Contains(err.Error(), words) {
			t.Errorf("%v: %v", apart, err)
		}
	}
}
