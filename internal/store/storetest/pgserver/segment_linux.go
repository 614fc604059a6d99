package pgserver

import "golang.org/x/sys/unix"

// removeSegment removes a segment of shared memory of the machine.
func removeSegment(number int) error {
	_, err := unix.SysvShmCtl(number, unix.IPC_RMID, nil)
	return err
}
