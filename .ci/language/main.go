// Command language counts the words in Go comments by which a reader recognizes
// unclear English, and fails above the limits: go run ./.ci/language. It counts the
// text of // comments, tests included, and skips directives such as //go:build.
//
// A package with fewer than 200 comment lines says too little on its own, so that
// such packages are counted together: the listed ones as one group, which may fail,
// and the others as one, which may not.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
)

// listed holds the packages that are not converted yet, each with the date on which
// it was listed. The list only shrinks: an entry of a later date fails, and so does
// an entry whose package is within the limits or gone.
var listed = map[string]string{}

// seeded is the date of the list.
const seeded = "2026-11-29"

// small is the number of comment lines below which packages are counted together.
const small = 200

// A limit is a bound on the use of some words in 1,000 comment lines.
type limit struct {
	name  string
	words *regexp.Regexp
	least bool // the bound is the least and not the most
	bound float64
}

func words(alternatives string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:` + alternatives + `)\b`)
}

var limits = []limit{
	{"where", words("where"), false, 15},
	{"what", words("what"), false, 20},
	{"stand", words("stands?"), false, 3},
	{"beside", words("beside"), false, 3},
	{"nobody", words("nobody|somebody|whoever"), false, 3},
	{"in hand", words("in hand"), false, 0}, // selected
	{"if", words("if"), true, 30},
}

// riddle matches a doc comment that points at the thing instead of naming it. None
// is allowed.
var riddle = regexp.MustCompile(`^(?:An?\s+|The\s+|Package\s+)?\S+\s+(?:is|are)\s+(?:what|who|where|how)\b`)

// A tally is the count of one package, or of several.
type tally struct {
	packages []string // in a group of small ones, their names
	lines    int
	uses     [7]int   // in the order of limits
	riddles  []string // file:line of each
}

func (t *tally) add(name string, other *tally) {
	t.packages = append(t.packages, name)
	t.lines += other.lines
	for i, n := range other.uses {
		t.uses[i] += n
	}
	t.riddles = append(t.riddles, other.riddles...)
}

func (t *tally) rate(i int) float64 {
	if t.lines == 0 {
		return 0
	}
	return 1000 * float64(t.uses[i]) / float64(t.lines)
}

// exceeded returns the names of the limits that the tally does not keep.
func (t *tally) exceeded() (names []string) {
	for i, l := range limits {
		if rate := t.rate(i); l.least && rate < l.bound || !l.least && rate > l.bound {
			names = append(names, l.name)
		}
	}
	if len(t.riddles) > 0 {
		names = append(names, "doc")
	}
	return names
}

func main() {
	counts, err := countAll(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, "language:", err)
		os.Exit(1)
	}
	rows, problems := validate(counts, listed)
	show(rows)
	for _, p := range problems {
		fmt.Fprintln(os.Stderr, "language:", p)
	}
	if len(problems) > 0 {
		os.Exit(1)
	}
}

// countAll counts each package below root. Like the go command it skips testdata and
// folders whose names begin with a dot or an underscore.
func countAll(root string) (map[string]*tally, error) {
	counts := map[string]*tally{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := entry.Name(); entry.IsDir() && name != root && (base == "testdata" || base[0] == '.' || base[0] == '_') {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		folder = filepath.ToSlash(folder)
		if counts[folder] == nil {
			counts[folder] = &tally{}
		}
		return counts[folder].count(name, source)
	})
	return counts, err
}

// count adds the comments of one file.
func (t *tally) count(name string, source []byte) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			text, line := strings.CutPrefix(c.Text, "//")
			if !line || strings.HasPrefix(text, "go:") || strings.TrimSpace(text) == "" {
				continue
			}
			t.lines++
			for i, l := range limits {
				t.uses[i] += len(l.words.FindAllString(text, -1))
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		doc := docOf(n)
		if doc != nil && riddle.MatchString(doc.Text()) {
			at := files.Position(doc.Pos())
			t.riddles = append(t.riddles, fmt.Sprintf("%s:%d", at.Filename, at.Line))
		}
		return true
	})
	return nil
}

// docOf returns the doc comment of a node, or nil if it has none.
func docOf(n ast.Node) *ast.CommentGroup {
	switch n := n.(type) {
	case *ast.File:
		return n.Doc
	case *ast.FuncDecl:
		return n.Doc
	case *ast.GenDecl:
		return n.Doc
	case *ast.TypeSpec:
		return n.Doc
	case *ast.ValueSpec:
		return n.Doc
	case *ast.Field:
		return n.Doc
	}
	return nil
}

// A row is a line of the table.
type row struct {
	name, date string // date is empty for a package that must keep the limits
	*tally
}

// validate compares the counts with the limits and the list, and returns the rows of the
// table and a sentence for each problem.
func validate(counts map[string]*tally, listed map[string]string) (rows []row, problems []string) {
	converted, unconverted := row{"small packages", "", &tally{}}, row{"small packages", seeded, &tally{}}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		t, date := counts[name], listed[name]
		switch {
		case t.lines >= small:
			rows = append(rows, row{name, date, t})
		case date == "":
			converted.add(name, t)
		default:
			unconverted.add(name, t)
			if len(t.exceeded()) == 0 {
				problems = append(problems, name+" is within the limits: remove it from the list")
			}
		}
	}
	for _, group := range []row{converted, unconverted} {
		if len(group.packages) > 0 {
			rows = append(rows, group)
		}
	}
	for _, r := range rows {
		exceeded, name := r.exceeded(), r.name
		if len(r.packages) > 0 {
			name += " (" + strings.Join(r.packages, " ") + ")"
		}
		switch {
		case r.date == "" && len(exceeded) > 0:
			problems = append(problems, name+" is not within the limits of "+strings.Join(exceeded, ", "))
			problems = append(problems, r.riddles...)
		case r.date != "" && len(exceeded) == 0:
			problems = append(problems, name+" is within the limits: remove it from the list")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		if counts[name] == nil {
			problems = append(problems, name+" is listed and has no Go files: remove it from the list")
		}
		if listed[name] > seeded {
			problems = append(problems, name+" was listed on "+listed[name]+", and the list of "+seeded+" only shrinks")
		}
	}
	return rows, problems
}

// show prints the table. A star marks a number that is not within its limit.
func show(rows []row) {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer out.Flush()
	fmt.Fprint(out, "lines\t")
	for _, l := range limits {
		sign := "≤"
		if l.least {
			sign = "≥"
		}
		fmt.Fprintf(out, "%s%s%g\t", l.name, sign, l.bound)
	}
	fmt.Fprint(out, "doc=0\t  package\n")
	for _, r := range rows {
		exceeded := r.exceeded()
		mark := func(name string) string {
			if slices.Contains(exceeded, name) {
				return "*"
			}
			return " "
		}
		fmt.Fprintf(out, "%d\t", r.lines)
		for i, l := range limits {
			fmt.Fprintf(out, "%.1f%s\t", r.rate(i), mark(l.name))
		}
		state := ""
		if r.date != "" {
			state = " (listed " + r.date + ")"
		}
		fmt.Fprintf(out, "%d%s\t  %s%s\n", len(r.riddles), mark("doc"), r.name, state)
	}
}
