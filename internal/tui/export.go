package tui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// exporting writes checks as CSV: of the whole log, or of one patient. It asks
// where to, shows how far it is, and says what it wrote.
type exporting struct {
	box
	request request
	path    string
	rows    *progress
	stop    context.CancelFunc
}

// progress is how far an export is. The command writes it and the screen reads
// it.
type progress struct{ done, total atomic.Int64 }

func (p *progress) set(done, total int) {
	p.done.Store(int64(done))
	p.total.Store(int64(total))
}

// newExport asks where to write. The name that it offers says nothing of the
// patient.
func newExport(a *app, p *ward.Patient) *asker {
	name := "neurocheck-" + a.now.In(a.zone).Format("2006-01-02-1504") + ".csv"
	if folder, err := os.Getwd(); err == nil {
		name = filepath.Join(folder, name)
	}
	question := "Export every check of the log as CSV. Where to?"
	sel := store.Selection{}
	if p != nil {
		question = "Export the checks of " + plain(p.Name) + ", MRN " + plain(p.MRN) + ", as CSV. Where to?"
		sel.PatientID = p.ID
	}
	return newAsker(question+"\nThe file holds names and dates of birth.", name, func(a *app, path string) (string, func(*app) tea.Cmd) {
		if rest, ok := strings.CutPrefix(path, "~/"); ok {
			if home, err := os.UserHomeDir(); err == nil {
				path = filepath.Join(home, rest)
			}
		}
		if path == "" {
			return "name a file", nil
		}
		return "", func(a *app) tea.Cmd { return startExport(a, sel, path) }
	})
}

// written is how many rows an export wrote, and the last record that it can hold.
type written struct {
	rows int
	seq  int64
	head string
}

func startExport(a *app, sel store.Selection, path string) tea.Cmd {
	ctx, stop := context.WithCancel(a.ctx)
	e := &exporting{path: path, rows: &progress{}, stop: stop, box: box{[]string{"Writing " + path}}}
	log := a.store
	var cmd tea.Cmd
	e.request, cmd = ask(a, sel.PatientID, func(context.Context) (done written, err error) {
		defer stop()
		err = log.Export(ctx, sel, store.ExportOptions{Kept: csvlog.Profile{}.Kept(), Readers: runtime.GOMAXPROCS(0)}, func(r *store.Export) error {
			total, err := r.Count(ctx)
			if err != nil {
				return err
			}
			done.seq, done.head = r.Seq, r.Head
			done.rows, err = csvlog.Profile{}.ExportPartsFile(ctx, path, r, csvlog.ExportOptions{Progress: e.rows.set, Total: total, Log: log.Path()})
			return err
		})
		return done, err
	})
	return tea.Batch(a.push(e), cmd)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

var keyStop = bind("esc", "esc", "stop; nothing is left behind")

func (e *exporting) keys(*app) []key.Binding { return keyList(keyStop) }

func (e *exporting) update(a *app, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case result[written]:
		if msg.request != e.request {
			return nil
		}
		cmd := a.close(e)
		switch {
		case errors.Is(msg.err, context.Canceled):
			a.say("Stopped: no file was written")
		case errors.Is(msg.err, fs.ErrExist):
			a.fail(ward.Conflict("there is a file of that name already; nothing was written: choose another name"))
		case msg.err != nil:
			a.fail(msg.err)
		default:
			rows := counted(msg.value.rows, "row", "rows")
			// The first digits are enough for verify --head.
			a.say(fmt.Sprintf("Wrote %s, head %.16s, to %s", rows, msg.value.head, e.path))
			return tea.Batch(cmd, a.note(ward.AuditEvent{Event: ward.Exported, PatientID: msg.patient, About: "csv", Detail: rows}))
		}
		return cmd
	case tea.KeyPressMsg:
		if key.Matches(msg, keyStop) {
			e.stop()
		}
	}
	return nil
}

func (e *exporting) body(a *app, w, h int) []string {
	lines := e.text(a, w)
	if total := e.rows.total.Load(); total > 0 {
		lines = append(lines, fmt.Sprintf(" %d of %d rows", e.rows.done.Load(), total))
	}
	return lines
}
