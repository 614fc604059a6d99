package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/backup"
	"neurocheck/internal/config"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// clockAhead is the longest time by which the last record may be ahead of this machine's
// clock.
const clockAhead = 5 * time.Minute

func (a *app) status() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say how the log is, without a sign-in and without patients",
		Long: `Says how many records the log has and its head, counts the ward, its overdue checks and
its follow-ups, says when the record was last verified and copied, and what needs
attention, with the remedy. It needs no sign-in, names no patient and no person, and
writes nothing, so that a monitoring system may run it.

It exits with 6 if something needs attention: damage that was found and that no
administrator has seen yet (:seen on the screens), a log that cannot be written because it
was altered or lost records, a log or a pepper file that other users of the machine may
read or write, a clock that is behind the last record, a full disk, settings that are
refused, a server of seats (neurocheck serve) that has gone or hangs; and, once the ward
has a name, a record that was not verified for 8 days or never, and no copy for 26 hours.
The limits are settings. If the log cannot be read, it exits with 1.

In the JSON a value that does not apply is null. Times in minutes (_min) and hours (_h)
are ages.`,
		Example: `  neurocheck status
  neurocheck status --json`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			ctx := cmd.Context()
			s, err := a.openToLook(ctx)
			if err != nil {
				return err
			}
			defer closing(s, &err)
			state, err := stateOf(cmd, s)
			if err != nil {
				return err
			}
			o := succeeded(cmd)
			if len(state.Attention) > 0 {
				o.Exit, err = attentionExit, needsAttention{errors.New("something needs attention")}
			}
			if asJSON {
				return errors.Join(answer(cmd, o, state), err)
			}
			return errors.Join(state.say(), err)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

// openToLook opens the log so that nothing is written.
func (a *app) openToLook(ctx context.Context) (*store.Store, error) {
	path, err := a.logPath()
	if err != nil {
		return nil, err
	}
	s, err := lookAt(ctx, path)
	return s, pointed(path, err)
}

// state is the JSON of neurocheck status.
type state struct {
	Records      int64          `json:"records"`
	Head         string         `json:"head"`
	LastRecordAt *time.Time     `json:"last_record_at"`
	Log          logState       `json:"log"`
	Verified     verifiedAt     `json:"verified"`
	Ward         *wardState     `json:"ward"`       // null if the log has no ward, or is damaged
	FollowUps    *followUpState `json:"follow_ups"` // as ward
	Backup       copiedAt       `json:"backup"`
	Intake       *intakeState   `json:"intake"` // null without a feed
	Seats        *seatsNow      `json:"seats"`  // null without a server of seats
	Disk         diskState      `json:"disk"`
	Clock        clockState     `json:"clock"`
	Settings     settingsState  `json:"settings"`
	Attention    []attention    `json:"attention"`
}

type logState struct {
	Bytes    int64 `json:"bytes"`
	Writable bool  `json:"writable"`
	Behind   bool  `json:"behind"` // it lost its newest records
}

type verifiedAt struct {
	At     *time.Time `json:"at"`
	Record *int64     `json:"record"`
	Whole  *bool      `json:"whole"`
}

type clockState struct {
	BehindLog bool `json:"behind_log"`
}

type settingsState struct {
	Recorded *time.Time `json:"recorded"` // when the log recorded them last
	Problems []string   `json:"problems"` // of the settings file
}

// attention is something that needs the attention of a person.
type attention struct {
	Code     string  `json:"code"`
	Severity string  `json:"severity"` // high or low
	Message  string  `json:"message"`
	Limit    *string `json:"limit"`
}

