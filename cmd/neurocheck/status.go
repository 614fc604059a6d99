package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/backup"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// The limits beyond which something needs attention.
const (
	verifiedWithin = 8 * 24 * time.Hour
	copiedWithin   = 26 * time.Hour
	clockAhead     = 5 * time.Minute
)

func (a *app) status() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say how the log is, without a sign-in and without patients",
		Long: `Says how many records the log has, its head, when the record was last verified, and
what needs attention, with the remedy. It needs no sign-in, has no data of patients, and
writes nothing, so that a monitoring system may run it.

It exits with 6 if something needs attention: damage that was found and that no
administrator has seen yet (:seen on the screens), a log that cannot be written because it
was altered or lost records, a record that was not verified for 8 days or never, no daily
copy for 26 hours, a clock that is behind the last record, a server of seats (neurocheck
serve) that has gone or hangs.`,
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
			state, err := stateOf(ctx, s)
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
	s, err := store.OpenReadOnly(ctx, path)
	if ward.KindOf(err) == ward.KindNotFound {
		return nil, ward.Unavailable(err.Error() + "; name one with --db FILE")
	}
	return s, err
}

// state is the JSON of neurocheck status.
type state struct {
	Records      int64       `json:"records"`
	Head         string      `json:"head"`
	LastRecordAt *time.Time  `json:"last_record_at"`
	Log          logState    `json:"log"`
	Verified     verifiedAt  `json:"verified"`
	Backup       copiedAt    `json:"backup"`
	Seats        *seatsNow   `json:"seats"` // null without a server of seats
	Attention    []attention `json:"attention"`
}

type logState struct {
	Bytes    int64 `json:"bytes"`
	Writable bool  `json:"writable"`
}

type verifiedAt struct {
	At     *time.Time `json:"at"`
	Record *int64     `json:"record"`
	Whole  *bool      `json:"whole"`
}

type copiedAt struct {
	At       *time.Time `json:"at"`
	AgeHours *float64   `json:"age_h"`
}

// attention is something that needs the attention of a person.
type attention struct {
	Code     string  `json:"code"`
	Severity string  `json:"severity"` // high or low
	Message  string  `json:"message"`
	Limit    *string `json:"limit"`
}

func stateOf(ctx context.Context, s *store.Store) (state, error) {
	at := now()
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
	st := state{Records: contents.Records, Head: contents.Head, Attention: []attention{}, Log: logState{Writable: store.Writable(s.Path())}}
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
	kept := w.Name != "" && !w.Synthetic // a ward in use, which gets daily copies
	copied := newestCopy(logFile(s))
	if !copied.IsZero() {
		age := at.Sub(copied).Round(6 * time.Minute).Hours()
		st.Backup = copiedAt{&copied, &age}
	}
	st.assess(at, verdicts, contents.Last, copied, kept)
	if err := st.countSeats(logFile(s)); err != nil {
		return state{}, err
	}
	if err := s.Trouble(); err != nil {
		st.Log.Writable = false
		st.Attention = append([]attention{{Code: "not_writable", Severity: "high", Message: err.Error()}}, st.Attention...)
	}
	return st, nil
}

// assess lists what needs attention, the most urgent first.
func (st *state) assess(at time.Time, v store.Verdicts, last, copied time.Time, kept bool) {
	add := func(code, severity, limit, message string) {
		a := attention{Code: code, Severity: severity, Message: message}
		if limit != "" {
			a.Limit = &limit
		}
		st.Attention = append(st.Attention, a)
	}
	if v.Damage != "" {
		add("damage", "high", "", "the record was found not whole on "+v.Found.Format("2 Jan 2006 15:04")+": "+v.Damage+"; keep the file as it is, run neurocheck verify, and let an administrator note :seen on the screens")
	}
	if last.After(at.Add(clockAhead)) {
		add("clock", "high", "5m", "this machine's clock is behind the last record: set it before anything is recorded")
	}
	if kept && at.Sub(v.Verified) > verifiedWithin {
		add("not_verified", "low", "8d", "the record was not verified for 8 days, or never: run neurocheck verify --record")
	}
	if kept && at.Sub(copied) > copiedWithin {
		add("no_copy", "low", "26h", "there is no daily copy of the last 26 hours in the folder "+backup.Folder+" of the log: keep the screens open, or run neurocheck backup FILE")
	}
}

// logFile returns the file of the log itself, also if its path is a link; empty if it has
// none.
func logFile(s *store.Store) string {
	if real, err := filepath.EvalSymlinks(s.Path()); err == nil {
		return real
	}
	return s.Path()
}

// newestCopy returns the time of the newest daily copy; zero if there is none.
func newestCopy(log string) (newest time.Time) {
	entries, err := os.ReadDir(filepath.Join(filepath.Dir(log), backup.Folder))
	if err != nil {
		return newest
	}
	stem := strings.TrimSuffix(filepath.Base(log), filepath.Ext(log)) + "-"
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), stem) && info.Mode().IsRegular() && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest
}

// say writes the state in words.
func (st *state) say() error {
	verified := "never"
	switch {
	case st.Verified.At == nil:
	case *st.Verified.Whole:
		verified = st.Verified.At.Format("2 Jan 2006 15:04") + fmt.Sprintf(", whole up to record %d", *st.Verified.Record)
	default:
		verified = st.Verified.At.Format("2 Jan 2006 15:04") + ", not whole"
	}
	lines := fmt.Sprintf("records   %d\nhead      %s\nverified  %s\n", st.Records, st.Head, verified)
	if n := st.Seats; n != nil {
		lines += fmt.Sprintf("seats     %d open, %d signed in, sign-ins that wait: %d, longest without a key: %s\n", n.Open, n.SignedIn, n.Waiting,
			ward.Elapsed(time.Duration(n.Oldest)*time.Second))
	}
	for _, a := range st.Attention {
		lines += "ATTENTION " + harmless(a.Message) + "\n"
	}
	if len(st.Attention) == 0 {
		lines += "nothing needs attention\n"
	}
	_, err := fmt.Print(lines)
	return err
}
