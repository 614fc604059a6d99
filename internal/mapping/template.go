package mapping

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/wholefile"
)

// templateMap is the mapping to start from: it says what each key is for, and changes
// nothing.
//
//go:embed template.toml
var templateMap string

// Template writes the files to start from into a folder, which it makes if it is missing:
// checks.csv with a header, words.md with the columns and their words, and map.toml. It
// replaces no file: if one is there already, it writes none.
func Template(folder string) error {
	files := []struct{ name, text string }{
		{"checks.csv", templateHeader()},
		{"words.md", templateWords()},
		{"map.toml", templateMap},
	}
	for _, file := range files {
		path := filepath.Join(folder, file.name)
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(fmt.Errorf("%w: %s", fs.ErrExist, path), err)
		}
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for _, file := range files {
		err := wholefile.Write(filepath.Join(folder, file.name), wholefile.Options{}, func(temp *os.File) error {
			_, err := temp.WriteString(file.text)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func templateHeader() string {
	var names []string
	for _, c := range csvlog.Columns() {
		if c.Part != csvlog.PartComputed {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, ",") + "\n"
}

// templateWords describes every column with its codes and their labels.
func templateWords() string {
	var b strings.Builder
	b.WriteString(`# The columns of neurocheck

A file for ` + "`neurocheck import`" + ` may have any of these columns in any order. mrn,
performed_at and tool are needed, and name and birth_date for a patient who is not in the
log. An empty cell is not assessed or not known, never 0 and never normal. A cell may hold
the code or the words after it, in any case.

| column | words | meaning |
| --- | --- | --- |
`)
	for _, c := range csvlog.Columns() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Name, strings.Join(c.Words(), ", "), strings.ReplaceAll(c.Description, "|", "/"))
	}
	return b.String()
}
