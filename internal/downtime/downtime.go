// Package downtime keeps, in a folder that the site names, each patient's last days
// as plain text, so that the ward can go on with paper if the workstation fails. The
// folder may be a share that another machine reads.
//
// Start with [Keeper]. The names of the files say nothing of the patients; the file
// index.txt lists the patient of each.
package downtime

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// Keeper keeps the sheets of one log. It is for one goroutine at a time.
type Keeper struct {
	Store *store.Store
	// Site names the folder; without one no sheet is written. It may be another one from
	// call to call.
	Site *ward.Site

	by     *ward.Site // the site by which all sheets were written; nil if none was
	seen   int64      // the last record that the sheets include
	folder string     // that has sheets; empty if none has
	old    []string   // folders before, whose sheets are still to be removed
}

// Update rewrites the sheets of the patients with new records since the last call, and
// removes those of patients who left the ward. The first call, and one with another site,
// writes the sheet of every patient on the ward, and removes all others: a patient may have
// left while no program kept the sheets. A folder that the site does not name any more loses
// its sheets, which would grow old unseen; each call tries that again, and returns an error,
// until they are removed.
func (k *Keeper) Update(ctx context.Context, now time.Time) error {
	if k.Site.DowntimeFolder == "" && k.folder == "" && len(k.old) == 0 {
		return nil
	}
	w, err := k.Store.Ward(ctx)
	if ward.KindOf(err) == ward.KindNotFound || w.Synthetic {
		return nil
	}
	if err != nil {
		return err
	}
	left := k.leave(w.Name)
	if k.Site.DowntimeFolder == "" {
		return left
	}
	return errors.Join(k.write(ctx, &w, now), left)
}

// begun reports whether the sheets of all patients were written by the site.
func (k *Keeper) begun() bool { return k.by == k.Site }

func (k *Keeper) write(ctx context.Context, w *ward.Ward, now time.Time) error {
	zone, err := w.Location()
	if err != nil {
		return err
	}
	site := *k.Site
	site.Zone = zone
	board, err := k.board(ctx, &site, now)
	if err != nil {
		return err
	}
	changed, last, err := k.changed(ctx, board)
	if err != nil || k.begun() && len(changed) == 0 {
		return err
	}
	k.folder = k.Site.DowntimeFolder
	if err := os.MkdirAll(k.folder, 0o700); err != nil {
		return k.failed(err)
	}
	for _, id := range changed {
		if err := k.sheet(ctx, id, &site, now, w.Name); err != nil {
			return err
		}
	}
	if !k.begun() {
		onBoard := func(id int64) bool {
			return slices.ContainsFunc(board, func(p ward.PatientState) bool { return p.Patient.ID == id })
		}
		if err := remove(k.folder, onBoard); err != nil {
			return k.failed(err)
		}
	}
	if err := k.index(board, w.Name, now.In(site.Zone)); err != nil {
		return err
	}
	k.seen, k.by = last, k.Site
	return nil
}

// board returns the states of the patients on the ward, and of those whose discharge
// by a feed is not confirmed, the most urgent first.
func (k *Keeper) board(ctx context.Context, site *ward.Site, now time.Time) ([]ward.PatientState, error) {
	histories, err := k.Store.Board(ctx)
	if err != nil {
		return nil, err
	}
	var board []ward.PatientState
	for i := range histories {
		if state := ward.Watch(&histories[i], site, now); state.Stay.OnWard() || state.Left {
			board = append(board, state)
		}
	}
	ward.MostUrgentFirst(board)
	return board, nil
}

// changed returns the patients whose sheets are out of date, and the last record.
func (k *Keeper) changed(ctx context.Context, board []ward.PatientState) (patients []int64, last int64, err error) {
	if k.begun() {
		return k.Store.Changed(ctx, k.seen)
	}
	for i := range board {
		patients = append(patients, board[i].Patient.ID)
	}
	last, _, err = k.Store.Head(ctx)
	return patients, last, err
}

// leave removes the sheets from the folders that the site does not name any more. A share
// that is gone does not keep the sheets out of the next folder: its own are removed once it
// is back.
func (k *Keeper) leave(wardName string) error {
	if k.folder != "" && k.folder != k.Site.DowntimeFolder {
		k.old = append(k.old, k.folder)
		k.folder, k.by = "", nil
	}
	var errs []error
	k.old = slices.DeleteFunc(k.old, func(folder string) bool {
		gone, err := Leave(folder, k.Site.DowntimeFolder, wardName)
		errs = append(errs, err)
		return err == nil && !gone
	})
	return errors.Join(errs...)
}

