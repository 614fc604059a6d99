package main

import (
	"context"
	"io"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// episodesTable is the table of episodes, which is computed and leaves only.
const episodesTable = "episodes"

// runEpisodes writes the episodes as they are known now.
func (e *exporting) runEpisodes(ctx context.Context, s *store.Store, sel store.Selection, site *ward.Site) error {
	return e.fromSnapshot(ctx, s, sel, func(v *store.Snapshot) (rows int, err error) {
		each := func(yield func(*ward.EpisodeRow) error) error {
			at := now()
			return v.EachChart(ctx, sel.PatientID, func(c *ward.Chart) error {
				rows := c.EpisodeRows(site, at)
				for i := range rows {
					if err := yield(&rows[i]); err != nil {
						return err
					}
				}
				return nil
			})
		}
		err = e.put(s.Local(), func(w io.Writer) (err error) {
			rows, err = csvlog.Episodes.Export(ctx, w, each, e.asSpreadsheet())
			return err
		})
		return rows, err
	})
}
