package office

import (
	"fmt"
	"strings"
)

// paperLines is the number of lines of a page: A4 and Letter have room for it.
const paperLines = 58

// paginate breaks a text into pages with their number at the end. A page ends at the
// blank line before a patient if that leaves it at least half full, so that a patient is
// on one page.
func paginate(text, foot string) string {
	const room = paperLines - 2
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	var pages [][]string
	for len(lines) > 0 {
		end := min(room, len(lines))
		if end < len(lines) {
			for i := end; i > room/2; i-- {
				if lines[i] == "" {
					end = i
					break
				}
			}
		}
		pages = append(pages, lines[:end])
		lines = lines[end:]
		for len(lines) > 0 && lines[0] == "" {
			lines = lines[1:]
		}
	}
	var b strings.Builder
	for i, page := range pages {
		b.WriteString(strings.Join(page, "\n"))
		b.WriteString(strings.Repeat("\n", paperLines-len(page)))
		fmt.Fprintf(&b, "%s, page %d of %d\n\f", foot, i+1, len(pages))
	}
	return b.String()
}
