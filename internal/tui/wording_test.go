package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"neurocheck/internal/tui/desk/desktest"
)

// No drawing of a screen shows a text that was replaced.
func TestWordingOfTheDrawings(t *testing.T) { desktest.CheckWording(t, ".") }

// worded are the directories whose texts reach a user.
var worded = []string{"cmd", "internal"}

// allowedWords are the literals that hold an old text for a reason.
var allowedWords = []struct{ literal, reason string }{
	{"in full", "the drawings of section 4.7 have it: enter in full"},
	{"TRANSFER ", "the title of a change of bed; the event of section 5 says moved to another unit"},
	{"EEG only", "the short answer in the column of the form; the answer itself is EEG only, stopped by treatment"},
	{"Oriented to the year", "describes the column in the data dictionary; the form asks the question of section 4.4"},
	{"Language", "the label of the patient's language, and no reason that ICE was not done"},
	{"language", codeWord}, // in a list of scores it is the word, too: the column has eleven cells
	{"grade1", codeWord}, {"incomplete", codeWord}, {"inattention", codeWord}, {"transfer", codeWord},
	{"brief", codeWord}, {"repetitive", codeWord}, {"posturing", codeWord},
	{"intervals.grade1", codeWord}, {"not_examined.grade1", codeWord}, {"acknowledge_within.grade1", codeWord}, {".grade1", codeWord},
	{"A product can have lists of its own; one that it leaves out is the list above:\n[checklist.products.\"teclistamab\"]\ngrade1 = [\"tell the responsible clinician\", \"hold the next dose until resolved\"]\n", codeWord},
	{"[…] takes grade1 and urgent", codeWord},
}

// codeWord is the reason for a word of files and settings, which the screens translate.
const codeWord = "a code word of clinical.md, or the name of a setting"

// No text of the program holds a text that was replaced.
func TestWordingOfTheProgram(t *testing.T) {
	used := make([]bool, len(allowedWords))
	files := 0
	for _, dir := range worded {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(path string, e fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "desktest") || strings.Contains(path, "storetest") {
				return err
			}
			files++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			for _, l := range literals(file) {
				for _, old := range desktest.OldWords(l.text) {
					i := slices.IndexFunc(allowedWords, func(a struct{ literal, reason string }) bool { return a.literal == l.text })
					if i < 0 {
						t.Errorf("%s: %q holds %q: screens.md section 5 has other words", set.Position(l.at), l.text, old)
						continue
					}
					used[i] = true
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Errorf("only %d files", files)
	}
	for i, a := range allowedWords {
		if !used[i] {
			t.Errorf("%q is allowed, and no text needs it", a.literal)
		}
	}
}

// literal is a text of a source file.
type literal struct {
	text string
	at   token.Pos
}

// literals returns the texts of a file. Those that are joined with + count as one, and
// import paths and tags of fields do not count.
func literals(file *ast.File) (list []literal) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			n.Tag = nil
		case *ast.BinaryExpr:
			if text, found := joined(n); found {
				list = append(list, literal{text, n.Pos()})
				return false
			}
		case *ast.BasicLit:
			if text, ok := joined(n); ok {
				list = append(list, literal{text, n.Pos()})
			}
		}
		return true
	})
	return list
}

// joined returns the text of an expression, with … for the parts that are no literals.
func joined(e ast.Expr) (text string, found bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return text, err == nil
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			left, ok := joined(e.X)
			right, also := joined(e.Y)
			return left + right, ok || also
		}
	case *ast.ParenExpr:
		return joined(e.X)
	}
	return "…", false
}
