package wall

import "strings"

// font draws figures and letters from a table of points: three points wide, five high. A
// small figure has two points in a cell, one above the other; of a large one each point is
// a line high and two cells wide.
type font struct{ large, ascii bool }

func (f font) lines() int {
	if f.large {
		return 5
	}
	return 3
}

// draw returns the lines of a text; nil if it is empty or if a character is not in the
// table.
func (f font) draw(text string) []string {
	if text == "" {
		return nil
	}
	lines := make([]string, f.lines())
	for i, r := range []rune(text) {
		points, known := glyphs[r]
		if !known {
			return nil
		}
		for n := range lines {
			if i > 0 {
				lines[n] += " "
			}
			lines[n] += f.row(strings.Fields(points), n)
		}
	}
	return lines
}

// width returns the cells of a drawn text.
func (f font) width(lines []string) int {
	if len(lines) == 0 {
		return 0
	}
	return len([]rune(lines[0]))
}

// row draws a line of a glyph.
func (f font) row(points []string, n int) string {
	var b strings.Builder
	for x := range points[0] {
		if f.large {
			b.WriteString(strings.Repeat(f.cell(points[n][x] == '#', points[n][x] == '#'), 2))
			continue
		}
		low := 2*n+1 < len(points) && points[2*n+1][x] == '#'
		b.WriteString(f.cell(points[2*n][x] == '#', low))
	}
	return b.String()
}

// cell draws two points. ASCII has no half cells: the signs lie high and low in theirs.
func (f font) cell(high, low bool) string {
	signs := [...]string{" ", "▀", "▄", "█"}
	if f.ascii {
		signs = [...]string{" ", `"`, "_", "#"}
	}
	n := 0
	if high {
		n++
	}
	if low {
		n += 2
	}
	return signs[n]
}

// glyphs are the points of the figures and letters.
var glyphs = map[rune]string{
	'0': "### #.# #.# #.# ###",
	'1': ".#. ##. .#. .#. ###",
	'2': "### ..# ### #.. ###",
	'3': "### ..# ### ..# ###",
	'4': "#.# #.# ### ..# ..#",
	'5': "### #.. ### ..# ###",
	'6': "### #.. ### #.# ###",
	'7': "### ..# ..# ..# ..#",
	'8': "### #.# ### #.# ###",
	'9': "### #.# ### ..# ###",
	'A': "### #.# ### #.# #.#",
	'B': "##. #.# ##. #.# ##.",
	'C': "### #.. #.. #.. ###",
	'D': "##. #.# #.# #.# ##.",
	'E': "### #.. ##. #.. ###",
	'F': "### #.. ##. #.. #..",
	'G': "### #.. #.# #.# ###",
	'H': "#.# #.# ### #.# #.#",
	'I': "### .#. .#. .#. ###",
	'J': "..# ..# ..# #.# ###",
	'K': "#.# #.# ##. #.# #.#",
	'L': "#.. #.. #.. #.. ###",
	'M': "#.# ### ### #.# #.#",
	'N': "##. #.# #.# #.# #.#",
	'O': ".#. #.# #.# #.# .#.",
	'P': "### #.# ### #.. #..",
	'Q': "### #.# #.# ### ..#",
	'R': "### #.# ##. #.# #.#",
	'S': ".## #.. .#. ..# ##.",
	'T': "### .#. .#. .#. .#.",
	'U': "#.# #.# #.# #.# ###",
	'V': "#.# #.# #.# #.# .#.",
	'W': "#.# #.# ### ### #.#",
	'X': "#.# #.# .#. #.# #.#",
	'Y': "#.# #.# .#. .#. .#.",
	'Z': "### ..# .#. #.. ###",
	'-': "... ... ### ... ...",
	'?': "### ..# .## ... .#.",
	'.': "... ... ... ... .#.",
	'/': "..# ..# .#. #.. #..",
}
