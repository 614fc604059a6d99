package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/seats"
	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui"
	"neurocheck/internal/ward"
)

// goodbye is the time in which a server that was asked to end says so to every seat, waits
// for saves, and closes the log.
const goodbye = 10 * time.Second

// serving is a server of seats.
type serving struct {
	app     *app
	listen  string
	hostKey string
	host    string
	limits  seats.Limits
}

func (a *app) serve() *cobra.Command {
	f := &serving{app: a}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Open the ward over SSH, to any terminal with a known key",
		Long: `Shows the screens of the ward to every SSH client whose key opens a seat: see
neurocheck seat. The key opens the seat; the PIN then says who sits there. One
process serves all seats, makes the daily copy and keeps the downtime sheets.

The first start makes the key by which clients know the server, in the file named
with --host-key, else with NEUROCHECK_HOST_KEY, else neurocheck/host-key in
$XDG_CONFIG_HOME (~/.config), and prints its fingerprint.

A member's own key (seat add --member) also runs board, export, handover and report,
which read. At a workstation ctrl+p shows the command for a file, with a word that is
good for one run.

SIGTERM ends it within 10 seconds: every seat gets a message, saves that have begun
are finished, and unsaved forms are kept; if the log could not take one, its seat says
so. neurocheck help serve shows a systemd unit, a bastion, and how keys are changed.`,
		Example: `  neurocheck serve --listen :2222
  ssh -p 2222 ward
  ssh -p 2222 ward handover > handover.txt`,
		Args: none,
		RunE: f.run,
	}
	cmd.Flags().StringVar(&f.listen, "listen", ":2222", "the `ADDRESS` to listen at")
	cmd.Flags().StringVar(&f.hostKey, "host-key", "", "the private key of the server, a `FILE`")
	cmd.Flags().StringVar(&f.host, "host", "", "the `NAME` of the server in commands that it shows (default the name of this machine)")
	cmd.Flags().IntVar(&f.limits.PerAddress, "per-address", 64, "the `NUMBER` of connections that one address may have")
	cmd.Flags().DurationVar(&f.limits.Idle, "idle", 0, "end a session after this `TIME` without a key (default 12h)")
	cmd.Flags().DurationVar(&f.limits.Longest, "longest", 0, "end a connection after this `TIME` (default 24h)")
	return cmd
}

func (f *serving) run(cmd *cobra.Command, _ []string) (err error) {
	if f.limits.PerAddress < 1 || f.limits.Idle < 0 || f.limits.Longest < 0 {
		return wrongUse{fmt.Errorf("--per-address, --idle and --longest are more than zero")}
	}
	ctx := cmd.Context()
	allow(ctx, goodbye)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // most of the memory of many seats stays as it is: it need not double before the garbage goes
	}
	s, err := f.openWard(ctx)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	settings, err := settingsFor(ctx, cmd, s)
	if err != nil {
		return err
	}
	w, err := s.Ward(ctx)
	if err != nil {
		return err
	}
	path, err := f.hostKeyPath()
	if err != nil {
		return err
	}
	key, fingerprint, err := seats.HostKey(path)
	if err != nil {
		return err
	}
	look, err := service.New(ctx, service.Options{Log: s, Clock: now, Ward: w, Site: settings.Site, Settings: settingsReader(cmd, s)})
	if err != nil {
		return err
	}
	o := f.options(cmd, s, look, key)
	server, err := seats.New(ctx, o)
	if err != nil {
		return err
	}
	log := s.Local()
	if log != "" {
		if log, err = s.LocalFile(); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return ward.Unavailable(fmt.Sprintf("cannot listen at %s: %v", f.listen, err))
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s is open at %s; the key of this server is %s\n", harmless(w.Name), listener.Addr(), fingerprint)
	helpers := append(tellingOthers(o, s, log, listener.Addr().String()), look.Run)
	return with(ctx, helpers, func() error { return server.Serve(ctx, listener) })
}

// tellingOthers returns the helpers that tell the other servers of the ward, and neurocheck
// status, about the seats of this one. log is empty if this machine has no folder for files.
func tellingOthers(o seats.Options, s *store.Store, log, address string) []func(context.Context) {
	helpers := []func(context.Context){func(ctx context.Context) {
		o.Sessions.Meet(ctx, s, func(err error) {
			o.Logger.Warn("other servers of this ward do not know its seats", "error", err.Error())
		})
	}}
	if log == "" {
		return helpers
	}
	return append(helpers, func(ctx context.Context) {
		o.Sessions.KeepCounts(ctx, log, address, func(err error) {
			o.Logger.Warn("neurocheck status cannot count the seats", "error", err.Error())
		})
	})
}

