package store

import (
	"context"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/uptime"
	"neurocheck/internal/ward"
)

// SetUptime sets the clock by which names wait after wrong PINs, for tests. It is not
// the one of the signatures, because that one can be set.
func (s *Store) SetUptime(now func() ward.Uptime) { s.clock = now }

func (s *Store) uptime() ward.Uptime {
	if s.clock != nil {
		return s.clock()
	}
	if s.onServer() {
		return s.serverUptime()
	}
	return uptime.Now()
}

// uptimePatience limits the time for which the server is asked for its uptime.
const uptimePatience = time.Second

// serverUptime returns the uptime of the server, by which names wait after wrong PINs. The
// uptimes of several workstations cannot be compared: a name that waits at one of them would
// not wait at the next. If the server does not answer it is zero, after which the wait is
// the longest.
func (s *Store) serverUptime() (up ward.Uptime) {
	ctx, cancel := context.WithTimeout(context.Background(), uptimePatience)
	defer cancel()
	up, err := engine.One(ctx, s.db.Pool(), "", func(rows engine.Results) (up ward.Uptime, err error) {
		var ms int64
		err = rows.Scan(&up.Boot, &ms)
		up.For = time.Duration(ms) * time.Millisecond
		return up, err
	}, `
		SELECT 'server-' || extract(epoch FROM pg_postmaster_start_time())::bigint,
			(extract(epoch FROM clock_timestamp() - pg_postmaster_start_time()) * 1000)::bigint`)
	if err != nil {
		return ward.Uptime{}
	}
	return up
}
