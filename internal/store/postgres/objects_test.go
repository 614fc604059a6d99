package postgres

import "testing"

func TestTheDigestIsThatOfTheMigrations(t *testing.T) {
	if got := digestOf(madeObjects()); got != newestObjects {
		t.Errorf("the objects that the migrations make have the digest %q, not %q", got, newestObjects)
	}
}
