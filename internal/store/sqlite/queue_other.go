//go:build !unix

package sqlite

import (
	"context"

	"neurocheck/internal/store/engine"
)

// On this system the writers queue in SQLite alone: see queue_unix.go.

type turn struct{}

func waitTurn(ctx context.Context, queue string) (turn, error) { return turn{}, ctx.Err() }

func (turn) end() {}

func (turn) record(engine.End) {}
