// Package downtime keeps, in a folder that the site names, each patient's last
// days as plain text, so that the ward can go on with paper when the workstation
// dies. The folder may be a share that another machine reads.
//
// Start with [Keeper]. The names of the files say nothing of the patients; the
// file index.txt says which is whose.
package downtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// Keeper keeps the sheets of one log. It is for one goroutine at a time.
type Keeper struct {
	Store  *store.Store
	Site   *ward.Site // says the folder; where it names none, nothing is kept
	seen   int64      // the last record that the sheets know
	begun  bool
	folder string
}

// Update writes anew the sheets of the patients about whom something was recorded
// since the last time, and removes those of who left the ward. The first time it
// writes those of everybody on the ward.
func (k *Keeper) Update(ctx context.Context, now time.Time) error {
	if k.Site.DowntimeFolder == "" {
		return nil
	}
	w, err := k.Store.Ward(ctx)
	if ward.KindOf(err) == ward.KindNotFound || w.Synthetic {
		return nil
	}
	if err != nil {
		return err
	}
	zone, err := w.Location()
	if err != nil {
		return err
	}
	board, err := k.Store.Board(ctx, now)
	if err != nil {
		return err
	}
	changed, last, err := k.changed(ctx, board)
	if err != nil || k.begun && len(changed) == 0 {
		return err
	}
	k.folder = k.Site.DowntimeFolder
	if err := os.MkdirAll(k.folder, 0o700); err != nil {
		return k.failed(err)
	}
	for _, id := range changed {
		if err := k.sheet(ctx, id, now, w.Name, zone); err != nil {
			return err
		}
	}
	if err := k.index(board, w.Name, now.In(zone)); err != nil {
		return err
	}
	k.seen, k.begun = last, true
	return nil
}

func (k *Keeper) changed(ctx context.Context, board []ward.Standing) (patients []int64, last int64, err error) {
	if k.begun {
		return k.Store.Changed(ctx, k.seen)
	}
	for i := range board {
		patients = append(patients, board[i].Patient.ID)
	}
	last, _, err = k.Store.Head(ctx)
	return patients, last, err
}

// name is the name of a patient's sheet.
func name(id int64) string { return fmt.Sprintf("patient-%06d.txt", id) }

func (k *Keeper) sheet(ctx context.Context, id int64, now time.Time, wardName string, zone *time.Location) error {
	path := filepath.Join(k.folder, name(id))
	chart, err := k.Store.Chart(ctx, id)
	if err != nil {
		return err
	}
	if !chart.Patient.OnWard() {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return k.failed(err)
		}
		return nil
	}
	seq, head, err := k.Store.Head(ctx)
	if err != nil {
		return err
	}
	handed := ward.Hand(k.Site, []ward.Chart{chart}, now.Add(-report.DowntimeHours*time.Hour), now, zone)
	sheet := report.Sheet{Ward: wardName, Head: fmt.Sprintf("%d, %s", seq, head)}
	return k.write(path, func(w io.Writer) error { return report.Downtime(w, handed, &chart, sheet) })
}

// index writes which sheet is whose.
func (k *Keeper) index(board []ward.Standing, wardName string, now time.Time) error {
	var b strings.Builder
	fmt.Fprintf(&b, "DOWNTIME SHEETS   %s\nAs of %s. Each file holds a patient's last %d hours.\n\n", ward.CleanLine(wardName), now.Format("Mon 2 Jan 2006 15:04 MST"), report.DowntimeHours)
	for i := range board {
		p := &board[i].Patient
		bed := p.Bed
		if bed == "" {
			bed = "no bed"
		}
		fmt.Fprintf(&b, "%s  %-10s  %s, b. %s, MRN %s\n", name(p.ID), bed, ward.CleanLine(p.Name), p.BirthDate.Words(), p.MRN)
	}
	return k.write(filepath.Join(k.folder, "index.txt"), func(w io.Writer) error {
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func (k *Keeper) write(path string, do func(io.Writer) error) error {
	err := wholefile.Write(path, wholefile.Options{Force: true, Log: k.Store.Path()}, func(temp *os.File) error { return do(temp) })
	if err != nil {
		return k.failed(err)
	}
	return nil
}

func (k *Keeper) failed(err error) error {
	return ward.Conflict(fmt.Sprintf("the downtime sheets in %s could not be written: %v", k.Site.DowntimeFolder, err))
}
