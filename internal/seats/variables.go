package seats

import (
	"slices"
	"strings"

	gossh "golang.org/x/crypto/ssh"
)

// variables are the ones that a client may set: they say how its terminal draws. The
// libraries of the screens act on more of them. With TTY_FORCE and TMUX they run tmux, and
// read the file that TERM leads to, on the server.
var variables = []string{"LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "COLORTERM", "CLICOLOR", "CLICOLOR_FORCE", "TERM_PROGRAM", "WT_SESSION"}

// mostVariables is the number of variables that a client may set, and longestVariable
// their length.
const (
	mostVariables   = 32
	longestVariable = 512
)

// isVariable reports whether the payload of a request sets a variable that a client may set.
func isVariable(payload []byte) bool {
	var v struct{ Name, Value string }
	return len(payload) <= longestVariable && gossh.Unmarshal(payload, &v) == nil && slices.Contains(variables, v.Name)
}

// terminalName returns the name of a terminal as the client gives it. One that no terminal
// has, such as a path, is that of a terminal without colours.
func terminalName(name string) string {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_+.", r)
	}
	if len(name) > 64 || strings.HasPrefix(name, ".") || strings.ContainsFunc(name, odd) {
		return "dumb"
	}
	return name
}
