package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func workstation(label, key string) ward.Seat {
	return ward.Seat{Label: label, Kind: ward.Workstation, Fingerprint: "SHA256:" + key, Key: "ssh-ed25519 " + key}
}

func TestSeats(t *testing.T) {
	ctx := t.Context()
	s := must(store.Create(ctx, filepath.Join(t.TempDir(), "log.db")))(t)
	t.Cleanup(func() { s.Close() })
	kim := admin(0)
	ok(t, s.SetUp(ctx, kim, ward.Ward{Name: "Haematology 4", Zone: "UTC"}, ward.Staff{Name: kim.By, Role: ward.Admin, Active: true}))
	ok(t, s.AddStaff(ctx, kim, ward.Staff{Name: "Sam Lee", Role: ward.Nurse, Active: true}))
	ok(t, s.AddStaff(ctx, kim, ward.Staff{Name: "LAB", Role: ward.Feed, Active: true}))
	ok(t, s.AddSeat(ctx, kim, workstation("Desk 2", "a")))
	own := workstation("Sam's laptop", "b")
	own.Kind, own.Staff = ward.MemberSeat, "sam lee"
	ok(t, s.AddSeat(ctx, kim, own))
	with := func(change func(*ward.Seat)) ward.Seat {
		x := workstation("Desk 9", "z")
		change(&x)
		return x
	}
	for name, c := range map[string]struct {
		seat ward.Seat
		says string
	}{
		"a label that is taken, in another case": {with(func(x *ward.Seat) { x.Label = "DESK 2" }), "of that label already"},
		"a label that is taken, in wide letters": {with(func(x *ward.Seat) { x.Label = "Ｄesk ２" }), "of that label already"},
		"a key that is taken":                    {with(func(x *ward.Seat) { x.Key = "ssh-ed25519 a" }), "the seat Desk 2 has that key"},
		"no label":                               {with(func(x *ward.Seat) { x.Label = "" }), "label"},
		"no such kind":                           {with(func(x *ward.Seat) { x.Kind = "chair" }), "kind"},
		"a member's key without a member":        {with(func(x *ward.Seat) { x.Kind = ward.MemberSeat }), "belongs to one member"},
		"a workstation of one member":            {with(func(x *ward.Seat) { x.Staff = "Sam Lee" }), "belongs to one member"},
		"a member who is not on the staff":       {with(func(x *ward.Seat) { x.Kind, x.Staff = ward.MemberSeat, "No One" }), "no such name"},
		"a feed":                                 {with(func(x *ward.Seat) { x.Kind, x.Staff = ward.MemberSeat, "LAB" }), "a feed takes no seat"},
	} {
		if err := s.AddSeat(ctx, kim, c.seat); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ok(t, s.DisableSeat(ctx, kim, "desk 2"))
	if err := s.DisableSeat(ctx, kim, "Desk 2"); ward.KindOf(err) != ward.KindConflict {
		t.Errorf("disabled twice: %v", err)
	}
	if err := s.DisableSeat(ctx, kim, "Desk 5"); ward.KindOf(err) != ward.KindNotFound {
		t.Errorf("no such seat: %v", err)
	}
	ok(t, s.AddSeat(ctx, kim, workstation("DESK 2", "c"))) // its key was replaced
	list := must(s.Seats(ctx))(t)
	if len(list) != 2 || list[0].Label != "Desk 2" || list[0].Key != "ssh-ed25519 c" || !list[0].Active || list[1].Staff != "Sam Lee" {
		t.Errorf("%+v", list)
	}
	ok(t, s.Note(store.AtSeat(ctx, "Desk 2"), kim, ward.AuditEvent{Event: ward.Exported, Detail: "3 rows"}))
	var said []string
	ok(t, s.EachAudit(ctx, store.AuditSelection{}, func(e *ward.AuditEntry) error {
		said = append(said, e.Words())
		return nil
	}))
	trail := strings.Join(said, "\n")
	for _, want := range []string{"added the seat: Desk 2 (a workstation, SHA256:a)", "added the seat: Sam's laptop (the key of Sam Lee, SHA256:b)",
		"disabled the seat: Desk 2 (a workstation, SHA256:a)", "exported (3 rows, at the seat Desk 2)"} {
		if !strings.Contains(trail, want) {
			t.Errorf("the audit lacks %q:\n%s", want, trail)
		}
	}
	whole(t, s)
}
