package wall

import (
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// grid is the arrangement of the beds in a window.
type grid struct {
	columns, rows int
	width, lines  int // of a bed
	large         bool
}

func (g grid) room() int { return g.columns * g.rows }

// The least cells of a bed with its gap, and its lines: one of words, and the figures. The
// large figures have two lines of space.
const (
	smallWidth, smallLines = 26, 1 + 3
	largeWidth, largeLines = 49, 1 + 5 + 2
)

// enough is the number of beds for which large figures must have room, unless the ward has
// fewer.
const enough = 15

// gridFor returns the arrangement for a window: large figures if they have the room.
func gridFor(p kit.Page, beds int) grid {
	large := gridOf(p, largeWidth, largeLines)
	large.large = true
	if large.room() >= min(beds, enough) {
		return large
	}
	return gridOf(p, smallWidth, smallLines)
}

func gridOf(p kit.Page, width, lines int) grid {
	g := grid{columns: max((p.Width-1)/width, 1), rows: max(p.Height/lines, 1), lines: lines}
	g.width = (p.Width-1)/g.columns - 1
	return g
}

// shareOut shares the beds out to pages. Urgent beds are on every page, unless they leave
// less than a row for the others: then all beds turn.
func shareOut(beds []ward.PatientState, g grid) (pages [][]ward.PatientState) {
	room := g.room()
	if len(beds) <= room {
		return [][]ward.PatientState{beds}
	}
	var always, rest []ward.PatientState
	for i := range beds {
		if desk.StateMark(&beds[i]) == desk.MarkUrgent {
			always = append(always, beds[i])
		} else {
			rest = append(rest, beds[i])
		}
	}
	if room-len(always) < min(g.columns, room) {
		always, rest = nil, beds
	}
	for len(rest) > 0 {
		n := min(room-len(always), len(rest))
		page := append(always[:len(always):len(always)], rest[:n]...)
		pages, rest = append(pages, page), rest[n:]
	}
	return pages
}
