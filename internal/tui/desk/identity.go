package desk

import (
	"cmp"
	"fmt"
	"strings"

	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// Identity is the head of a screen about one patient.
type Identity struct {
	Title   string // PATIENT, NEURO CHECK
	Note    string // before the user, such as "trend, 36 h"; it gives way first
	Patient *ward.Patient
	Stay    *ward.Stay // nil hides bed and day
	Age     bool       // with the age in years
	// Baseline is the word before the baseline: "baseline " or ""; the form writes
	// "baseline ICE 10" and the patient's screen "ICE base 10".
	BaselineFirst bool
	Therapy       string // in place of the product
	// More are pieces that the second line must hold, such as the interpreter. They come
	// last and do not give way.
	More []string
}

// Head returns the lines of an identity: title and full name; date of birth and MRN in
// full, then bed, day, therapy and baseline as far as they fit. A name that is too long
// for the title takes a line of its own. [kit.Screen] Head returns these lines.
func (d *Desk) Head(p kit.Page, id Identity) []string {
	if id.Patient == nil {
		return []string{" " + p.Strong.Render(id.Title), ""}
	}
	lines := d.titleLines(p, id)
	return append(lines, d.identifiers(p, id)...)
}

func (d *Desk) titleLines(p kit.Page, id Identity) []string {
	name := words.Name(id.Patient)
	title := " " + p.Strong.Render(id.Title+"  "+name)
	if p.Cells(title) > p.Width {
		lines := []string{" " + p.Strong.Render(id.Title)}
		for _, part := range p.Wrap(name, p.Width-2) {
			lines = append(lines, " "+p.Strong.Render(part))
		}
		return lines
	}
	if id.Note == "" {
		return []string{title}
	}
	right := p.Cells("  " + strings.Join(d.Status(), "  "))
	if gap := p.Width - right - p.Cells(title) - p.Cells(id.Note) - 1; gap >= 2 {
		title += strings.Repeat(" ", gap) + id.Note + " "
	}
	return []string{title}
}

// identifiers returns the line below the title. Therapy gives way first, then the
// baseline, the day and the bed. A line that is still too long wraps.
func (d *Desk) identifiers(p kit.Page, id Identity) []string {
	pt := id.Patient
	first := " " + words.Born(pt)
	if id.Age && !pt.BirthDate.IsZero() {
		first += fmt.Sprintf(" (%d y)", pt.BirthDate.YearsTo(ward.DateOf(d.Now())))
	}
	pieces := []string{first, words.MRN(pt), "", "", "", ""}
	const bed, day, therapy, baseline = 2, 3, 4, 5
	if id.Stay != nil && id.Stay.Bed != "" && d.left(id) == "" {
		pieces[bed] = "bed " + Bed(id.Stay)
	}
	if _, ok := pt.Day(d.now, d.zone); ok && id.Stay != nil {
		pieces[day] = "day " + d.Day(pt, d.now)
	}
	pieces[therapy] = kit.Plain(cmp.Or(id.Therapy, pt.Product))
	if n, ok := pt.Baseline.Value(); ok {
		pieces[baseline] = fmt.Sprintf("%s base %d", words.ToolName(pt.Tool), n)
		if id.BaselineFirst {
			pieces[baseline] = fmt.Sprintf("baseline %s %d", words.ToolName(pt.Tool), n)
		}
	}
	pieces = append(append(pieces, id.More...), d.left(id))
	for _, way := range []int{therapy, baseline, day, bed} {
		if p.Cells(joinPieces(pieces)) <= p.Width {
			break
		}
		pieces[way] = ""
	}
	return p.Hang(joinPieces(pieces), p.Width, 1)
}

// left returns the end of the stay of a head; empty if the patient is on the ward by now.
func (d *Desk) left(id Identity) string {
	if s, ok := d.State(id.Patient.ID); ok && s.Stay.OnWard() {
		return ""
	}
	return d.Left(id.Stay)
}

func joinPieces(pieces []string) string {
	line := ""
	for _, piece := range pieces {
		switch {
		case piece == "":
		case line == "":
			line = piece
		default:
			line += "   " + piece
		}
	}
	return line
}
