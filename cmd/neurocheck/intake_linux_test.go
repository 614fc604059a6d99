package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest/pgserver"
)

// On a full disk a message is not kept, and the answer is AR; sent again once there is room
// it is taken.
func TestMessagesOnAFullDisk(t *testing.T) {
	folder := faults.OnSmallDisk(t, "24")
	if folder == "" {
		return
	}
	t.Setenv("TMPDIR", folder)
	h := newHospital(t, filepath.Join(t.TempDir(), "ward.db"))
	h.whileFull(func() (empty func()) { return faults.FillDisk(t, filepath.Dir(h.log), 0) })
}

// So it is if the tables of a server fill its disk: the server then refuses the first message
// for which a table needs one more page (53100).
func TestMessagesOnAFullDiskOfTheServer(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("a server that runs as another user needs a file system that only root can give it")
	}
	folder := faults.OnSmallDisk(t, "40")
	if folder == "" {
		return
	}
	server := pgserver.Start(t)
	tables := forOthers(t, folder)
	if err := server.MoveTables(tables); err != nil {
		t.Fatal(err)
	}
	if _, err := store.MakeWard(t.Context(), server.Address(pgserver.Owner, "h4")); err != nil {
		t.Fatal(err)
	}
	h := newHospital(t, server.Address(pgserver.Program, "h4"))
	h.whileFull(func() (empty func()) { return faults.FillDisk(t, folder, 0) })
}

// forOthers returns a folder of a file system at a path that every user of the machine can
// reach, which that of a test is not.
func forOthers(t *testing.T, folder string) string {
	t.Helper()
	outside, err := os.MkdirTemp("", "neurocheck-small-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(outside) })
	inside := filepath.Join(folder, "tables")
	for _, path := range []string{inside, outside} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mount(inside, outside, "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(outside, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return outside
}

// whileFull sends messages of new patients while the disk is full, until one is not taken; and
// that one again, once there is room.
func (h *hospital) whileFull(fill func() (empty func())) {
	const most = 500 // messages that find room in the pages that the tables have
	h.t.Helper()
	p := h.listen()
	answer := func(n int) (code, line string) {
		conn, in := p.send(h.t, admissionOf(n))
		defer conn.Close()
		code, _, _ = strings.Cut(acknowledged(h.t, in), " ")
		line, err := p.lines.ReadString('\n')
		if err != nil || !strings.Contains(line, fmt.Sprintf(" %d A01", 1000+n)) {
			h.t.Errorf("of message %d it says %q, %v", n, line, err)
		}
		return code, line
	}
	empty := fill()
	n := 1
	code, line := answer(n)
	for ; code == "AA" && n < most; code, line = answer(n) {
		n++
	}
	if code != "AR" || !strings.HasPrefix(line, "not_now ") || !strings.Contains(line, "is full") {
		h.t.Errorf("on a full disk, to message %d: %s, %s", n, code, line)
	}
	empty()
	if code, line := answer(n); code != "AA" || !strings.HasPrefix(line, "applied ") {
		h.t.Errorf("sent again: %s, %s", code, line)
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		h.t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		h.t.Errorf("it ends with %v", err)
	}
	if messages, patients := h.records(); messages != n || patients != n {
		h.t.Errorf("%d messages and %d patients are recorded, not %d", messages, patients, n)
	}
	h.t.Logf("the disk was full at message %d: %s", n, line)
	run(h.t, h.env, "verify", "--db", h.log)
}
