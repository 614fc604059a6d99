package kit

import (
	"regexp"
	"time"

	tea "charm.land/bubbletea/v2"
)

// arrowTime is the time after ESC in which the rest of a key may arrive. A slow line
// splits the characters of an arrow, and those of F1 or page down.
const arrowTime = 150 * time.Millisecond

// finals holds the keys by the last character of their code: ESC [ A and ESC O A.
var finals = map[string]string{"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end",
	"P": "f1", "Q": "f2", "R": "f3", "S": "f4", "Z": "shift+tab"}

// numbered holds the keys by the number of their code: ESC [ 5 ~.
var numbered = map[string]string{"1": "home", "2": "insert", "3": "delete", "4": "end", "5": "pgup", "6": "pgdown",
	"7": "home", "8": "end", "11": "f1", "12": "f2", "13": "f3", "14": "f4"}

// keypadCodes holds the characters that follow ESC O if a keypad key was pressed.
const keypadCodes = "jklmnopqrstuvwxy"

var (
	codeBegins = regexp.MustCompile(`^\[(?:\[|[0-9;]{0,8})$`)
	codeEnds   = regexp.MustCompile(`^\[(?:([0-9;]{1,8})([A-Za-z~^$@])|([A-DFHP-SZ])|\[([A-E]))$`)
)

// joiner puts keys together that arrive in parts, such as arrows. It holds ESC until the
// next key shows that it was alone, or until arrowTime has passed.
type joiner struct {
	held  []Key
	since time.Time
}

// press takes a key and returns the keys that are complete.
func (j *joiner) press(k Key, now time.Time) []Key {
	var out []Key
	if len(j.held) > 0 && now.Sub(j.since) > arrowTime {
		out = j.release()
	}
	if k.Name == "esc" || k.Name == "alt+[" || k.Name == "alt+o" { // ESC alone, or with the second character
		out = append(out, j.release()...)
		j.held, j.since = []Key{k}, now
		return out
	}
	if len(j.held) == 0 {
		return append(out, k)
	}
	code := j.code() + k.Text
	if k.Text == "" {
		code = ""
	}
	switch name, text, whole := splitKey(code); {
	case whole:
		j.held = nil
		if name == "" {
			return out // a key that no screen has, such as an arrow with ctrl
		}
		return append(out, Key{Name: name, Text: text, Keypad: text != "" || name == "enter", Serial: k.Serial, At: k.At})
	case code == "O", codeBegins.MatchString(code):
		j.held = append(j.held, k)
		return out
	}
	return append(append(out, j.release()...), k)
}

// code returns the characters after ESC that are held.
func (j *joiner) code() (code string) {
	switch j.held[0].Name {
	case "alt+[":
		code = "["
	case "alt+o":
		code = "O"
	}
	for _, k := range j.held[1:] {
		code += k.Text
	}
	return code
}

// splitKey reads the characters after ESC. A code that is whole and has no name is a key
// that no screen uses.
func splitKey(code string) (name, text string, whole bool) {
	if len(code) == 2 && code[0] == 'O' {
		last := code[1:]
		if last == "M" {
			return "enter", "", true
		}
		for i, c := range keypadCodes {
			if last == string(c) {
				text := keypad[tea.KeyKpMultiply+rune(i)]
				return text, text, true
			}
		}
		name, whole = finals[last]
		return name, "", whole
	}
	m := codeEnds.FindStringSubmatch(code)
	switch {
	case m == nil:
		return "", "", false
	case m[3] != "":
		return finals[m[3]], "", true
	case m[2] == "~":
		return numbered[m[1]], "", true
	case m[4] == "A": // F1 of a Linux console
		return "f1", "", true
	}
	return "", "", true
}

// release gives up waiting and returns the held keys as they arrived.
func (j *joiner) release() []Key {
	held := j.held
	j.held = nil
	return held
}

// wait returns the time until the held keys are complete; zero if none is held.
func (j *joiner) wait(now time.Time) time.Duration {
	if len(j.held) == 0 {
		return 0
	}
	return max(arrowTime-now.Sub(j.since), time.Millisecond)
}
