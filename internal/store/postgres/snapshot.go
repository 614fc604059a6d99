package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"neurocheck/internal/store/engine"
)

const beginSnapshot = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`

// byIndex makes a range of the record come in the order of its index. A server that has not
// looked at a table yet, as after an import, makes a bitmap of the rows and then sorts them:
// this takes half as long again, and the first row comes after all are read.
const byIndex = `; SET LOCAL enable_bitmapscan = off`

// Snapshots runs do with that many readers of one snapshot. Several have connections of
// their own, so that no save waits for them, and two exports not for each other.
func (l *Log) Snapshots(ctx context.Context, count int, do func([]engine.Querier) error) (err error) {
	defer func() { l.heard(err) }()
	if count == 1 {
		conn, err := l.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		return onSnapshot(ctx, conn.Conn(), beginSnapshot, func() error { return do([]engine.Querier{querier{conn.Conn()}}) })
	}
	var conns []*pgx.Conn
	defer func() {
		for _, conn := range conns {
			err = errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
		}
	}()
	var readers []engine.Querier
	begin := beginSnapshot + byIndex
	for len(conns) < count {
		conn, err := pgx.ConnectConfig(ctx, l.config.ConnConfig)
		if err != nil {
			return err
		}
		conns, readers = append(conns, conn), append(readers, querier{conn})
		if _, err := conn.Exec(ctx, begin); err != nil {
			return err
		}
		if len(conns) > 1 {
			continue
		}
		var name string
		if err := conn.QueryRow(ctx, `SELECT pg_export_snapshot()`).Scan(&name); err != nil {
			return err
		}
		begin = fmt.Sprintf(`%s; SET TRANSACTION SNAPSHOT '%s'`, begin, name)
	}
	return do(readers)
}

// onSnapshot runs do in a transaction that changes nothing.
func onSnapshot(ctx context.Context, conn *pgx.Conn, begin string, do func() error) error {
	if _, err := conn.Exec(ctx, begin); err != nil {
		return err
	}
	defer conn.Exec(context.WithoutCancel(ctx), `ROLLBACK`)
	return do()
}
