// Package config reads what a hospital sets differently from one TOML file, and
// writes it.
//
// [Find] says which file it is, [Load] reads it, [Write] prints the settings in
// force as a file that loads back to the same, and [WriteDefault] a file to start
// from. What may be set is the table in settings.go; a setting that is not in the
// file holds the default of [ward.DefaultSite]. A file with anything wrong in it
// is refused as a whole, with everything that is wrong at once.
package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"neurocheck/internal/ward"
)

// Settings are the site's settings in force, and where they came from.
type Settings struct {
	Site ward.Site
	Path string         // the file that was read; empty where there was none
	Line map[string]int // by key, such as intervals.none, its line in the file; a key that is not there holds the default
}

// mostBytes is far above what all settings take, and keeps a wrong file from
// filling the memory.
const mostBytes = 64 << 10

// Find returns the file with the settings: that of [Place], or nothing where nobody
// named one and there is none at the usual place.
func Find(flag string, getenv func(string) string) string {
	path := Place(flag, getenv)
	if path == "" || flag != "" || getenv("NEUROCHECK_CONFIG") != "" {
		return path
	}
	// A link that leads nowhere is there: somebody meant to set something.
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return ""
	}
	return path
}

// Place returns where the file with the settings belongs: the one that the flag
// names, else the one that NEUROCHECK_CONFIG names, else neurocheck/site.toml in
// $XDG_CONFIG_HOME (~/.config), the usual place; nothing where there is no home. By
// the XDG base directory specification a relative XDG_CONFIG_HOME counts as unset.
func Place(flag string, getenv func(string) string) string {
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

// Load reads the settings from a file, or returns the defaults where path is
// empty. Where anything is wrong it returns the zero Settings, and for what the
// file says wrongly [Problems].
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
		return Settings{}, problems(path, doc, faults)
	}
	return Settings{Site: site, Path: path, Line: line}, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ward.NotFound(shown(path) + ": there is no such settings file; name another with --config FILE or NEUROCHECK_CONFIG, or start one with neurocheck config --default")
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	doc, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err != nil {
		return nil, err
	}
	if len(doc) > mostBytes {
		return nil, ward.Invalid("", shown(path)+": larger than 64 KiB; a settings file is a few lines of text")
	}
	return doc, nil
}
