package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/config"
	"neurocheck/internal/hl7"
	"neurocheck/internal/intake"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// answerID makes the ID of an answer, after its message was applied and noted; a test stops
// the program there.
var answerID = newID

// taking holds the flags of neurocheck intake.
type taking struct {
	app    *app
	who    feedSignIn
	listen string
	plain  bool
	dryRun bool
	asJSON bool

	saying  sync.Mutex
	receipt store.Receipt
	counts  intakeCounts
}

// intakeCounts are the numbers of messages by what became of them.
type intakeCounts struct {
	Messages   int `json:"messages"`
	Applied    int `json:"applied"`
	Ignored    int `json:"ignored"`
	Held       int `json:"held"`
	Refused    int `json:"refused"`
	Counted    int `json:"counted"`
	Duplicates int `json:"duplicates"`
	Unread     int `json:"unread"`
	// IgnoredEvents counts the ignored messages by event, because nothing else is kept of them.
	IgnoredEvents map[string]int `json:"ignored_events"`
}

// newCounts returns the counts of no messages.
func newCounts() intakeCounts { return intakeCounts{IgnoredEvents: make(map[string]int)} }

// words returns the counts in one line.
func (c *intakeCounts) words() string {
	words := fmt.Sprintf("%d messages: %d applied, %d ignored, %d held, %d refused, %d for another receiver, %d duplicates, %d unread",
		c.Messages, c.Applied, c.Ignored, c.Held, c.Refused, c.Counted, c.Duplicates, c.Unread)
	if len(c.IgnoredEvents) == 0 {
		return words
	}
	var events []string
	for _, event := range slices.Sorted(maps.Keys(c.IgnoredEvents)) {
		events = append(events, fmt.Sprintf("%s %d", event, c.IgnoredEvents[event]))
	}
	return words + "; ignored: " + strings.Join(events, ", ")
}

func (a *app) intake() *cobra.Command {
	f := &taking{app: a, counts: newCounts()}
	cmd := &cobra.Command{
		Use:   "intake FILE|-",
		Short: "Take the ADT messages of the hospital's patient administration",
		Long: `Takes HL7 version 2 ADT messages from a file, from the standard input (-), or with
--listen from the network: patients are admitted, moved, discharged, renamed and
merged as the hospital says. A feed records nothing else. It is added with neurocheck
staff add NAME --role feed, and signs in with --by and --key-file. The settings are
in the table [intake] of the settings file: see neurocheck config.

What a person typed stays in force if the feed only repeats itself. A message that
a person has to decide about is held, and one that can never be taken is refused:
both wait in the inbox, for neurocheck intake inbox, show, retry and drop. A line on
the standard error has the control ID, the event and the outcome of each message.

--listen takes MLLP in original mode: AA for what is taken, ignored or held, AE for
what can never be taken, AR for not now: send it again. It listens on this machine
alone, for an interface engine or a tunnel, unless --plain is given.`,
		Example: `  neurocheck intake messages.hl7 --by ADT --key-file adt.key
  neurocheck intake --listen 127.0.0.1:2575 --by ADT --key-file adt.key
  neurocheck intake inbox --by "Kim Adler"
  neurocheck intake retry 12 --by "Kim Adler"`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case f.listen != "" && len(args) > 0:
				return errors.New("--listen takes no file")
			case f.listen != "" && f.dryRun:
				return errors.New("--dry-run takes a file, and does not listen")
			case f.listen == "" && len(args) != 1:
				return errors.New("intake takes one file, - for the standard input, or --listen ADDRESS")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.listen != "" {
				return f.serve(cmd)
			}
			return f.file(cmd, args[0])
		},
	}
	f.who.flags(cmd)
	cmd.Flags().StringVar(&f.listen, "listen", "", "take messages at an `ADDRESS`, such as 127.0.0.1:2575")
	cmd.Flags().BoolVar(&f.plain, "plain", false, "listen for other machines too, without encryption")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "say what would become of the messages of a file, and keep nothing")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "write one JSON object")
	cmd.AddCommand(a.inbox()...)
	return cmd
}

// open opens the log for a feed that signs in, and returns what takes its messages.
func (f *taking) open(cmd *cobra.Command) (s *store.Store, taker *intake.Taker, site ward.Site, err error) {
	ctx := cmd.Context()
	if s, err = f.app.openLog(ctx); err != nil {
		return nil, nil, site, err
	}
	if s.ReadOnly() {
		return nil, nil, site, unfit(s, ward.Unavailable("the log cannot be written: no message can be taken"))
	}
	if _, err := s.Ward(ctx); err != nil {
		return nil, nil, site, unfit(s, err)
	}
	read := settingsFor
	if f.dryRun {
		read = settingsInForce // and they are not recorded
	}
	settings, err := read(ctx, cmd, s)
	if err != nil {
		return nil, nil, site, unfit(s, err)
	}
	rules, err := intake.FromSite(&settings.Site)
	if err != nil {
		return nil, nil, site, unfit(s, err)
	}
	by, err := f.who.author(ctx, s)
	if err != nil {
		return nil, nil, site, unfit(s, err)
	}
	return s, &intake.Taker{Log: s, Settings: rules, Feed: by, NewID: answerID}, settings.Site, nil
}

