package tui

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/report"
	"neurocheck/internal/ward"
)

// handover shows the handover of the ward to the next shift, to read or to print.
type handover struct {
	request request
	saving  request
	path    string
	lines   []string
	loaded  bool
	at      int // first line shown
}

// printed is a handover as lines.
type printed []string

func (s *handover) open(a *app) (cmd tea.Cmd) {
	log, site, name, by, until := a.store, a.site, a.ward.Name, a.user.Name, a.now
	since := until.Add(-ward.Shift)
	s.request, cmd = ask(a, 0, func(ctx context.Context) (printed, error) {
		charts, seq, head, err := log.Charts(ctx, 0, since)
		if err != nil {
			return nil, err
		}
		var text strings.Builder
		err = report.Handover(&text, ward.BuildHandover(site, charts, since, until), report.Sheet{Ward: name, MadeBy: by, Seq: seq, Head: head})
		return strings.Split(strings.TrimRight(text.String(), "\n"), "\n"), err
	})
	return cmd
}

func (s *handover) refresh(a *app) tea.Cmd  { return s.open(a) }
func (s *handover) typing() bool            { return false }
func (s *handover) foot(*app, int) []string { return nil }
func (s *handover) title(a *app, _ int) string {
	return a.theme.strong.Render("HANDOVER") + "   the last 12 hours"
}

var keyPrint = bind("p", "p", "write it to a file")

func (s *handover) keys(*app) []key.Binding {
	return keyList(bind("up down k j pgup pgdown home end", "↑↓", "scroll"), keyPrint, keyBack)
}

func (s *handover) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[printed]:
		if msg.request != s.request {
			return nil
		}
		if msg.err != nil {
			a.fail(msg.err)
			return nil
		}
		s.lines, s.loaded = msg.value, true
	case result[done]:
		if msg.request != s.saving {
			return nil
		}
		switch s.saving = 0; {
		case errors.Is(msg.err, fs.ErrExist):
			a.fail(ward.Conflict("there is a file of that name already; nothing was written: choose another name"))
		case msg.err != nil:
			a.fail(msg.err)
		default:
			a.say("Wrote the handover to " + s.path)
		}
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, keyBack):
			return a.pop()
		case key.Matches(msg, keyPrint) && s.loaded:
			return a.push(s.printDialog(a))
		case key.Matches(msg, keyMove):
			s.at = moved(msg.String(), s.at, len(s.lines))
		}
	}
	return nil
}

func (s *handover) printDialog(a *app) *asker {
	name := "handover-" + a.now.In(a.zone).Format("2006-01-02-1504") + ".txt"
	return newAsker("Write the handover as plain text of 80 columns. Where to?\nIt holds names and dates of birth.", name, func(a *app, path string) (string, func(*app) tea.Cmd) {
		if path == "" {
			return "name a file", nil
		}
		text := strings.Join(s.lines, "\n") + "\n"
		return "", func(a *app) (cmd tea.Cmd) {
			s.path = path
			s.saving, cmd = ask(a, 0, act(func(context.Context) error { return writeNew(path, text) }))
			return cmd
		}
	})
}

// writeNew writes a new file that only its owner can read. If it cannot be written
// whole, no file stays.
func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

func (s *handover) body(a *app, w, h int) []string {
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	first := max(0, min(s.at, len(s.lines)-h))
	s.at = first
	var lines []string
	for _, l := range s.lines[first:min(len(s.lines), first+h)] {
		switch {
		case strings.HasPrefix(l, "───"):
			l = a.theme.faint.Render(rule(min(w, report.Width)))
		case strings.Contains(l, "NOT ACCEPTED"), strings.Contains(l, "LATE"):
			l = a.theme.bad.Render(l)
		case !strings.HasPrefix(l, " "):
			l = a.theme.strong.Render(l)
		}
		lines = append(lines, a.fit(l, w))
	}
	return lines
}
