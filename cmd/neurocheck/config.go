package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/config"
	"neurocheck/internal/downtime"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

func (a *app) config() *cobra.Command {
	var asDefault, asJSON bool
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the site's settings in force, and where they came from",
		Long: `Prints the settings in force as a commented settings file: a comment after each
value says whether it is the default or which line of which file set it. Of each
language that the file has words for, it lists the words that are missing.

The settings file is the one named with --config, else with NEUROCHECK_CONFIG,
else neurocheck/site.toml in $XDG_CONFIG_HOME (~/.config), if there is one. A file
with anything wrong in it is refused as a whole: this command lists its faults and
exits with 3, and the ward goes on with the settings that its log recorded last; screens
that are open say so within a minute. An administrator replaces the file with neurocheck
config apply, without a restart of any program; however the settings change, the log
records it.`,
		Example: `  neurocheck config
  neurocheck config --default > ~/.config/neurocheck/site.toml
  neurocheck config --json`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asDefault && !asJSON {
				return config.WriteDefault(os.Stdout)
			}
			path := ""
			if !asDefault {
				path = settingsPath(cmd)
			}
			s, err := readSettings(path)
			switch {
			case err != nil:
				return err
			case asJSON:
				return answerRead(cmd, config.JSON(s))
			}
			return config.Write(os.Stdout, s)
		},
	}
	cmd.AddCommand(a.configApply())
	cmd.Flags().BoolVar(&asDefault, "default", false, "print the defaults, as a file to start from")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

func (a *app) configApply() *cobra.Command {
	var ch applying
	cmd := &cobra.Command{
		Use:   "apply FILE",
		Short: "Put other settings in force, as an administrator of the ward",
		Long: `Reads FILE and, if it has no fault, replaces the settings in force with it. The log
records the change and its author: an administrator, who signs in with --by and the
PIN. Programs that are open with that file take all settings over within seconds, and
need no restart: screens, seats, the listener of messages, the daily copies, and the
downtime sheets, which move to another folder. A change of the settings file itself is
recorded under the login of the machine, and taken over, the next time the ward is opened.`,
		Example: `  neurocheck config apply new.toml --by "Kim Adler"`,
		Args:    justOne,
		RunE:    func(cmd *cobra.Command, args []string) error { return a.applyConfig(cmd, args[0], &ch) },
	}
	ch.who.flagsFor(cmd, "`NAME` of the administrator who does it")
	cmd.Flags().BoolVar(&ch.asJSON, "json", false, "write one JSON object")
	return cmd
}

// applying is one change of the settings.
type applying struct {
	who     signIn
	asJSON  bool
	receipt store.Receipt
}

// applyConfig records the settings in the file at path, and then puts the file in its
// place. The log asks within the transaction whether the author may.
func (a *app) applyConfig(cmd *cobra.Command, path string, ch *applying) (err error) {
	ctx := cmd.Context()
	settings, err := readSettings(path)
	if err != nil {
		return err
	}
	place := config.FilePath(cmd.Flag("config").Value.String(), os.Getenv)
	if place == "" {
		return ward.Invalid("", "cannot tell where the settings belong: there is no home folder; name the file with --config FILE")
	}
	s, err := a.openLog(ctx)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if s.ReadOnly() {
		return ward.Unavailable("the log cannot be written, so that the change would not be recorded; see to its permissions")
	}
	sig, err := author(ctx, s, ch.who)
	if err != nil {
		return err
	}
	if err := mayDo(ctx, s, sig.By, ward.MayAdminister); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return err
	}
	var recorded string // of the settings before
	err = wholefile.Write(place, wholefile.Options{Force: true, Log: s.Local()}, func(temp *os.File) error {
		if err := openAsBefore(temp, place); err != nil {
			return err
		}
		if _, err := temp.Write(settings.Text); err != nil {
			return err
		}
		return s.NoteSettings(store.WithReceipt(ctx, &ch.receipt), sig, config.Recorded(&settings.Site), func(before string) string {
			recorded = before
			return config.Changed(before, &settings.Site)
		})
	})
	if errors.Is(err, fs.ErrPermission) { // in the package, the file is root's
		return ward.Unavailable(words(err) + "; who may write it edits the file itself, and the ward takes it over the next time it is opened")
	}
	if err != nil {
		return err
	}
	if before, ok := config.FromRecord(recorded); ok {
		leaveSheets(ctx, s, before.DowntimeFolder, settings.Site.DowntimeFolder)
	}
	if !ch.asJSON {
		return nil
	}
	return answerAct(cmd, &ch.receipt, struct {
		File string `json:"file"`
	}{place})
}

// openAsBefore gives a new settings file the permissions of the one in its place, because
// other users may read it: the programs of the ward may run as one of them.
func openAsBefore(temp *os.File, place string) error {
	before, err := os.Stat(place)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return temp.Chmod(before.Mode().Perm())
}

