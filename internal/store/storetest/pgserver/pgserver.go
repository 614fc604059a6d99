// Package pgserver starts a PostgreSQL server for a test, with a new data folder that is
// gone afterwards.
package pgserver

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Required is the environment variable that makes a missing server an error, if it is
// "required": else the test is skipped.
const Required = "NEUROCHECK_TEST_POSTGRES"

// Owner and Program are the logins of a server: the owner of its database, a superuser, and
// a member of the role of the program.
const (
	Owner   = "owner"
	Program = "program"
)

// Server is a running server. It listens on a socket in its folder, and on a port of this
// machine if [Options] say so.
type Server struct {
	bin     string
	folder  string
	data    string
	options Options
	said    bytes.Buffer
	process *os.Process
	ended   chan struct{}

	wards   wards
	copying sync.Mutex
	unused  []string // see Remove
}

// Options are the options of a server.
type Options struct {
	Port     int      // a port of this machine to listen on; 0 for none
	Settings []string // such as "fsync=on"
	From     *Server  // the server of which this one is a copy that follows it, if it is set
}

// onDisk reports whether the server keeps its promises, as one in a hospital does. All others
// are quick.
func (o *Options) onDisk() bool { return slices.Contains(o.Settings, "fsync=on") }

// quick are the settings of a server that need not survive the machine. A test that needs
// statistics of its tables asks for them. A statement is planned once, and not for each of its
// first five runs, because tests run few statements more often. Shared memory is in files of
// the folder of the server, so that a killed one leaves none.
var quick = []string{"dynamic_shared_memory_type=mmap", "fsync=off", "full_page_writes=off", "autovacuum=off", "max_wal_size=256MB", "plan_cache_mode=force_generic_plan"}

// place returns the folder for the folder of the server, empty for that of temporary files. A
// quick one is in memory if there is room, because a copy of a database is some hundred files.
func (o *Options) place() string {
	if memory := "/dev/shm"; !o.onDisk() && roomIn(memory) >= roomNeeded {
		return memory
	}
	return ""
}

// roomNeeded is the room for a server in memory, in bytes: many times what a test fills.
const roomNeeded = 4 << 30

// Start starts a server for a test.
func Start(t testing.TB) *Server {
	t.Helper()
	return StartWith(t, Options{})
}

