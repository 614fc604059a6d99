package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"neurocheck/internal/faults"
	"neurocheck/internal/hl7"
)

// On a full disk a message is not kept, and the answer is AR; sent again once there is room
// it is taken.
func TestMessagesOnAFullDisk(t *testing.T) {
	folder := faults.OnSmallDisk(t, "24")
	if folder == "" {
		return
	}
	t.Setenv("TMPDIR", folder)
	h := newHospital(t)
	p := h.listen()
	empty := faults.FillDisk(t, filepath.Dir(h.log), 0)
	conn, in := p.send(t, admissionNow())
	defer conn.Close()
	if got := acknowledged(t, in); got != "AR 1001" {
		t.Errorf("on a full disk the answer is %s", got)
	}
	if line, err := p.lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, "not_now 1001 A01 ") || !strings.Contains(line, "disk is full") {
		t.Errorf("it says %q, %v", line, err)
	}
	empty()
	if _, err := conn.Write(hl7.Frame([]byte(admissionNow()))); err != nil {
		t.Fatal(err)
	}
	if got := acknowledged(t, in); got != "AA 1001" {
		t.Errorf("sent again: %s", got)
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if messages, patients := h.records(); messages != 1 || patients != 1 {
		t.Errorf("%d messages and %d patients are recorded", messages, patients)
	}
	run(t, h.env, "verify", "--db", h.log)
}
