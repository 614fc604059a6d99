package postgres

import "context"

// NewestObjects is the digest of the objects of a new ward.
const NewestObjects = newestObjects

// DigestOfObjects returns the digest of the objects of the ward.
func (l *Log) DigestOfObjects(ctx context.Context) (string, error) {
	list, err := objectsOf(ctx, l.Pool())
	return digestOf(list), err
}
