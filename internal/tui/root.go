package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/pin"
	"neurocheck/internal/service"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

func newRoot(ctx context.Context, o Options) *root {
	r := newSeat(ctx, o, makers(), time.Now, kit.Tick)
	r.live = true
	return r
}

// newSeat returns a root with some screens, a clock for the keys and a timer.
func newSeat(ctx context.Context, o Options, makers map[string]desk.Maker, steps func() time.Time, timer kit.Timer) *root {
	r := &root{ctx: ctx, o: o, makers: makers, places: map[kit.Screen]kit.Place{}, people: map[string]*absent{}, sized: make(chan struct{}),
		steps: steps, timer: timer, width: kit.LeastWidth, height: kit.LeastHeight}
	if r.o.Sessions == nil {
		r.o.Sessions = service.NewSessions()
	}
	r.session = r.o.Sessions.Join(o.Seat, steps())
	r.look = kit.ReadEnv(o.Env)
	r.look.ASCII = r.look.ASCII || o.ASCII
	r.look.Light = o.Site.Palette == ward.PaletteLight
	r.page = kit.Page{Theme: kit.NewTheme(r.look)}
	r.d = desk.New(desk.Options{
		Log: o.Store, Clock: o.Now, NewID: o.NewID, Site: o.Site, PINs: r.inTurn(o.PINs), Support: o.Support, Remote: o.Remote,
		Only: o.Only, Outside: o.Outside, Waiting: r.o.Sessions.Waiting, OpenDemo: r.openDemo(), Settings: o.Settings,
		ReadBoard: r.readBoard,
	})
	r.d.Doors = desk.Doors{Enter: r.enter, Lock: r.lock, Quit: r.askQuit, Locked: r.lockedSince, Poll: r.poll,
		InRound: func() bool { return r.isOpen(desk.Round) }}
	r.d.SetNotice(desk.NoticeSettings, o.SettingsError)
	r.wall.begin(o.Wall)
	r.stack = r.newStack()
	return r
}

// inTurn returns a keeper whose digests wait for the turn of this session.
func (r *root) inTurn(k *pin.Keeper) *pin.Keeper {
	if k == nil {
		return nil
	}
	own := *k
	own.Turn = r.o.Sessions.Take
	return &own
}

func (r *root) newStack() *kit.Stack {
	c := r.d.Config()
	c.After = r.timer
	c.Requests = &kit.Requests{Context: r.ctx}
	c.Open = r.openOrAsk
	c.Globals = r.globals
	c.Trouble = r.trouble
	return kit.NewStack(c, r.lowest())
}

// blank is the lowest screen of a version without a sign-in.
type blank struct{ kit.Base }

// lowest makes the sign-in screen.
func (r *root) lowest() kit.Screen {
	to := kit.Place{Screen: desk.SignIn}
	if m := r.makers[to.Screen]; m != nil && !r.wall.open {
		s := m(r.d, to)
		r.places[s] = to
		return s
	}
	return &blank{}
}

// Init implements tea.Model.
func (r *root) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, r.stack.Init(), r.startWall(), r.nextTick(), r.nextRequest())
}

// The time between two ticks, and that at a seat over SSH without a key for a while: a
// server has many of those, and each tick works out what is due and draws the screen.
const (
	tickEvery     = time.Second
	restTickEvery = 3 * time.Second
	restAfter     = 10 * time.Second
)

func (r *root) nextTick() tea.Cmd {
	if !r.live {
		return nil
	}
	every := tickEvery
	if r.o.Remote && r.session.Over(r.steps(), restAfter) {
		every = restTickEvery
	}
	return tea.Tick(every, func(time.Time) tea.Msg { return tick{} })
}

// Update implements tea.Model.
func (r *root) Update(msg tea.Msg) (same tea.Model, cmd tea.Cmd) {
	defer func() {
		if recover() != nil {
			same, cmd = r, tea.Batch(r.recovered(kit.PanicPlace()), r.after(msg))
		}
	}()
	if at := r.failure.drawing; at != "" {
		r.failure.drawing = ""
		return r, tea.Batch(r.recovered(at), r.after(msg))
	}
	r.d.SetNow(r.o.Now())
	cmd = r.handle(msg)
	return r, guarded(tea.Batch(cmd, r.follow()))
}

// after returns the command that must follow a message whatever became of it: the next
// tick, the next news.
func (r *root) after(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case tick:
		return r.nextTick()
	case news:
		return r.nextNews()
	case asked:
		return r.nextRequest()
	}
	return nil
}

