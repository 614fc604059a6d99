//go:build !unix

package store

import (
	"context"
	"os"
)

// On this system the writers queue in SQLite alone: see queue_unix.go.

type turn struct{}

func waitTurn(ctx context.Context, queue string) (turn, error) { return turn{}, ctx.Err() }

func (turn) end() {}

func (turn) record(os.FileInfo, int64, string) {}

func recorded(string, os.FileInfo) (seq int64, hash string, ok bool) { return 0, "", false }
