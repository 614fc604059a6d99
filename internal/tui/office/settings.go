package office

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/config"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// settings shows the settings and the source of each, as the config command prints them, and
// the faults of a file that is refused.
type settings struct {
	kit.Base
	document
	d       *desk.Desk
	loading kit.Pending
	loaded  bool
	waits   bool // the file is not in force yet
	warning string
	faults  []string
}

func newSettings(d *desk.Desk, _ kit.Place) kit.Screen {
	return &settings{d: d, document: document{width: kit.LeastWidth}}
}

// Init implements [kit.Screen].
func (s *settings) Init(h kit.Host) tea.Cmd {
	read, site := s.d.Settings, *s.d.Site()
	return desk.Load(s.d, h, &s.loading, "", func(ctx context.Context, _ *store.Store) (config.Settings, error) {
		if read == nil {
			return config.Settings{Site: site}, nil
		}
		return read(ctx)
	})
}

// Update implements [kit.Screen].
func (s *settings) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[config.Settings]:
		if kit.Take(&s.loading, msg) {
			s.show(h, msg)
		}
	case desk.Changed:
		if msg.All {
			return s.Init(h)
		}
	case kit.Burst:
		s.burst(h, msg)
	}
	return nil
}

func (s *settings) show(h kit.Host, msg kit.Result[config.Settings]) {
	var text strings.Builder
	file, inForce := msg.Value, config.Recorded(s.d.Site())
	file.NotInForce = config.Recorded(&file.Site) != inForce
	err := msg.Err
	if err == nil {
		err = config.Write(&text, file)
	}
	if err != nil {
		h.Fail(desk.Words(err))
		return
	}
	s.loaded, s.waits, s.faults = true, file.NotInForce, faultLines(file.Refused)
	s.warning = file.Warning(s.d.Zone())
	if s.waits {
		s.faults = append(s.faults, "NOT YET IN FORCE: "+kit.Plain(config.Changed(inForce, &file.Site)))
	}
	if s.warning == s.d.Notice(desk.NoticeSettings) {
		s.warning = "" // the screen shows it already
	}
	var lines []string
	if s.warning != "" {
		lines = append(lines, s.warning)
	}
	lines = append(lines, s.faults...)
	switch {
	case file.Refused != nil:
		lines = append(lines, "Correct the file, or apply another one: neurocheck config apply FILE", "")
	case s.waits:
		lines = append(lines, "The next start of a program of this ward puts it in force, or neurocheck config apply FILE", "")
	}
	s.set(append(lines, strings.Split(strings.TrimRight(text.String(), "\n"), "\n")...))
}

// faultLines returns the faults of a settings file, each with its file and line.
func faultLines(refused error) []string {
	if refused == nil {
		return nil
	}
	if wrong, ok := errors.AsType[config.Problems](refused); ok {
		var lines []string
		for _, p := range wrong {
			lines = append(lines, kit.Plain(p.Error()))
		}
		return lines
	}
	return []string{desk.Words(refused)}
}

// Typing implements [kit.Screen].
func (s *settings) Typing() bool { return s.typing() }

// Type implements [kit.Screen].
func (s *settings) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return s.typed(h, k), nil }

// Bindings implements [kit.Screen].
func (s *settings) Bindings() []kit.Binding {
	list := s.document.bindings()
	if s.typing() {
		return list
	}
	return append(list, kit.Bind("esc", "back", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }))
}

// Head implements [kit.Screen].
func (s *settings) Head(p kit.Page) []string {
	state := "in force"
	if s.waits {
		state = "not yet in force"
	}
	return []string{" " + p.Strong.Render("SETTINGS") + "   " + state}
}

// Body draws the part of the text in view.
func (s *settings) Body(p kit.Page) []string {
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	wrong := map[string]bool{}
	for _, line := range append([]string{s.warning}, s.faults...) {
		wrong[line] = line != ""
	}
	return s.view(p, func(line string) kit.Look {
		switch {
		case wrong[line]:
			return p.Bad
		case strings.HasPrefix(line, "#"):
			return p.Faint
		case strings.HasPrefix(line, "["):
			return p.Strong
		}
		return kit.Look{}
	})
}

// Foot says how the settings change.
func (s *settings) Foot(p kit.Page) []string {
	if line, ok := s.findLine(p); ok {
		return []string{line}
	}
	text := " An administrator changes them: neurocheck config apply FILE"
	if reason := s.d.Refusal(ward.MayAdminister); reason != "" {
		text = " To change them: " + reason
	}
	return p.Hang(text, p.Width, 1)
}
