package main

import (
	"runtime"
	"runtime/debug"
)

// version identifies the build: the module's version, its revision if that is known,
// and the version of Go.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown) " + runtime.Version()
	}
	setting := make(map[string]string)
	for _, s := range info.Settings {
		setting[s.Key] = s.Value
	}
	v := info.Main.Version
	if v == "" {
		v = "(devel)"
	}
	if revision := setting["vcs.revision"]; revision != "" {
		v += " revision " + revision[:min(12, len(revision))]
		if setting["vcs.modified"] == "true" {
			v += " with changes"
		}
	}
	return v + " " + info.GoVersion
}
