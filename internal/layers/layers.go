// Package layers counts the references between the files of a package that run back up, for
// tests: the files of a package should form layers, of which each uses those below it.
package layers

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Package is the result for the package in a folder.
type Package struct {
	Files      []string // from the highest layer to the lowest
	References int      // pairs of files of which one uses the other
	Upward     []string // the pairs of which the lower file uses the upper one, in words
}

// Of searches for the order of the files of a package with the fewest references that run
// back up.
func Of(dir string) (p Package, err error) {
	files, refs, err := references(dir)
	if err != nil {
		return p, err
	}
	p.Files, p.References = layers(files, refs), len(refs)
	for i, from := range p.Files {
		for _, to := range p.Files[:i] {
			if refs[link{from, to}] > 0 {
				p.Upward = append(p.Upward, from+" uses "+to)
			}
		}
	}
	return p, nil
}

// link is a use of one file by another.
type link struct{ from, to string }

// references returns the files of a directory, and for each pair the number of names of the
// package that one file uses of the other: functions, types, constants and methods, but no
// fields.
func references(dir string) (files []string, refs map[link]int, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(set, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, nil, err
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
	return files, refs, nil
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
