package office

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// export writes the checks of the log, or of one patient, as CSV. It is the dialog that
// shows the progress; the questions lie over it.
type export struct {
	kit.Base
	d       *desk.Desk
	subject string
	loading kit.Pending
	writing kit.Pending
	begun   exporting
	path    string
	rows    *progress
	stop    context.CancelFunc
}

// exporting holds the facts that the questions name.
type exporting struct {
	folder  string        // in which the program runs
	patient *ward.Patient // nil for all
}

// progress counts the rows of an export. The command writes it and the screen reads it.
type progress struct{ done, total atomic.Int64 }

func (p *progress) set(done, total int) {
	p.done.Store(int64(done))
	p.total.Store(int64(total))
}

// written describes a file that an export wrote.
type written struct {
	path string
	rows int
	seq  int64
	head string
}

func newExport(d *desk.Desk, to kit.Place) kit.Screen { return &export{d: d, subject: to.Subject} }

// Over implements [kit.Dialog].
func (s *export) Over() {}

// Init reads the folder in which the program runs, and the patient.
func (s *export) Init(h kit.Host) tea.Cmd {
	id := desk.PatientOf(s.subject)
	return desk.Load(s.d, h, &s.loading, s.subject, func(ctx context.Context, log *store.Store) (e exporting, err error) {
		e.folder, _ = os.Getwd() // the file is asked for in any case
		if id == 0 {
			return e, nil
		}
		chart, err := log.Chart(ctx, id)
		e.patient = &chart.Patient
		return e, err
	})
}

// Update implements [kit.Screen].
func (s *export) Update(h kit.Host, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case kit.Result[exporting]:
		if !kit.Take(&s.loading, msg) {
			return nil
		}
		if msg.Err != nil {
			h.Fail(desk.Words(msg.Err))
			return h.Close(s)
		}
		s.begun = msg.Value
		return s.ask(h)
	case kit.Result[written]:
		if kit.Take(&s.writing, msg) {
			return s.wrote(h, msg)
		}
	}
	return nil
}

// place is that of the file name which the desk keeps.
func (s *export) place() kit.Place { return kit.Place{Screen: desk.Export, Subject: s.subject} }

func (s *export) close(h kit.Host) tea.Cmd { return h.Close(s) }

func (s *export) ask(h kit.Host) tea.Cmd {
	subject, command := "EXPORT every check of "+kit.Plain(s.d.Ward().Name)+" as CSV?", "export"
	if p := s.begun.patient; p != nil {
		subject, command = "EXPORT the checks of "+words.About(p)+" as CSV?", "export --patient "+shellWord(p.MRN)
	}
	if s.d.Remote {
		q := remoteCommand(subject, s.d.Outside(s.d.User().Name, command)+" > checks.csv")
		q.Left = s.close
		return h.Push(q)
	}
	name := "neurocheck-" + s.d.Now().Format("2006-01-02-1504") + ".csv" // it says nothing of the patient
	return h.Push(askFile(s.d, s.place(), []string{subject}, []string{"The file holds names and dates of birth."}, filepath.Join(s.begun.folder, name), s.close, func(h kit.Host, path string) tea.Cmd {
		return s.write(h, path, false)
	}))
}

// write returns a command that writes the file, whole or not at all.
func (s *export) write(h kit.Host, path string, replace bool) tea.Cmd {
	ctx, stop := context.WithCancel(h.Requests().Context)
	rows := &progress{}
	s.path, s.rows, s.stop = path, rows, stop
	sel := store.Selection{PatientID: desk.PatientOf(s.subject)}
	return desk.Load(s.d, h, &s.writing, s.subject, func(_ context.Context, log *store.Store) (done written, err error) {
		defer stop()
		if done.path, err = fullPath(path); err != nil {
			return done, err
		}
		o := store.ExportOptions{Kept: csvlog.Profile{}.Kept(), Readers: runtime.GOMAXPROCS(0)}
		err = log.Export(ctx, sel, o, func(r *store.Export) error {
			total, err := r.Count(ctx)
			if err != nil {
				return err
			}
			done.seq, done.head = r.Seq, r.Head
			done.rows, err = csvlog.Profile{}.ExportPartsFile(ctx, done.path, r, csvlog.ExportOptions{Progress: rows.set, Total: total, Force: replace, Log: log.Local()})
			return err
		})
		return done, err
	})
}

func (s *export) wrote(h kit.Host, msg kit.Result[written]) tea.Cmd {
	done := msg.Value
	switch {
	case errors.Is(msg.Err, context.Canceled):
		h.Say("Stopped: no file was written")
	case exists(msg.Err):
		return h.Push(askReplace(done.path, s.ask, func(h kit.Host) tea.Cmd { return s.write(h, done.path, true) }))
	case msg.Err != nil:
		h.Fail(desk.Words(msg.Err))
	default:
		rows := fmt.Sprintf("%d rows", done.rows)
		if done.rows == 1 {
			rows = "1 row"
		}
		s.d.Keep(s.place(), nil)
		cmd := h.Close(s)
		h.Say(fmt.Sprintf("Wrote %s, record %d, head %.16s…, to %s", rows, done.seq, done.head, kit.Plain(done.path)))
		return tea.Batch(cmd, s.d.Note(h, ward.AuditEvent{Event: ward.Exported, PatientID: desk.PatientOf(msg.Subject), About: "csv", Detail: rows}))
	}
	return h.Close(s)
}

// Bindings implements [kit.Screen].
func (s *export) Bindings() []kit.Binding {
	return []kit.Binding{kit.Bind("esc", "stop", "stop; no file stays", func(h kit.Host, _ kit.Key) tea.Cmd {
		if s.stop == nil {
			return h.Close(s)
		}
		s.stop()
		return nil
	})}
}

// Body draws the progress.
func (s *export) Body(p kit.Page) []string {
	if s.rows == nil {
		return []string{" loading…"}
	}
	lines := p.Hang(" Writing "+kit.Plain(s.path), p.Width, 1)
	if total := s.rows.total.Load(); total > 0 {
		lines = append(lines, fmt.Sprintf(" %d of %d rows", s.rows.done.Load(), total))
	}
	return lines
}

// Foot implements [kit.Screen].
func (s *export) Foot(p kit.Page) []string {
	return []string{p.Faint.Render(" esc stop, no file stays")}
}
