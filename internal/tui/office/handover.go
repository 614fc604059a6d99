package office

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// handover shows the handover of the ward, or of one patient, to the next shift. It stays
// as it was read until a key reads it anew, so that the paper is equal to the screen.
type handover struct {
	kit.Base
	document
	d       *desk.Desk
	subject string
	loading kit.Pending
	writing kit.Pending
	noted   bool // the reading is in the audit
	loaded  bool
	newer   bool // records were appended since
	printed printed
}

// printed is a handover as text, with the parts that the screen shows apart.
type printed struct {
	at      time.Time
	text    string
	period  string // last 12 hours, Sun 29 Nov 04:07 to 16:07 GMT
	body    []string
	seq     int64
	head    string
	folder  string // in which the program runs
	printer bool
}

// delivered names the place that a handover was written to.
type delivered struct{ path string }

func newHandover(d *desk.Desk, to kit.Place) kit.Screen {
	return &handover{d: d, subject: to.Subject, document: document{width: textWidth, indent: " "}}
}

// Init reads the handover once. A return from another screen shows it as it was.
func (s *handover) Init(h kit.Host) tea.Cmd {
	if s.loaded {
		return nil
	}
	return s.read(h)
}

func (s *handover) read(h kit.Host) tea.Cmd {
	var note tea.Cmd
	patient := desk.PatientOf(s.subject)
	if !s.noted {
		s.noted = true
		note = s.d.Note(h, ward.AuditEvent{Event: ward.ReadHandover, PatientID: patient})
	}
	until, site, name, by := s.d.Now(), s.d.Site(), s.d.Ward().Name, s.d.User().Name
	since := until.Add(-ward.Shift)
	load := desk.Load(s.d, h, &s.loading, s.subject, func(ctx context.Context, log *store.Store) (r printed, err error) {
		charts, seq, head, err := log.HandoverCharts(ctx, patient, since)
		if err != nil {
			return r, err
		}
		var text strings.Builder
		err = report.Handover(&text, ward.BuildHandover(site, charts, since, until), report.Sheet{Ward: name, MadeBy: by, Seq: seq, Head: head})
		r = printed{at: until, text: text.String(), seq: seq, head: head}
		r.period, r.body = apart(r.text, name)
		r.folder, _ = os.Getwd() // the file is asked for in any case
		_, missing := exec.LookPath("lp")
		r.printer = missing == nil
		return r, err
	})
	return tea.Batch(note, load)
}

// apart returns the period of a handover, which the first line of the screen shows, and
// the lines below the heading.
func apart(text, name string) (period string, body []string) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "───") {
			continue
		}
		title := strings.Join(strings.Fields(strings.Join(lines[:i], " ")), " ")
		title = strings.TrimPrefix(title, "HANDOVER ")
		title = strings.TrimPrefix(title, strings.Join(strings.Fields(kit.Plain(name)), " ")+" ")
		return title, lines[i+1:]
	}
	return "", lines
}

// Update implements [kit.Screen].
func (s *handover) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[printed]:
		if kit.Take(&s.loading, msg) {
			s.show(h, msg)
		}
	case kit.Result[delivered]:
		if kit.Take(&s.writing, msg) {
			return s.delivered(h, msg)
		}
	case desk.Changed:
		s.newer = s.newer || msg.All || len(msg.Patients) > 0
	case kit.Burst:
		s.burst(h, msg)
	}
	return nil
}

func (s *handover) show(h kit.Host, msg kit.Result[printed]) {
	if msg.Err != nil {
		h.Fail(desk.Words(msg.Err))
		return
	}
	s.loaded, s.newer, s.printed = true, false, msg.Value
	s.set(msg.Value.body)
}

// Typing implements [kit.Screen].
func (s *handover) Typing() bool { return s.typing() }

// Type implements [kit.Screen].
func (s *handover) Type(h kit.Host, k kit.Key) (bool, tea.Cmd) { return s.typed(h, k), nil }

// Bindings implements [kit.Screen].
func (s *handover) Bindings() []kit.Binding {
	list := s.document.bindings()
	out := kit.Bind("ctrl+p", "print or file", "print the handover, or write it to a file", func(h kit.Host, _ kit.Key) tea.Cmd { return s.ask(h) })
	list = append(list[:1:1], append([]kit.Binding{out.If(s.loaded && !s.writing.Waiting(), "it is being loaded or written")}, list[1:]...)...)
	if s.typing() {
		return list
	}
	return append(list,
		kit.Bind("h", "", "read the handover again", func(h kit.Host, _ kit.Key) tea.Cmd { return s.read(h) }).If(s.loaded, "it is being loaded"),
		kit.Bind("esc", "back", "back", func(h kit.Host, _ kit.Key) tea.Cmd { return h.Close(s) }))
}

