package store

import (
	"context"
	"database/sql"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Ward returns the ward. It returns [ward.KindNotFound] if the log has none yet.
func (s *Store) Ward(ctx context.Context) (ward.Ward, error) {
	w, err := wardOf(ctx, s.db.Pool())
	return w, s.explain(err)
}

func wardOf(ctx context.Context, q engine.Querier) (ward.Ward, error) {
	return engine.One(ctx, q, "this log has no ward yet", func(rows *sql.Rows) (w ward.Ward, err error) {
		err = rows.Scan(&w.Name, &w.Zone, &w.Synthetic)
		return w, err
	}, `
		SELECT name, zone, synthetic IS NOT NULL
		FROM ward
		ORDER BY seq DESC
		LIMIT 1`)
}

// SetRules sets the settings by which the store evaluates checks. Without them it uses
// the default ones, with the ward's zone.
func (s *Store) SetRules(site ward.Site) { s.site.Store(&site) }

func (s *Store) rules(ctx context.Context, q engine.Querier) (*ward.Site, error) {
	if site := s.site.Load(); site != nil {
		return site, nil
	}
	site := ward.DefaultSite()
	w, err := wardOf(ctx, q)
	switch {
	case ward.KindOf(err) == ward.KindNotFound:
		return &site, nil
	case err != nil:
		return nil, err
	}
	zone, err := w.Location()
	if err != nil {
		return nil, err
	}
	site.Zone = zone
	s.site.CompareAndSwap(nil, &site)
	return &site, nil
}
