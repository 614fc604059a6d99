package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/sqlite"
	"neurocheck/internal/ward"
)

// Reading needs no write: if the log cannot be written just now, because the disk is full or
// a process that was stopped holds it, the note of the reading waits in a sidecar file of
// the log, one line of JSON a note. If the disk is full it waits in memory, and is lost with
// the machine. The next act of any program that has the log open for writing records it.

const (
	// notePatience limits the time for which a reading waits for its note.
	notePatience = 300 * time.Millisecond
)

// Missing is the error of a note that the audit lacks. Waits reports whether the note
// waits to be recorded.
type Missing struct {
	Waits bool
	cause error
}

func (m *Missing) Error() string {
	if m.Waits {
		return "the audit lacks this act so far, and gets it with the next save: " + m.cause.Error()
	}
	return "the audit lacks this act: " + m.cause.Error()
}

func (m *Missing) Unwrap() error { return m.cause }

// notNow reports whether an error says that the log cannot be written just now.
func notNow(err error) bool {
	t := ward.TroubleOf(err)
	return t == ward.DiskFull || t == ward.LogLocked
}

// silent reports whether an error says that the server of the log does not answer.
func (s *Store) silent(err error) bool {
	return s.onServer() && ward.KindOf(err) == ward.KindUnavailable && ward.TroubleOf(err) == ward.TroubleOther
}

// tooSlow is the error of a log that did not take a record in time.
func (s *Store) tooSlow() error {
	if s.file == nil {
		return ward.UnavailableFor(ward.LogLocked, "the server did not take the record in time; it may be busy, or wait for its standby")
	}
	return sqlite.Locked(s.Path())
}

// NoteReading records a reading before it is shown. If that takes too long or fails
// because the log cannot be written just now, the note waits on disk, and NoteReading
// returns a [*Missing]: the patient is shown all the same. Of a log that is open read-only
// it returns nil.
func (s *Store) NoteReading(ctx context.Context, sig ward.Signature, e ward.AuditEvent) error {
	err := s.Trouble()
	if err == nil {
		if s.ReadOnly() {
			return nil
		}
		err = s.noteBriefly(ctx, sig, e)
	}
	switch {
	case errors.Is(err, errUnderWay):
		return &Missing{Waits: true, cause: s.tooSlow()}
	case notNow(err), s.silent(err):
		return &Missing{Waits: s.putLate(ctx, sig, e) == nil, cause: err}
	case err != nil && s.Trouble() != nil:
		return &Missing{cause: err}
	}
	return err
}

// errUnderWay is the error of a note of which the commit has no answer yet.
var errUnderWay = errors.New("the commit has no answer yet")

// noteBriefly records a reading, and gives up after a short time. On a server it returns
// [errUnderWay] if the commit waits for a standby, which has no limit of time: if that fails in
// the end, the note waits on disk.
func (s *Store) noteBriefly(ctx context.Context, sig ward.Signature, e ward.AuditEvent) error {
	brief, cancel := context.WithTimeout(ctx, notePatience)
	note := func() error {
		defer cancel()
		err := s.Note(brief, sig, e)
		if err != nil && ward.KindOf(err) == ward.KindInternal && brief.Err() != nil && ctx.Err() == nil {
			err = s.tooSlow() // SQLite was interrupted
		}
		return err
	}
	if !s.onServer() {
		return note()
	}
	answer := make(chan error, 1)
	go func() { answer <- note() }()
	select {
	case err := <-answer:
		return err
	case <-time.After(2 * notePatience):
	}
	go func() {
		if err := <-answer; err != nil {
			_ = s.putLate(context.WithoutCancel(ctx), sig, e)
		}
	}()
	return errUnderWay
}

// OwesHere reports whether notes of this Store waited.
func (s *Store) OwesHere() bool { return s.owes.Load() }

// Owes reports whether notes of readings, of any program, wait for [Store.WriteLate].
func (s *Store) Owes() bool {
	return slices.ContainsFunc(s.latePlaces(), func(path string) bool {
		info, err := os.Lstat(path)
		return err == nil && info.Size() > 0
	})
}

// WriteLate records the notes that wait, of all programs.
func (s *Store) WriteLate(ctx context.Context) error {
	if !s.Owes() {
		return nil
	}
	// Without a record of its own: each note has its own author and time.
	return s.write(ctx, ward.Sign(ward.Login("audit"), time.Unix(1, 0)), func(*tx) error { return nil })
}

