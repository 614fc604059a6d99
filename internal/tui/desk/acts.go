package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// Changed says that records were appended to the log, from this keyboard or another
// one. The desk has the new board, or has asked for it, before the screens get it.
type Changed struct {
	Patients []int64
	Board    *store.Roll // read after these records; nil if the desk is to read it
	All      bool        // the log or the settings are other ones: everything is to be loaded again
}

// Concerns reports whether a screen about a patient must load again.
func (c Changed) Concerns(patient int64) bool { return c.All || slices.Contains(c.Patients, patient) }

// HouseChanged says that records were appended about the ward, its staff, PINs or seats.
type HouseChanged struct{}

// Tick is the tick of the clock, once in a second.
type Tick struct{ At time.Time }

// InRound reports whether the card of a round lies under the screen, in place of the board.
func (d *Desk) InRound() bool { return d.Doors.InRound != nil && d.Doors.InRound() }

// Done is the value of a save that answers with nothing but its success.
type Done struct{}

// Load returns a command that reads the log; its result is a [kit.Result] of T.
func Load[T any](d *Desk, h kit.Host, p *kit.Pending, subject string, do func(context.Context, *store.Store) (T, error)) tea.Cmd {
	log, health := d.Log, d.health
	return kit.Ask(h.Requests(), p, subject, func(ctx context.Context) (T, error) {
		value, err := do(ctx, log)
		health.read(err)
		return value, err
	})
}

// Save returns a command that writes to the log, signed by the person who is at the
// keyboard now. request is the ID of the act, the same one if the save is tried again;
// it may be empty.
func Save[T any](d *Desk, h kit.Host, p *kit.Pending, subject, request string, do func(context.Context, *store.Store, ward.Signature) (T, error)) tea.Cmd {
	log, sign, wrote, end := d.Log, d.Signer(request), d.wrote, d.health.begin(d.now, true)
	return kit.Ask(h.Requests(), p, subject, func(ctx context.Context) (T, error) {
		value, err := tracked(end, func() (T, error) { return do(ctx, log, sign()) })
		wrote.Store(true) // also after an error: the save may have been committed
		return value, err
	})
}

// Signer returns a function for a command: it signs with the person who is at the
// keyboard now, at the time of its call.
func (d *Desk) Signer(request string) func() ward.Signature {
	by, zone, clock := d.user.Name, d.zone, d.Clock
	return func() ward.Signature {
		sig := ward.Sign(by, clock().In(zone))
		sig.Request = request
		return sig
	}
}

// noted is the value of a command that recorded an audit event. The desk takes its
// result.
type noted struct {
	late bool // the record follows with the next save
}

// Note records an audit event of the person at the keyboard, such as a read. The patient
// comes before the audit: if the event cannot be recorded now, the screen opens all the
// same, a line says so, and the record follows with the next save.
func (d *Desk) Note(h kit.Host, e ward.AuditEvent) tea.Cmd {
	if d.user.Name == "" || d.Log.ReadOnly() && d.Log.Trouble() == nil {
		return nil
	}
	var p kit.Pending
	return Save(d, h, &p, "", "", func(ctx context.Context, log *store.Store, sig ward.Signature) (noted, error) {
		err := log.NoteReading(ctx, sig, e)
		if missing, ok := errors.AsType[*store.Missing](err); ok && missing.Waits {
			return noted{late: true}, err
		}
		return noted{}, err
	})
}

// lateNotes is the value of a command that recorded the notes of readings that waited.
type lateNotes struct{}

// noteLate records the notes that wait, once the log can be written again.
func (d *Desk) noteLate(h kit.Host) tea.Cmd {
	if !d.missing || d.Log.ReadOnly() || d.noting.Waiting() || d.now.Sub(d.notedAt) < probeEvery {
		return nil
	}
	d.notedAt = d.now
	return Load(d, h, &d.noting, "", func(ctx context.Context, log *store.Store) (lateNotes, error) {
		brief, cancel := context.WithTimeout(ctx, probeEvery)
		defer cancel()
		return lateNotes{}, log.WriteLate(brief)
	})
}

