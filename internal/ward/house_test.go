package ward_test

import (
	"os/exec"
	"strings"
	"testing"
)

// Data flows one way through the house, and imports follow it: this is the test
// that holds them to it.
func TestImportsFollowTheData(t *testing.T) {
	const house = "neurocheck/"
	cmd := exec.Command("go", "list", "-f", "{{.ImportPath}} {{.Standard}}{{range .Deps}} {{.}}{{end}}", house+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	std, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatalf("go list std: %v", err)
	}
	standard := map[string]bool{"unsafe": true, "C": true}
	for name := range strings.FieldsSeq(string(std)) {
		standard[name] = true
	}
	may := map[string][]string{
		house + "internal/icans": {},
		house + "internal/ward":  {house + "internal/icans"},
		house + "internal/fhir":  {house + "internal/icans", house + "internal/ward"},
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		name, deps := words[0], words[2:]
		allowed, pure := may[name]
		if pure {
			seen++
		}
		screens := strings.HasPrefix(name, house+"internal/tui") || strings.HasPrefix(name, house+"cmd")
		for _, dep := range deps {
			if pure && !standard[dep] && !strings.HasPrefix(dep, "vendor/") && !contains(allowed, dep) {
				t.Errorf("%s reaches %s", name, dep)
			}
			if !screens && (strings.HasPrefix(dep, "charm.land/bubbletea") || strings.HasPrefix(dep, "charm.land/lipgloss")) {
				t.Errorf("%s reaches %s: only the screens may", name, dep)
			}
		}
	}
	if seen != len(may) {
		t.Errorf("%d of %d pure packages were looked at", seen, len(may))
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
