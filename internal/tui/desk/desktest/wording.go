package desktest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// The texts of the left column of screens.md section 5, and others that were replaced since:
// no user sees them any more. They are in lower case.

// oldPhrases are searched for as whole words in any text. "g go on" is not among them,
// because the drawing of the checklist in section 4.4 has it.
const oldPhrases = `
who is at the keyboard
with all that was in hand
nobody has a pin
made-up
nobody of that name
administrator adds one
what anybody tries first
such a run of characters
off the staff
leave it
one moment…
leave it as it was
line before
take back
leave the program
look round
synthetic patients
filter leaves nobody
keep the filter
with a like name
compare the mrn
too long; new
m too long
take it within
bedside review now
a grade 2 finding
come back and finish
ice down 2
down 2 or more
down 3 or more
below the baseline ice
from: score
grade1
evaluated anew
what it is compared with
ice unable
could not be done
able after all
answer the items
is unarousable then
brief; eeg only
deep focal weakness
raised icp
all the signs that there are
cushing's triad
points as scored
slips of attention
oriented to the year
is no answer here
points of ice beside
your draft is back
or esc to discard it
attribute to something else
attributes to something else
they leave the grade
another version
was recorded first
this follow-up is closed already
kept as it was
struck through
edit particulars
the particulars
order the schedule
own interval
they ended with
dose put off
another steroid
how does the stay end
another patient has this mrn
one who was discharged
lies in the future
lies before
a person closes the follow-up
lifted by a correction
made then by
not taken, escalates
by what was recorded later
put off by an order
who was discharged before
is not told of
until the log is back
tell who looks after it
that failed
passed over
cannot stand
noted earlier
in hand
is told
the pin of now
the role of now
pin of one's own
the one of before
settings of before
handover anew
shows nobody
take it from them
take that from them
no pin can be told
is taken back
the line before
the row before
the cell before
the check before
the version before
the view before
`

// oldLabels are single words that other sentences need: a label or an answer must not be
// one of them and nothing else.
const oldLabels = `
go on
taken
incomplete
language
awake
to voice
to touch
brief
eeg only
repetitive
hemiparesis
paraparesis
posturing
inattention
confused
underactive
inconsolable
look again
superseded
stands
in full
transfer
escalates
`

// OldWords returns the old texts of screens.md section 5 that a text shows. A label is
// one of them only as a whole.
func OldWords(text string) (found []string) {
	text = strings.ToLower(strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "’", "'"))
	for old := range strings.SplitSeq(strings.TrimSpace(oldPhrases), "\n") {
		if holds(text, old) {
			found = append(found, old)
		}
	}
	label := strings.Trim(text, " .:;,…")
	for old := range strings.SplitSeq(strings.TrimSpace(oldLabels), "\n") {
		if label == old {
			found = append(found, old)
		}
	}
	return found
}

// holds reports whether a text has a phrase that does not begin or end inside a word.
func holds(text, phrase string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], phrase)
		if i < 0 {
			return false
		}
		before, after := text[:from+i], text[from+i+len(phrase):]
		if !endsInWord(before, phrase) && (after == "" || !unicode.IsLetter([]rune(after)[0])) {
			return true
		}
		from += i + 1
	}
}

// endsInWord reports whether the first letter of the phrase goes on with a word. The m of
// a length such as 7m does not.
func endsInWord(before, phrase string) bool {
	r := []rune(before)
	return len(r) > 0 && unicode.IsLetter(r[len(r)-1]) && unicode.IsLetter([]rune(phrase)[0])
}

// CheckWording reads the golden files under a directory and fails the test if one of them
// shows a text that was replaced.
func CheckWording(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".golden" {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		for _, old := range OldWords(ansi.Strip(string(content))) {
			t.Errorf("%s says %q: screens.md section 5 has other words", path, old)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d golden files: %v", files, err)
	}
}