// takeNoted says if the audit lacks an act.
func (d *Desk) takeNoted(h kit.Host, msg kit.Result[noted]) {
	_, missing := errors.AsType[*store.Missing](msg.Err)
	switch {
	case missing && msg.Value.late:
		d.setMissing(true)
	case msg.Err != nil:
		h.Fail("this could not be recorded in the audit: " + Words(msg.Err))
	}
}

func (d *Desk) setMissing(missing bool) {
	d.missing = missing
	line := ""
	if missing {
		line = "The audit lacks what was read here. It follows when the log can be written"
	}
	d.SetNotice(NoticeAudit, line)
}

// visit is the patient whose record the person at the keyboard has open.
type visit struct {
	patient int64
	reader  string
}

// Visit records that the person at the keyboard reads a patient's record. It does so once,
// however many screens about the patient open, until the person is back on the board or
// reads another patient.
func (d *Desk) Visit(h kit.Host, patient int64) tea.Cmd {
	now := visit{patient, d.user.Name}
	if d.visit == now {
		return nil
	}
	d.visit = now
	return d.Note(h, ward.AuditEvent{Event: ward.ReadPatient, PatientID: patient})
}

// EndVisit makes the next [Desk.Visit] one that is recorded. The board calls it.
func (d *Desk) EndVisit() { d.visit = visit{} }

// checkKey identifies the unsaved check of a person about a patient.
type checkKey struct {
	by      string
	patient int64
}

// noteCheck remembers a draft of a check, because the board does not show those of patients
// who left.
func (d *Desk) noteCheck(draft store.Draft) {
	if d.checks == nil {
		d.checks = map[checkKey]time.Time{}
	}
	d.checks[checkKey{draft.Author, draft.PatientID}] = draft.Since
}

// forgetChecks forgets the drafts that the person at the keyboard may have saved or dropped
// at another seat. The log has the others.
func (d *Desk) forgetChecks() {
	for key := range d.checks {
		if _, waits := d.OnTheWay(key.patient); key.by == d.user.Name && !waits {
			delete(d.checks, key)
		}
	}
}

// DraftKept is the value of a command that kept or dropped a draft. The desk says if one
// fails, because the form may be gone.
type DraftKept struct {
	Patient  int64
	Revision int64 // zero if it was dropped
	by       string
	again    bool // it was not the first try
}

// lateDraft is a draft that the log may not have.
type lateDraft struct {
	store.Draft
	failed bool // it is on its way no more: the log did not take it
}

// KeepDraft keeps the content of a form about a patient. since is the time at which the
// form was begun. A draft that the log does not take stays here, and is tried again.
func (d *Desk) KeepDraft(h kit.Host, patient int64, check string, since time.Time, content string) tea.Cmd {
	if d.ReadOnly() != "" || d.user.Name == "" {
		return nil
	}
	d.drafts = max(d.drafts+1, d.now.UnixMilli())
	draft := store.Draft{PatientID: patient, Author: d.user.Name, CheckID: check, Revision: d.drafts, Since: since, Content: content}
	d.noteCheck(draft)
	return d.writeDraft(h, draft, false)
}

func (d *Desk) writeDraft(h kit.Host, draft store.Draft, again bool) tea.Cmd {
	if d.onTheWay == nil {
		d.onTheWay = map[checkKey]lateDraft{}
	}
	d.onTheWay[checkKey{draft.Author, draft.PatientID}] = lateDraft{Draft: draft}
	var p kit.Pending
	return write(d, h, &p, Subject(draft.PatientID), func(ctx context.Context, log *store.Store) (DraftKept, error) {
		return DraftKept{draft.PatientID, draft.Revision, draft.Author, again}, log.KeepDraft(ctx, draft)
	})
}

