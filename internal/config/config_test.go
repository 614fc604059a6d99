package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

func TestFind(t *testing.T) {
	home, xdg, empty := t.TempDir(), t.TempDir(), t.TempDir()
	inHome := filepath.Join(home, ".config", "neurocheck", "site.toml")
	inXDG := filepath.Join(xdg, "neurocheck", "site.toml")
	for _, path := range []string{inHome, inXDG} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		save(t, path, "")
	}
	tests := []struct {
		name, flag string
		env        map[string]string
		want       string
	}{
		{"the flag comes first", "a.toml", map[string]string{"NEUROCHECK_CONFIG": "b.toml", "XDG_CONFIG_HOME": xdg, "HOME": home}, "a.toml"},
		{"then the environment", "", map[string]string{"NEUROCHECK_CONFIG": "b.toml", "XDG_CONFIG_HOME": xdg, "HOME": home}, "b.toml"},
		{"then the XDG folder", "", map[string]string{"XDG_CONFIG_HOME": xdg, "HOME": home}, inXDG},
		{"then the home folder", "", map[string]string{"HOME": home}, inHome},
		{"a relative XDG folder is none", "", map[string]string{"XDG_CONFIG_HOME": "config", "HOME": home}, inHome},
		{"no file in the XDG folder", "", map[string]string{"XDG_CONFIG_HOME": empty, "HOME": home}, ""},
		{"no file in the home folder", "", map[string]string{"HOME": empty}, ""},
		{"a home that is no folder", "", map[string]string{"HOME": os.DevNull}, ""},
		{"no home", "", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Find(tt.flag, func(name string) string { return tt.env[name] }); got != tt.want {
				t.Errorf("%q, not %q", got, tt.want)
			}
		})
	}
}

func TestLoadWithoutAFileIsTheDefault(t *testing.T) {
	s, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Settings{Site: ward.DefaultSite()}, s, zones); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLoadRefusesUnreadableFiles(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.toml")
	save(t, large, strings.Repeat("#\n", mostBytes))
	dangling := filepath.Join(dir, "neurocheck", "site.toml")
	if err := os.Mkdir(filepath.Dir(dangling), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "gone"), dangling); err != nil {
		t.Fatal(err)
	}
	found := Find("", func(name string) string { return map[string]string{"XDG_CONFIG_HOME": dir}[name] })
	tests := []struct {
		name, path string
		kind       ward.Kind
		want       string
	}{
		{"missing", filepath.Join(dir, "gone"), ward.KindNotFound, "there is no such settings file; name another"},
		{"a link to nowhere", found, ward.KindNotFound, "there is no such settings file; name another"},
		{"a folder", dir, ward.KindUnavailable, "is no regular file"},
		{"large", large, ward.KindInvalid, "larger than 256 KiB"},
		{"a name that steers a terminal", filepath.Join(dir, "\x1b[2J"), ward.KindNotFound, `\x1b[2J": there is no such`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Load(tt.path)
			if err == nil || !strings.Contains(err.Error(), tt.want) || ward.KindOf(err) != tt.kind {
				t.Errorf("%v of kind %v", err, ward.KindOf(err))
			}
			if diff := cmp.Diff(Settings{}, s, zones); diff != "" {
				t.Errorf("settings beside an error:\n%s", diff)
			}
		})
	}
}

func TestManyFaultsShowTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.toml")
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, "wrong%d = 1\n", i)
	}
	save(t, path, b.String())
	_, err := Load(path)
	wrong, ok := err.(Problems)
	if !ok || len(wrong) != tomldoc.MostProblems || wrong[tomldoc.MostProblems-1].Line != tomldoc.MostProblems {
		t.Errorf("%v", err)
	}
}