// with runs helpers until work has ended, so that a service sees the last save.
func with(ctx context.Context, helpers []func(context.Context), work func() error) error {
	helping, end := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	for _, help := range helpers {
		all.Go(func() { help(helping) })
	}
	err := work()
	end()
	all.Wait()
	return err
}

// openWard opens a log that has a ward and can be written.
func (f *serving) openWard(ctx context.Context) (*store.Store, error) {
	s, err := f.app.openLog(ctx)
	if err != nil {
		return nil, err
	}
	if s.ReadOnly() {
		return nil, unfit(s, ward.Unavailable("the log cannot be written: seats could record nothing"))
	}
	if _, err := s.Ward(ctx); err != nil {
		if ward.KindOf(err) == ward.KindNotFound {
			err = ward.Unavailable("this log has no ward yet: open it with neurocheck on this machine first, and set up the ward")
		}
		return nil, unfit(s, err)
	}
	return s, nil
}

// unfit closes a log, and returns the error for which it is of no use.
func unfit(s *store.Store, err error) error {
	closing(s, &err)
	return err
}

func (f *serving) options(cmd *cobra.Command, s *store.Store, look *service.Service, key []byte) seats.Options {
	host := f.host
	if host == "" {
		host, _ = os.Hostname() // a name is shown in any case
	}
	if host == "" {
		host = "ward"
	}
	read := settingsReader(cmd, s)
	return seats.Options{
		Log: s, Service: look, Sessions: service.NewSessions(), HostKey: key, Host: host, Now: now, Limits: f.limits,
		Logger: slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)),
		Screens: func(ctx context.Context) (tui.Options, error) {
			settings, err := read(ctx)
			if err != nil {
				return tui.Options{}, err
			}
			s.SetRules(settings.Site) // the file may be another one since the last session: the log evaluates as the screens show
			return tui.Options{
				Store: s, Site: settings.Site, SettingsError: settings.Warning(settings.Site.Zone), PINs: pins(), Now: now, NewID: newID,
				Settings: read,
			}, noteSettings(ctx, s, &settings)
		},
		Command: func(ctx context.Context, c seats.Command) int {
			return remoteCommand(ctx, remote{log: s, by: c.By, settings: read}, c)
		},
	}
}

// hostKeyPath returns the path of the key of the server.
func (f *serving) hostKeyPath() (string, error) {
	if f.hostKey != "" {
		return f.hostKey, nil
	}
	if path := os.Getenv("NEUROCHECK_HOST_KEY"); path != "" {
		return path, nil
	}
	folder := baseFolder("XDG_CONFIG_HOME", ".config")
	if folder == "" {
		return "", ward.Unavailable("cannot tell where the host key is: there is no home folder; name it with --host-key FILE")
	}
	return filepath.Join(folder, "host-key"), nil
}

// serveHelp is the answer to neurocheck help serve: one screen.
const serveHelp = `A server of seats, in /etc/systemd/system/neurocheck.service:
  [Service]
  User=neurocheck
  Environment=NEUROCHECK_DB=/srv/ward/neurocheck.db
  ExecStart=/usr/bin/neurocheck serve --listen :2222 --host ward
  Restart=on-failure
  TimeoutStopSec=15
  [Install]
  WantedBy=multi-user.target
A workstation, or a member's own machine with --member (Windows has ssh, too):
  ssh-keygen -t ed25519 -f ward-key    # there; ward-key.pub goes to the server
  neurocheck seat add "Desk 2" --key-file ward-key.pub --by "Kim Adler"
and in its ~/.ssh/config, so that ssh ward opens the ward, behind a bastion:
  Host ward
    HostName ward.example
    Port 2222
    IdentityFile ~/.ssh/ward-key
    ProxyJump bastion.example          # raise --per-address: one for all seats
Compare the key of the server at first: serve prints its fingerprint.
A lost key: neurocheck seat disable "Desk 2" --by "Kim Adler" ends its sessions;
then add the label with another key. Another key of the server: stop it,
remove its file host-key, start it, and tell the workstations its fingerprint.
`

// explainServe lets neurocheck help serve print serveHelp; serve --help lists the flags.
func explainServe(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, err := root.Find([]string{"help"})
	if err != nil {
		return // there is no command help
	}
	run := help.Run
	help.Run = func(cmd *cobra.Command, args []string) {
		if len(args) == 1 && args[0] == "serve" {
			fmt.Fprint(cmd.OutOrStdout(), serveHelp)
			return
		}
		run(cmd, args)
	}
}
