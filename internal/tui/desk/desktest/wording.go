package desktest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// oldWords are the texts of screens.md section 5 that no screen shows any more, in lower
// case. Single words that other sentences need are left out.
var oldWords = []string{
	"who is at the keyboard", "with all that was in hand", "nobody has a pin on a made-up ward", "made-up ward", "nobody of that name", "an administrator adds one",
	"anybody tries first", "off the staff", "leave it", "one moment…", "leave it as it was", "line before:", "leave the program", "g go on", "look round the demo",
	"the filter leaves nobody", "keep the filter", "there is a patient with a like name", "too long; new:", "take it within", "bedside review now", "come back and finish",
	"ice down 2 or more", "below the baseline ice", "from: score", "flag \"grade1\"", "was evaluated anew", "changed what it is compared with", "ice unable", "could not be done",
	"able after all", "is unarousable then, too", "to voice; to touch", "brief; eeg only", "deep focal weakness", "all the signs that there are", "points as scored",
	"slips of attention", "inconsolable", "is no answer here", "look again:", "points of ice beside", "your draft is back", "attribute to something else", "they leave the grade",
	"was recorded first", "this follow-up is closed already", "kept as it was", "struck through", "edit particulars", "history of the particulars", "order the schedule",
	"own interval", "they ended with day 30", "dose put off", "another steroid", "how does the stay end", "another patient has this mrn", "lies in the future",
	"lies before the admission", "a person closes the follow-up", "since lifted by", "made then by", "not taken, escalates", "by what was recorded later", "put off by an order",
	"who was discharged before", "is not told of", "until the log is back", "tell who looks after it", "that failed", "passed over", "cannot stand", "a head noted earlier",
}

// CheckWording reads the golden files under testdata and fails the test if one of them
// shows a text that was replaced.
func CheckWording(t *testing.T) {
	t.Helper()
	files := 0
	err := filepath.WalkDir("testdata", func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".golden" {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		screen := strings.ToLower(strings.Join(strings.Fields(ansi.Strip(string(content))), " "))
		for _, old := range oldWords {
			if strings.Contains(screen, old) {
				t.Errorf("%s says %q: screens.md section 5 has other words", path, old)
			}
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d golden files: %v", files, err)
	}
}
