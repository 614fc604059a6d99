package office

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// fullPath returns the path of a file from the root of the disk. It reads the folder in
// which the program runs, so that only commands call it.
func fullPath(path string) (string, error) {
	path = strings.TrimSpace(path)
	if path == "" {
		return "", ward.Invalid("", "name a file")
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		path = filepath.Join(home, rest)
	}
	if strings.HasSuffix(path, string(filepath.Separator)) {
		return path, nil // the writer says that this is a folder
	}
	return filepath.Abs(path)
}

// askFile asks for the file to write; write gets the path as it was typed. The desk keeps a
// name that was typed under the place, until the file is written.
func askFile(d *desk.Desk, at kit.Place, subject, text []string, path string, left func(kit.Host) tea.Cmd, write func(h kit.Host, path string) tea.Cmd) *kit.Question {
	proposed := path
	if kept, ok := d.Kept(at).(string); ok {
		path = kept
	}
	line := kit.Plainly(kit.NewText(path, 1000), func(text string) string {
		if strings.TrimSpace(text) == "" {
			return "name a file"
		}
		return ""
	})
	q := kit.Confirm(subject, text, "write", "back", func(h kit.Host) tea.Cmd { return write(h, line.Value()) })
	q.Inputs = []kit.Input{{Label: "File", Editor: line}}
	q.Typed = func() {
		name := line.Value()
		if name == proposed { // esc alone types nothing, and the name of now is no name for tomorrow
			name = ""
		}
		d.KeepText(at, name)
	}
	q.Left = left
	return q
}

// askReplace asks before a file is replaced.
func askReplace(path string, left, replace func(kit.Host) tea.Cmd) *kit.Question {
	q := kit.Confirm([]string{"REPLACE " + kit.Plain(path) + "?"}, []string{"There is a file of that name. Nothing was written."}, "replace it", "back", replace)
	q.Left = left
	return q
}

func exists(err error) bool { return errors.Is(err, fs.ErrExist) }

// remoteCommand shows the command that brings a file to the person's own machine.
func remoteCommand(subject, command string) *kit.Question {
	return &kit.Question{
		Subject: []string{subject},
		Text: []string{
			"This screen runs on the server: a file would be written there. Run this on your own machine:",
			"    " + command,
			"The file holds names and dates of birth.",
		},
		Options: []kit.Option{{Keys: []string{"0", "n"}, Label: "back"}},
	}
}

// shellWord returns an identifier for the command line of any system. A sign that means
// something to a shell never gets into a command that a person copies: the identifier may
// be of another program. Then MRN stands for it.
func shellWord(text string) string {
	plainSign := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_'
	}
	if text == "" || text[0] == '-' || strings.ContainsFunc(text, func(r rune) bool { return !plainSign(r) }) {
		return "MRN"
	}
	return text
}
