package store

import (
	"context"
	"slices"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// followUpEvent is one row of the events of a follow-up.
type followUpEvent struct {
	id      int64
	patient int64
	event   string
	joined  ward.Joined
	level   icans.Flag // of the follow-up after it
	peak    int
	sig     ward.Signature
	outcome string
	note    string
	asked   bool
}

func decodeFollowUpEvent(r *row) followUpEvent {
	e := followUpEvent{
		id: r.number("follow_up_id"), patient: r.number("patient_id"), event: r.text("event"), sig: r.recorded(),
		outcome: r.text("outcome"), note: r.text("note"), asked: r.flag("asked"),
	}
	if !r.isNull("check_id") {
		flag, ok := icans.ParseFlag(r.text("flag"))
		if !ok {
			r.fail("flag", "holds a word that this program does not know")
		}
		e.joined = ward.Joined{
			CheckID: r.text("check_id"), Event: ward.JoinEvent(e.event), Flag: flag, Floor: int(r.number("floor")),
			PerformedAt: r.time("performed"), At: e.sig.At,
		}
		e.peak = int(r.number("peak"))
		if e.level, ok = icans.ParseFlag(r.text("level")); !ok {
			r.fail("level", "holds a word that this program does not know")
		}
	}
	return e
}

// followUpsOf returns the follow-ups of a patient, in the order of opening.
func (in reader) followUpsOf(ctx context.Context, patient int64) ([]ward.FollowUp, error) {
	events, err := records(ctx, in, "follow_up", decodeFollowUpEvent, `WHERE r.patient_id = $1 ORDER BY r.seq`, patient)
	return followUps(events), err
}

// followUps puts the events of follow-ups together. They are in the order of the
// record.
func followUps(events []followUpEvent) []ward.FollowUp {
	var list []ward.FollowUp
	index := make(map[int64]int)
	for i := range events {
		e := &events[i]
		if e.event == followUpOpened {
			index[e.id] = len(list)
			list = append(list, ward.FollowUp{ID: e.id, PatientID: e.patient, Opened: e.sig})
		}
		at, opened := index[e.id]
		if !opened {
			continue // verify names it
		}
		f := &list[at]
		switch e.event {
		case followUpOpened, followUpJoined, followUpRaised:
			f.Join(e.joined)
			f.Level, f.Peak = max(f.Level, e.level), max(f.Peak, e.peak) // of the events that were not read
		case followUpAcknowledged:
			f.Acked = e.sig
			f.Acks = append(f.Acks, e.sig)
		case followUpNoted:
			f.Notes = append(f.Notes, ward.FollowUpNote{Text: e.note, Signature: e.sig})
		case followUpClosed:
			f.Closed, f.Outcome, f.Note, f.Asked = e.sig, e.outcome, e.note, e.asked
		}
	}
	return list
}

// putEvents appends events of joining, in order. h has the follow-ups after all of
// them, and each row the level and the peak after its own event.
func (w *tx) putEvents(ctx context.Context, h *ward.History, events []ward.FollowUpEvent) error {
	left := make(map[int]int) // events of each follow-up that are not appended yet
	for i := range events {
		left[events[i].Index]++
	}
	for i := range events {
		e := &events[i]
		f := &h.FollowUps[e.Index]
		level, peak := f.Level, f.Peak
		if left[e.Index]--; left[e.Index] > 0 {
			level, peak = levelOf(f.Joined[:len(f.Joined)-left[e.Index]])
		}
		if err := w.putJoined(ctx, h, e, level, peak); err != nil {
			return err
		}
	}
	return nil
}

func levelOf(joined []ward.Joined) (level icans.Flag, peak int) {
	for i := range joined {
		level, peak = max(level, joined[i].Flag), max(peak, joined[i].Floor)
	}
	return level, peak
}

// putJoined appends an event of joining. It sets the ID of a new follow-up in h.
func (w *tx) putJoined(ctx context.Context, h *ward.History, e *ward.FollowUpEvent, level icans.Flag, peak int) error {
	f := &h.FollowUps[e.Index]
	var id any = f.ID
	if f.ID == 0 {
		id = ownSeq
	}
	if f.PatientID == 0 {
		f.PatientID = h.Patient.ID
	}
	columns := slices.Concat([]column{
		{"follow_up_id", id}, {"event", string(e.Event)}, {"patient_id", f.PatientID},
		{"check_id", e.CheckID}, {"flag", e.Flag.Code()}, {"floor", int64(e.Floor)},
	}, timeColumns("performed", e.PerformedAt), []column{
		{"level", level.Code()}, {"peak", int64(peak)}, {"outcome", nil}, {"note", nil}, {"asked", nil},
	}, recordedColumns(ward.Sign(e.By, e.At)))
	seq, err := w.append(ctx, "follow_up", columns...)
	if err != nil || f.ID != 0 {
		return err
	}
	f.ID = seq
	return w.putFollowUpOpen(ctx, seq, f.PatientID)
}

// putFollowUpEvent appends an event without a check.
func (w *tx) putFollowUpEvent(ctx context.Context, f *ward.FollowUp, event, outcome, note string, asked any, sig ward.Signature) error {
	columns := slices.Concat([]column{
		{"follow_up_id", f.ID}, {"event", event}, {"patient_id", f.PatientID},
		{"check_id", nil}, {"flag", nil}, {"floor", nil},
	}, timeColumns("performed", time.Time{}), []column{
		{"level", nil}, {"peak", nil}, {"outcome", text(outcome)}, {"note", text(note)}, {"asked", asked},
	}, recordedColumns(sig))
	_, err := w.append(ctx, "follow_up", columns...)
	return err
}

// followUp returns a follow-up by its ID.
func (w *tx) followUp(ctx context.Context, id int64) (ward.FollowUp, error) {
	events, err := records(ctx, w.reader(), "follow_up", decodeFollowUpEvent, `WHERE r.follow_up_id = $1 ORDER BY r.seq`, id)
	if err != nil {
		return ward.FollowUp{}, err
	}
	list := followUps(events)
	if len(list) == 0 {
		return ward.FollowUp{}, ward.NotFound("there is no such follow-up")
	}
	return list[0], nil
}

// Acknowledge records that the author accepted a follow-up. It returns
// [ward.KindConflict] if it is accepted or closed already.
func (s *Store) Acknowledge(ctx context.Context, sig ward.Signature, id int64) error {
	return s.do(ctx, sig, ward.MayRecord, "acknowledge", []any{id}, func(w *tx) error {
		f, err := w.followUp(ctx, id)
		switch {
		case err != nil:
			return err
		case !f.IsOpen():
			return ward.Conflict(f.Closed.By + " closed this follow-up")
		case f.Acked.Done():
			return ward.Conflict("accepted by " + f.Acked.By + " already")
		}
		return w.putFollowUpEvent(ctx, &f, followUpAcknowledged, "", "", nil, w.sig)
	})
}

// CloseFollowUp closes an accepted follow-up with an outcome and a note; asked records
// that closing as resolved was asked about again. It returns a [ward.KindQuestion] if
// that must be asked and was not: see [ward.History.AskResolved].
func (s *Store) CloseFollowUp(ctx context.Context, sig ward.Signature, id int64, outcome, note string, asked bool) error {
	note = ward.CleanLine(note)
	return s.do(ctx, sig, ward.MayDecide, "close", []any{id, outcome, note, asked}, func(w *tx) error {
		f, err := w.followUp(ctx, id)
		if err != nil {
			return err
		}
		if err := f.ValidateClosing(outcome, note); err != nil {
			return err
		}
		if outcome == ward.Resolved && !asked {
			h, err := w.reader().history(ctx, f.PatientID, wholePart)
			if err != nil {
				return err
			}
			if h.AskResolved() {
				return ward.Question("still_flagged", "still flagged: close as resolved all the same?")
			}
		}
		if err := w.putFollowUpEvent(ctx, &f, followUpClosed, outcome, note, boolInt(asked), w.sig); err != nil {
			return err
		}
		return w.dropFollowUpOpen(ctx, f.ID)
	})
}

// NoteFollowUp records a comment on a follow-up that is open.
func (s *Store) NoteFollowUp(ctx context.Context, sig ward.Signature, id int64, note string) error {
	note = ward.CleanLine(note)
	return s.do(ctx, sig, ward.MayRecord, "note", []any{id, note}, func(w *tx) error {
		f, err := w.followUp(ctx, id)
		if err != nil {
			return err
		}
		if err := f.ValidateNote(note); err != nil {
			return err
		}
		return w.putFollowUpEvent(ctx, &f, followUpNoted, "", note, nil, w.sig)
	})
}

// Tick ticks an item of a follow-up's checklist, or removes the tick.
func (s *Store) Tick(ctx context.Context, sig ward.Signature, followUp int64, item string, ticked bool) error {
	item = ward.CleanLine(item)
	return s.do(ctx, sig, ward.MayRecord, "tick", []any{followUp, item, ticked}, func(w *tx) error {
		if item == "" {
			return ward.Invalid("item", "missing")
		}
		f, err := w.followUp(ctx, followUp)
		if err != nil {
			return err
		}
		if !f.IsOpen() {
			return ward.Conflict(f.Closed.By + " closed this follow-up")
		}
		return w.putTick(ctx, &f, item, ticked, w.sig)
	})
}

// putTick appends a tick of an item of a checklist, or its removal.
func (w *tx) putTick(ctx context.Context, f *ward.FollowUp, item string, ticked bool, sig ward.Signature) error {
	_, err := w.append(ctx, "follow_up_item", append([]column{
		{"follow_up_id", f.ID},
		{"patient_id", f.PatientID},
		{"item", item},
		{"ticked", boolInt(ticked)},
	}, recordedColumns(sig)...)...)
	return err
}

// Ticks returns the ticked items of a follow-up's checklist, with the signatures of the
// ticks.
func (s *Store) Ticks(ctx context.Context, followUp int64) (items map[string]ward.Signature, err error) {
	err = s.read(ctx, func(in reader) error {
		ticks, err := in.ticks(ctx, `WHERE r.follow_up_id = $1 ORDER BY r.seq`, followUp)
		items = ticks[followUp]
		return err
	})
	if items == nil {
		items = make(map[string]ward.Signature)
	}
	return items, err
}

// ticks returns the ticked items by follow-up; rest selects the rows, in order.
func (in reader) ticks(ctx context.Context, rest string, args ...any) (map[int64]map[string]ward.Signature, error) {
	type tick struct {
		followUp int64
		item     string
		ticked   bool
		by       ward.Signature
	}
	list, err := records(ctx, in, "follow_up_item", func(r *row) tick {
		return tick{r.number("follow_up_id"), r.text("item"), r.flag("ticked"), r.recorded()}
	}, rest, args...)
	ticks := make(map[int64]map[string]ward.Signature)
	for _, t := range list {
		items := ticks[t.followUp]
		if items == nil {
			items = make(map[string]ward.Signature)
			ticks[t.followUp] = items
		}
		delete(items, t.item)
		if t.ticked {
			items[t.item] = t.by
		}
	}
	return ticks, err
}
