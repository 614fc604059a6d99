package store_test

import (
	"testing"

	"neurocheck/internal/ward"
)

// The owner of a log in a file lets an administrator in again, and no other person. The
// package postgres has the same test for the owner of a ward on a server.
func TestTheOwnerOfAFileResetsThePINOfAnAdministrator(t *testing.T) {
	s := opened(t)
	pin := ward.PIN{Digest: "d"}
	ok(t, s.SetPIN(t.Context(), login(0), "Kim Adler", pin))
	refused(t, s.SetPIN(t.Context(), login(0), "Sam Lee", pin), ward.KindNotAllowed, "sign in")
}
