package postgres_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"neurocheck/internal/store/storetest/pgserver"
)

// cpuTime returns the processor time that this process and those of a server have used. Of a
// machine that does other work it says more than the time that passed.
func cpuTime(t testing.TB, s *pgserver.Server) time.Duration {
	t.Helper()
	var total time.Duration
	for _, of := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} { // such as psql
		var used syscall.Rusage
		ok(t, syscall.Getrusage(of, &used))
		total += time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	pid, _, _ := strings.Cut(string(must(os.ReadFile(filepath.Join(s.Socket(), "data", "postmaster.pid")))(t)), "\n")
	children := must(os.ReadFile("/proc/" + pid + "/task/" + pid + "/children"))(t)
	for _, child := range append(strings.Fields(string(children)), pid) {
		content, err := os.ReadFile("/proc/" + child + "/stat")
		if err != nil {
			continue // it ended, and counts as a child of the server that did
		}
		_, after, _ := strings.Cut(string(content), ") ")
		fields := strings.Fields(after)
		count := fields[11:13] // ticks of the process: see proc(5)
		if child == pid {
			count = fields[11:15] // and of children that ended
		}
		for _, ticks := range count {
			n := must(strconv.ParseInt(ticks, 10, 64))(t)
			total += time.Duration(n) * time.Second / 100
		}
	}
	return total
}
