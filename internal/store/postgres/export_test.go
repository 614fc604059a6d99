package postgres

import (
	"bufio"
	"context"
	"strings"

	"neurocheck/internal/store/engine"
)

// NewestObjects is the digest of the objects of a new ward.
const NewestObjects = newestObjects

// DigestOfObjects returns the digest of the objects of the ward.
func (l *Log) DigestOfObjects(ctx context.Context) (string, error) {
	list, err := objectsOf(ctx, l.Pool())
	return digestOf(list), err
}

// PassingRows reads rows of two texts from the messages of a server.
func PassingRows(sent string) (list []string, err error) {
	p := &passing{
		in:    &messages{buffer: bufio.NewReaderSize(strings.NewReader(sent), mostRead)},
		kinds: []engine.Kind{engine.Text, engine.Text}, row: make([]engine.Value, 2),
		release: func() error { return nil },
	}
	for p.Next() {
		list = append(list, p.Row()[0].Text+"|"+p.Row()[1].Text)
	}
	return list, p.Close()
}
