package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"neurocheck/internal/hl7"
)

// deliver is a hospital's sender of messages, for scripts: deliver FILE ARGUMENTS. It starts
// neurocheck intake with the arguments and a port of its own, sends the messages of the file,
// and ends it. The answers are the standard output, a segment a line, and the lines of the
// listener are the standard error.
func deliver() {
	if err := sendFile(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "deliver:", err)
		os.Exit(1)
	}
}

func sendFile(path string, args []string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	cmd := exec.Command("neurocheck", append([]string{"intake", "--listen", "127.0.0.1:0"}, args...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	_, address, found := strings.Cut(strings.TrimSpace(first), " is listened to at ")
	if !found {
		return errors.Join(fmt.Errorf("the listener says %q", first), err, cmd.Wait())
	}
	said := make(chan error, 1)
	go func() {
		_, err := io.Copy(os.Stderr, lines)
		said <- err
	}()
	sent := sendAll(address, file)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		_ = cmd.Process.Kill() // a system without that signal
	}
	return errors.Join(sent, <-said, cmd.Wait())
}

// sendAll sends the messages of a file, each after the answer to the one before.
func sendAll(address string, file io.Reader) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	messages, answers := hl7.NewBatch(file), hl7.NewFrames(conn)
	for {
		text, err := messages.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := conn.Write(hl7.Frame(text)); err != nil {
			return err
		}
		answer, err := answers.Next()
		if err != nil {
			return err
		}
		fmt.Print(strings.ReplaceAll(string(answer), "\r", "\n"))
	}
}
