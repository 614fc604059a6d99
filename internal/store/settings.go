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

type settings struct {
	content string
	at      time.Time
}

func settingsOf(ctx context.Context, in reader) (settings, error) {
	last, err := firstRecord(ctx, in, "", "settings", func(r *row) settings {
		return settings{r.value("content").Text, r.signature().At}
	}, `ORDER BY r.seq DESC LIMIT 1`)
	if ward.KindOf(err) == ward.KindNotFound {
		err = nil
	}
	return last, err
}

// SettingsSince returns the settings that were last recorded and the time of recording;
// empty if there are none.
func (s *Store) SettingsSince(ctx context.Context) (content string, at time.Time, err error) {
	last, err := settingsOf(ctx, s.direct())
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
		before, err := settingsOf(ctx, t.reader())
		if err != nil || before.content == content {
			return err
		}
		_, err = t.append(ctx, "settings", column{"content", content}, column{"changed", changed(before.content)})
		return err
	})
}