// file takes the messages of a file.
func (f *taking) file(cmd *cobra.Command, path string) (err error) {
	in, _, err := input([]string{path})
	if err != nil {
		return err
	}
	defer in.Close() // opened for reading only
	s, taker, site, err := f.open(cmd)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	batch := hl7.NewBatch(in)
	if err := f.takeAll(cmd, taker, &site, batch); err != nil {
		return err
	}
	for _, w := range batch.Warnings {
		fmt.Fprintf(cmd.ErrOrStderr(), "neurocheck: warning %s: the count of a batch is not that of its messages\n", w)
	}
	if batch.Skipped > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "neurocheck: warning skipped: %d bytes that belong to no message\n", batch.Skipped)
	}
	return f.summary(cmd)
}

// takeAll takes the messages of a batch, each in a transaction of its own. A dry run takes
// them into a copy of the log, which goes away, so that it holds up no save.
func (f *taking) takeAll(cmd *cobra.Command, taker *intake.Taker, site *ward.Site, batch *hl7.Batch) error {
	ctx := cmd.Context()
	if !f.dryRun {
		return f.takeEach(store.WithReceipt(ctx, &f.receipt), cmd, taker, batch)
	}
	return taker.Log.OnCopy(ctx, func(c *store.Store) error {
		c.SetRules(*site)
		dry := *taker
		dry.Log = c
		return f.takeEach(ctx, cmd, &dry, batch)
	})
}

// lastOfItsFile reports whether the start of the next message cannot be known after an error
// of framing.
func lastOfItsFile(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, hl7.ErrCut) || errors.Is(err, hl7.ErrNoReturn)
}

// takeEach takes the messages of a batch.
func (f *taking) takeEach(ctx context.Context, cmd *cobra.Command, taker *intake.Taker, batch *hl7.Batch) error {
	for {
		raw, err := batch.Next()
		var r intake.Receipt
		switch {
		case errors.Is(err, io.EOF) && (f.counts.Messages > 0 || batch.Skipped == 0):
			return nil
		case errors.Is(err, io.EOF): // such as a file in UTF-16
			r = intake.Receipt{Status: intake.StatusUnread, Reason: "no message in the file"}
		case errors.Is(err, hl7.ErrCut):
			r = intake.Receipt{Status: intake.StatusUnread, Reason: err.Error()}
		case errors.Is(err, hl7.ErrNoReturn), errors.Is(err, hl7.ErrTooLong):
			r = taker.Refuse(ctx, raw, intake.FramingFault(err), now())
		case err != nil:
			return err
		default:
			r = taker.Take(ctx, raw, now())
		}
		if r.Err != nil {
			return fmt.Errorf("%d messages were taken, and the next one was not: %w", f.counts.Messages, r.Err)
		}
		f.say(cmd, nil, &r)
		if lastOfItsFile(err) {
			return nil
		}
	}
}

// say counts a message, and writes its line on the standard error. turn is nil without a
// listener.
func (f *taking) say(cmd *cobra.Command, turn store.Turn, r *intake.Receipt) {
	f.saying.Lock()
	defer f.saying.Unlock()
	if turn != nil {
		turn.Heard(now())
	}
	f.counts.Messages++
	switch r.Status {
	case intake.StatusApplied:
		f.counts.Applied++
	case intake.StatusIgnored:
		f.counts.Ignored++
		f.counts.IgnoredEvents[cmp.Or(r.Event, "-")]++
	case intake.StatusHeld:
		f.counts.Held++
	case intake.StatusRefused:
		f.counts.Refused++
	case intake.StatusCounted:
		f.counts.Counted++
	case intake.StatusDuplicate:
		f.counts.Duplicates++
	case intake.StatusUnread:
		f.counts.Unread++
	}
	parts := []string{string(r.Status)}
	for _, part := range []string{r.ControlID, r.Event} {
		parts = append(parts, cmp.Or(part, "-"))
	}
	if r.Reason != "" {
		parts = append(parts, r.Reason)
	}
	for _, w := range r.Warnings {
		parts = append(parts, "warning "+string(w))
	}
	if r.Err != nil {
		parts = append(parts, words(r.Err))
	}
	fmt.Fprintln(cmd.ErrOrStderr(), harmless(strings.Join(parts, " ")))
}

