// Package layers counts the references between the files of a package that run back up, for
// tests: the files of a package should form layers, of which each uses those below it.
package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
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

// layers returns an order of files in which few references run back up. Only those between
// files that use each other, directly or through others, can: so each such group has an order
// of its own.
func layers(files []string, refs map[link]int) (order []string) {
	for _, group := range groups(files, refs) {
		order = append(order, ordered(group, refs)...)
	}
	return order
}

// groups divides files into groups of those that use each other, each group in front of those
// that it uses: Tarjan's search for strongly connected components.
func groups(files []string, refs map[link]int) (list [][]string) {
	uses := map[string][]string{}
	for l := range refs {
		uses[l.from] = append(uses[l.from], l.to)
	}
	var path []string
	number, low, onPath := map[string]int{}, map[string]int{}, map[string]bool{}
	var visit func(f string)
	visit = func(f string) {
		number[f] = len(number) + 1
		low[f], onPath[f] = number[f], true
		begin := len(path)
		path = append(path, f)
		for _, to := range slices.Sorted(slices.Values(uses[f])) {
			if number[to] == 0 {
				visit(to)
			}
			if onPath[to] {
				low[f] = min(low[f], low[to])
			}
		}
		if low[f] == number[f] { // the group that f was the first of is whole
			list = append(list, slices.Clone(path[begin:]))
			for _, member := range path[begin:] {
				onPath[member] = false
			}
			path = path[:begin]
		}
	}
	for _, f := range slices.Sorted(slices.Values(files)) {
		if number[f] == 0 {
			visit(f)
		}
	}
	slices.Reverse(list)
	return list
}

// ordered returns the best of some orders of a group in each of which no move of one file
// helps any more.
func ordered(group []string, refs map[link]int) []string {
	inside := map[link]int{}
	out := map[string]int{}
	for l, n := range refs {
		if slices.Contains(group, l.from) && slices.Contains(group, l.to) {
			inside[l] = n
			out[l.from] += n
			out[l.to] -= n
		}
	}
	const starts = 100
	start := slices.SortedStableFunc(slices.Values(slices.Sorted(slices.Values(group))), func(a, b string) int { return out[b] - out[a] })
	best := improved(start, inside)
	dice := rand.New(rand.NewPCG(1, 1)) // the same ones each time
	for range starts {
		dice.Shuffle(len(start), func(i, j int) { start[i], start[j] = start[j], start[i] })
		if order := improved(start, inside); upward(order, inside) < upward(best, inside) {
			best = order
		}
	}
	return best
}

// upward counts the references of an order that run back up.
func upward(order []string, refs map[link]int) (n int) {
	at := places(order)
	for l := range refs {
		if at[l.to] < at[l.from] {
			n++
		}
	}
	return n
}

func places(order []string) map[string]int {
	at := make(map[string]int, len(order))
	for i, f := range order {
		at[f] = i
	}
	return at
}

// improved moves each file to its best place until no move helps.
func improved(order []string, refs map[link]int) []string {
	order = slices.Clone(order)
	for moved := true; moved; {
		moved = false
		for _, f := range slices.Clone(order) {
			i := slices.Index(order, f)
			rest := slices.Delete(slices.Clone(order), i, i+1)
			at := places(rest)
			var used, users []int // places of the files
			for l := range refs {
				if l.from == f {
					used = append(used, at[l.to])
				} else if l.to == f {
					users = append(users, at[l.from])
				}
			}
			cost := func(place int) (n int) { // of f in front of the file with that place
				for _, p := range used {
					if p < place {
						n++
					}
				}
				for _, p := range users {
					if p >= place {
						n++
					}
				}
				return n
			}
			best, least := i, cost(i)
			for place := range len(rest) + 1 {
				if c := cost(place); c < least {
					best, least, moved = place, c, true
				}
			}
			order = slices.Insert(rest, best, f)
		}
	}
	return order
}
