package store

import (
	"context"
	"database/sql"
	"time"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// Settings returns the settings that were last recorded, empty if there are none.
func (s *Store) Settings(ctx context.Context) (content string, err error) {
	content, err = settingsOf(ctx, s.db.Pool())
	return content, s.explain(err)
}

func settingsOf(ctx context.Context, q engine.Querier) (string, error) {
	content, err := engine.One(ctx, q, "", engine.Scan[string], `
		SELECT content
		FROM settings
		ORDER BY seq DESC
		LIMIT 1`)
	if ward.KindOf(err) == ward.KindNotFound {
		err = nil
	}
	return content, err
}

// SettingsSince returns the settings that were last recorded and the time of recording;
// empty if there are none.
func (s *Store) SettingsSince(ctx context.Context) (content string, at time.Time, err error) {
	type recorded struct {
		content string
		at      time.Time
	}
	last, err := engine.One(ctx, s.db.Pool(), "", func(rows *sql.Rows) (r recorded, err error) {
		var millis, offset sql.NullInt64
		err = rows.Scan(&r.content, &millis, &offset)
		r.at = fromMillis(millis, offset)
		return r, err
	}, `
		SELECT content, at, at_offset
		FROM settings
		ORDER BY seq DESC
		LIMIT 1`)
	if ward.KindOf(err) == ward.KindNotFound {
		err = nil
	}
	return last.content, last.at, s.explain(err)
}

// NoteSettings records the settings in force if they differ from those recorded before.
// changed returns the difference in words. A login of the machine notes a file that its
// owner has changed; any other author has to be an administrator.
func (s *Store) NoteSettings(ctx context.Context, sig ward.Signature, content string, changed func(before string) string) error {
	before, err := s.Settings(ctx)
	if err != nil || before == content {
		return err
	}
	return s.write(ctx, sig, func(t *tx) error {
		if !ward.IsLogin(sig.By) {
			if err := t.may(ctx, ward.MayAdminister); err != nil {
				return err
			}
		}
		before, err := settingsOf(ctx, t.sql)
		if err != nil || before == content {
			return err
		}
		_, err = t.append(ctx, "settings", column{"content", content}, column{"changed", changed(before)})
		return err
	})
}
