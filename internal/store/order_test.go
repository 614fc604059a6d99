package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"neurocheck/internal/layers"
)

// mostUpward is the limit of references that run back up between the files of the store.
const mostUpward = 10

func TestFilesFormLayers(t *testing.T) {
	p, err := layers.Of(".")
	ok(t, err)
	t.Logf("%d files, %d of %d references run back up: %q", len(p.Files), len(p.Upward), p.References, p.Upward)
	if n := len(p.Upward); n > mostUpward {
		t.Errorf("%d references run back up, at most %d: %q", n, mostUpward, p.Upward)
	}
}

// nouns has the file of each noun of the record, and an exported name that it defines.
var nouns = map[string]struct{ file, name string }{
	"discharge":   {"discharge.go", "Discharge"},
	"late entry":  {"save.go", "SaveCheck"},
	"head":        {"head.go", "Head"},
	"request":     {"request.go", "Request"},
	"batch":       {"backfill.go", "Backfill"},
	"readmission": {"readmit.go", "Readmit"},
	"draft":       {"draft.go", "Draft"},
	"follow-up":   {"followup.go", "Acknowledge"},
	"episode":     {"followup.go", "CloseFollowUp"},
	"settings":    {"settings.go", "NoteSettings"},
}

// A reader finds each noun in the file that its name promises.
func TestEachNounHasItsFile(t *testing.T) {
	for noun, want := range nouns {
		file, err := parser.ParseFile(token.NewFileSet(), want.file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", noun, err)
			continue
		}
		if !defines(file, want.name) {
			t.Errorf("%s: %s does not define %s", noun, want.file, want.name)
		}
	}
}

// defines reports whether a file declares an exported type, function or method.
func defines(file *ast.File, name string) bool {
	return slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
		switch d := d.(type) {
		case *ast.FuncDecl:
			return d.Name.Name == name
		case *ast.GenDecl:
			return slices.ContainsFunc(d.Specs, func(s ast.Spec) bool {
				t, ok := s.(*ast.TypeSpec)
				return ok && t.Name.Name == name
			})
		}
		return false
	})
}
