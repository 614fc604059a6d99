package tui

import (
	"context"
	"errors"
	"neurocheck/internal/store"
)

func exportFile(ctx context.Context, log *store.Store, sel store.Selection, path string, progress func(done, total int)) (int, error) {
	return 0, errors.New("not yet")
}
