package tui

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"neurocheck/internal/tui/desk/desktest"
)

// TestPicturesAreTheScreens compares the pictures of the documentation with the screens of
// the demo ward, so that no picture grows old: go test -update draws them anew.
func TestPicturesAreTheScreens(t *testing.T) {
	s := sitAtAll(t, desktest.DemoWard(t, desktest.Now), desktest.NewClock())
	s.Type("maria").Press("enter").Wait(time.Second)
	picture(t, s, "board", "The board of the demo ward: every patient, the most urgent first", "on the ward", "NOT ACCEPTED")
	s.Press("down", "down", "enter", "v")
	picture(t, s, "chart", "The chart of one patient: the scores as bars over time, with grades, signs and events", "OKAFOR, Ada", "ICE 7-9")
	s.Press("n", "y", "y", "n", "n", "1")
	picture(t, s, "form", "The form of a check, half answered, with the last check in a column of its own", "NEURO CHECK", "OKAFOR, Ada")
}

// picture compares a picture with the screen, which must show the texts.
func picture(t *testing.T, s *desktest.Seat, name, title string, shows ...string) {
	t.Helper()
	s.Sees(shows...)
	const width, height = 80, 24
	screen := vt.NewEmulator(width, height)
	defer screen.Close() // it is in memory alone
	if _, err := screen.WriteString(strings.ReplaceAll(s.Drawn(), "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	drawn := drawSVG(screen, width, height, title)
	file := filepath.Join("../../.pictures", name+".svg")
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(file, drawn, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(stored, drawn) {
		t.Errorf("the picture %s is not the screen any more: go test -run TestPicturesAreTheScreens ./internal/tui -update\n%s", file, s.Screen())
	}
}

// The size of a cell, and the colours of a dark terminal.
const (
	cellWidth, cellHeight = 9, 19
	ink, ground           = "#d8dee4", "#15191e"
)

// drawSVG draws the cells of a terminal as an SVG. Each run of cells that look alike has
// the width of its cells in any font; a wide character is a run of its own, because fonts
// differ in its width.
func drawSVG(screen *vt.Emulator, width, height int, title string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title" viewBox="0 0 %d %d" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="15">`+"\n",
		(width+2)*cellWidth, (height+1)*cellHeight)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<style>text { white-space: pre; }</style>\n<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"%s\"/>\n", escaped(title), ground)
	for row := range height {
		for col := 0; col < width; {
			cells, look, text := 0, screen.CellAt(col, row).Style, ""
			for col+cells < width {
				cell := screen.CellAt(col+cells, row)
				wide := cell.Width > 1
				if !cell.Style.Equal(&look) || wide && cells > 0 || strings.HasSuffix(text, "  ") && cell.Content != " " {
					break
				}
				text += cell.Content
				cells += max(cell.Width, 1)
				if wide {
					break
				}
			}
			drawRun(&b, look, text, col, row, cells)
			col += cells
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// drawRun draws cells that look alike. The box drawing characters are drawn as text, too.
func drawRun(b *bytes.Buffer, look uv.Style, text string, col, row, cells int) {
	front, back := hex(look.Fg, ink), hex(look.Bg, ground)
	if look.Attrs&uv.AttrReverse != 0 {
		front, back = back, front
	}
	x, y := (col+1)*cellWidth, row*cellHeight+cellHeight/2
	if back != ground {
		fmt.Fprintf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", x, y, cells*cellWidth, cellHeight, back)
	}
	begin := len(text) - len(strings.TrimLeft(text, " "))
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	more := ""
	if look.Attrs&uv.AttrBold != 0 {
		more += ` font-weight="bold"`
	}
	if look.Attrs&uv.AttrFaint != 0 {
		more += ` opacity="0.7"`
	}
	if look.Underline != 0 {
		more += ` text-decoration="underline"`
	}
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" fill=\"%s\"%s>%s</text>\n",
		x+begin*cellWidth, y+14, ansi.StringWidth(text)*cellWidth, front, more, escaped(text))
}

func hex(c color.Color, without string) string {
	if c == nil {
		return without
	}
	red, green, blue, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", red>>8, green>>8, blue>>8)
}

func escaped(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err) // a builder takes everything
	}
	return b.String()
}
