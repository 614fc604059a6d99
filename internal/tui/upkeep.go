package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/backup"
	"neurocheck/internal/downtime"
	"neurocheck/internal/ward"
)

// upkeep is what the program does for the log by itself: a copy a day, and the
// downtime sheets after each save, from whatever terminal. None of it is done for
// a made-up ward.
type upkeep struct {
	sheets  downtime.Keeper
	writing bool // sheets
	again   bool // the log has changed while they were written
	copied  ward.Date
}

type (
	// sheets is the value of a command that wrote downtime sheets.
	sheets struct{}
	// copied is the value of a command that made the day's copy, or found it there.
	copied struct{}
)

func (a *app) keepsUp() bool { return a.ward.Name != "" && !a.ward.Synthetic && !a.store.ReadOnly() }

// dailyCopy makes the copy of the day when the ward's date has changed.
func (a *app) dailyCopy() tea.Cmd {
	today := ward.DateOf(a.now.In(a.zone))
	if !a.keepsUp() || a.upkeep.copied == today {
		return nil
	}
	a.upkeep.copied = today
	log, keep := a.store, a.site.Backups.Keep
	_, cmd := ask(a, 0, func(ctx context.Context) (copied, error) {
		_, err := backup.Daily(ctx, log, today, keep)
		return copied{}, err
	})
	return cmd
}

// writeSheets brings the downtime sheets up to the record.
func (a *app) writeSheets() tea.Cmd {
	if !a.keepsUp() || a.site.DowntimeFolder == "" {
		return nil
	}
	if a.upkeep.writing {
		a.upkeep.again = true
		return nil
	}
	a.upkeep.writing, a.upkeep.again = true, false
	keeper, now := &a.upkeep.sheets, a.opts.Now
	keeper.Store, keeper.Site = a.store, a.site
	_, cmd := ask(a, 0, func(ctx context.Context) (sheets, error) { return sheets{}, keeper.Update(ctx, now()) })
	return cmd
}

func (a *app) wroteSheets(msg result[sheets]) tea.Cmd {
	a.upkeep.writing = false
	if msg.err != nil {
		a.fail(msg.err)
		return nil
	}
	if a.upkeep.again {
		return a.writeSheets()
	}
	return nil
}
