package ward_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "neurocheck/"

// mayImport is the table of design.md: the packages of this module that each package
// may import. A row that ends with / is for every package below it. Data flows one
// way: findings, their meaning, the record, screens and exports.
var mayImport = map[string]string{
	"internal/icans":             "",
	"internal/ward":              "icans",
	"internal/hl7":               "",
	"internal/layers":            "", // for tests
	"internal/nodescript":        "", // for tests
	"internal/pack":              "store/engine",
	"internal/uptime":            "ward",
	"internal/pin":               "uptime ward wholefile",
	"internal/wholefile":         "ward",
	"internal/config":            "hl7 icans tomldoc ward wholefile",
	"internal/tomldoc":           "ward",
	"internal/mapping":           "csvlog tomldoc ward wholefile",
	"internal/csvlog":            "icans ward wholefile",
	"internal/fhir":              "icans ward",
	"internal/folder":            "csvlog store ward wholefile",
	"internal/plot":              "icans ward",
	"internal/report":            "icans plot ward",
	"internal/store/engine":      "ward",
	"internal/store/migration":   "store/engine",
	"internal/store/sqlite":      "pack schema store/engine store/migration ward wholefile",
	"internal/store/postgres":    "schema store/engine store/migration ward",
	"internal/store":             "icans store/engine store/sqlite store/postgres uptime ward",
	"internal/store/storetest":   "faults icans store store/engine store/storetest/fixture ward",
	"internal/store/storetest/":  "icans ward",
	"internal/backup":            "store ward wholefile",
	"internal/downtime":          "report store ward wholefile",
	"internal/demo":              "icans store ward",
	"internal/intake":            "hl7 store ward",
	"internal/service":           "backup config downtime store ward",
	"internal/words":             "icans ward",
	"internal/bedside":           "icans store ward words",
	"internal/interview":         "bedside icans reading store ward words",
	"internal/reading":           "",
	"internal/tui/kit":           "reading",
	"internal/tui":               "backup bedside config csvlog downtime icans pin plot reading report service store tui/ ward wholefile words",
	"internal/tui/":              "backup bedside config csvlog downtime icans pin plot reading report service store tui/ ward wholefile words",
	"internal/tui/desk/desktest": "demo icans pin store store/storetest/fixture tui/ ward", // the driver of the screens' tests
	"internal/seats":             "config service store tui tui/ ward",
	"internal/faults":            "",
	"internal/faults/":           "faults",
	"schema":                     "",
	"cmd/":                       "*",
}

// only lists the packages that may import a module of others directly. Screens alone
// draw, seats alone serve SSH, and an engine alone knows its database.
var only = map[string]string{
	"charm.land/bubbletea/":        "internal/tui internal/tui/ internal/seats cmd/",
	"charm.land/lipgloss/":         "internal/tui internal/tui/ cmd/",
	"charm.land/bubbles/":          "internal/tui internal/tui/",
	"charm.land/wish/":             "internal/seats",
	"charm.land/ssh":               "internal/seats",
	"golang.org/x/crypto/ssh":      "internal/seats",
	"github.com/mattn/go-sqlite3":  "internal/store/sqlite internal/store/storetest/fixture",
	"github.com/jackc/pgx/":        "internal/store/postgres internal/store/storetest/pgserver",
	"github.com/pressly/goose/":    "internal/store/migration internal/store/sqlite internal/store/postgres",
	"github.com/spf13/cobra":       "cmd/",
	"filippo.io/age":               "internal/backup cmd/",
	"golang.org/x/crypto/argon2":   "internal/pin",
	"github.com/pelletier/go-toml": "internal/tomldoc",
}

// pure are the packages that import nothing but the standard library, icans and the
// modules named here.
var pure = map[string]string{
	"internal/icans":   "",
	"internal/reading": "golang.org/x/text/",
	"internal/ward":    "golang.org/x/text/",
	"internal/fhir":    "",
	"internal/hl7":     "golang.org/x/text/",
}

func TestImportsFollowTheData(t *testing.T) {
	out, err := exec.Command("go", "list", "-e", "-f", "{{.ImportPath}}{{range .Imports}} {{.}}{{end}}", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		name := strings.TrimPrefix(words[0], module)
		row, known := rowOf(name)
		if !known {
			t.Errorf("%s is not in the table of packages", name)
			continue
		}
		seen++
		for _, imported := range words[1:] {
			if own, ok := strings.CutPrefix(imported, module); ok {
				if !named(row, strings.TrimPrefix(own, "internal/")) {
					t.Errorf("%s imports %s", name, own)
				}
				continue
			}
			if strings.Contains(imported, ".") {
				foreign(t, name, imported)
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d packages were checked", seen)
	}
}

// foreign fails if the package name may not import a module of others.
func foreign(t *testing.T, name, imported string) {
	t.Helper()
	if allowed, ok := pure[name]; ok && (allowed == "" || !strings.HasPrefix(imported, allowed)) {
		t.Errorf("%s imports %s, and is pure", name, imported)
	}
	for prefix, packages := range only {
		if strings.HasPrefix(imported, prefix) && !named(packages, name) {
			t.Errorf("%s imports %s, which is for %s", name, imported, packages)
		}
	}
}

// rowOf returns the row of a package: its own, else that of the nearest one above it.
func rowOf(name string) (row string, known bool) {
	if row, known = mayImport[name]; known {
		return row, true
	}
	for i := strings.LastIndex(name, "/"); i > 0; i = strings.LastIndex(name[:i], "/") {
		if row, known = mayImport[name[:i+1]]; known {
			return row, true
		}
	}
	return "", false
}

// named reports whether a list of packages names one: itself, * for all, or a folder
// above it with / at the end.
func named(list, name string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(l string) bool {
		return l == "*" || l == name || strings.HasSuffix(l, "/") && strings.HasPrefix(name, l)
	})
}
