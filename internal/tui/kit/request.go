package kit

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
)

// Request is the number of one question to the world outside; each load or save has its
// own. Zero is no request.
type Request uint64

// Result is the message of a command: a value or an error, with the request and the
// subject that it belongs to.
type Result[T any] struct {
	Request Request
	Subject string
	Value   T
	Err     error
}

func (Result[T]) result() {}

// Requests hands out request numbers. One counter serves all screens of a program.
type Requests struct {
	Context context.Context
	last    Request
	running atomic.Int64
}

// Running returns the number of commands that are at work.
func (r *Requests) Running() int { return int(r.running.Load()) }

// Pending is the request that a screen waits for. The zero value waits for none.
type Pending struct {
	request Request
	subject string
}

// Waiting reports whether a request is out.
func (p *Pending) Waiting() bool { return p.request != 0 }

// Forget drops the result that is still to come.
func (p *Pending) Forget() { *p = Pending{} }

// Ask returns a command that runs do, and lets p wait for its result. A result that p
// waited for before is stale from now on.
func Ask[T any](r *Requests, p *Pending, subject string, do func(context.Context) (T, error)) tea.Cmd {
	r.last++
	request, ctx := r.last, r.Context
	*p = Pending{request, subject}
	return func() (msg tea.Msg) {
		r.running.Add(1)
		defer r.running.Add(-1)
		defer func() {
			if recover() != nil { // the value may hold a name, so it is not repeated
				msg = Result[T]{Request: request, Subject: subject, Err: &Panic{PanicPlace()}}
			}
		}()
		value, err := do(ctx)
		return Result[T]{request, subject, value, err}
	}
}

// Take reports whether p waits for the result, and stops waiting if it does. A result of
// an earlier request or of another subject is stale, and the screen drops it.
func Take[T any](p *Pending, r Result[T]) bool {
	if p.request == 0 || r.Request != p.request || r.Subject != p.subject {
		return false
	}
	p.Forget()
	return true
}

// Panic is the error of a command that failed in a way that nothing expected.
type Panic struct {
	Place string // file and line
}

func (p *Panic) Error() string { return fmt.Sprintf("error at %s", p.Place) }

// PanicPlace returns the line of this project's code that is nearest to a panic. It is
// called while the panic is recovered.
func PanicPlace() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	panicked := false
	for {
		f, more := frames.Next()
		if f.Function == "runtime.gopanic" {
			panicked = true
		} else if panicked && strings.HasPrefix(f.Function, "neurocheck/") {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return "an unknown line"
		}
	}
}
