package desk

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// slow is the time after which a write that is on its way is announced. A save takes a
// few milliseconds unless another program holds the log.
const slow = 2 * time.Second

// announce sets the lines about the log, and clears those that are over.
func (d *Desk) announce() {
	s := d.health
	s.mu.Lock()
	defer s.mu.Unlock()
	disk, lock, server, damage := "", "", "", ""
	wait, saves := s.waits(d.now)
	away := d.Log.Away()
	switch {
	case away > 0 && saves:
		server = fmt.Sprintf("saving… the server has been away for %d s. NOT SAVED YET. esc keeps it here; it is tried again", int(away.Seconds()))
	case away > 0: // the line about the connection says so
	case s.failed == ward.DiskFull:
		disk = "DISK FULL: NOT SAVED. Your answers are kept here. Use paper; " + d.Call()
	case wait >= slow:
		lock = fmt.Sprintf("Another program holds the log (%d s). Waiting, nothing is lost", int(wait.Seconds()))
	case s.failed == ward.LogLocked:
		lock = "Another program holds the log: NOT SAVED. Your answers are kept here; try again"
	}
	switch {
	case ward.TroubleOf(s.damaged) == ward.LogRolledBack:
		damage = "This log lost its newest records. Use paper; " + d.Call()
	case s.damaged != nil:
		damage = "This log is damaged or was altered. Use paper; " + d.Call() + ". " + Words(s.damaged)
	}
	if d.Log.ReadOnly() { // it does not become writable again: the end of the trouble changes nothing here
		const again = ". Opened read-only: quit, and open it again when that is over"
		disk, lock = suffixed(disk, again), suffixed(lock, again)
	}
	d.SetNotice(NoticeDisk, disk)
	d.SetNotice(NoticeLog, lock)
	d.SetNotice(NoticeServer, server)
	d.SetNotice(NoticeDamaged, damage)
}

// suffixed adds to a text that is not empty.
func suffixed(text, end string) string {
	if text == "" {
		return ""
	}
	return text + end
}

// Unkept reports whether the log takes nothing just now, so that the answers typed last are
// in this program alone.
func (d *Desk) Unkept() bool {
	s := d.health
	s.mu.Lock()
	defer s.mu.Unlock()
	wait, _ := s.waits(d.now)
	return s.failed == ward.DiskFull || s.failed == ward.LogLocked || wait >= slow || d.Log.Away() > 0
}

// StillWrites reports whether a write is on its way.
func (d *Desk) StillWrites() bool {
	s := d.health
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.writing) > 0
}

// Damaged announces damage that the service found. The line stays until
// [Desk.SeenDamage].
func (d *Desk) Damaged(err error) { d.health.read(err) }

// RecordedDamage takes the damage that the log has recorded and no administrator has seen,
// nil for none: at another terminal, before a restart, by a verification. The line goes if
// an administrator has seen it there.
func (d *Desk) RecordedDamage(err error) {
	s := d.health
	s.mu.Lock()
	switch {
	case err != nil:
		if s.damaged == nil {
			s.damaged = err
		}
		s.record = true
	case s.record:
		s.damaged, s.record = nil, false
	}
	s.mu.Unlock()
	d.announce()
}

// SeenDamage takes the line about damage away, because an administrator has seen it, and
// returns its words for the audit. It reports false if there is no such line, or if the
// log lost records: neurocheck verify --accept ends that.
func (d *Desk) SeenDamage() (words string, ok bool) {
	d.health.mu.Lock()
	err := d.health.damaged
	stays := err == nil || ward.TroubleOf(err) == ward.LogRolledBack
	if !stays {
		d.health.damaged, d.health.record = nil, false
	}
	d.health.mu.Unlock()
	if stays {
		return "", false
	}
	d.announce()
	return Words(err), true
}

// probeEvery is the time between two tries to write while the log takes nothing.
const probeEvery = 5 * time.Second

// probed is the value of a command that tried to write.
type probed struct{}

// probe tries to write while the log takes nothing, so that the line about it goes when
// the trouble is over. It writes an empty draft, which is no part of the record.
func (d *Desk) probe(h kit.Host) tea.Cmd {
	d.health.mu.Lock()
	failed := d.health.failed != ward.TroubleOther && len(d.health.writing) == 0
	d.health.mu.Unlock()
	if !failed || d.user.Name == "" || d.probing.Waiting() || d.now.Sub(d.probedAt) < probeEvery {
		return nil
	}
	d.probedAt = d.now
	draft := store.Draft{Kind: "probe", Author: d.user.Name, CheckID: "probe", Revision: d.now.UnixMilli(), Since: d.now}
	return write(d, h, &d.probing, "", func(ctx context.Context, log *store.Store) (probed, error) {
		return probed{}, log.KeepDraft(ctx, draft)
	})
}

// write is [Load] for a command that writes but is no record.
func write[T any](d *Desk, h kit.Host, p *kit.Pending, subject string, do func(context.Context, *store.Store) (T, error)) tea.Cmd {
	log, end := d.Log, d.health.begin(d.now, false)
	return kit.Ask(h.Requests(), p, subject, func(ctx context.Context) (T, error) {
		return tracked(end, func() (T, error) { return do(ctx, log) })
	})
}
