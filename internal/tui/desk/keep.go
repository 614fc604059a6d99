package desk

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// formKey identifies unsaved work by the person and the place.
type formKey struct {
	by string
	kit.Place
}

// keptForm is unsaved work of one place.
type keptForm struct {
	work    any    // the value of Keep, or a string from the log
	id      string // of the form, so that a late write of a dropped form is ignored
	since   time.Time
	written string // the content that the log has or is getting
}

// Contented is unsaved work that the log can hold: Content returns it as text. After a
// restart [Desk.Kept] returns that text in place of the work.
type Contented interface{ Content() string }

// Keep keeps work of the person at the keyboard that is not saved yet, so that the same
// place shows it again: esc, a lock, a failed save and a crash lose nothing. Nil forgets
// it. A string and a [Contented] are written to the log with the next message; any other
// work lives as long as the program.
func (d *Desk) Keep(at kit.Place, work any) {
	key := formKey{d.user.Name, at}
	form := d.kept[key]
	if work == nil {
		if form != nil {
			delete(d.kept, key)
			d.unwritten = append(d.unwritten, unwritten{key: key, id: form.id})
		}
		return
	}
	if d.kept == nil {
		d.kept = map[formKey]*keptForm{}
	}
	if form == nil {
		form = &keptForm{id: formID(d.now), since: d.now}
		d.kept[key] = form
	}
	form.work = work
	if !slices.ContainsFunc(d.unwritten, func(u unwritten) bool { return u.key == key && u.id == form.id }) {
		d.unwritten = append(d.unwritten, unwritten{key: key, id: form.id})
	}
}

// KeepText is [Desk.Keep] for a text. Empty forgets it.
func (d *Desk) KeepText(at kit.Place, text string) {
	if text == "" {
		d.Keep(at, nil)
	} else {
		d.Keep(at, text)
	}
}

func formID(now time.Time) string { return "form-" + now.UTC().Format("20060102T150405.000") }

// Kept returns the work that [Desk.Keep] keeps, its content as a string if it comes from
// the log, or nil.
func (d *Desk) Kept(at kit.Place) any {
	if form := d.kept[formKey{d.user.Name, at}]; form != nil {
		return form.work
	}
	return nil
}

// KeptSince returns the time at which the kept work of a place was begun.
func (d *Desk) KeptSince(at kit.Place) time.Time {
	if form := d.kept[formKey{d.user.Name, at}]; form != nil {
		return form.since
	}
	return time.Time{}
}

// unwritten is a form whose content the log does not have yet.
type unwritten struct {
	key formKey
	id  string
}

// draft returns the form as the log keeps it. It reports false if the log has it already.
func (d *Desk) draft(u unwritten) (store.Draft, bool) {
	draft := store.Draft{Kind: u.key.Screen, Subject: u.key.Subject, PatientID: PatientOf(u.key.Subject), Author: u.key.by, CheckID: u.id}
	if u.key.Detail != "" {
		draft.Subject += "#" + u.key.Detail
	}
	form := d.kept[u.key]
	if form == nil || form.id != u.id {
		draft.Revision = math.MaxInt64 // dropped
		return draft, true
	}
	switch work := form.work.(type) {
	case string:
		draft.Content = work
	case Contented:
		draft.Content = work.Content()
	}
	if draft.Content == form.written {
		return draft, false
	}
	form.written = draft.Content
	d.drafts = max(d.drafts+1, d.now.UnixMilli())
	draft.Revision, draft.Since = d.drafts, form.since
	return draft, true
}

// Flush returns a command that writes the kept forms that changed. While one is on its
// way the next ones wait, so that fast typing queues no writes.
func (d *Desk) Flush(h kit.Host) tea.Cmd {
	if d.flushing.Waiting() || d.ReadOnly() != "" || len(d.unwritten) == 0 {
		return nil
	}
	list := d.takeUnwritten()
	if len(list) == 0 {
		return nil
	}
	return write(d, h, &d.flushing, "", func(ctx context.Context, log *store.Store) (flushed, error) {
		return flushed{}, keepDrafts(ctx, log, list)
	})
}

// FlushLast returns a function that writes the kept forms that changed, and the checks that
// the log did not take, for the end of the program.
func (d *Desk) FlushLast() func(context.Context) error {
	log, list := d.Log, append(d.takeUnwritten(), d.failedDrafts()...)
	if d.ReadOnly() != "" || len(list) == 0 {
		return nil
	}
	return func(ctx context.Context) error { return keepDrafts(ctx, log, list) }
}

func (d *Desk) takeUnwritten() (list []store.Draft) {
	for _, u := range d.unwritten {
		if draft, changed := d.draft(u); changed {
			list = append(list, draft)
		}
	}
	d.unwritten = nil
	return list
}

