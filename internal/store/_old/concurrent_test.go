package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/ward"
)

// runJob is what another process does: the job's words are what to do, the path
// of the log, and the name under which to do it. It prints each record that the
// store has acknowledged.
func runJob(job string) int {
	ctx := context.Background()
	words := strings.Split(job, "\n")
	do, path, name := words[0], words[1], words[2]
	err := func() error {
		s, err := Create(ctx, path)
		if err != nil {
			return err
		}
		defer s.Close()
		switch do {
		case "join":
			return join(ctx, s, name)
		case "write 25":
			return writeChecks(ctx, s, name, 25, os.Stdout)
		case "write on":
			return writeChecks(ctx, s, name, 1<<20, os.Stdout)
		}
		return fmt.Errorf("no such job: %s", do)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// another starts this program again as another process.
func another(t *testing.T, do, path, name string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), must(os.Executable())(t))
	cmd.Env = append(os.Environ(), "NEUROCHECK_TEST_JOB="+do+"\n"+path+"\n"+name)
	cmd.Stderr = os.Stderr
	return cmd
}

func join(ctx context.Context, s *Store, name string) error {
	return s.AddStaff(ctx, ward.Sign(ward.Login("ops"), after(0)), ward.Staff{Name: name, Role: ward.Nurse, Active: true})
}

// writeChecks saves n checks, some of them flagged, of the patient in the log.
func writeChecks(ctx context.Context, s *Store, name string, n int, acknowledged io.Writer) error {
	p, err := s.PatientByMRN(ctx, ada().MRN)
	if err != nil {
		return err
	}
	for i := range n {
		c := checkOf(p, fmt.Sprintf("%s-%d", name, i), 10-i%3, time.Duration(i)*time.Second)
		if _, err := s.SaveCheck(ctx, ward.Sign(name, after(1000*time.Hour)), c); err != nil {
			return err
		}
		fmt.Fprintln(acknowledged, c.ID)
	}
	return nil
}

// allThere wants each acknowledged check in the log once, and the record whole.
func allThere(t *testing.T, s *Store, acknowledged []string) {
	t.Helper()
	p := must(s.PatientByMRN(t.Context(), ada().MRN))(t)
	chart := must(s.Chart(t.Context(), p.ID))(t)
	times := make(map[string]int)
	for _, c := range chart.Checks {
		times[c.ID]++
	}
	for _, id := range acknowledged {
		if times[id] != 1 {
			t.Errorf("check %s was acknowledged, and is there %d times", id, times[id])
		}
	}
	whole(t, s)
}

func TestWritersOfOneProcess(t *testing.T) {
	first := opened(t)
	admit(t, first)
	second := reopened(t, first.path)
	var acknowledged syncBuffer
	var group sync.WaitGroup
	for i := range 8 {
		s := []*Store{first, second}[i%2]
		group.Go(func() {
			if err := writeChecks(t.Context(), s, fmt.Sprintf("goroutine-%d", i), 15, &acknowledged); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() { // and people who look meanwhile
			for range 5 {
				if _, err := s.Board(t.Context(), morning); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	ids := acknowledged.lines()
	if len(ids) != 8*15 {
		t.Errorf("%d checks were acknowledged, not %d", len(ids), 8*15)
	}
	allThere(t, first, ids)
}

func TestWritersOfSeveralProcesses(t *testing.T) {
	s := opened(t)
	admit(t, s)
	var acknowledged syncBuffer
	var group sync.WaitGroup
	for i := range 4 {
		cmd := another(t, "write 25", s.path, fmt.Sprintf("process-%d", i))
		cmd.Stdout = &acknowledged
		group.Go(func() {
			if err := cmd.Run(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Go(func() {
		if err := writeChecks(t.Context(), s, "here", 25, &acknowledged); err != nil {
			t.Error(err)
		}
	})
	group.Wait()
	ids := acknowledged.lines()
	if len(ids) != 5*25 {
		t.Errorf("%d checks were acknowledged, not %d", len(ids), 5*25)
	}
	allThere(t, s, ids)
}

// A process that is killed while it saves loses nothing that it had
// acknowledged, and leaves no half of anything.
func TestAKilledWriter(t *testing.T) {
	s := opened(t)
	admit(t, s)
	cmd := another(t, "write on", s.path, "killed")
	out := must(cmd.StdoutPipe())(t)
	ok(t, cmd.Start())
	lines := bufio.NewScanner(out)
	var acknowledged []string
	for lines.Scan() {
		acknowledged = append(acknowledged, lines.Text())
		if len(acknowledged) == 20 {
			ok(t, cmd.Process.Kill())
		}
	}
	cmd.Wait() // killed, which is no error here
	if len(acknowledged) < 20 {
		t.Fatalf("only %d checks were acknowledged", len(acknowledged))
	}
	allThere(t, s, acknowledged)
}

func TestAFreshLogIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "log.db")
	var names []string
	var group sync.WaitGroup
	for i := range 8 {
		name := fmt.Sprintf("goroutine %d", i)
		names = append(names, name)
		group.Go(func() {
			s, err := Create(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := join(t.Context(), s, name); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range 8 {
		name := fmt.Sprintf("process %d", i)
		names = append(names, name)
		cmd := another(t, "join", path, name)
		group.Go(func() {
			if err := cmd.Run(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	s := must(Open(t.Context(), path))(t)
	defer s.Close()
	var there []string
	for _, m := range must(s.Staff(t.Context()))(t) {
		there = append(there, m.Name)
	}
	slices.Sort(names)
	if !slices.Equal(there, names) {
		t.Errorf("on the staff: %q, not %q", there, names)
	}
	whole(t, s)
	if entries := must(os.ReadDir(filepath.Dir(path)))(t); len(entries) > 4 { // the log, -wal, -shm and -queue
		t.Errorf("left behind: %v", entries)
	}
}

// Two people set up the same new log at the same time: one of them is told.
func TestTheWardIsSetUpOnce(t *testing.T) {
	s := fresh(t)
	answers := make(chan error)
	for i := range 2 {
		go func() {
			answers <- s.SetUp(t.Context(), nurse(0), ward.Ward{Name: fmt.Sprint("Ward ", i), Zone: "UTC"}, ward.Staff{Name: fmt.Sprint("Person ", i), Role: ward.Admin, Active: true})
		}()
	}
	a, b := <-answers, <-answers
	if a == nil {
		a, b = b, a
	}
	ok(t, b)
	refused(t, a, ward.KindConflict, "has a ward already")
	if n := len(must(s.Staff(t.Context()))(t)); n != 1 {
		t.Errorf("%d people on the staff, not 1", n)
	}
}

// syncBuffer keeps what several writers write.
type syncBuffer struct {
	mu  sync.Mutex
	all strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *syncBuffer) lines() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Fields(b.all.String())
}
