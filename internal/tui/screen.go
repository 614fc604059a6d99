package tui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// screen is one screen, or a dialog over one. Screens are pointers and keep
// their own state; the shared part is in the app.
type screen interface {
	// open is called when the screen is pushed, and again when it comes to the
	// top once more: it starts to load its records.
	open(*app) tea.Cmd
	// update gets a key only while the screen is on top, every other message
	// always.
	update(*app, tea.Msg) tea.Cmd
	// title is the left of the top line: the screen, and its patient.
	title(a *app, width int) string
	// body returns the lines between the rules: at most height.
	body(a *app, width, height int) []string
	// foot returns the lines between the lower rule and the keys.
	foot(a *app, width int) []string
	// keys are the bindings that work right now, the most useful first.
	keys(*app) []key.Binding
	// typing says that a letter is text here and no command.
	typing() bool
}

// headed is a screen with lines of its own below the top line, such as the identifiers
// of its patient.
type headed interface {
	header(a *app, width int) []string
}

// dialog is a screen that is drawn over the one below it.
type dialog interface {
	screen
	isDialog()
}

// request tells results apart: each load or save has its own.
type request int

// result is the message of a command: a value or an error, with the request
// and the patient that it belongs to.
type result[T any] struct {
	request request
	patient int64 // 0 where it is about no patient
	value   T
	err     error
}

// ask starts a command and returns the request that its result will carry.
func ask[T any](a *app, patient int64, do func(context.Context) (T, error)) (request, tea.Cmd) {
	a.requests++
	r := a.requests
	return r, func() (msg tea.Msg) {
		defer func() {
			if recover() != nil {
				msg = result[T]{request: r, patient: patient, err: failure(place())}
			}
		}()
		value, err := do(a.ctx)
		return result[T]{r, patient, value, err}
	}
}

// done is the value of a command that brings nothing but its success.
type done struct{}

func act(do func(context.Context) error) func(context.Context) (done, error) {
	return func(ctx context.Context) (done, error) { return done{}, do(ctx) }
}