// goesOn says why a listener goes on with the settings before those in force.
func (f *taking) goesOn(cmd *cobra.Command, err error) {
	f.saying.Lock()
	defer f.saying.Unlock()
	fmt.Fprintf(cmd.ErrOrStderr(), "neurocheck: warning settings: %s; messages are taken by the settings before\n", harmless(words(err)))
}

// summary writes the numbers of a file of messages. It exits with 6 if a message waits for
// a person or could not be read.
func (f *taking) summary(cmd *cobra.Command) error {
	attention := f.counts.Held+f.counts.Refused+f.counts.Unread > 0
	if f.asJSON {
		end := succeeded(cmd)
		if attention {
			end.Exit = attentionExit
		}
		if err := answer(cmd, end, keptBy(&f.receipt), f.counts, struct {
			DryRun bool `json:"dry_run,omitempty"`
		}{f.dryRun}); err != nil {
			return err
		}
	} else {
		words := f.counts.words()
		if f.dryRun {
			words = "dry run, nothing recorded: " + words
		}
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), words); err != nil {
			return err
		}
	}
	if attention {
		return needsAttention{errors.New("messages wait for a person: see neurocheck intake inbox")}
	}
	return nil
}

// endOfListener is the time for which the messages in work may go on after SIGTERM.
const endOfListener = 12 * time.Second

// serve takes messages from the network until the program is asked to end.
func (f *taking) serve(cmd *cobra.Command) (err error) {
	if err := f.mayListen(); err != nil {
		return err
	}
	s, taker, site, err := f.open(cmd)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	turn, err := s.ListenAlone()
	if err != nil {
		return err
	}
	defer turn.End()
	ctx := cmd.Context()
	allow(ctx, endOfListener)
	var network net.ListenConfig
	listener, err := network.Listen(ctx, "tcp", f.listen)
	if err != nil {
		return ward.Unavailable(fmt.Sprintf("cannot listen at %s: %v", f.listen, err))
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s is listened to at %s\n", harmless(taker.Feed), listener.Addr())
	rules := &rulesInForce{settings: settingsReader(cmd, s), unusable: func(err error) { f.goesOn(cmd, err) }}
	rules.in.Store(&takerWith{taker, config.Recorded(&site)})
	l := &intake.Listener{Taker: rules.now, Now: now, Note: func(r intake.Receipt) { f.say(cmd, turn, &r) }}
	err = l.Serve(ctx, listener)
	fmt.Fprintln(cmd.ErrOrStderr(), f.counts.words())
	return err
}

// rulesInForce holds the taker of a listener, which goes on for months: an administrator who
// adds a location of the ward need not know that it runs.
type rulesInForce struct {
	settings func(context.Context) (config.Settings, error)
	unusable func(error) // says that the settings in force can take no message
	in       atomic.Pointer[takerWith]
}

// takerWith is a taker with its settings, as the log records them.
type takerWith struct {
	*intake.Taker
	recorded string
}

// now returns the taker by the settings that the log recorded last. If they cannot be read, or
// the file of this listener is another one, it is the taker as before.
func (r *rulesInForce) now(ctx context.Context) *intake.Taker {
	before := r.in.Load()
	recorded, err := before.Log.Settings(ctx)
	if err != nil || recorded == before.recorded {
		return before.Taker // the message gets the same error, if the log is away
	}
	settings, inForce, err := config.InForce(ctx, before.Log, r.settings)
	if err != nil || !inForce {
		return before.Taker
	}
	before.Log.SetRules(settings.Site)
	taker := *before.Taker
	rules, unusable := intake.FromSite(&settings.Site)
	if unusable == nil {
		taker.Settings = rules
	}
	if r.in.CompareAndSwap(before, &takerWith{&taker, recorded}) && unusable != nil {
		r.unusable(unusable)
	}
	return &taker
}

// mayListen returns an error unless the address is one of this machine alone, or --plain
// is given: the messages are not encrypted.
func (f *taking) mayListen() error {
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return wrongUse{fmt.Errorf("--listen takes an address and a port, such as 127.0.0.1:2575: %w", err)}
	}
	if ip := net.ParseIP(host); f.plain || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return wrongUse{errors.New("--listen takes an address of this machine alone, such as 127.0.0.1:2575, because messages are not encrypted; --plain listens for other machines all the same")}
}

// takerFor returns what takes messages of the inbox again, whose feeds are theirs.
func takerFor(ctx context.Context, cmd *cobra.Command, s *store.Store) (*intake.Taker, error) {
	settings, err := settingsFor(ctx, cmd, s)
	if err != nil {
		return nil, err
	}
	rules, err := intake.FromSite(&settings.Site)
	return &intake.Taker{Log: s, Settings: rules, NewID: answerID}, err
}
