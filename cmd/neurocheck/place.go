package main

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"neurocheck/internal/store"
)

// placeOf returns the path next to which this machine has its files of a ward on a server:
// ward.db in the folder neurocheck/HOST_DATABASE_WARD of $XDG_STATE_HOME (~/.local/state). It
// is empty if there is no home folder.
func placeOf(log string) string {
	state := baseFolder("XDG_STATE_HOME", ".local", "state")
	if state == "" {
		return ""
	}
	return filepath.Join(state, folderOf(log), "ward.db")
}

// baseFolder returns the folder neurocheck in the folder that a variable of the XDG base
// directory specification names, or else in one of the home folder. It is empty if there is no
// home folder. By the specification a relative folder counts as unset.
func baseFolder(variable string, inHome ...string) string {
	base := os.Getenv(variable)
	if !filepath.IsAbs(base) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		base = filepath.Join(home, filepath.Join(inHome...))
	}
	return filepath.Join(base, "neurocheck")
}

// folderOf returns the name of the folder for the files of a ward: HOST_DATABASE_WARD.
func folderOf(log string) string {
	p, err := store.PlaceOnServer(log)
	if err != nil {
		return "" // and the log was not opened
	}
	return url.QueryEscape(strings.Join(p.Servers, ",")) + "_" + url.QueryEscape(p.Database) + "_" + url.QueryEscape(p.Ward)
}

// publicName returns the name of a log without a user and password of the server, and without
// the options of the connection.
func publicName(log string) string {
	if !store.OnServer(log) {
		return log
	}
	p, err := store.PlaceOnServer(log)
	if err != nil {
		return "a ward on a server" // of an address that was refused
	}
	return p.String()
}

// isBackupFile returns an error if the name of a backup is the address of a ward on a server:
// messages would repeat it, with the password that it may hold.
func isBackupFile(name string) error {
	if store.OnServer(name) {
		return errors.New("a backup is a file; between a file and a ward on a server neurocheck copy FROM TO moves a log")
	}
	return nil
}

// filesOnly returns an error if a command that needs a file was given a ward on a server.
// instead says the way to go.
func filesOnly(command, log, instead string) error {
	if !store.OnServer(log) {
		return nil
	}
	return wrongUse{errors.New(command + " works on files only, and not on a ward on a server; " + instead)}
}
