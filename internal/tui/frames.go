package tui

import (
	"reflect"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// frames paces the drawing of a program: quick while messages come, slow while none do.
//
// Bubble Tea writes a frame at each beat of a ticker with a fixed period. At the 120 beats
// a second that it allows, a key waits 4 ms on average for its frame, and a terminal on
// which nothing changes takes 1 % of a core. It has no option for another pace, so frames
// resets the ticker itself. A version of Bubble Tea that keeps the ticker elsewhere draws
// 120 times a second as before, and TestFramesFindTheTicker fails.
type frames struct {
	program *tea.Program // nil in tests without a terminal

	mu     sync.Mutex
	ticker *time.Ticker
	rest   *time.Timer // slows the ticker
	until  time.Time   // the quick pace lasts so long
}

// The periods of the beats, and the length of the quick pace after a message.
const (
	quickBeat = 2 * time.Millisecond
	slowBeat  = 250 * time.Millisecond
	quickFor  = 50 * time.Millisecond
)

// hurry draws the next frames soon, because a message may have changed the screen. Update
// calls it: Bubble Tea makes the ticker before the first message.
func (f *frames) hurry() {
	if f.program == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ticker == nil {
		if f.ticker = tickerOf(f.program); f.ticker == nil {
			return
		}
		f.rest = time.AfterFunc(quickFor, f.slow)
	}
	now := time.Now()
	if now.After(f.until) {
		f.ticker.Reset(quickBeat)
		f.rest.Reset(quickFor)
	}
	f.until = now.Add(quickFor)
}

// slow ends the quick pace if no message came meanwhile.
func (f *frames) slow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if left := time.Until(f.until); left > 0 {
		f.rest.Reset(left)
		return
	}
	f.ticker.Reset(slowBeat)
}

// tickerOf returns the ticker of the frames of a program; nil if it is not found.
func tickerOf(p *tea.Program) *time.Ticker {
	field := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*time.Ticker]() {
		return nil
	}
	return (*time.Ticker)(field.UnsafePointer())
}
