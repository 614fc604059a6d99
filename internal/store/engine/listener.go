package engine

import (
	"context"
	"time"
)

// Listener is an [Engine] on which one process at a time listens for the messages of feeds.
type Listener interface {
	// ListenAlone takes the turn to listen, until it ends or the process does. It returns
	// [ward.KindConflict] if another process has it.
	ListenAlone() (Turn, error)
	// Listening returns the state of the turn.
	Listening(ctx context.Context) (Listening, error)
}

// Turn is the turn of a process to listen.
type Turn interface {
	// Heard notes, for other processes, when the last message came. A note that cannot be
	// written is left out, because no message waits for it.
	Heard(at time.Time)
	// End gives the turn up.
	End()
}

// Listening is the state of the turn to listen.
type Listening struct {
	Known   bool      // this system can tell
	Listens bool      // a process has the turn
	Heard   time.Time // the last note of it; zero if there is none
}
