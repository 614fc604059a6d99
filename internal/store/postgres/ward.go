package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"neurocheck/internal/ward"
	"neurocheck/schema"
)

// role is the role of the program: its members append to the record, and change nothing of
// it. The migrations grant it its rights.
const role = "neurocheck"

// mark returns the comment on the schema of a ward, by which it is recognized. It has the
// fingerprint of the first migration, because before the first release that one changes in
// place.
func mark() string { return fmt.Sprintf("%s%d", markPrefix, schema.FirstVersion()) }

const markPrefix = "neurocheck ward, first version "

// MakeWard makes the schema of the ward that an address names, brings its tables up to date,
// and grants the role of the program its rights. It runs as the owner of the schema. It
// reports whether it made or changed anything, and returns [ward.KindConflict] if the schema
// holds something else.
func MakeWard(ctx context.Context, name string) (made bool, err error) {
	a, err := parseAddress(name)
	if err != nil {
		return false, err
	}
	if a.ward == "" {
		return false, missingWard()
	}
	defer func() { err = a.explain(err) }()
	conn, err := pgx.ConnectConfig(ctx, a.config.ConnConfig)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	defer func() {
		if code(err) == "42501" {
			err = a.mayNotMake(ctx, conn)
		}
	}()
	if err := makeRole(ctx, conn); err != nil {
		return false, err
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1, hashtext($2))`, makingLock, a.ward); err != nil {
		return false, err
	}
	before, err := a.claim(ctx, conn)
	if err != nil || before == newestVersion() {
		return false, err
	}
	if err := migrate(ctx, a.config.ConnConfig); err != nil {
		return false, err
	}
	_, err = conn.Exec(ctx, fmt.Sprintf(`GRANT USAGE ON SCHEMA %[1]q TO %[2]s; GRANT SELECT ON %[1]q.goose_db_version TO %[2]s`, a.ward, role))
	return true, err
}

// makingLock is the first key of the lock of the processes that make a ward; the second is the
// ward. The connection holds it to its end. The lock of goose is not enough: goose makes its
// table of versions before it takes it, and two processes at once leave that table with a
// sequence of another name.
const makingLock = 0x6e63 // "nc"

func missingWard() error {
	return ward.Invalid("db", "the address names no ward; add it: postgres://HOST/DATABASE?ward=w7b")
}

// mayNotMake returns the error of a login that may not make the ward, or is not its owner.
func (a *address) mayNotMake(ctx context.Context, conn *pgx.Conn) error {
	var owner string
	err := conn.QueryRow(ctx, `SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = $1`, a.ward).Scan(&owner)
	if errors.Is(err, pgx.ErrNoRows) {
		return ward.Unavailable("this login may not make a ward in the database of " + a.shown + "; an administrator of the server runs GRANT CREATE ON DATABASE " + pgx.Identifier{conn.Config().Database}.Sanitize() + " TO the login, or makes the ward")
	}
	if err != nil {
		return err
	}
	return ward.Unavailable("the ward " + a.ward + " belongs to another login, " + owner + ", which makes it and brings it up to date: name that one in --db, as in postgres://" + owner + "@HOST/DATABASE?ward=" + a.ward)
}

// makeRole makes the role of the program, unless it is there. Logins become members of it.
func makeRole(ctx context.Context, conn *pgx.Conn) error {
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, role).Scan(&there); err != nil || there {
		return err
	}
	_, err := conn.Exec(ctx, `CREATE ROLE `+role+` NOLOGIN`)
	switch code(err) {
	case "42710", "23505": // another process was quicker
		return nil
	case "42501":
		return ward.Unavailable("the role " + role + " is missing, and this login may not make it; an administrator of the server runs CREATE ROLE " + role + " NOLOGIN")
	}
	return err
}

// claim makes the schema of the ward, or looks at the one that is there. It returns the
// version of its tables, 0 if there are none. The caller holds the lock of [makingLock].
func (a *address) claim(ctx context.Context, conn *pgx.Conn) (version int64, err error) {
	s, err := a.look(ctx, conn)
	if err != nil || s.there && s.mark != "" {
		return s.version, err
	}
	var tables bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1)`, a.ward).Scan(&tables); err != nil {
		return 0, err
	}
	if tables {
		return 0, ward.Conflict("the schema " + a.ward + " holds other tables; name another ward")
	}
	return 0, pgx.BeginFunc(ctx, conn, func(t pgx.Tx) error {
		if !s.there {
			if _, err := t.Exec(ctx, fmt.Sprintf(`CREATE SCHEMA %q`, a.ward)); err != nil {
				return err
			}
		}
		_, err := t.Exec(ctx, fmt.Sprintf(`COMMENT ON SCHEMA %q IS '%s'`, a.ward, mark()))
		return err
	})
}

