package sqlite_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/ward"
)

func TestNetworkFileSystemsAreRefused(t *testing.T) {
	for magic, name := range map[int64]string{
		0x6969: "NFS", 0x517b: "SMB", 0xfe534d42: "SMB", 0xff534d42: "SMB", 0x65735546: "FUSE",
		0x01021997: "9p", 0x5346414f: "AFS", 0x73757245: "Coda", 0x00c36400: "Ceph",
	} {
		refused(t, sqlite.RefuseMagic("/mnt/ward", magic), ward.KindUnavailable, "/mnt/ward lies on a network file system ("+name+")")
	}
	for _, magic := range []int64{unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC} {
		ok(t, sqlite.RefuseMagic("/mnt/ward", magic))
	}
	refused(t, sqlite.RefuseNetwork("/no/such/folder"), ward.KindUnavailable, "cannot look at")
}
