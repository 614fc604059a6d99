package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/pgserver"
)

// A person who interrupts a reading hears of no server that does not answer, wherever the
// reading was, and nor do the others who use the same program.
func TestAnInterruptedReadingBlamesNoServer(t *testing.T) {
	s, _, name := openedWard(t)
	p := storetest.Admit(t, s)
	for n := range faults.Times(20, 100) {
		reader := must(store.Open(t.Context(), server(t).Address(pgserver.Program, name)))(t)
		for what, read := range map[string]func(context.Context) error{
			"board":  func(ctx context.Context) error { _, err := reader.Board(ctx); return err },
			"chart":  func(ctx context.Context) error { _, err := reader.Chart(ctx, p.ID); return err },
			"head":   func(ctx context.Context) error { _, _, err := reader.Head(ctx); return err },
			"roster": func(ctx context.Context) error { _, err := reader.Staff(ctx); return err },
		} {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Duration(n%20)*500*time.Microsecond, cancel)
			if err := read(ctx); err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("the %s, interrupted: %v", what, err)
			}
			cancel()
			if away := reader.Away(); away != 0 {
				t.Errorf("the %s, interrupted, found the server away", what)
			}
			ok(t, read(t.Context()))
		}
		ok(t, reader.Close())
	}
}
