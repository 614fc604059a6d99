package kit

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The kit knows nothing of a ward: of this module it imports only the reader of times, which
// knows none either.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if strings.HasPrefix(i.Path.Value, `"neurocheck/`) && i.Path.Value != `"neurocheck/internal/reading"` {
				t.Errorf("%s imports %s", name, i.Path.Value)
			}
		}
	}
}

// A key of a full form and the frame that shows it.
func BenchmarkFormKey(b *testing.B) {
	var lines []Line
	for i := range 26 {
		lines = append(lines, yesNo(string(rune('a'+i)), "ICE", i/13))
	}
	s := newSheet(lines...)
	at := noon
	d := NewStack(Config{Now: func() time.Time { return at }, Zone: time.UTC, Requests: &Requests{Context: b.Context()}}, s)
	p := page(80, 24)
	for b.Loop() {
		at = at.Add(time.Second)
		d.Update(keyMsg("1"), at)
		at = at.Add(time.Second)
		d.Update(keyMsg("backspace"), at)
		d.View(p)
	}
}
