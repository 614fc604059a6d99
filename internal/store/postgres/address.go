package postgres

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"neurocheck/internal/ward"
)

// IsAddress reports whether the name of a log is meant as the address of one on PostgreSQL.
// An address in a form of other programs counts too, so that it is refused: as the name of a
// file messages would repeat it and folders get it, with the password that it may hold.
func IsAddress(name string) bool { return isURL(name) || otherForm.MatchString(name) }

func isURL(name string) bool {
	return strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://")
}

// otherForm matches a URL that is not spelled as ours, and settings such as host=h dbname=d.
var otherForm = regexp.MustCompile(`(?i)^\s*postgres(ql)?:|(^|\s)(host|hostaddr|port|dbname|user|password|passfile|service|sslmode)\s*=`)

// address is the parsed address of a ward: postgres://HOST/DATABASE?ward=WARD.
type address struct {
	ward  string // the name of its schema, empty if the address names a database alone
	place Place
	// shown is the address for people, without anything that may be secret.
	shown  string
	config *pgxpool.Config
}

// wardName matches the names of wards, which are those of schemas.
var wardName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)

// secrets are the settings of an address that hold a secret or lead to one on the command
// line. A password file is none: it is a file.
var secrets = []string{"password", "sslpassword"}

// parseAddress parses an address. Its errors never hold the address itself, because that may
// have a secret in an unexpected place.
func parseAddress(text string) (*address, error) {
	u, err := url.Parse(text)
	if err != nil || !isURL(text) {
		return nil, ward.Invalid("db", "the address cannot be read; it looks like postgres://HOST/DATABASE?ward=WARD")
	}
	settings := u.Query()
	_, secret := u.User.Password()
	for _, name := range secrets {
		secret = secret || settings.Has(name)
	}
	if secret {
		return nil, ward.Invalid("db", "a password in the address can be read by everyone on this machine; take it out, and keep it in a file: set PGPASSFILE or PGSERVICE, or add passfile=FILE to the address")
	}
	a := &address{ward: settings.Get("ward")}
	if a.ward != "" && (!wardName.MatchString(a.ward) || strings.HasPrefix(a.ward, "pg_") || a.ward == "public" || a.ward == "information_schema") {
		return nil, ward.Invalid("db", "the name of a ward has letters a to z, digits and _, and begins with a letter: ward=w7b")
	}
	settings.Del("ward")
	inherited := !settings.Has("sslmode")
	u.RawQuery = settings.Encode()
	if a.config, err = pgxpool.ParseConfig(u.String()); err != nil {
		return nil, ward.Invalid("db", "the address cannot be read, or a file that it names cannot; it looks like postgres://HOST/DATABASE?ward=WARD")
	}
	if inherited && !a.local() { // PGSSLMODE is for other programs
		settings.Set("sslmode", "verify-full")
		u.RawQuery = settings.Encode()
		if a.config, err = pgxpool.ParseConfig(u.String()); err != nil {
			return nil, ward.Invalid("db", "the certificate of the authority cannot be read, by which the server is recognized: name its file with sslrootcert=FILE")
		}
	}
	a.place = a.placed()
	a.shown = a.place.String()
	if !a.verified() {
		return nil, ward.Invalid("db", "a server on another machine must prove that it is the right one: leave sslmode out, or set sslmode=verify-full")
	}
	a.setUp()
	return a, nil
}

// hosts returns the servers that a configuration tries, in their order.
func (a *address) hosts() []*pgconn.FallbackConfig {
	c := &a.config.ConnConfig.Config
	return append([]*pgconn.FallbackConfig{{Host: c.Host, Port: c.Port, TLSConfig: c.TLSConfig}}, c.Fallbacks...)
}

// onThisMachine reports whether a host is this machine, so that nothing goes over a network.
func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" || ip != nil && ip.IsLoopback()
}

func (a *address) local() bool {
	for _, h := range a.hosts() {
		if !onThisMachine(h.Host) {
			return false
		}
	}
	return true
}

// verified reports whether each server on another machine has to prove its name.
func (a *address) verified() bool {
	for _, h := range a.hosts() {
		if !onThisMachine(h.Host) && (h.TLSConfig == nil || h.TLSConfig.InsecureSkipVerify) {
			return false
		}
	}
	return true
}