func keepDrafts(ctx context.Context, log *store.Store, list []store.Draft) error {
	for _, draft := range list {
		var err error
		if draft.Revision == math.MaxInt64 {
			err = log.DropForm(ctx, draft.Author, draft.Kind, draft.Subject)
		} else {
			err = log.KeepDraft(ctx, draft)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// flushed is the value of a command that wrote kept forms.
type flushed struct{}

// takeFlushed goes on after a write. After a failure the forms are written again with the
// next change.
func (d *Desk) takeFlushed(h kit.Host, msg kit.Result[flushed]) tea.Cmd {
	if !kit.Take(&d.flushing, msg) {
		return nil
	}
	if msg.Err != nil {
		for key, form := range d.kept {
			form.written = ""
			d.unwritten = append(d.unwritten, unwritten{key: key, id: form.id})
		}
		d.draftFailed(h, msg.Err)
		return nil
	}
	return d.Flush(h)
}

// loadedForms is the value of a command that read the unsaved forms of a person.
type loadedForms struct {
	by   string
	list []store.Draft
}

// LoadKept reads the unsaved forms of the person at the keyboard from the log.
func (d *Desk) LoadKept(h kit.Host) tea.Cmd {
	by := d.user.Name
	var p kit.Pending
	return Load(d, h, &p, "", func(ctx context.Context, log *store.Store) (loadedForms, error) {
		list, err := log.Drafts(ctx, by)
		return loadedForms{by, list}, err
	})
}

// takeLoaded takes the forms of the log that this program does not have, and says so.
func (d *Desk) takeLoaded(h kit.Host, msg kit.Result[loadedForms]) {
	if msg.Err != nil || msg.Value.by != d.user.Name {
		return // the board reports a log that cannot be read
	}
	d.forgetChecks()
	var kinds []string
	for _, draft := range msg.Value.list {
		if draft.Kind == store.CheckForm {
			d.noteCheck(draft) // the board shows it if the patient is on it
			continue
		}
		key := formKey{draft.Author, kit.Place{Screen: draft.Kind, Subject: draft.Subject}}
		key.Subject, key.Detail, _ = strings.Cut(draft.Subject, "#")
		if d.kept[key] != nil {
			continue
		}
		if d.kept == nil {
			d.kept = map[formKey]*keptForm{}
		}
		d.GoOn(draft)
		d.kept[key] = &keptForm{work: draft.Content, id: draft.CheckID, since: draft.Since, written: draft.Content}
		kinds = append(kinds, draft.Kind)
	}
	if len(kinds) > 0 {
		h.Say(UnsavedWords(kinds) + " not saved yet; :unsaved lists them")
	}
}

// Adopt takes the unsaved forms of the person at the keyboard as the log has them, also
// those that this program knows: they were changed at another seat.
func (d *Desk) Adopt(h kit.Host, list []store.Draft) {
	d.Forget(d.user.Name)
	d.takeLoaded(h, kit.Result[loadedForms]{Value: loadedForms{d.user.Name, list}})
}

// Forget drops the unsaved work of a person from this program. The log has it still.
func (d *Desk) Forget(by string) {
	for key := range d.kept {
		if key.by == by {
			d.forget(key)
		}
	}
}

// ForgetForm is [Desk.Forget] of one form, whatever its detail.
func (d *Desk) ForgetForm(by string, at kit.Place) {
	for key := range d.kept {
		if key.by == by && key.Screen == at.Screen && key.Subject == at.Subject {
			d.forget(key)
		}
	}
}

// forget drops a form that the log has. One that is still to be written stays until then.
func (d *Desk) forget(key formKey) {
	if !slices.ContainsFunc(d.unwritten, func(u unwritten) bool { return u.key == key }) {
		delete(d.kept, key)
	}
}

// KeptForm is unsaved work of the person at the keyboard.
type KeptForm struct {
	Place kit.Place // its key; the screen of the form opens without the detail
	Since time.Time
	Words string // comment, edit
	Text  string // a text that was typed, if the work is nothing else
	Work  any    // the value of Keep, which may be the screen itself
}

// KeptForms returns the unsaved work of the person at the keyboard that the log has too,
// the oldest first. The form of a check is in the list if its patient is not on the board:
// see [Desk.UnsavedChecks].
func (d *Desk) KeptForms() (list []KeptForm) {
	for key, form := range d.kept {
		content, text := form.work.(string)
		if _, contented := form.work.(Contented); key.by != d.user.Name || !text && !contented {
			continue
		}
		if !slices.Contains(texts, key.Screen) {
			content = ""
		}
		list = append(list, KeptForm{Place: key.Place, Since: form.since, Words: formWord(key.Screen), Text: content, Work: form.work})
	}
	list = append(list, d.checksOfOthers()...)
	slices.SortFunc(list, func(a, b KeptForm) int {
		if by := a.Since.Compare(b.Since); by != 0 {
			return by
		}
		return strings.Compare(a.Place.Screen+a.Place.Subject, b.Place.Screen+b.Place.Subject)
	})
	return list
}

// UnsavedChecks returns the patients of the board of whom the person at the keyboard has a
// check that is not saved, also those whose draft the log does not have yet. Sheets of
// paper checks are among the [Desk.KeptForms].
func (d *Desk) UnsavedChecks() (list []ward.PatientState) {
	for _, s := range d.Board() {
		_, unsaved := d.OnTheWay(s.Patient.ID)
		for _, draft := range s.Drafts {
			unsaved = unsaved || !draft.Paper && draft.Author == d.user.Name
		}
		if unsaved {
			list = append(list, s)
		}
	}
	return list
}

// checksOfOthers returns the unsaved checks of patients who are not on the board.
func (d *Desk) checksOfOthers() (list []KeptForm) {
	if !d.Loaded() {
		return nil
	}
	for key, since := range d.checks {
		if _, onBoard := d.State(key.patient); !onBoard && key.by == d.user.Name {
			list = append(list, KeptForm{Place: kit.Place{Screen: Form, Subject: Subject(key.patient)}, Since: since, Words: formWord(store.CheckForm)})
		}
	}
	return list
}

// texts are the screens whose unsaved work is one text.
var texts = []string{Comment, Close, UndoLeave, Staff}

// Marshal returns unsaved work as a text for a draft.
func Marshal(work any) string {
	text, err := json.Marshal(work)
	if err != nil {
		panic(err) // texts, times and maps of texts always marshal
	}
	return string(text)
}

// Unmarshal reads the text of a draft. It reports false for a text of another version.
func Unmarshal(content string, work any) bool { return json.Unmarshal([]byte(content), work) == nil }
