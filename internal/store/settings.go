package store

import (
	"context"
	"time"

	"neurocheck/internal/ward"
)

// Settings returns the settings that were last recorded, empty if there are none.
func (s *Store) Settings(ctx context.Context) (content string, err error) {
	content, _, err = s.SettingsSince(ctx)
	return content, err
}

// SettingsVersion is one version of the settings, and the time of its recording.
type SettingsVersion struct {
	Content string
	At      time.Time
}

func decodeSettings(r *row) SettingsVersion {
	return SettingsVersion{r.value("content").Text, r.signature().At}
}

func settingsOf(ctx context.Context, in reader) (SettingsVersion, error) {
	last, err := firstRecord(ctx, in, "", "settings", decodeSettings, `ORDER BY r.seq DESC LIMIT 1`)
	if ward.KindOf(err) == ward.KindNotFound {
		err = nil
	}
	return last, err
}

// SettingsSince returns the settings that were last recorded and the time of recording;
// empty if there are none.
func (s *Store) SettingsSince(ctx context.Context) (content string, at time.Time, err error) {
	last, err := settingsOf(ctx, s.direct())
	return last.Content, last.At, s.explain(err)
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
		before, err := settingsOf(ctx, t.reader())
		if err != nil || before.Content == content {
			return err
		}
		_, err = t.append(ctx, "settings", column{"content", content}, column{"changed", changed(before.Content)})
		return err
	})
}

// SettingsVersions returns all settings that were recorded, the first ones first.
func (s *Snapshot) SettingsVersions(ctx context.Context) ([]SettingsVersion, error) {
	return records(ctx, reader{q: s.q, tables: s.tables}, "settings", decodeSettings, `ORDER BY r.seq`)
}