func stateOf(cmd *cobra.Command, s *store.Store) (state, error) {
	ctx, at := cmd.Context(), now()
	contents, err := s.Contents(ctx)
	if err != nil {
		return state{}, err
	}
	verdicts, err := s.Verdicts(ctx)
	if err != nil {
		return state{}, err
	}
	w, err := s.Ward(ctx)
	if err != nil && ward.KindOf(err) != ward.KindNotFound {
		return state{}, err
	}
	settings, err := loadSettings(ctx, settingsPath(cmd), s)
	if err != nil {
		return state{}, err
	}
	st := state{Records: contents.Records, Head: contents.Head, Attention: []attention{}, Log: logState{Writable: s.Path() == "" || store.Writable(s.Path())}}
	if info, err := os.Stat(s.Path()); err == nil {
		st.Log.Bytes = info.Size()
	}
	if !contents.Last.IsZero() {
		st.LastRecordAt = &contents.Last
	}
	if !verdicts.Verified.IsZero() {
		st.Verified = verifiedAt{At: &verdicts.Verified, Whole: &verdicts.Whole}
		if verdicts.Whole {
			st.Verified.Record = &verdicts.Record
		}
	}
	if st.Backup, err = newestBackup(ctx, s, at); err != nil {
		return state{}, err
	}
	st.assessLog(s, verdicts)
	if err := st.countWard(ctx, s, &settings.Site, at); err != nil {
		return state{}, err
	}
	st.assessModes(s.Path())
	st.assessMachine(s.Path(), at, contents.Last, &settings.Site.Status)
	if err := st.assessSettings(ctx, s, &settings); err != nil {
		return state{}, err
	}
	if w.Name != "" && !w.Synthetic { // a ward in use, which gets daily copies
		st.assessUpkeep(at, verdicts, &settings.Site.Status)
	}
	if err := st.countIntake(ctx, s, at); err != nil {
		return state{}, err
	}
	st.assessIntake(at, &settings.Site.Status)
	return st, st.countSeats(logFile(s))
}

// add adds something that needs attention; limit is empty if there is none.
func (st *state) add(code, severity, limit, message string) {
	a := attention{Code: code, Severity: severity, Message: message}
	if limit != "" {
		a.Limit = &limit
	}
	st.Attention = append(st.Attention, a)
}

// assessLog assesses the log itself.
func (st *state) assessLog(s *store.Store, v store.Verdicts) {
	if err := s.Trouble(); err != nil {
		st.Log.Writable, st.Log.Behind = false, ward.TroubleOf(err) == ward.LogRolledBack
		st.add("not_writable", "high", "", err.Error())
	}
	if v.Damage != "" {
		st.add("damage", "high", "", "the record was found not whole on "+v.Found.Format("2 Jan 2006 15:04")+": "+v.Damage+"; keep the file as it is, run neurocheck verify, and let an administrator note :seen on the screens")
	}
}

// assessMachine assesses the clock, and the disk of a log in a file: that of a server is not
// seen from here.
func (st *state) assessMachine(path string, at, last time.Time, limits *ward.StatusLimits) {
	if st.Clock.BehindLog = last.After(at.Add(clockAhead)); st.Clock.BehindLog {
		st.add("clock", "high", "5m", "this machine's clock is behind the last record: set it before anything is recorded")
	}
	if path == "" {
		return
	}
	free, known := freeOn(filepath.Dir(path))
	if !known {
		return
	}
	st.Disk.FreeBytes = &free
	if free < int64(limits.DiskMiB)<<20 {
		st.add("disk", "high", strconv.Itoa(limits.DiskMiB)+"MiB", "the disk of the log is nearly full: make room on it, or nothing can be saved")
	}
}

// assessSettings assesses the settings file.
func (st *state) assessSettings(ctx context.Context, s *store.Store, settings *config.Settings) error {
	_, since, err := s.SettingsSince(ctx)
	if err != nil {
		return err
	}
	if !since.IsZero() {
		st.Settings.Recorded = &since
	}
	st.Settings.Problems = []string{}
	if settings.Refused == nil {
		return nil
	}
	st.Settings.Problems = strings.Split(settings.Refused.Error(), "\n")
	st.add("settings", "high", "", "the settings file is refused, and the settings before are used: correct it; neurocheck config lists its faults")
	return nil
}

// assessUpkeep assesses the work that has to be done again and again on a ward in use.
func (st *state) assessUpkeep(at time.Time, v store.Verdicts, limits *ward.StatusLimits) {
	if at.Sub(v.Verified) > limits.Verified {
		limit := limitWords(limits.Verified)
		st.add("not_verified", "low", limit, "the record was not verified for "+limit+", or never: run neurocheck verify --record")
	}
	if st.Backup.At == nil || at.Sub(*st.Backup.At) > limits.Backup {
		limit := limitWords(limits.Backup)
		st.add("no_copy", "low", limit, "there is no copy of the last "+limit+", neither in the folder "+backup.Folder+" of the log nor by neurocheck backup: keep the screens open, or run neurocheck backup FILE")
	}
}

// logFile returns the path next to which this machine has the files that belong to the log,
// also if the path is a link: see [store.Store.Local].
func logFile(s *store.Store) string {
	if real, err := filepath.EvalSymlinks(s.Local()); err == nil {
		return real
	}
	return s.Local()
}

// limitWords writes a limit as in 26h or 8d.
func limitWords(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day && d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}
