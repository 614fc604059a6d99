package desk_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// The desk imports no screen: of the screens' packages only the kit.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path := strings.Trim(i.Path.Value, `"`)
			if path != "neurocheck/internal/tui/kit" && (strings.HasPrefix(path, "neurocheck/internal/tui") || path == "neurocheck/internal/service") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
