package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"neurocheck/internal/downtime"
	"neurocheck/internal/interview"
	"neurocheck/internal/reading"
	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// checking is one check as plain questions.
type checking struct {
	app             *app
	cmd             *cobra.Command
	who             signIn
	at, request     string
	goOn, startAnew bool
	asJSON          bool
}

func (a *app) check() *cobra.Command {
	c := &checking{app: a}
	cmd := &cobra.Command{
		Use:   "check MRN",
		Short: "Record a check as plain questions, one line each",
		Long: `Asks for a neuro check as plain questions: for screen readers, slow lines and scripts.
The questions go to the standard error; the answers come from the standard input, one a
line. They are the items of the form on the screens, in its order.

An answer is a figure, a letter of the form or a word: 1, yes, mild, alert. Also:
  -     not assessed              <     the question before
  rest  the rest of the features and signs is none: from Confusion on; it stops
        before each that was not none last time, and leaves CRS alone
  u     the tool was not done, or is another one
  o     another cause             t     the time of the check
  c     a comment                 =     the grade and the flag so far
  late  ask for the late signs    /sp   go to the item whose name begins so
  end   go to the save question   ?     help for the item
An empty line goes on without a change.

After the last item it asks whether to save, with everything that was not assessed, that
others recorded meanwhile, and that looks odd. 1 or y saves; nothing is saved without
it, and there is no flag that answers it. A wrong answer says which answers there are
and is asked again; in a script its line is named, and the save then needs the word
save, because the answers after it may have slipped.

If the answers end before the save, nothing is recorded, the answers are kept as the
draft that the form on the screens goes on with, and the exit code is 1. A draft that
is there already is offered; a script says --go-on or --start-new.

It prints one line: the check that was saved, with its score, grade and flag.`,
		Example: `  neurocheck check 0042317 --by "Maria Santos"
  neurocheck check 0042317 --by "Maria Santos" --pin-file pin --json < answers.txt`,
		Args:              justOneMRN,
		ValidArgsFunction: cobra.NoFileCompletions, // an MRN is not told without sign-in
		RunE: func(cmd *cobra.Command, args []string) error {
			c.cmd = cmd
			return c.run(cmd.Context(), args[0])
		},
	}
	c.who.flags(cmd)
	cmd.Flags().StringVar(&c.at, "at", "", "the `TIME` of the examination for a late entry: 1320, \"yesterday 2350\", \"28 Nov 0300\", RFC 3339")
	cmd.Flags().StringVar(&c.request, "request", "", "an `ID` of this check: the same ID and answers again record nothing")
	cmd.Flags().BoolVar(&c.goOn, "go-on", false, "go on with your unsaved check of this patient")
	cmd.Flags().BoolVar(&c.startAnew, "start-new", false, "start anew: the first answer replaces your unsaved check")
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "write one JSON object")
	return cmd
}

func justOneMRN(_ *cobra.Command, args []string) error {
	if len(args) != 1 || ward.CleanLine(args[0]) == "" {
		return errors.New("check takes one MRN")
	}
	return nil
}

func (c *checking) run(ctx context.Context, mrn string) (err error) {
	if c.goOn && c.startAnew {
		return wrongUse{errors.New("--go-on and --start-new exclude each other")}
	}
	s, err := c.app.openLog(ctx)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if s.ReadOnly() {
		if err := s.Trouble(); err != nil {
			return err
		}
		return ward.Unavailable("this log can only be read: nothing can be recorded")
	}
	o, err := c.options(ctx, s)
	if err != nil {
		return err
	}
	p, err := s.PatientByMRN(ctx, ward.CleanLine(mrn))
	if err != nil {
		return err
	}
	if err := noteBy(ctx, s, ward.Sign(o.By, now()), ward.AuditEvent{Event: ward.ReadPatient, PatientID: p.ID}); err != nil {
		return err
	}
	o.Patient = p.ID
	result, err := interview.Run(ctx, o)
	if err != nil {
		return err
	}
	keeper := downtime.Keeper{Store: s, Site: o.Site}
	if err := keeper.Update(ctx, now()); err != nil { // the check is saved all the same
		fmt.Fprintln(os.Stderr, "neurocheck: saved, but the paper sheets could not be renewed: "+harmless(words(err)))
	}
	return c.print(&result, o.Site)
}

