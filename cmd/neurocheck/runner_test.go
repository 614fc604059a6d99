package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The commands of a script run one after the other in one process, each as main runs it, with
// its own standard streams, environment and folder: a process for each takes as long to start
// and to fill its memory as to do the work. What only a process of its own shows is in lines
// with exec, and in the tests outside of the scripts.

// order is a command line for a runner.
type order struct {
	Args  []string
	Dir   string
	Env   []string
	Stdin []byte
}

// result is the outcome of an order.
type result struct {
	Stdout, Stderr []byte
	Status         int
}

// runner is the process that runs the commands of one script. It starts with the first.
type runner struct {
	names   []string // of the variables that the script can set
	stdin   []byte   // of the next command
	process *exec.Cmd
	orders  io.WriteCloser
	results *json.Decoder
	said    bytes.Buffer // of the process itself, such as a panic
}

type runnerKey struct{}

var setVariable = regexp.MustCompile(`(?m)^(?:\[\w+\] )*env (\w+)=`)

// newRunner makes the runner of a script, and ends it with the script.
func newRunner(env *testscript.Env, script string) {
	r := new(runner)
	for _, v := range env.Vars {
		name, _, _ := strings.Cut(v, "=")
		r.names = append(r.names, name)
	}
	text, _ := os.ReadFile(filepath.Join("testdata", "script", script+".txtar"))
	for _, m := range setVariable.FindAllStringSubmatch(string(text), -1) {
		r.names = append(r.names, m[1])
	}
	env.Values[runnerKey{}] = r
	env.Defer(func() { r.end() })
}

// run runs a command line, and returns its exit status.
func (r *runner) run(ts *testscript.TestScript, args []string) (status int) {
	o := order{Args: args, Dir: ts.MkAbs("."), Stdin: r.stdin}
	r.stdin = nil
	o.Env = append(o.Env, "PWD="+o.Dir)
	for _, name := range r.names {
		if value := ts.Getenv(name); value != "" {
			o.Env = append(o.Env, name+"="+value)
		}
	}
	answer, err := r.ask(o)
	ts.Check(err)
	_, err = ts.Stdout().Write(answer.Stdout)
	ts.Check(err)
	_, err = ts.Stderr().Write(answer.Stderr)
	ts.Check(err)
	return answer.Status
}

func (r *runner) ask(o order) (answer result, err error) {
	if r.process == nil {
		err = r.start()
	}
	if err == nil {
		err = json.NewEncoder(r.orders).Encode(o)
	}
	if err == nil {
		err = r.results.Decode(&answer)
	}
	if err != nil {
		err = fmt.Errorf("the commands of the script ended: %w\n%s", errors.Join(err, r.end()), r.said.String())
	}
	return answer, err
}

func (r *runner) start() (err error) {
	r.process = exec.Command("runner")
	r.process.Stderr = &r.said
	if r.orders, err = r.process.StdinPipe(); err != nil {
		return err
	}
	out, err := r.process.StdoutPipe()
	if err != nil {
		return err
	}
	r.results = json.NewDecoder(out)
	return r.process.Start()
}

func (r *runner) end() error {
	if r.process == nil || r.process.Process == nil {
		return nil
	}
	err := errors.Join(r.orders.Close(), r.process.Wait())
	r.process = nil
	return err
}

// obey runs the orders of a script: the program runner.
func obey() {
	debug.SetGCPercent(400) // a script is short
	orders, results := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var o order
		err := orders.Decode(&o)
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			err = results.Encode(o.run())
		}
		if err != nil {
			panic(err)
		}
	}
}

// run runs a command line as main does.
func (o *order) run() (r result) {
	if err := os.Chdir(o.Dir); err != nil {
		panic(err)
	}
	os.Clearenv()
	for _, v := range o.Env {
		name, value, _ := strings.Cut(v, "=")
		os.Setenv(name, value)
	}
	local, err := time.LoadLocation(os.Getenv("TZ"))
	if err != nil {
		panic(err)
	}
	time.Local = local
	forTests()
	var out, said collected
	defer func(in, out, err *os.File) { os.Stdin, os.Stdout, os.Stderr = in, out, err }(os.Stdin, os.Stdout, os.Stderr)
	os.Stdin, os.Stdout, os.Stderr = pipeOf(o.Stdin), out.open(), said.open()
	ctx, stop := untilSignal(context.Background())
	r.Status = execute(ctx, o.Args)
	stop()
	os.Stdin.Close()
	r.Stdout, r.Stderr = out.close(), said.close()
	return r
}

// pipeOf returns the end of a pipe from which a text is read.
func pipeOf(text []byte) *os.File {
	from, to, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	go func() {
		_, _ = to.Write(text) // the command need not read it all
		to.Close()
	}()
	return from
}

// collected is the text that is written to a pipe.
type collected struct {
	to      *os.File
	content chan []byte
}

func (c *collected) open() *os.File {
	from, to, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	c.to, c.content = to, make(chan []byte)
	go func() {
		content, _ := io.ReadAll(from)
		from.Close()
		c.content <- content
	}()
	return to
}

func (c *collected) close() []byte {
	c.to.Close()
	return <-c.content
}

// runCommand runs neurocheck: run ARGUMENTS. It is to end well, or with ! run it is not.
func runCommand(ts *testscript.TestScript, neg bool, args []string) {
	if got := ts.Value(runnerKey{}).(*runner).run(ts, args); (got != 0) != neg {
		ts.Fatalf("exit status %d", got)
	}
}

// status runs neurocheck and wants this exit status: status 2 grade --nope.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if got := ts.Value(runnerKey{}).(*runner).run(ts, args[1:]); fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit status %d, not %s", got, args[0])
	}
}

// giveInput gives the next command of run or status its standard input: input FILE.
func giveInput(ts *testscript.TestScript, neg bool, args []string) {
	ts.Value(runnerKey{}).(*runner).stdin = []byte(ts.ReadFile(args[0]))
}

// A runner leaves nothing of a command to the next one.
func TestCommandsOfAScriptAreApart(t *testing.T) {
	r := new(runner)
	t.Cleanup(func() { r.end() })
	env := append(clockEnv(), "HOME="+t.TempDir())
	first := order{Args: []string{"grade", "-"}, Dir: t.TempDir(), Env: slices.Concat(env, []string{"NEUROCHECK_DB=a.db"}), Stdin: []byte("tool,ice_year\nice,1\n")}
	answer, err := r.ask(first)
	if err != nil || answer.Status != 0 || len(answer.Stdout) == 0 || len(answer.Stderr) > 0 {
		t.Fatalf("%d %q %q %v", answer.Status, answer.Stdout, answer.Stderr, err)
	}
	second := order{Args: []string{"board"}, Dir: t.TempDir(), Env: env}
	again, err := r.ask(second)
	if err != nil || again.Status != 1 || len(again.Stdout) > 0 || !strings.Contains(string(again.Stderr), "/neurocheck.db;") {
		t.Errorf("%d %q %q %v", again.Status, again.Stdout, again.Stderr, err)
	}
}
