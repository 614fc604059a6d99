package kit

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// asciiFor holds the signs that this program draws, each one cell wide, and their ASCII
// form. No two marks share a form.
var asciiFor = map[rune]string{
	// Marks.
	'‼': "!!", '⚑': "!", '◌': "?", '“': `"`, '½': "%", '≈': "~", '▼': "v", '▲': "^", '×': "x",
	// Keys and directions.
	'↑': "up", '↓': "dn", '←': "<-", '→': "->",
	// Frame and plot.
	'▌': ">", '─': "-", '━': "-", '┈': ".", '│': "|", '┬': "|", '┴': "|", '└': "+",
	'●': "@", '○': "o", '◆': "&", '█': "#", '▀': "#", '▄': "#",
	// Text.
	'–': "-", '…': ".", '·': ".", '•': ".", '”': `"`, '’': "'", '≤': "<=", '≥': ">=",
}

// asciiLetters returns the ASCII letters of an accented or joined Latin letter.
func asciiLetters(r rune, cells int) string {
	if cells == 0 {
		return "" // an accent that follows its letter
	}
	if to, ok := latin[r]; ok {
		return to
	}
	if letter := norm.NFKD.String(string(r)); letter != "" && letter[0] < 0x80 {
		return letter[:1]
	}
	return strings.Repeat("*", cells)
}
