package store

import (
	"context"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Ward returns the ward. It returns [ward.KindNotFound] if the log has none yet.
func (s *Store) Ward(ctx context.Context) (ward.Ward, error) {
	w, err := wardOf(ctx, s.direct())
	return w, s.explain(err)
}

func wardOf(ctx context.Context, in reader) (ward.Ward, error) {
	return firstRecord(ctx, in, "this log has no ward yet", "ward", func(r *row) ward.Ward {
		return ward.Ward{Name: r.text("name"), Zone: r.text("zone"), Synthetic: !r.isNull("synthetic")}
	}, `ORDER BY r.seq DESC LIMIT 1`)
}

// SetRules sets the settings by which the store evaluates checks. Without them it uses
// the default ones, with the ward's zone.
func (s *Store) SetRules(site ward.Site) { s.site.Store(&site) }

func (s *Store) rules(ctx context.Context, q engine.Querier) (*ward.Site, error) {
	if site := s.site.Load(); site != nil {
		return site, nil
	}
	site := ward.DefaultSite()
	w, err := wardOf(ctx, reader{q: q, tables: s.tables})
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
