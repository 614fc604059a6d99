package store

import "testing"

// Rows of goose's table that the program did not write are named.
func TestTheListOfVersionsIsVerified(t *testing.T) {
	for name, statement := range map[string]string{
		"a version fewer": "DELETE FROM goose_db_version WHERE version_id = 0",
		"a version twice": "INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, 1)",
		"taken back":      "INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, 0)",
	} {
		path := copied(t, sampleLog(t))
		plainSQL(t, path, statement)
		s := must(Open(t.Context(), path))(t)
		if v := must(s.Verify(t.Context()))(t); v.Misfit != "the table goose_db_version does not list the versions of the log" {
			t.Errorf("%s: Verify says %q", name, v.Misfit)
		}
		ok(t, s.Close())
	}
}
