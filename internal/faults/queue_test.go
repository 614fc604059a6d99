package faults

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

const writers = 16

// writing returns the time for which the writers write.
func writing() time.Duration {
	if Long() {
		return time.Minute
	}
	return 500 * time.Millisecond
}

// Sixteen processes save as fast as they can: every acknowledged save is there once, and
// the queue lets each of them save as often as the others, which no polling for a lock does.
func TestSixteenWritersAtFullSpeed(t *testing.T) {
	by, _, _ := sixteen(t, "full speed")
	if fewest, most := slices.Min(by), slices.Max(by); Long() && fewest < most/2 {
		t.Errorf("one writer saved %d times, another %d times", fewest, most)
	}
}

// Sixteen people each save, think, and save again: no save takes much longer than the
// others, apart from stalls of the machine, which delay both the writer whose turn it is
// and those that wait.
func TestSixteenWritersAtAHumanPace(t *testing.T) {
	_, waits, stall := sixteen(t, "human pace")
	if worst, median := slices.Max(waits), middle(waits); Long() && worst >= 10*median+2*stall {
		t.Errorf("the worst wait was %v, the median %v, the machine's worst stall %v", worst, median, stall)
	}
}

// stalls writes and syncs a page of its own every few milliseconds until stop is closed,
// and returns the time of the slowest one, which neither log nor queue can delay.
func stalls(t *testing.T, file *os.File, stop <-chan struct{}) (worst time.Duration) {
	pace := time.NewTicker(5 * time.Millisecond)
	defer pace.Stop()
	for page := make([]byte, 4096); ; {
		select {
		case <-stop:
			return worst
		case due := <-pace.C:
			if _, err := file.WriteAt(page, 0); err != nil {
				t.Error(err)
			}
			if err := file.Sync(); err != nil {
				t.Error(err)
			}
			worst = max(worst, time.Since(due))
		}
	}
}

func middle(waits []time.Duration) time.Duration { return waits[len(waits)/2] }

// sixteen runs the writers and verifies the log. It returns the number of saves of each
// writer, the time that each save took, the shortest first, and the worst stall of the
// machine.
func sixteen(t *testing.T, pace string) (by []int, waits []time.Duration, stall time.Duration) {
	path := newLog(t)
	start := make(chan struct{})
	ready := make(chan struct{}, writers)
	said := make([][]string, writers)
	var group sync.WaitGroup
	for i := range writers {
		cmd := another(t, pace, path, fmt.Sprint("writer-", i))
		in, out := must(cmd.StdinPipe())(t), must(cmd.StdoutPipe())(t)
		var complaint strings.Builder
		cmd.Stderr = &complaint
		ok(t, cmd.Start())
		group.Go(func() {
			lines := bufio.NewScanner(out)
			lines.Scan()
			ready <- struct{}{}
			<-start
			_, _ = io.WriteString(in, "go\n")
			for lines.Scan() {
				said[i] = append(said[i], lines.Text())
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("writer %d: %v: %s", i, err, complaint.String())
			}
		})
	}
	for range writers {
		<-ready
	}
	yardstick := must(os.Create(path + ".yardstick"))(t)
	defer yardstick.Close()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		stall = stalls(t, yardstick, stop)
	}()
	close(start)
	group.Wait()
	close(stop)
	<-stopped

	saved := make(map[string]int)
	for i := range said {
		by = append(by, len(said[i]))
		for _, line := range said[i] {
			var id string
			var micros int64
			must(fmt.Sscan(line, &id, &micros))(t)
			saved[id]++
			waits = append(waits, time.Duration(micros)*time.Microsecond)
		}
	}
	s := opened(t, path)
	whole(t, s)
	there := make(map[string]int)
	ok(t, s.EachCheck(t.Context(), store.Selection{}, func(_ *ward.Patient, _ *ward.Stay, c *ward.Check) error {
		there[c.ID]++
		return nil
	}))
	for id := range saved {
		if there[id] != 1 {
			t.Errorf("check %s was acknowledged, and is there %d times", id, there[id])
		}
	}
	if len(there) != len(saved) {
		t.Errorf("%d checks are there, and %d were acknowledged", len(there), len(saved))
	}
	if len(waits) < writers {
		t.Fatalf("only %d saves", len(waits))
	}
	slices.Sort(waits)
	t.Logf("%d saves by %d processes, %d to %d each: median %v, 99 %% %v, worst %v; a page alone: worst %v", len(waits), writers, slices.Min(by), slices.Max(by), middle(waits), waits[len(waits)*99/100], slices.Max(waits), stall)
	return by, waits, stall
}

func fullSpeed(ctx context.Context, path, name string, in io.Reader, out io.Writer) error {
	return saveOn(ctx, path, name, in, out, func() time.Duration { return 0 })
}