// options signs the caller in and returns the options of the questions.
func (c *checking) options(ctx context.Context, s *store.Store) (o interview.Options, err error) {
	sig, err := author(ctx, s, c.who)
	if err != nil {
		return o, err
	}
	if err := mayDo(ctx, s, sig.By, ward.MayRecord); err != nil {
		return o, err
	}
	settings, err := settingsFor(ctx, c.cmd, s)
	if err != nil {
		return o, err
	}
	o = interview.Options{
		Log: s, Site: &settings.Site, By: sig.By, Request: c.request, In: os.Stdin, Out: questions(),
		Script: !term.IsTerminal(os.Stdin.Fd()), Now: now, NewID: newID,
	}
	switch {
	case c.goOn:
		o.Draft = interview.GoOn
	case c.startAnew:
		o.Draft = interview.StartNew
	}
	if o.Role, _, err = s.Role(ctx, sig.By); err != nil {
		return o, err
	}
	if o.Decides, err = whoDecides(ctx, s, o.Role); err != nil {
		return o, err
	}
	if c.at != "" {
		o.At, err = performedAt(c.at, settings.Site.Zone)
	}
	return o, err
}

// performedAt reads --at by the reader of times of the form.
func performedAt(text string, zone *time.Location) (time.Time, error) {
	switch r := reading.Time(text, now(), zone); {
	case r.Err != "":
		return time.Time{}, wrongUse{errors.New("--at: " + r.Err)}
	case r.Question != "":
		return time.Time{}, wrongUse{errors.New("--at: " + strings.TrimSuffix(r.Question, "?") + "? Name the day with its year: 2026-11-28 03:00")}
	default:
		return r.Value, nil
	}
}

// whoDecides returns the refusal for a person who may not name another cause, with the
// names of those who may.
func whoDecides(ctx context.Context, s *store.Store, role ward.Role) (string, error) {
	refused := ward.MayDo(role, ward.MayDecide)
	if refused == nil {
		return "", nil
	}
	list, err := s.Staff(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, m := range list {
		if m.Active && m.Role != ward.Feed && ward.MayDo(m.Role, ward.MayDecide) == nil {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 {
		return refused.Error(), nil
	}
	return refused.Error() + ": " + strings.Join(names, ", "), nil
}

// questions returns the writer of the questions. A terminal gets lines that break between
// words, and ASCII if it has no more.
func questions() io.Writer {
	q := questionWriter{to: os.Stderr, ascii: asciiOnly()}
	if width, _, err := term.GetSize(os.Stderr.Fd()); err == nil {
		q.width = width
	}
	return q
}

type questionWriter struct {
	to    io.Writer
	width int // 0 breaks no line
	ascii bool
}

// Write writes a whole line or prompt.
func (w questionWriter) Write(text []byte) (int, error) {
	shown := string(text)
	if w.width > 0 && strings.HasSuffix(shown, "\n") { // a prompt keeps the blank at its end
		shown = ansi.Wordwrap(shown, w.width, "")
	}
	if w.ascii {
		shown = kit.ToASCII(shown, kit.Measure{})
	}
	_, err := io.WriteString(w.to, shown)
	return len(text), err
}

// print writes the saved check to the standard output.
func (c *checking) print(r *interview.Result, site *ward.Site) error {
	if !c.asJSON {
		_, err := fmt.Println(r.Words)
		return err
	}
	state := ward.Watch(&r.History, site, now())
	k := kept{Records: r.Records}
	if !r.Before {
		k.Recorded = 1
	}
	return answer(c.cmd, succeeded(c.cmd), k, struct {
		Before   bool               `json:"there_already"`
		Patient  int64              `json:"patient"`
		Check    *report.BoardCheck `json:"check"`
		Late     bool               `json:"late_entry"`
		FollowUp *string            `json:"follow_up"`
		Next     report.BoardPlan   `json:"next"`
	}{
		r.Before, r.Check.PatientID,
		report.NewBoardCheck(&r.Check, site.Zone), r.Check.Late(), eventOf(r), report.NewBoardPlan(&state.Next, site.Zone),
	})
}

// eventOf returns the effect of the check on the follow-up; nil if it has none.
func eventOf(r *interview.Result) *string {
	if r.Event == "" {
		return nil
	}
	event := string(r.Event)
	return &event
}
