package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/config"
	"neurocheck/internal/service"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// started is the message of a service that began.
type started struct {
	served
	err error
}

// news is an event of the service.
type news struct {
	service.Event
	feed *service.Feed
}

// serve starts a service if the log or the ward is another one than before.
func (r *root) serve() tea.Cmd {
	w := r.d.Ward()
	if !r.live || w.Name == "" || r.served.log == r.d.Log && r.served.ward == w.Name {
		return nil
	}
	old := r.served
	r.served = served{log: r.d.Log, ward: w.Name}
	if s := r.o.Service; s != nil { // of the process
		r.served.service, r.served.feed = s, s.Subscribe()
		r.served.end = r.served.feed.Close
		return tea.Batch(r.nextNews(), r.readSettings()) // they may have changed since the session began
	}
	next := r.served
	site := *r.d.Site()
	ctx := r.ctx
	o := service.Options{Log: next.log, Clock: r.o.Now, Ward: w, Site: site}
	if next.log == r.o.Store { // a demo ward has the default settings
		o.Settings = r.o.Settings
	}
	return func() tea.Msg {
		if old.end != nil {
			old.end()
		}
		s, err := service.New(ctx, o)
		if err != nil {
			return started{served: next, err: err}
		}
		next.service, next.feed = s, s.Subscribe()
		next.end = run(ctx, s)
		return started{served: next}
	}
}

// readBoard returns the function that reads the board for all sessions of the process; nil
// if no service looks after the log yet.
func (r *root) readBoard() func(context.Context) (store.Roll, error) {
	s := r.served.service
	if s == nil || r.served.log != r.d.Log {
		return nil
	}
	return s.Board
}

// run runs a service and returns the function that ends it.
func run(ctx context.Context, s *service.Service) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

func (r *root) startedService(msg started) tea.Cmd {
	if msg.log != r.served.log || msg.ward != r.served.ward { // another one was opened meanwhile
		if msg.end != nil {
			return func() tea.Msg {
				msg.end()
				return nil
			}
		}
		return nil
	}
	if msg.err != nil {
		r.served.failed = msg.err
		return nil
	}
	r.served = msg.served
	return tea.Batch(r.nextNews(), r.readStaff(), r.readSettings()) // with the damage that the log has recorded
}

func (r *root) nextNews() tea.Cmd {
	feed, ctx := r.served.feed, r.ctx
	if feed == nil {
		return nil
	}
	return func() tea.Msg {
		e, ok := feed.Next(ctx)
		if !ok {
			return nil
		}
		return news{e, feed}
	}
}

// poll lets the service look for changes at once.
func (r *root) poll(kit.Host) tea.Cmd {
	if r.served.service != nil {
		r.served.service.Poke()
	}
	return nil
}

func (r *root) takeNews(e news) tea.Cmd {
	if e.feed != r.served.feed {
		return nil // of a log that is not open any more
	}
	cmds := []tea.Cmd{r.nextNews()}
	r.d.Damaged(e.Reading)
	r.d.Damaged(e.Upkeep)
	if e.Read {
		r.served.failed, r.served.good = e.Reading, r.d.Now()
		r.connection(r.d.Now())
	}
	if e.Kept {
		line := ""
		if e.Upkeep != nil && ward.TroubleOf(e.Upkeep) != ward.LogDamaged {
			line = desk.Words(e.Upkeep) + "; " + r.d.Call()
		}
		r.d.SetNotice(desk.NoticeUpkeep, line)
	}
	if e.House {
		cmds = append(cmds, r.readStaff(), r.readSettings(), r.deliver(desk.HouseChanged{}))
	}
	if len(e.Patients) > 0 {
		cmds = append(cmds, r.deliver(desk.Changed{Patients: e.Patients, Board: e.Board}))
	}
	return tea.Batch(cmds...)
}

// settingsNow are the settings after a change.
type settingsNow struct {
	config.Settings
	recorded bool // the log has them
}

// readSettings reads the settings again after a change that was about no patient. The log
// evaluates by them, too, so that a form shows the flag that its save records. It takes none
// that the log did not record: another program of the ward may have a file of its own.
func (r *root) readSettings() tea.Cmd {
	read := r.o.Settings
	if read == nil || r.d.Log != r.o.Store { // a demo ward has the default ones
		return nil
	}
	var p kit.Pending
	return desk.Load(r.d, r.stack, &p, "", func(ctx context.Context, log *store.Store) (settingsNow, error) {
		s, inForce, err := config.InForce(ctx, log, read)
		if err == nil && inForce {
			log.SetRules(s.Site)
		}
		return settingsNow{s, inForce}, err
	})
}

// takeSettings takes other settings, and lets every screen load again.
func (r *root) takeSettings(msg kit.Result[settingsNow]) tea.Cmd {
	s := msg.Value
	if msg.Err != nil {
		return nil // the connection has its own line
	}
	r.d.SetNotice(desk.NoticeSettings, s.Warning(r.d.Zone()))
	if !s.recorded || config.Recorded(&s.Site) == config.Recorded(r.d.Site()) {
		return nil
	}
	r.d.SetSite(s.Site)
	return tea.Batch(r.setPalette(s.Site.Palette), r.deliver(desk.Changed{All: true}))
}

// connection says, while the log cannot be read, how old the board is.
func (r *root) connection(now time.Time) {
	line := ""
	if r.served.failed != nil {
		at := r.d.ReadAt()
		if !r.served.good.IsZero() { // the service has looked since, and nothing had changed
			at = r.served.good
		}
		line = fmt.Sprintf("NO CONNECTION: board as of %s (%s). Due times still count; %s", r.d.Time(at), ward.Elapsed(now.Sub(at)), desk.Words(r.served.failed))
	}
	r.d.SetNotice(desk.NoticeConnection, line)
}

// openDemo wraps the function that makes a demo ward, so that the root removes it at the
// end.
func (r *root) openDemo() func() (*store.Store, func() error, error) {
	if r.o.OpenDemo == nil {
		return nil
	}
	return func() (*store.Store, func() error, error) {
		log, leave, err := r.o.OpenDemo(r.ctx)
		if err == nil {
			r.demo.Lock()
			r.left = append(r.left, leave)
			r.demo.Unlock()
		}
		return log, func() error { return nil }, err
	}
}

// leave ends the service, which brings the downtime sheets up to date, and removes demo
// wards.
func (r *root) leave() {
	if r.served.end != nil {
		r.served.end()
	}
	r.demo.Lock()
	defer r.demo.Unlock()
	for _, leave := range r.left {
		_ = leave() // the folder is in the place of temporary files
	}
}

const (
	jump      = 2 * time.Minute // a difference that is no delay of the program
	jumpShown = 5 * time.Minute
)

// check shows a line for a while if the clock has jumped since the last tick.
func (c *clock) check(d *desk.Desk, now, steps time.Time) {
	if !c.wall.IsZero() {
		expected := c.wall.Add(steps.Sub(c.steps))
		if off := now.Sub(expected); off > jump || off < -jump {
			d.SetNotice(desk.NoticeClock, fmt.Sprintf("This machine's clock jumped from %s to %s. Check it before you record", d.Time(expected), d.Time(now)))
			c.until = steps.Add(jumpShown)
		}
	}
	if !c.until.IsZero() && steps.After(c.until) {
		d.SetNotice(desk.NoticeClock, "")
		c.until = time.Time{}
	}
	c.wall, c.steps = now, steps
}
