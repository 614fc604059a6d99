package main

import (
	"io/fs"
	"os"
	"runtime"
)

// assessModes assesses the modes of the files that are for their owner alone: the log holds
// the data of all patients, and with its pepper a thief of it can try PINs. A log on a server
// has an empty path, and a pepper that is not on this machine is none of this login.
func (st *state) assessModes(path string) {
	assess := func(code, kind, path, harm string) {
		info, err := os.Stat(path)
		if err != nil || !openToOthers(info) {
			return
		}
		st.add(code, "high", "0600", "other users of this machine may read or write the "+kind+" "+path+harm+": set its mode to 0600 (chmod 600)")
	}
	if path != "" {
		assess("log_mode", "log", path, "")
	}
	if pepper, err := pepperPath(); err == nil {
		assess("pepper_mode", "pepper file", pepper, ", and until this is mended no PIN is taken")
	}
}

// openToOthers reports whether others than the owner of a file may read or write it. Windows
// has no such modes.
func openToOthers(info fs.FileInfo) bool {
	return runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o066 != 0
}