// Leave removes the sheets of a ward and their list from a folder that its settings named
// before, and reports whether the folder is gone. They stay if it is the folder that the
// settings name now, by any name, and so do the sheets of another ward.
func Leave(folder, now, wardName string) (gone bool, err error) {
	if sameFolder(folder, now) {
		return false, nil
	}
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	path := filepath.Join(folder, list)
	of, err := firstLine(path)
	if err == nil && of != head(wardName) {
		return false, nil
	}
	err = remove(folder, func(int64) bool { return false })
	if err == nil {
		err = os.Remove(path)
	}
	if err == nil || errors.Is(err, os.ErrNotExist) { // another program has removed it
		return false, nil
	}
	return false, ward.Conflict(fmt.Sprintf("the downtime sheets in %s, which the settings do not name any more, could not be removed; they are out of date: %v", folder, err))
}

// sameFolder reports whether two paths are those of one folder, by a link too.
func sameFolder(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return a == b
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

func firstLine(path string) (string, error) {
	f, err := wholefile.OpenPlain(path)
	if err != nil {
		return "", err
	}
	defer f.Close() // opened for reading only
	line, err := bufio.NewReader(f).ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return line, err
}

// head returns the first line of the list of a ward's sheets.
func head(wardName string) string { return "DOWNTIME SHEETS   " + ward.CleanLine(wardName) + "\n" }

// list is the file name of the list of the sheets.
const list = "index.txt"

// name returns the file name of a patient's sheet.
func name(id int64) string { return fmt.Sprintf("patient-%06d.txt", id) }

// remove removes the sheets from a folder but those of the patients that stay. Files with
// other names are no sheets.
func remove(folder string, stays func(patient int64) bool) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		var id int64
		if _, err := fmt.Sscanf(e.Name(), "patient-%d.txt", &id); err != nil || e.Name() != name(id) || !e.Type().IsRegular() || stays(id) {
			continue
		}
		if err := os.Remove(filepath.Join(folder, e.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// sheet writes the sheet of a patient, or removes it if the patient left the ward.
func (k *Keeper) sheet(ctx context.Context, id int64, site *ward.Site, now time.Time, wardName string) error {
	path := filepath.Join(k.folder, name(id))
	chart, err := k.Store.Chart(ctx, id)
	if err != nil {
		return err
	}
	if state := ward.Watch(&chart.History, site, now); !state.Stay.OnWard() && !state.Left {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return k.failed(err)
		}
		return nil
	}
	seq, head, err := k.Store.Head(ctx)
	if err != nil {
		return err
	}
	handover := ward.BuildHandover(site, []ward.Chart{chart}, now.Add(-report.DowntimeHours*time.Hour), now)
	sheet := report.Sheet{Ward: wardName, Seq: seq, Head: head}
	return k.writeFile(path, func(w io.Writer) error { return report.Downtime(w, handover, sheet) })
}

// index writes the list of the sheets with their patients, the most urgent first.
func (k *Keeper) index(board []ward.PatientState, wardName string, now time.Time) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%sAs of %s. Each file holds a patient's last %d hours.\n\n", head(wardName), now.Format("Mon 2 Jan 2006 15:04 MST"), report.DowntimeHours)
	for i := range board {
		p := &board[i].Patient
		bed := board[i].Stay.Bed
		if bed == "" {
			bed = "no bed"
		}
		born := "born " + p.BirthDate.Words()
		if p.BirthDate.IsZero() {
			born = "born unknown, second ID " + ward.CleanLine(p.SecondID)
		}
		fmt.Fprintf(&b, "%s  %-10s  %s, %s, MRN %s\n", name(p.ID), ward.CleanLine(bed), ward.CleanLine(p.Name), born, ward.CleanLine(p.MRN))
	}
	return k.writeFile(filepath.Join(k.folder, list), func(w io.Writer) error {
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func (k *Keeper) writeFile(path string, do func(io.Writer) error) error {
	err := wholefile.Write(path, wholefile.Options{Force: true, Log: k.Store.Local()}, func(temp *os.File) error { return do(temp) })
	if err != nil {
		return k.failed(err)
	}
	return nil
}

func (k *Keeper) failed(err error) error {
	return ward.Conflict(fmt.Sprintf("the downtime sheets in %s could not be written: %v", k.folder, err))
}
