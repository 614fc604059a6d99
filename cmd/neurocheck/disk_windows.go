package main

import "golang.org/x/sys/windows"

// freeBytes returns the free room on the disk of a folder, and whether it is known.
func freeBytes(folder string) (free int64, known bool) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, false
	}
	var available uint64
	if windows.GetDiskFreeSpaceEx(name, &available, nil, nil) != nil {
		return 0, false
	}
	return int64(available), true
}
