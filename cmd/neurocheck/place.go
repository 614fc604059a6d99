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
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "neurocheck", folderOf(log), "ward.db")
}

// folderOf returns the name of the folder for the files of a ward: HOST_DATABASE_WARD. It
// has no name or password of a user of the server.
func folderOf(log string) string {
	_, rest, _ := strings.Cut(log, "://")
	rest, query, _ := strings.Cut(rest, "?")
	hosts, database, _ := strings.Cut(rest, "/")
	hosts = hosts[strings.LastIndex(hosts, "@")+1:]
	options, _ := url.ParseQuery(query) // what does not parse is refused as the log is opened
	if hosts == "" {
		hosts = options.Get("host")
	}
	if hosts == "" {
		hosts = "local"
	}
	if database == "" {
		database = options.Get("dbname")
	}
	return url.QueryEscape(hosts) + "_" + url.QueryEscape(database) + "_" + url.QueryEscape(options.Get("ward"))
}

// publicName returns the name of a log without a user and password of the server, and without
// the options of the connection.
func publicName(log string) string {
	if !store.OnServer(log) {
		return log
	}
	scheme, rest, _ := strings.Cut(log, "://")
	rest, query, _ := strings.Cut(rest, "?")
	options, _ := url.ParseQuery(query)
	name := scheme + "://" + rest[strings.LastIndex(rest, "@")+1:]
	if ward := options.Get("ward"); ward != "" {
		name += "?ward=" + url.QueryEscape(ward)
	}
	return name
}

// filesOnly returns an error if a command that needs a file was given a ward on a server.
// instead says the way to go.
func filesOnly(command, log, instead string) error {
	if !store.OnServer(log) {
		return nil
	}
	return wrongUse{errors.New(command + " works on files only, and not on a ward on a server; " + instead)}
}