// StartWith starts a server for a test with options.
func StartWith(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if errors.Is(err, ErrMissing) {
		if os.Getenv(Required) == "required" {
			t.Fatal("PostgreSQL is not installed, and " + Required + " says that it must be")
		}
		t.Skip("PostgreSQL is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ErrMissing is the error of a machine without PostgreSQL.
var ErrMissing = errors.New("PostgreSQL is not installed")

// New starts a server, for a package that shares one among its tests. It runs as an
// unprivileged user, because it refuses to run as root.
func New(o Options) (_ *Server, err error) {
	s := &Server{options: o}
	if s.bin, err = programs(); err != nil {
		return nil, err
	}
	// Not the folder of a test, of which the parent is for the user of the test alone.
	if s.folder, err = os.MkdirTemp(o.place(), "neurocheck-pg-"); err != nil {
		return nil, err
	}
	s.data = filepath.Join(s.folder, "data")
	if err = giveAway(s.folder); err == nil {
		err = s.fill()
	}
	if err == nil {
		err = s.Run()
	}
	if err == nil && o.From == nil {
		err = s.makeLogins()
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// fill makes the data folder.
func (s *Server) fill() error {
	command := s.command("initdb", "-D", s.data, "-U", Owner, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
	if from := s.options.From; from != nil {
		command = s.command("pg_basebackup", "-D", s.data, "-h", from.folder, "-p", from.port(), "-U", Owner, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
	}
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(command.Path), err, out)
	}
	return nil
}

func (s *Server) makeLogins() error {
	return s.Execute("postgres", "CREATE ROLE neurocheck NOLOGIN; CREATE ROLE "+Program+" LOGIN IN ROLE neurocheck; CREATE DATABASE hospital;")
}

// port names the socket of the server, also if it listens on no port.
func (s *Server) port() string { return strconv.Itoa(cmp.Or(s.options.Port, 5432)) }

// Run runs the server, after it was started or ended.
func (s *Server) Run() error {
	args := []string{"-D", s.data, "-k", s.folder, "-p", s.port(), "-c", "max_connections=500", "-c", "listen_addresses="}
	if s.options.Port != 0 {
		args[len(args)-1] += "127.0.0.1"
	}
	settings := s.options.Settings
	if !s.options.onDisk() {
		settings = slices.Concat(quick, settings)
	}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	server := s.command("postgres", args...)
	s.said.Reset()
	server.Stdout, server.Stderr = &s.said, &s.said
	if err := server.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	s.process, s.ended = server.Process, ended
	go func() {
		defer close(ended)
		_ = server.Wait()
	}()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		answer, err := s.SQL("SELECT 1 WHERE false;\n")
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			return fmt.Errorf("the server ended: %s", s.said.String())
		default:
		}
		if time.Since(began) > time.Minute {
			return fmt.Errorf("the server does not answer: %w\n%s", err, answer)
		}
	}
}

// Kill ends the server as a power cut does.
func (s *Server) Kill() error {
	// The process is the first of its group, to which its children belong.
	err := killGroup(s.process)
	<-s.ended
	return errors.Join(err, s.dropSegment())
}

// dropSegment removes the segment of shared memory by which a server keeps others out of its
// folder: a killed one leaves it on the machine. The seventh line of the file of its process
// has its key and its number.
func (s *Server) dropSegment() error {
	text, err := os.ReadFile(filepath.Join(s.data, "postmaster.pid"))
	lines := strings.Split(string(text), "\n")
	if err != nil || len(lines) < 7 {
		return err
	}
	segment := strings.Fields(lines[6])
	if len(segment) != 2 {
		return nil
	}
	number, err := strconv.Atoi(segment[1])
	if err != nil {
		return err
	}
	return removeSegment(number)
}

// End ends the server in good order. Run runs it again.
func (s *Server) End() error {
	err := s.process.Signal(os.Interrupt) // ends it fast, and its children with it
	<-s.ended
	return err
}

// Hang stops all processes of the server, which keep their connections, as in a virtual machine
// that hangs. The returned function lets them go on.
func (s *Server) Hang() (goesOn func() error, err error) {
	list, err := s.Answer("postgres", "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
	pids := []int{s.process.Pid}
	for _, field := range strings.Fields(list) {
		pid, atoi := strconv.Atoi(field)
		pids, err = append(pids, pid), errors.Join(err, atoi)
	}
	each := func(do func(int) error) error {
		for _, pid := range pids {
			err = errors.Join(err, do(pid))
		}
		return err
	}
	return func() error { return each(goOn) }, each(pause)
}

// Follow makes the server, which was killed or ended, a copy of another one that follows it.
func (s *Server) Follow(from *Server) error {
	if err := os.RemoveAll(s.data); err != nil {
		return err
	}
	s.options.From = from
	if err := s.fill(); err != nil {
		return err
	}
	return s.Run()
}

// Promote makes a server that follows another one independent of it.
func (s *Server) Promote() error {
	return s.Execute("postgres", "SELECT pg_promote();")
}

// Close ends the server and removes its folder.
func (s *Server) Close() error {
	s.wards.close()
	if s.process != nil {
		_ = s.End() // unless it ended before
	}
	return os.RemoveAll(s.folder)
}

// Address returns the address of a ward for a login, on the socket of the server.
func (s *Server) Address(login, ward string) string {
	return s.AddressIn("hospital", login, ward)
}

// AddressIn is [Server.Address] in another database than hospital.
func (s *Server) AddressIn(database, login, ward string) string {
	return "postgres://" + login + "@/" + database + "?host=" + s.folder + "&port=" + s.port() + "&ward=" + ward
}

// AddressOfTwo returns the address of a ward on two servers: on the one that takes writes.
func AddressOfTwo(a, b *Server, login, ward string) string {
	return "postgres://" + login + "@/hospital?host=" + a.folder + "," + b.folder + "&port=" + a.port() + "," + b.port() + "&target_session_attrs=read-write&ward=" + ward
}

// SQL runs a script of statements on the database postgres as the owner, and goes on after
// one that fails. It returns the errors, each as a line of psql with the number of the line
// of the script.
func (s *Server) SQL(script string) (said string, err error) { return s.SQLIn("postgres", script) }

// Execute is [Server.SQLIn] for a script of which no statement may fail.
func (s *Server) Execute(database, script string) error {
	said, err := s.SQLIn(database, script)
	if err == nil && said != "" {
		err = errors.New(said)
	}
	return err
}

// SQLIn is [Server.SQL] on another database.
func (s *Server) SQLIn(database, script string) (said string, err error) {
	psql := exec.Command(filepath.Join(s.bin, "psql"), "-X", "-q", "-h", s.folder, "-p", s.port(), "-U", Owner, "-d", database, "-f", "-")
	psql.Env = append(os.Environ(), "PGOPTIONS=-c client_min_messages=warning", "LC_ALL=C")
	psql.Stdin = strings.NewReader(script)
	var errors bytes.Buffer
	psql.Stderr = &errors
	err = psql.Run()
	return errors.String(), err
}

// MoveTables moves the tables of the database hospital into a folder, which may be one of
// another file system. Nothing may be connected to the database.
func (s *Server) MoveTables(folder string) error {
	if err := giveAway(folder); err != nil {
		return err
	}
	return s.Execute("postgres", "CREATE TABLESPACE elsewhere LOCATION '"+folder+"';\nALTER DATABASE hospital SET TABLESPACE elsewhere;\n")
}

// Answer runs a query as the owner, and returns its one value.
func (s *Server) Answer(database, query string) (string, error) {
	psql := exec.Command(filepath.Join(s.bin, "psql"), "-X", "-q", "-At", "-h", s.folder, "-p", s.port(), "-U", Owner, "-d", database, "-c", query)
	out, err := psql.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// Program returns the path of a program of the server, such as psql.
func (s *Server) Program(name string) string { return filepath.Join(s.bin, name) }

// Socket returns the folder of the socket of the server.
func (s *Server) Socket() string { return s.folder }

// programs returns the folder of the newest server that is installed.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	if path, err := exec.LookPath("postgres"); err == nil && len(found) == 0 {
		found = append(found, filepath.Dir(path))
	}
	slices.Sort(found)
	if len(found) == 0 {
		return "", ErrMissing
	}
	return found[len(found)-1], nil
}
