// Package config reads a hospital's settings from one TOML file, and writes them.
//
// [Find] returns the path of the file, [Load] reads it, [Write] prints the settings
// in force as a file that loads back to the same, and [WriteDefault] prints a file to
// start from. The table in settings.go lists every setting; one that is not in the
// file has the default of [ward.DefaultSite]. A file with any fault is refused as a
// whole, and the error lists all of them; the ward then uses the settings that its log
// recorded last: see [Fallback].
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// Settings are the site's settings in force, and their source.
type Settings struct {
	Site ward.Site
	Path string         // the file that was read; empty if there was none
	Text []byte         // of that file
	Line map[string]int // line in the file by key, such as intervals.none; a missing key has the default

	// NotInForce is set if a program that is open goes by other settings, because the log has
	// not recorded these yet.
	NotInForce bool

	// Refused is the error for which the file of Path is not used, and InForceSince
	// the time at which the log recorded the settings that are used instead; zero
	// if it has recorded none, and the defaults are used.
	Refused      error
	InForceSince time.Time
}

// Problems are the faults of a settings file, in the order of the file.
type Problems = tomldoc.Problems

// mostBytes limits the size of a file, so that a wrong one cannot fill the memory. A file
// with all settings and words is smaller.
const mostBytes = 256 << 10

// Find returns the path of the settings file: that of [FilePath], or "" if the caller
// named none and there is none at the usual place.
func Find(flag string, getenv func(string) string) string {
	path := FilePath(flag, getenv)
	if path == "" || flag != "" || getenv("NEUROCHECK_CONFIG") != "" {
		return path
	}
	// A dangling link counts as a file, because its owner meant to set something.
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return ""
	}
	return path
}

// FilePath returns the path of the settings file, which need not exist: the one that the flag
// names, else the one that NEUROCHECK_CONFIG names, else neurocheck/site.toml in
// $XDG_CONFIG_HOME (~/.config), the usual place; "" if there is no home folder. By
// the XDG base directory specification a relative XDG_CONFIG_HOME counts as unset.
func FilePath(flag string, getenv func(string) string) string {
	if flag != "" {
		return flag
	}
	if path := getenv("NEUROCHECK_CONFIG"); path != "" {
		return path
	}
	folder := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(folder) {
		home := getenv("HOME")
		if home == "" {
			return ""
		}
		folder = filepath.Join(home, ".config")
	}
	return filepath.Join(folder, "neurocheck", "site.toml")
}

// Load reads the settings from a file, or returns the defaults if path is empty. On
// an error it returns the zero Settings; the faults of the file's text come as
// [Problems].
func Load(path string) (Settings, error) {
	if path == "" {
		return Settings{Site: ward.DefaultSite()}, nil
	}
	doc, err := readFile(path)
	if err != nil {
		return Settings{}, err
	}
	site, line, faults := parse(doc)
	if len(faults) > 0 {
		return Settings{}, tomldoc.ProblemsOf(path, doc, faults)
	}
	return Settings{Site: site, Path: path, Text: doc, Line: line}, nil
}

func readFile(path string) ([]byte, error) {
	f, err := wholefile.OpenPlain(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ward.NotFound(tomldoc.Shown(path) + ": there is no such settings file; name another with --config FILE or NEUROCHECK_CONFIG, or start one with neurocheck config --default")
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() // opened for reading only
	return tomldoc.Read(f, path, "settings file", mostBytes)
}

// Fallback returns the settings to use if the file at path is refused with err: those
// that the log recorded last, at since, or the defaults if it recorded none.
func Fallback(path string, err error, recorded string, since time.Time) Settings {
	s := Settings{Site: ward.DefaultSite(), Path: path, Refused: err}
	if site, ok := FromRecord(recorded); ok {
		s.Site, s.InForceSince = site, since
	}
	return s
}

// Warning returns one line about a settings file that was refused, for every screen
// and for the standard error of commands; "" if none was refused. zone is the ward's.
func (s Settings) Warning(zone *time.Location) string {
	if s.Refused == nil {
		return ""
	}
	file := tomldoc.Shown(filepath.Base(s.Path))
	if wrong, ok := errors.AsType[Problems](s.Refused); ok {
		file += fmt.Sprintf(" line %d", wrong[0].Line)
	} else {
		file += " cannot be read"
	}
	using := "the defaults"
	if !s.InForceSince.IsZero() {
		using = "those of " + s.InForceSince.In(zone).Format("2 Jan")
	}
	return "SETTINGS ERROR, " + file + ". Using " + using + ". Tell an administrator (:settings)"
}