// leaveSheets removes the downtime sheets from the folder of the settings before, unless those
// after name it, too. A program that is open does the same, but there may be none, and the
// sheets would grow old unseen.
func leaveSheets(ctx context.Context, s *store.Store, before, after string) {
	if before == "" {
		return
	}
	w, err := s.Ward(ctx)
	if err == nil {
		_, err = downtime.Leave(before, after, w.Name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "neurocheck: "+harmless(words(err)))
	}
}

// settingsPath returns the path of the settings file; empty if there is none.
func settingsPath(cmd *cobra.Command) string {
	named := ""
	if flag := cmd.Flag("config"); flag != nil {
		named = flag.Value.String()
	}
	return config.Find(named, os.Getenv)
}

// readSettings reads a settings file. Its faults are written to the standard error,
// one a line.
func readSettings(path string) (config.Settings, error) {
	s, err := config.Load(path)
	if wrong, ok := errors.AsType[config.Problems](err); ok {
		fmt.Fprintln(os.Stderr, harmless(wrong.Error()))
		return s, said{err}
	}
	return s, err
}

// settingsFor returns the settings in force on a ward, and has the log record them if
// they differ from those before.
func settingsFor(ctx context.Context, cmd *cobra.Command, s *store.Store) (config.Settings, error) {
	return takeSettings(ctx, cmd, s, settingsReader(cmd, s))
}

// takeSettings is [settingsFor] with settings that read returns.
func takeSettings(ctx context.Context, cmd *cobra.Command, s *store.Store, read func(context.Context) (config.Settings, error)) (config.Settings, error) {
	settings, err := setRules(ctx, cmd, s, read)
	if err != nil {
		return settings, err
	}
	return settings, noteSettings(ctx, s, &settings)
}

// noteSettings has the log record settings that differ from those before.
func noteSettings(ctx context.Context, s *store.Store, settings *config.Settings) error {
	if settings.Refused != nil || s.ReadOnly() {
		return nil
	}
	brief, cancel := context.WithTimeout(ctx, settingsPatience)
	defer cancel()
	err := s.NoteSettings(brief, outside(), config.Recorded(&settings.Site), func(before string) string { return config.Changed(before, &settings.Site) })
	t := ward.TroubleOf(err)
	if t == ward.DiskFull || t == ward.LogLocked || ctx.Err() == nil && brief.Err() != nil { // the next command records them
		err = nil
	}
	return err
}

// settingsPatience limits the time for which a command waits for the record of its settings.
const settingsPatience = 300 * time.Millisecond

// settingsInForce returns the settings in force on a ward, with its zone, and sets the
// rules of the log. If the file is wrong, the ward goes on with the settings that the
// log recorded last, and a line on the standard error says so.
func settingsInForce(ctx context.Context, cmd *cobra.Command, s *store.Store) (config.Settings, error) {
	return setRules(ctx, cmd, s, settingsReader(cmd, s))
}

// setRules is [settingsInForce] with settings that read returns.
func setRules(ctx context.Context, cmd *cobra.Command, s *store.Store, read func(context.Context) (config.Settings, error)) (config.Settings, error) {
	settings, err := read(ctx)
	if err != nil {
		return settings, err
	}
	if settings.Refused != nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "neurocheck: "+harmless(settings.Warning(settings.Site.Zone)))
	}
	s.SetRules(settings.Site)
	return settings, nil
}

// loadSettings returns the settings of a file, or those that the log recorded last if
// the file is wrong, with the ward's zone.
func loadSettings(ctx context.Context, path string, s *store.Store) (config.Settings, error) {
	zone, err := wardZone(ctx, s)
	if err != nil {
		return config.Settings{}, err
	}
	settings, refused := config.Load(path)
	if refused != nil {
		recorded, since, err := s.SettingsSince(ctx)
		if err != nil {
			return settings, err
		}
		settings = config.Fallback(path, refused, recorded, since)
	}
	settings.Site.Zone = zone
	return settings, nil
}

// settingsReader returns the function by which a program that stays open reads the settings
// again: see [loadSettings]. It looks for the file each time, because there may be none at the
// start.
func settingsReader(cmd *cobra.Command, s *store.Store) func(context.Context) (config.Settings, error) {
	return func(ctx context.Context) (config.Settings, error) { return loadSettings(ctx, settingsPath(cmd), s) }
}

// settingsWithoutLog returns the settings for a log that does not exist yet: if the
// file is wrong, the defaults.
func settingsWithoutLog(cmd *cobra.Command) config.Settings {
	path := settingsPath(cmd)
	settings, refused := config.Load(path)
	if refused != nil {
		settings = config.Fallback(path, refused, "", time.Time{})
		fmt.Fprintln(os.Stderr, "neurocheck: "+harmless(settings.Warning(time.UTC)))
	}
	return settings
}
