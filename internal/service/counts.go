package service

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Counts are the numbers of one server of seats, for another process such as a command.
// They name no person.
type Counts struct {
	Listen   string `json:"listen"`
	Process  int    `json:"process"`
	Open     int    `json:"open"`          // sessions of screens
	SignedIn int    `json:"signed_in"`     // those with a person
	Waiting  int    `json:"waiting"`       // sign-ins that wait for their turn
	Oldest   int64  `json:"oldest_idle_s"` // seconds since the last key at the seat that was idle longest

	File   string    `json:"-"`
	Silent bool      `json:"-"` // the server ended without removing its file, or hangs
	At     time.Time `json:"-"` // the time of the numbers
}

// CountsEvery is the time between two writes of the counts. A server is silent if it has
// missed four of them.
const CountsEvery = 5 * time.Second

const silentAfter = 4 * CountsEvery

// countsFile returns the path of the counts of a server. A server that starts again at the
// same port takes the same file.
func countsFile(log, listen string) string {
	port := listen[strings.LastIndexByte(listen, ':')+1:]
	return log + "-seats-" + port
}

// KeepCounts writes the counts to a file next to the log until the context ends, and then
// removes it. failed gets the first error; the seats stay open after it.
func (s *Sessions) KeepCounts(ctx context.Context, log, listen string, failed func(error)) {
	path := countsFile(log, listen)
	ticks := time.NewTicker(CountsEvery)
	defer ticks.Stop()
	for told := false; ; {
		now := s.Status(time.Now())
		c := Counts{Listen: listen, Process: os.Getpid(), Open: now.Seats, SignedIn: now.SignedIn, Waiting: now.Waiting, Oldest: int64(now.Oldest.Seconds())}
		if err := c.write(path); err != nil && !told {
			told = true
			failed(err)
		}
		select {
		case <-ctx.Done():
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) && !told {
				failed(err)
			}
			return
		case <-ticks.C:
		}
	}
}

// write replaces the file whole, so that a reader never sees a half of it. It is not
// synced: after a crash of the machine there are no sessions to count.
func (c *Counts) write(path string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	_, err = temp.Write(append(text, '\n'))
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// ReadCounts returns the counts of the servers of a log, in the order of their ports.
func ReadCounts(log string, now time.Time) (list []Counts, err error) {
	entries, err := os.ReadDir(filepath.Dir(log))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // nothing was written on this machine yet
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		port, ok := strings.CutPrefix(e.Name(), filepath.Base(log)+"-seats-")
		if !ok || strings.Contains(port, ".") || !e.Type().IsRegular() {
			continue
		}
		c := Counts{File: filepath.Join(filepath.Dir(log), e.Name())}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // the server has ended just now
		}
		if err != nil {
			return nil, err
		}
		if info.Size() > 4<<10 {
			continue // no file of a server
		}
		text, err := os.ReadFile(c.File)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, err
		case json.Unmarshal(text, &c) != nil:
			continue
		}
		c.At = info.ModTime()
		c.Silent = now.Sub(c.At) > silentAfter
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Counts) int { return strings.Compare(a.File, b.File) })
	return list, nil
}
