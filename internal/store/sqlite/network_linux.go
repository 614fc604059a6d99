package sqlite

import (
	"fmt"

	"golang.org/x/sys/unix"

	"neurocheck/internal/ward"
)

// networkFS are the file systems whose locks and shared memory do not hold up a
// write-ahead log.
var networkFS = map[int64]string{
	unix.NFS_SUPER_MAGIC:  "NFS",
	unix.SMB_SUPER_MAGIC:  "SMB",
	unix.SMB2_SUPER_MAGIC: "SMB",
	unix.CIFS_SUPER_MAGIC: "SMB",
	unix.FUSE_SUPER_MAGIC: "FUSE",
	unix.V9FS_MAGIC:       "9p",
	unix.AFS_SUPER_MAGIC:  "AFS",
	unix.CODA_SUPER_MAGIC: "Coda",
	unix.CEPH_SUPER_MAGIC: "Ceph",
}

// refuseNetwork refuses a folder on a network file system.
func refuseNetwork(dir string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return ward.Unavailable(fmt.Sprintf("cannot look at the folder of the log: %v", err))
	}
	return refuseMagic(dir, int64(uint32(st.Type)))
}

func refuseMagic(dir string, magic int64) error {
	if name, ok := networkFS[magic]; ok {
		return ward.Unavailable(fmt.Sprintf("%s lies on a network file system (%s), where a log can be damaged; keep it on a disk of this machine", dir, name))
	}
	return nil
}