// state is the state of the schema of a ward.
type state struct {
	there   bool      // there is a schema
	mark    string    // its comment, empty if it is none of a ward
	version int64     // of its tables
	at      time.Time // by the clock of the server
}

// look looks at the schema of the ward. It returns [ward.KindUnavailable] for one of an
// unreleased or a newer version.
func (a *address) look(ctx context.Context, conn *pgx.Conn) (s state, err error) {
	var versions bool
	err = conn.QueryRow(ctx, `
		SELECT coalesce(obj_description(n.oid, 'pg_namespace'), ''), EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'goose_db_version'), clock_timestamp()
		FROM pg_namespace n
		WHERE n.nspname = $1`, a.ward).Scan(&s.mark, &versions, &s.at)
	if errors.Is(err, pgx.ErrNoRows) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.there = true
	var of int64
	if n, _ := fmt.Sscanf(s.mark, markPrefix+"%d", &of); n == 0 {
		s.mark = ""
		return s, nil
	}
	if versions {
		err = conn.QueryRow(ctx, fmt.Sprintf(`SELECT coalesce(max(version_id), 0) FROM %q.goose_db_version WHERE is_applied`, a.ward)).Scan(&s.version)
	}
	switch {
	case err != nil:
	case of != schema.FirstVersion():
		err = ward.Unavailable(a.shown + " is of a version of this program that was never released; nothing can read it any more")
	case s.version > newestVersion():
		err = ward.Unavailable(a.shown + " is of a newer version of this program; use that one")
	}
	return s, err
}

// Ward is a ward of a database.
type Ward struct {
	Schema  string // its name in addresses: ward=SCHEMA
	Version int64  // of its tables, 0 if they are not made yet
	Newest  bool   // they are those of this program
	Closed  bool   // this login may not read it, so that its version is unknown
	Bytes   int64  // on the disk of the server
}

// Wards returns the wards of the database that an address names, in the order of their names.
func Wards(ctx context.Context, name string) (list []Ward, err error) {
	a, err := parseAddress(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = a.explain(err) }()
	conn, err := pgx.ConnectConfig(ctx, a.config.ConnConfig)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, `
		SELECT n.nspname, coalesce((SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r'), 0)::bigint,
			v.oid IS NOT NULL, NOT has_schema_privilege(n.oid, 'USAGE') OR NOT coalesce(has_table_privilege(v.oid, 'SELECT'), true)
		FROM pg_namespace n
		LEFT JOIN pg_class v ON v.relnamespace = n.oid AND v.relname = 'goose_db_version'
		WHERE starts_with(obj_description(n.oid, 'pg_namespace'), $1)
		ORDER BY n.nspname`, markPrefix)
	if err != nil {
		return nil, err
	}
	type found struct {
		Ward
		versions bool
	}
	wards, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f found, err error) {
		err = row.Scan(&f.Schema, &f.Bytes, &f.versions, &f.Closed)
		return f, err
	})
	for _, f := range wards {
		if f.versions && !f.Closed {
			of := *a
			of.ward = f.Schema
			s, looked := of.look(ctx, conn)
			if looked != nil && ward.KindOf(looked) == ward.KindInternal {
				return nil, looked
			}
			f.Version, f.Newest = s.version, looked == nil && s.version == newestVersion()
		}
		list = append(list, f.Ward)
	}
	return list, err
}

// code returns the code of an error of the server, empty if it has none.
func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}