// Head implements [kit.Screen].
func (s *handover) Head(p kit.Page) []string {
	return []string{" " + p.Strong.Render("HANDOVER") + "  " + s.printed.period}
}

// Body draws the part of the text in view.
func (s *handover) Body(p kit.Page) []string {
	if !s.loaded {
		return []string{"", "  loading…"}
	}
	return s.view(p, func(line string) kit.Look {
		switch {
		case strings.Contains(line, "NOT ACCEPTED"), strings.Contains(line, "LATE"), strings.Contains(line, "NOT EXAMINED"):
			return p.Bad
		case line != "" && !strings.HasPrefix(line, " "):
			return p.Strong
		}
		return kit.Look{}
	})
}

// Foot names the record that the handover rests on.
func (s *handover) Foot(p kit.Page) []string {
	if line, ok := s.findLine(p); ok {
		return []string{line}
	}
	if !s.loaded {
		return nil
	}
	lines := []string{fmt.Sprintf(" Record %d, head %.16s…   printed by %s", s.printed.seq, s.printed.head, kit.Plain(s.d.User().Name))}
	if s.newer {
		lines = append(lines, p.Warning.Render(" Records were added since "+s.d.Time(s.printed.at)+": h reads the handover again"))
	}
	return lines
}

// ask asks for the way in which the handover leaves the screen.
func (s *handover) ask(h kit.Host) tea.Cmd {
	subject := "HANDOVER of " + kit.Plain(s.d.Ward().Name) + ", " + s.printed.period
	if s.d.Remote {
		return h.Push(remoteCommand(subject, s.d.Outside(s.d.User().Name, "handover")+" > handover.txt"))
	}
	name := "handover-" + s.printed.at.Format("2006-01-02-1504") + ".txt"
	file := kit.Option{Label: "write a file", Do: func(h kit.Host) tea.Cmd {
		q := askFile(s.d, s.place(), []string{subject}, []string{"Plain text of 78 columns. It holds names and dates of birth."}, filepath.Join(s.printed.folder, name), nil, func(h kit.Host, path string) tea.Cmd {
			return s.write(h, path, false)
		})
		return h.Push(q)
	}}
	paper := kit.Option{Label: "print", Do: s.print}
	if !s.printed.printer {
		paper.Off = "this machine has no printer"
	}
	return h.Push(kit.Choose([]string{subject}, nil, file, paper))
}

// place is that of the file name which the desk keeps.
func (s *handover) place() kit.Place { return kit.Place{Screen: desk.Handover, Subject: s.subject} }

// write writes the text as it was read.
func (s *handover) write(h kit.Host, path string, replace bool) tea.Cmd {
	text := s.printed.text
	return desk.Load(s.d, h, &s.writing, s.subject, func(_ context.Context, log *store.Store) (delivered, error) {
		full, err := fullPath(path)
		if err != nil {
			return delivered{path}, err
		}
		return delivered{full}, wholefile.Write(full, wholefile.Options{Force: replace, Log: log.Local()}, func(temp *os.File) error {
			_, err := temp.WriteString(text)
			return err
		})
	})
}

// print hands the pages to the printer of the machine.
func (s *handover) print(h kit.Host) tea.Cmd {
	foot := kit.Plain(s.d.Ward().Name) + ", handover " + s.d.FullTime(s.printed.at)
	pages := paginate(s.printed.text, foot)
	return desk.Load(s.d, h, &s.writing, s.subject, func(ctx context.Context, _ *store.Store) (delivered, error) {
		lp := exec.CommandContext(ctx, "lp", "-s", "-t", "handover", "-")
		lp.Stdin = strings.NewReader(pages)
		if err := lp.Run(); err != nil {
			return delivered{}, ward.Unavailable("the printer did not take it (" + err.Error() + "): write a file instead")
		}
		return delivered{}, nil
	})
}

func (s *handover) delivered(h kit.Host, msg kit.Result[delivered]) tea.Cmd {
	path := msg.Value.path
	switch {
	case exists(msg.Err):
		return h.Push(askReplace(path, nil, func(h kit.Host) tea.Cmd { return s.write(h, path, true) }))
	case msg.Err != nil:
		h.Fail(desk.Words(msg.Err))
	case path == "":
		h.Say("Sent to the printer.")
	default:
		s.d.Keep(s.place(), nil)
		h.Say("Wrote " + kit.Plain(path))
	}
	return nil
}
