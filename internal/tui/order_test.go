package tui

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mostUpward is the limit of references that run back up between the files of a package: of
// pairs of files of which the upper one is used by the lower one.
const mostUpward = 5

// The files of each package of screens form layers: a file uses those below it. The order
// with the fewest references that run back up is searched for, and their number is limited.
func TestFilesFormLayers(t *testing.T) {
	err := filepath.WalkDir(".", func(dir string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() || strings.Contains(dir, "testdata") {
			return err
		}
		files, refs := references(t, dir)
		if len(files) < 2 {
			return nil
		}
		order := layers(files, refs)
		var list []string
		for i, from := range order {
			for _, to := range order[:i] {
				if refs[link{from, to}] > 0 {
					list = append(list, from+" uses "+to)
				}
			}
		}
		t.Logf("%-14s %2d files, %2d of %3d references run back up: %s", dir, len(files), len(list), len(refs), strings.Join(list, ", "))
		if n := len(list); n > mostUpward {
			t.Errorf("%s: %d references run back up, at most %d", dir, n, mostUpward)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// link is a use of one file by another.
type link struct{ from, to string }

// references returns the files of a directory, and for each pair the number of names of the
// package that one file uses of the other: functions, types, constants and methods, but no
// fields.
func references(t *testing.T, dir string) (files []string, refs map[link]int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(set, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files, parsed = append(files, name), append(parsed, file)
		}
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: nothing{}, Error: func(error) {}} // other packages are of no interest
	pkg, _ := config.Check(dir, set, parsed, info)
	refs = map[link]int{}
	seen := map[string]bool{}
	for id, object := range info.Uses {
		if object.Pkg() != pkg || !object.Pos().IsValid() {
			continue
		}
		from, to := filepath.Base(set.Position(id.Pos()).Filename), filepath.Base(set.Position(object.Pos()).Filename)
		local := object.Parent() != pkg.Scope()
		if _, method := object.(*types.Func); from == to || local && !method {
			continue
		}
		if key := from + " " + object.String(); !seen[key] { // each name once for each file
			seen[key] = true
			refs[link{from, to}]++
		}
	}
	return files, refs
}

// nothing is an importer that finds no package.
type nothing struct{}

func (nothing) Import(path string) (*types.Package, error) {
	return types.NewPackage(path, filepath.Base(path)), nil
}

// layers returns an order of files in which few references run back up: it moves each file
// to its best place until no move helps.
func layers(files []string, refs map[link]int) []string {
	out := func(f string) (n int) {
		for l, of := range refs {
			if l.from == f {
				n += of
			}
			if l.to == f {
				n -= of
			}
		}
		return n
	}
	order := slices.SortedFunc(slices.Values(files), func(a, b string) int { return cmp.Or(out(b)-out(a), strings.Compare(a, b)) })
	cost := func(order []string) (n int) {
		for i, from := range order {
			for _, to := range order[:i] {
				if refs[link{from, to}] > 0 {
					n++
				}
			}
		}
		return n
	}
	for best, better := cost(order), true; better; {
		better = false
		for i := range order {
			for j := range order {
				try := slices.Clone(order)
				f := try[i]
				try = slices.Insert(slices.Delete(try, i, i+1), j, f)
				if c := cost(try); c < best {
					order, best, better = try, c, true
				}
			}
		}
	}
	return order
}
