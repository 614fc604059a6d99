//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"neurocheck/internal/wholefile"
)

// The demo ward is gone afterwards, however it ends short of a kill.
func TestDemoLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*terminal){
		"left": func(term *terminal) {
			term.types("ctrl+c")
			term.see("Quit neurocheck?", "Nothing is unsaved.")
			term.answers("1")
		},
		"hung up":    func(term *terminal) { term.signal(syscall.SIGHUP) },
		"terminated": func(term *terminal) { term.signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := home(t)
			term := inTerminal(t, env, 80, 24, "demo")
			term.see("Who are you?")
			folder := ""
			for _, v := range env {
				if dir, ok := strings.CutPrefix(v, "TMPDIR="); ok {
					folder = dir
				}
			}
			if made, _ := filepath.Glob(filepath.Join(folder, wholefile.Temporary)); len(made) != 1 {
				t.Errorf("the demo ward is not where the test looks for it: %v", made)
			}
			end(term)
			term.leaves()
			if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
