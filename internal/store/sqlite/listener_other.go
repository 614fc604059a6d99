//go:build !unix

package sqlite

import (
	"context"
	"time"

	"neurocheck/internal/store/engine"
)

type listener struct{}

// ListenAlone locks nothing here: the port keeps a second listener away.
func (l *Log) ListenAlone() (engine.Turn, error) { return listener{}, nil }

func (listener) Heard(time.Time) {}
func (listener) End()            {}

// Listening cannot tell here.
func (l *Log) Listening(context.Context) (engine.Listening, error) { return engine.Listening{}, nil }