func humanPace(ctx context.Context, path, name string, in io.Reader, out io.Writer) error {
	return saveOn(ctx, path, name, in, out, func() time.Duration { return 50*time.Millisecond + rand.N(150*time.Millisecond) })
}

// saveOn saves checks of a patient of its own, and writes the time that each took.
func saveOn(ctx context.Context, path, name string, in io.Reader, out io.Writer, think func() time.Duration) (err error) {
	s, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	p, err := admit(ctx, s, name)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ready")
	if _, err := bufio.NewReader(in).ReadString('\n'); err != nil {
		return err
	}
	until := time.Now().Add(writing())
	var said strings.Builder
	for i := 0; time.Now().Before(until); i++ {
		time.Sleep(think())
		at := time.Duration(i) * 8 * time.Hour
		c := checkOf(p, fmt.Sprintf("%s-%d", name, i), 10-i%3, at)
		asked := time.Now()
		if _, err := s.SaveCheck(ctx, nurse(at), c); err != nil {
			return fmt.Errorf("after %v: %w", time.Since(asked), err)
		}
		fmt.Fprintln(&said, c.ID, time.Since(asked).Microseconds())
	}
	_, err = io.WriteString(out, said.String())
	return err
}

// If a writer is killed in its turn, nothing stays locked.
func TestNothingStaysLockedBehindAKilledWriter(t *testing.T) {
	t.Parallel()
	path := newLog(t)
	s := opened(t, path)
	p := must(admit(t.Context(), s, "here"))(t)
	for i := range Times(3, 100) {
		cmd := another(t, "full speed", path, fmt.Sprint("killed-", i))
		in, out := must(cmd.StdinPipe())(t), must(cmd.StdoutPipe())(t)
		ok(t, cmd.Start())
		must(bufio.NewReader(out).ReadString('\n'))(t)
		must(io.WriteString(in, "go\n"))(t)
		at := time.Duration(i) * 8 * time.Hour
		must(s.SaveCheck(t.Context(), nurse(at), checkOf(p, fmt.Sprint("loaded-", i), 10, at)))(t) // under load
		ok(t, cmd.Process.Kill())
		killed(t, cmd)
		must(s.SaveCheck(t.Context(), nurse(at), checkOf(p, fmt.Sprint("behind-", i), 10, at)))(t)
	}
	whole(t, s)
}

// killed waits for a process that was killed.
func killed(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if _, ok := errors.AsType[*exec.ExitError](cmd.Wait()); !ok || cmd.ProcessState.Exited() {
		t.Errorf("it was not killed, but ended by itself: %v", cmd.ProcessState)
	}
}

// A writer that waits for its turn stops if its context ends.
func TestAWaitForATurnIsCalledOff(t *testing.T) {
	t.Parallel()
	path := newLog(t)
	s, other := opened(t, path), opened(t, path)
	p := must(admit(t.Context(), s, "0042317"))(t)
	holding, let := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		began := false
		err := other.Backfill(t.Context(), admin(0), func(*store.Backfill) error {
			began = true
			close(holding)
			<-let
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if !began {
			close(holding) // or this test would wait for ever
		}
	})
	<-holding
	ctx, cancel := context.WithCancel(t.Context())
	group.Go(func() {
		_, err := s.SaveCheck(ctx, nurse(0), checkOf(p, "a", 10, 0))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the save says %v", err)
		}
		close(let) // only now: the save did not wait for the other writer
	})
	cancel()
	group.Wait()
	must(s.SaveCheck(t.Context(), nurse(0), checkOf(p, "b", 10, 0)))(t)
	whole(t, s)
}

// A queue that is no plain file is refused and left as it is; without one the log goes on.
func TestAQueueThatIsNone(t *testing.T) {
	t.Parallel()
	for name, lay := range map[string]func(t *testing.T, queue string){
		"a folder in its place": func(t *testing.T, queue string) { ok(t, os.Mkdir(queue, 0o700)) },
		"a link in its place":   func(t *testing.T, queue string) { ok(t, os.Symlink(queue+".elsewhere", queue)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := newLog(t)
			ok(t, os.Remove(path+"-queue"))
			lay(t, path+"-queue")
			_, err := store.Open(t.Context(), path)
			refused(t, err, ward.KindUnavailable, path+"-queue is no plain file")
			ok(t, os.Remove(path+"-queue"))
			s := opened(t, path)
			p := must(admit(t.Context(), s, "0042317"))(t)
			must(s.SaveCheck(t.Context(), nurse(0), checkOf(p, "a", 10, 0)))(t)
			whole(t, s)
			if _, err := os.Lstat(path + "-queue.elsewhere"); err == nil {
				t.Error("the link was followed")
			}
		})
	}
}
