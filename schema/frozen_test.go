package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"testing"
)

// The first version is frozen: hospitals have logs of it, of which one lies in
// testdata/log-0001. A change of its migrations, even of a comment, would make another
// version of the same number. A change of the record is a migration of its own, 0002 and so
// on, in both folders.
func TestTheFirstVersionIsFrozen(t *testing.T) {
	for name, c := range map[string]struct {
		files fs.FS
		want  string
	}{
		"sqlite/0001_record.sql":   {SQLite, "466d221a152c2b0572dd0f82e84b354c4ca929feebef0703407310a70813e2e1"},
		"postgres/0001_record.sql": {Postgres, "8161a7a8e4002dc31e0a4eb7a5ba5b90886d7bee7e02fa81350f9187d8d0c5a5"},
	} {
		text, err := fs.ReadFile(c.files, name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if got := hex.EncodeToString(sum[:]); got != c.want {
			t.Errorf("%s has changed: its SHA-256 is %s. It is frozen: write a migration instead", name, got)
		}
	}
	if n, err := fs.ReadDir(SQLite, "sqlite"); err != nil || n[0].Name() != "0001_record.sql" {
		t.Errorf("the first migration is %v, %v", n, err)
	}
}