func (r *root) handle(msg tea.Msg) tea.Cmd {
	if _, is := msg.(tick); is {
		return r.ticked() // the clock may show a quarter of a second late
	}
	r.frames.hurry()
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		r.session.Touch(r.steps())
		if r.disabled != "" {
			return r.shutOut()
		}
	case tea.WindowSizeMsg:
		r.width, r.height = msg.Width, msg.Height
		select {
		case <-r.sized:
		default:
			close(r.sized)
		}
	case tea.BackgroundColorMsg:
		r.background(msg.IsDark())
		return nil
	case tea.ModeReportMsg: // the terminal counts whole clusters of characters, as the renderer then does
		if msg.Mode == ansi.ModeUnicodeCore && msg.Value != ansi.ModeNotRecognized {
			r.page.Measure.Method = ansi.GraphemeWidth
		}
		return nil
	case started:
		return r.startedService(msg)
	case news:
		return r.takeNews(msg)
	case asked:
		return r.giveUp(msg.Request)
	case failedCommand:
		return r.recovered(msg.at)
	case programEnd:
		return r.takeLeave(msg.reason)
	case kit.Result[tookOver]:
		return r.tookOver(msg)
	case kit.Result[resumed]:
		return r.resumed(msg)
	case kit.Result[settingsNow]:
		return r.takeSettings(msg)
	case kit.Result[staffNow]:
		return r.takeStaff(msg)
	}
	return r.deliver(msg)
}

// deliver gives a message to the desk and then to the screens.
func (r *root) deliver(msg tea.Msg) tea.Cmd {
	cmd := r.d.Update(r.stack, msg)
	return tea.Batch(cmd, r.stack.Update(msg, r.steps()))
}

// follow brings the root in line with changes that a screen made: another log or ward,
// screens that closed, more alerts.
func (r *root) follow() tea.Cmd {
	r.stack.Config.Zone, r.stack.ReadOnly = r.d.Zone(), r.d.ReadOnly()
	r.forget()
	r.publish()
	return tea.Batch(r.serve(), r.remind(), r.d.Flush(r.stack))
}

// background takes the answer of the terminal about its background.
func (r *root) background(dark bool) {
	if p := r.o.Site.Palette; p != ward.PaletteLight && p != ward.PaletteDark {
		r.setLight(!dark)
	}
}

// setPalette takes another palette, and asks the terminal for its background if that decides.
func (r *root) setPalette(palette string) tea.Cmd {
	if palette == r.o.Site.Palette {
		return nil
	}
	r.o.Site.Palette = palette
	if palette == ward.PaletteAuto {
		return tea.RequestBackgroundColor
	}
	r.setLight(palette == ward.PaletteLight)
	return nil
}

func (r *root) setLight(light bool) {
	r.look.Light = light
	r.page.Theme = kit.NewTheme(r.look)
}

// ticked is the work of each second.
func (r *root) ticked() tea.Cmd {
	now, at := r.d.Now(), r.steps()
	r.clock.check(r.d, now, at)
	r.connection(now)
	cmds := []tea.Cmd{r.nextTick()}
	if r.wall.shown && r.session.Over(at, wallBack) {
		cmds = append(cmds, r.pushWall())
	}
	if r.d.User().Name != "" {
		if r.session.Over(at, r.d.Site().IdleLock) {
			return tea.Batch(append(cmds, r.lock(r.stack))...)
		}
	}
	return tea.Batch(append(cmds, r.deliver(desk.Tick{At: now}))...)
}

// remind rings once, quietly, when there is more to do than before: a check fell due, or
// a follow-up went over time.
func (r *root) remind() tea.Cmd {
	before := r.alerts
	r.alerts = 0
	if r.d.User().Name == "" || !r.d.Loaded() {
		return nil
	}
	r.alerts = r.d.Alerts()
	more := r.counted && r.alerts > before
	r.counted = true
	if more && r.d.Site().Bell {
		return tea.Raw("\a")
	}
	return nil
}

// View implements tea.Model.
func (r *root) View() (v tea.View) {
	defer func() {
		if recover() != nil {
			r.failure.drawing = kit.PanicPlace()
			v = r.view("")
		}
	}()
	return r.view(r.draw())
}

func (r *root) view(content string) tea.View {
	v := tea.NewView(content)
	v.AltScreen = true
	v.WindowTitle = "neurocheck"
	if r.alerts > 0 && r.d.Site().Bell {
		v.WindowTitle = fmt.Sprintf("(%d due) neurocheck", r.alerts)
	}
	return v
}

func (r *root) draw() string { return r.stack.View(r.page) }
