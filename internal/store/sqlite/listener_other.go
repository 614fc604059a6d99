//go:build !unix

package sqlite

// ListenAlone locks nothing here: the port keeps a second listener away.
func (l *Log) ListenAlone() (release func(), err error) { return func() {}, nil }
