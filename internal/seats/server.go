package seats

import (
	"context"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"charm.land/ssh"
	"charm.land/wish/v2"
	gossh "golang.org/x/crypto/ssh"
)

// server makes the SSH server: public keys alone, sessions alone. Nothing is registered
// for forwarding, agents, file copies and subsystems, so that all of it is refused.
func (s *Server) server() (*ssh.Server, error) {
	server, err := wish.NewServer(
		wish.WithHostKeyPEM(s.o.HostKey),
		wish.WithVersion("neurocheck"),
		wish.WithPublicKeyAuth(s.mayOffer),
		wish.WithIdleTimeout(s.o.Limits.Stalled),
		wish.WithMaxTimeout(s.o.Limits.Longest),
		wish.WithMiddleware(func(ssh.Handler) ssh.Handler { return s.serve }),
		ssh.WrapConn(s.admit),
	)
	if err != nil {
		return nil, err
	}
	server.ServerConfigCallback = withoutSHA1
	server.HandshakeTimeout = s.o.Limits.Handshake
	server.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.channel}
	server.ConnectionFailedCallback = func(conn net.Conn, err error) {
		s.o.Logger.Info("refused", "address", conn.RemoteAddr().String(), "reason", err.Error())
	}
	return server, nil
}

// withoutSHA1 offers the algorithms of today alone: by default the library takes SHA-1 in a
// key exchange, in a MAC and under the signature of an RSA key.
func withoutSHA1(ssh.Context) *gossh.ServerConfig {
	safe := gossh.SupportedAlgorithms()
	macs := slices.DeleteFunc(safe.MACs, func(name string) bool { return name == gossh.HMACSHA1 })
	return &gossh.ServerConfig{
		Config:                  gossh.Config{KeyExchanges: safe.KeyExchanges, Ciphers: safe.Ciphers, MACs: macs},
		PublicKeyAuthAlgorithms: safe.PublicKeyAuths,
	}
}

// mayOffer reports whether a key opens a seat. It proves nothing: a client may offer keys
// that it does not have. The session asks for the key that has signed.
func (s *Server) mayOffer(_ ssh.Context, key ssh.PublicKey) bool {
	_, ok := s.seat(key)
	return ok
}

// admit counts the connections of an address, and refuses one too many.
func (s *Server) admit(ctx ssh.Context, conn net.Conn) net.Conn {
	ctx.SetValue(sessionsKey{}, new(atomic.Int64))
	host, _, err := net.SplitHostPort(conn.RemoteAddr().String())
	if err != nil {
		host = conn.RemoteAddr().String()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing || s.from[host] >= s.o.Limits.PerAddress {
		s.o.Logger.Warn("refused", "address", host, "connections", s.from[host])
		return nil
	}
	s.from[host]++
	return &counted{Conn: conn, gone: func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.from[host]--; s.from[host] == 0 {
			delete(s.from, host)
		}
	}}
}

// counted is a connection that is counted until it is closed.
type counted struct {
	net.Conn
	once sync.Once
	gone func()
}

// Close implements [net.Conn]. The first call counts.
func (c *counted) Close() error {
	c.once.Do(c.gone)
	return c.Conn.Close()
}

// mostSessions is the number of sessions that one connection may have open, as with OpenSSH.
const mostSessions = 10

// sessionsKey is the key of the number of open sessions in the context of a connection.
type sessionsKey struct{}

// channel opens a session whose requests are filtered.
func (s *Server) channel(server *ssh.Server, conn *gossh.ServerConn, channel gossh.NewChannel, ctx ssh.Context) {
	open := ctx.Value(sessionsKey{}).(*atomic.Int64)
	defer open.Add(-1)
	if open.Add(1) > mostSessions {
		_ = channel.Reject(gossh.ResourceShortage, "too many sessions of one connection") // the client may be gone
		return
	}
	sizes := make(chan ssh.Window, 1)
	ssh.DefaultSessionHandler(server, conn, filtered{channel, sizes}, sized{ctx, sizes})
}

// sized is the context of a session with the sizes that its terminal gets. The library
// hands them over too, but writes each into the terminal that a session reads at its start.
type sized struct {
	ssh.Context
	sizes chan ssh.Window
}

// sizesKey is the key of the sizes in the context of a session.
type sizesKey struct{}

// Value implements [context.Context].
func (c sized) Value(key any) any {
	if key == (sizesKey{}) {
		return c.sizes
	}
	return c.Context.Value(key)
}

// sizesOf returns the sizes that the terminal of a session gets after its start. Only the
// newest waits.
func sizesOf(ctx context.Context) <-chan ssh.Window {
	sizes, _ := ctx.Value(sizesKey{}).(chan ssh.Window)
	return sizes
}

// filtered is a channel that refuses the requests for which a seat has no use, and keeps
// the sizes of the terminal to itself.
type filtered struct {
	gossh.NewChannel
	sizes chan ssh.Window
}

// resize keeps the size of a request as the newest one.
func (f filtered) resize(payload []byte) {
	var size struct{ Width, Height, WidthPixels, HeightPixels uint32 }
	const most = 10_000
	if gossh.Unmarshal(payload, &size) != nil || size.Width > most || size.Height > most {
		return
	}
	select {
	case <-f.sizes: // the one before was not read
	default:
	}
	f.sizes <- ssh.Window{Width: int(size.Width), Height: int(size.Height)}
}

// Accept implements [gossh.NewChannel].
func (f filtered) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	channel, requests, err := f.NewChannel.Accept()
	if err != nil {
		return nil, nil, err
	}
	passed := make(chan *gossh.Request)
	go func() {
		defer close(f.sizes)
		defer close(passed)
		set := 0
		for r := range requests {
			switch r.Type {
			case "env":
				if set++; set > mostVariables || !isVariable(r.Payload) {
					refuse(r)
					continue
				}
				passed <- r
			case "window-change": // it wants no reply
				f.resize(r.Payload)
			case "pty-req", "shell", "exec":
				passed <- r
			default:
				refuse(r)
			}
		}
	}()
	return channel, passed, nil
}

// refuse answers a request with no. A client that is gone needs no answer.
func refuse(r *gossh.Request) {
	if r.WantReply {
		_ = r.Reply(false, nil)
	}
}