// keepAgain writes the drafts that the log did not take.
func (d *Desk) keepAgain(h kit.Host) tea.Cmd {
	if d.now.Sub(d.keptAt) < probeEvery {
		return nil
	}
	d.keptAt = d.now
	var all []tea.Cmd
	for _, draft := range d.failedDrafts() {
		all = append(all, d.writeDraft(h, draft, true))
	}
	return tea.Batch(all...)
}

// failedDrafts returns the drafts that the log did not take.
func (d *Desk) failedDrafts() (list []store.Draft) {
	for _, late := range d.onTheWay {
		if late.failed {
			list = append(list, late.Draft)
		}
	}
	return list
}

// OnTheWay returns the newest draft of the person at the keyboard about a patient that the
// log may not have yet: a form that is closed and opened again at once may be quicker than a
// slow server, and the log may take nothing just now.
func (d *Desk) OnTheWay(patient int64) (store.Draft, bool) {
	late, ok := d.onTheWay[checkKey{d.user.Name, patient}]
	return late.Draft, ok
}

// GoOn makes later drafts newer than one from the log: the clock of the machine that wrote
// it may be ahead of this one.
func (d *Desk) GoOn(from store.Draft) { d.drafts = max(d.drafts, from.Revision) }

// takeKept notes that a draft is on its way no more.
func (d *Desk) takeKept(h kit.Host, msg kit.Result[DraftKept]) {
	key := checkKey{msg.Value.by, msg.Value.Patient}
	late, ok := d.onTheWay[key]
	newest := ok && late.Revision == msg.Value.Revision
	switch {
	case newest && msg.Err == nil:
		delete(d.onTheWay, key)
	case newest:
		late.failed = true
		d.onTheWay[key] = late
	}
	if msg.Err != nil && !msg.Value.again {
		d.draftFailed(h, msg.Err)
	}
}

// draftFailed says that a draft could not be written, unless a line of trouble says so.
func (d *Desk) draftFailed(h kit.Host, err error) {
	if ward.TroubleOf(err) != ward.TroubleOther {
		return
	}
	h.Fail("the draft could not be kept: " + Words(err))
}

// DropDraft discards the draft of the person at the keyboard about a patient.
func (d *Desk) DropDraft(h kit.Host, patient int64) tea.Cmd {
	author := d.user.Name
	delete(d.onTheWay, checkKey{author, patient})
	delete(d.checks, checkKey{author, patient})
	var p kit.Pending
	return write(d, h, &p, Subject(patient), func(ctx context.Context, log *store.Store) (DraftKept, error) {
		return DraftKept{Patient: patient}, log.DropDraft(ctx, patient, author)
	})
}

// Saved names the check that the person at the keyboard has just saved, for ctrl+z.
type Saved struct {
	Patient int64
	Check   string
	Words   string // "Saved 15:49: OKAFOR, Ada  MRN 0042317  ICE 10 …"
	At      time.Time
}

// undoFor is the time after a save in which ctrl+z offers to withdraw it.
const undoFor = 2 * time.Minute

// JustSaved remembers a save for ctrl+z.
func (d *Desk) JustSaved(s Saved) {
	d.saved = s
	delete(d.checks, checkKey{d.user.Name, s.Patient})
}

// LastSave returns the save of [Desk.JustSaved]; without a check if there is none.
func (d *Desk) LastSave() Saved { return d.saved }

// Undo returns the place of the question that withdraws the last save, and whether it
// was less than 2 minutes ago.
func (d *Desk) Undo() (kit.Place, bool) {
	ago := d.now.Sub(d.saved.At)
	if d.saved.Check == "" || ago < 0 || ago > undoFor {
		return kit.Place{}, false
	}
	return kit.Place{Screen: Withdraw, Subject: CheckSubject(d.saved.Patient, d.saved.Check), Detail: "undo"}, true
}