// lateNote is a note as it waits.
type lateNote struct {
	ID      string    `json:"id"`
	Log     string    `json:"log"`   // hash of its first record: another log may take the place of this one
	After   int64     `json:"after"` // the last record when it was made
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Event   string    `json:"event"`
	Patient int64     `json:"patient,omitempty"`
	About   string    `json:"about,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Seat    string    `json:"seat,omitempty"` // over SSH
}

// lateEvents are the events that may come late. Anyone who can write the file of the notes
// can add some: so none of them changes what the program does.
var lateEvents = []string{
	ward.SignedIn, ward.Unlocked, ward.SignedOut, ward.Locked, ward.ReadPatient, ward.ReadHandover,
	ward.ReadAudit, ward.Exported, ward.Reported, ward.BackedUp, ward.InboxRead,
}

// words returns the detail of the record: it says that the note came late, and identifies
// it, so that a program that was killed in between leads to no second record.
func (n *lateNote) words() string {
	late := "recorded late, " + n.ID
	if detail := cut(ward.CleanLine(n.Detail)); detail != "" {
		return detail + "; " + late
	}
	return late
}

// putLate lets a note wait.
func (s *Store) putLate(ctx context.Context, sig ward.Signature, e ward.AuditEvent) error {
	if !slices.Contains(lateEvents, e.Event) {
		return ward.Unavailable("this act cannot be recorded later")
	}
	end, err := s.endOf(ctx, s.db.Pool())
	if origin := s.origin.Load(); err != nil && origin != nil { // the server does not answer
		end, err = engine.End{Origin: *origin}, nil
	}
	if err != nil {
		return err
	}
	if s.onServer() {
		_, _ = s.LocalFile() // makes its folder; without it the note waits elsewhere
	}
	id := make([]byte, 6)
	if _, err := rand.Read(id); err != nil {
		return err
	}
	line, err := json.Marshal(lateNote{hex.EncodeToString(id), end.Origin, end.Seq, sig.At, sig.By, e.Event, e.PatientID, e.About, e.Detail, seatOf(ctx)})
	if err != nil {
		return err
	}
	if err = sqlite.AppendLate(s.latePlaces(), append(line, '\n')); err == nil {
		s.owes.Store(true)
	}
	return err
}

// appendLate records the notes that wait, and returns the IDs of those that need not wait
// any more, by file. It fails only if the log fails: a note that cannot be recorded is
// dropped.
func (s *Store) appendLate(ctx context.Context, w *tx) (map[string]map[string]bool, error) {
	done := make(map[string]map[string]bool)
	for _, path := range s.latePlaces() {
		notes, err := lateNotes(path)
		if err != nil || len(notes) == 0 {
			continue // a file of another program keeps no one from saving
		}
		done[path] = make(map[string]bool)
		end, err := s.endOf(ctx, w.sql)
		if err != nil {
			return nil, err
		}
		for i := range notes {
			done[path][notes[i].ID] = true
			fits, err := w.fitsLate(ctx, &notes[i], end.Origin)
			if err != nil {
				return nil, err
			}
			if !fits {
				continue
			}
			if err := w.noteLate(ctx, &notes[i]); err != nil {
				return nil, err
			}
		}
	}
	return done, nil
}

// noteLate records a note with its own author and time.
func (w *tx) noteLate(ctx context.Context, n *lateNote) error {
	defer func(sig ward.Signature) { w.sig = sig }(w.sig)
	w.sig = ward.Signature{By: ward.CleanLine(n.By), At: n.At}
	ctx = AtSeat(ctx, cut(ward.CleanLine(n.Seat))) // and not at that of the writer
	return w.note(ctx, ward.AuditEvent{Event: n.Event, PatientID: n.Patient, About: cut(ward.CleanLine(n.About)), Detail: n.words()})
}

// fitsLate reports whether a note belongs to this log, may come late, and is not recorded
// yet.
func (w *tx) fitsLate(ctx context.Context, n *lateNote, origin string) (bool, error) {
	by := ward.CleanLine(n.By)
	if n.Log != origin || !slices.Contains(lateEvents, n.Event) || by == "" || by != cut(by) || len(n.ID) != 12 || n.At.Year() < 2000 || n.At.Year() > 2200 {
		return false, nil
	}
	staff, err := w.roster(ctx)
	if err != nil {
		return false, err
	}
	// A note of a member whose row was damaged meanwhile is as good as before.
	if _, known, err := staff.role(by); err == nil && !known && !ward.IsLogin(by) {
		return false, nil
	}
	return engine.One(ctx, w.sql, "", func(rows engine.Results) (fits bool, err error) {
		err = rows.Scan(&fits)
		return fits, err
	}, `
		SELECT ($1 = 0 OR EXISTS (SELECT 1 FROM patient_now WHERE patient_id = $1))
			AND NOT EXISTS (SELECT 1 FROM audit_event WHERE author = $2 AND event = $3 AND seq > $4 AND detail = $5)`,
		n.Patient, by, n.Event, n.After, n.words())
}

// latePlaces returns the files of late notes, none if the log has no place for them.
func (s *Store) latePlaces() []string {
	if s.Local() == "" {
		return nil
	}
	return sqlite.LatePlaces(s.Local())
}

// lateNotes returns the notes that wait in a file, of all logs; lines that are none are
// left out.
func lateNotes(path string) (notes []lateNote, err error) {
	content, err := sqlite.ReadLate(path)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(content) {
		if n, ok := parseLate(line); ok {
			notes = append(notes, n)
		}
	}
	return notes, nil
}

func parseLate(line []byte) (n lateNote, ok bool) {
	ok = json.Unmarshal(line, &n) == nil && n.ID != ""
	return n, ok
}

// dropLate takes lines away that were recorded, or are no notes of this log: the IDs of
// those that were seen, by file.
func (s *Store) dropLate(seen map[string]map[string]bool) {
	for path, ids := range seen {
		sqlite.PruneLate(path, func(line []byte) bool {
			n, ok := parseLate(line)
			return ok && !ids[n.ID]
		})
	}
}