// Place is the place of a ward, without a user and without settings.
type Place struct {
	Servers        []string // HOST:PORT, or the folder of a socket
	Database, Ward string
}

// PlaceOf returns the place that an address names. Its errors are those of [Open].
func PlaceOf(name string) (Place, error) {
	a, err := parseAddress(name)
	if err != nil {
		return Place{}, err
	}
	return a.place, nil
}

func (a *address) placed() Place {
	c := a.config.ConnConfig
	p := Place{Database: cmp.Or(c.Database, c.User), Ward: a.ward}
	for _, h := range a.hosts() {
		server := h.Host
		if !strings.HasPrefix(server, "/") {
			server = net.JoinHostPort(server, strconv.Itoa(int(h.Port)))
		}
		if len(p.Servers) == 0 || p.Servers[len(p.Servers)-1] != server {
			p.Servers = append(p.Servers, server)
		}
	}
	return p
}

// String returns the place as an address for people.
func (p Place) String() string {
	shown := "postgres://" + strings.Join(p.Servers, ",") + "/" + p.Database
	if p.Ward != "" {
		shown += "?ward=" + p.Ward
	}
	return shown
}

const (
	poolSize = 8 // more connections make every save slower
	// connectTimeout limits a try to connect to one server, unless the address or
	// PGCONNECT_TIMEOUT does.
	connectTimeout = 5 * time.Second
	// lifetime is the longest life of a connection, after which the next one finds the
	// servers as they are then.
	lifetime = 10 * time.Minute
)

// setUp sets the settings that every connection needs.
func (a *address) setUp() {
	a.config.MaxConns, a.config.MaxConnLifetime = poolSize, lifetime
	c := a.config.ConnConfig
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, connectTimeout)
	if c.ValidateConnect == nil && len(a.place.Servers) > 1 { // a fallback may be the same server without TLS
		c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	c.OnNotice = func(conn *pgconn.PgConn, n *pgconn.Notice) {
		if n.Code == "01000" {
			conn.CustomData()[warned] = true
		}
	}
	c.DialFunc = dialer().DialContext
	c.AfterConnect = func(_ context.Context, conn *pgconn.PgConn) error {
		if has := conn.ParameterStatus("server_encoding"); has != encoding {
			return wrongEncoding(has)
		}
		return nil
	}
	c.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	for name, value := range map[string]string{
		"application_name": "neurocheck",
		// If this machine is gone, the server notices and releases the lock of the record.
		"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
		"idle_in_transaction_session_timeout": "5min",
		// A login or a database can have settings for other programs, by which the server reads
		// and answers in another way: an untouched ward would look damaged or altered.
		"client_encoding": encoding, "standard_conforming_strings": "on", "quote_all_identifiers": "off",
		"default_transaction_isolation": "read committed",
	} {
		c.RuntimeParams[name] = value
	}
	if a.ward != "" {
		c.RuntimeParams["search_path"] = fmt.Sprintf("%q, pg_temp", a.ward) // a temporary table hides none of the record's
	}
}

// encoding is that of the databases that can have a ward: they hold all characters, and count
// them and not their bytes.
const encoding = "UTF8"

// wrongEncoding is the encoding of a database that cannot have a ward.
type wrongEncoding string

func (e wrongEncoding) Error() string { return "the database has the encoding " + string(e) }

// warned is set in the data of a connection after a warning of the server. A commit with one
// was interrupted while it waited for its standby.
const warned = "warned"

// dialer returns a dialer of which the connections notice a server that is gone.
func dialer() *net.Dialer {
	return &net.Dialer{
		Timeout:         connectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3},
		Control:         giveUpUnanswered,
	}
}

// patience is the time after which data that a server does not acknowledge ends a connection.
const patience = 15 * time.Second

// readOnly makes connections of which the server takes no change.
func (a *address) readOnly() {
	c := a.config.ConnConfig
	c.ValidateConnect = nil // a standby will do
	c.RuntimeParams["default_transaction_read_only"] = "on"
}
