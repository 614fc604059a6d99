package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// sorting holds the flags of the commands about the inbox of the feed.
type sorting struct {
	app     *app
	who     signIn
	all     bool
	reason  string
	asJSON  bool
	receipt store.Receipt
}

// inbox returns the commands about the inbox.
func (a *app) inbox() []*cobra.Command {
	f := &sorting{app: a}
	list := &cobra.Command{
		Use: "inbox", Short: "List the messages that were held or refused", Args: none,
		RunE: f.open(func(cmd *cobra.Command, s *store.Store, sig ward.Signature, _ []string) error {
			return f.list(cmd, s, sig)
		}),
	}
	list.Flags().BoolVar(&f.all, "all", false, "also those settled in the last 30 days")
	show := &cobra.Command{Use: "show ID", Short: "Print a message of the inbox", Args: cobra.ExactArgs(1), RunE: f.open(f.show)}
	retry := &cobra.Command{Use: "retry ID...", Short: "Take messages again, by the settings of today and at their own place in the order", Args: f.some, RunE: f.open(f.retry)}
	retry.Flags().BoolVar(&f.all, "all", false, "all that wait")
	drop := &cobra.Command{Use: "drop ID", Short: "Settle a message that will never be taken", Args: cobra.ExactArgs(1), RunE: f.open(f.drop)}
	drop.Flags().StringVar(&f.reason, "reason", "", "why, in a few words for the audit")
	commands := []*cobra.Command{list, show, retry, drop}
	for _, c := range commands {
		f.who.flagsFor(c, "`NAME` of the administrator who does it")
		c.Flags().BoolVar(&f.asJSON, "json", false, "write one JSON object")
	}
	return commands
}

func (f *sorting) some(_ *cobra.Command, args []string) error {
	if f.all == (len(args) > 0) {
		return errors.New("retry takes the numbers of messages, or --all")
	}
	return nil
}

// open runs a command with the log and an administrator.
func (f *sorting) open(do func(*cobra.Command, *store.Store, ward.Signature, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		s, err := f.app.openLog(cmd.Context())
		if err != nil {
			return err
		}
		defer closing(s, &err)
		sig, err := author(cmd.Context(), s, f.who)
		if err != nil {
			return err
		}
		if err := mayDo(cmd.Context(), s, sig.By, ward.MayAdminister); err != nil {
			return err
		}
		return do(cmd, s, sig, args)
	}
}

// messageJSON is the JSON of a message in the inbox.
type messageJSON struct {
	ID        int64   `json:"id"`
	State     string  `json:"state"`
	Reason    string  `json:"reason"`
	Code      *int    `json:"code"`
	Place     *string `json:"place"`
	Event     string  `json:"event"`
	ControlID string  `json:"control_id"`
	Feed      string  `json:"feed"`
	Received  string  `json:"received_at"`
	SettledBy *string `json:"settled_by"`
	Note      *string `json:"note"`
}

func newMessageJSON(m *ward.InboxMessage) messageJSON {
	j := messageJSON{
		ID: m.ID, State: string(m.State), Reason: m.Reason, Event: m.Event, ControlID: m.ControlID, Feed: m.Feed,
		Received: m.Received.Format(time.RFC3339),
	}
	if m.Code != 0 {
		j.Code, j.Place = &m.Code, &m.Place
	}
	if m.Settled.Done() {
		j.SettledBy = &m.Settled.By
	}
	if m.Note != "" {
		j.Note = &m.Note
	}
	return j
}

// line returns a message in one line. It holds no patient's data.
func (m messageJSON) line() string {
	why := m.Reason
	if m.Place != nil {
		why = fmt.Sprintf("%s: %d %s", *m.Place, *m.Code, m.Reason)
	}
	line := fmt.Sprintf("%5d  %-8s %-4s %-20s %s  %s", m.ID, m.State, m.Event, m.ControlID, m.Received, why)
	if m.Note != nil {
		line += "; " + *m.Note
	}
	if m.SettledBy != nil {
		line += "; " + *m.SettledBy
	}
	return strings.TrimRight(line, " ")
}

func (f *sorting) list(cmd *cobra.Command, s *store.Store, sig ward.Signature) error {
	messages, err := s.Inbox(cmd.Context(), f.all)
	if err != nil {
		return err
	}
	if err := noteBy(cmd.Context(), s, sig, ward.AuditEvent{Event: ward.InboxRead, Detail: "the list"}); err != nil {
		return err
	}
	list := []messageJSON{}
	for i := range messages {
		list = append(list, newMessageJSON(&messages[i]))
	}
	if f.asJSON {
		return answerRead(cmd, struct {
			Inbox []messageJSON `json:"inbox"`
		}{list})
	}
	for _, m := range list {
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), harmless(m.line())); err != nil {
			return err
		}
	}
	return nil
}

func inboxID(arg string) (int64, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || id < 1 {
		return 0, wrongUse{fmt.Errorf("%q is no number of a message; neurocheck intake inbox lists them", arg)}
	}
	return id, nil
}

func (f *sorting) show(cmd *cobra.Command, s *store.Store, sig ward.Signature, args []string) error {
	id, err := inboxID(args[0])
	if err != nil {
		return err
	}
	m, err := s.InboxMessage(cmd.Context(), id)
	if err != nil {
		return err
	}
	if err := noteBy(cmd.Context(), s, sig, ward.AuditEvent{Event: ward.InboxRead, About: fmt.Sprintf("message %d", id)}); err != nil {
		return err
	}
	text := string(bytes.ToValidUTF8(m.Content, []byte("?")))
	if f.asJSON {
		return answerRead(cmd, struct {
			messageJSON
			Content string `json:"content"`
		}{newMessageJSON(&m), text})
	}
	out := cmd.OutOrStdout()
	if _, err := fmt.Fprintln(out, harmless(newMessageJSON(&m).line())); err != nil {
		return err
	}
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		if _, err := fmt.Fprintln(out, harmless(line)); err != nil {
			return err
		}
	}
	return nil
}

// retry takes messages again. It exits with 6 if one of them still waits.
func (f *sorting) retry(cmd *cobra.Command, s *store.Store, sig ward.Signature, args []string) error {
	ctx := cmd.Context()
	ids, err := f.wanted(ctx, s, args)
	if err != nil {
		return err
	}
	taker, err := takerFor(ctx, cmd, s)
	if err != nil {
		return err
	}
	acting := store.WithReceipt(ctx, &f.receipt)
	list, waits := []messageJSON{}, false
	for _, id := range ids {
		if _, err := taker.Retry(acting, sig, id); err != nil {
			return fmt.Errorf("message %d: %w", id, err)
		}
		m, err := s.InboxMessage(ctx, id)
		if err != nil {
			return err
		}
		waits = waits || m.Open()
		list = append(list, newMessageJSON(&m))
		if f.asJSON {
			continue
		}
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), harmless(newMessageJSON(&m).line())); err != nil {
			return err
		}
	}
	if f.asJSON {
		end := succeeded(cmd)
		if waits {
			end.Exit = attentionExit
		}
		if err := answer(cmd, end, keptBy(&f.receipt), struct {
			Inbox []messageJSON `json:"inbox"`
		}{list}); err != nil {
			return err
		}
	}
	if waits {
		return needsAttention{errors.New("messages still wait for a person")}
	}
	return nil
}

// wanted returns the numbers of the messages to take again.
func (f *sorting) wanted(ctx context.Context, s *store.Store, args []string) (ids []int64, err error) {
	for _, arg := range args {
		id, err := inboxID(arg)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	if !f.all {
		return slices.Compact(slices.Sorted(slices.Values(ids))), nil
	}
	waiting, err := s.Inbox(ctx, false)
	for _, m := range waiting {
		ids = append(ids, m.ID)
	}
	return ids, err
}

func (f *sorting) drop(cmd *cobra.Command, s *store.Store, sig ward.Signature, args []string) error {
	id, err := inboxID(args[0])
	if err != nil {
		return err
	}
	if ward.CleanLine(f.reason) == "" {
		return wrongUse{errors.New("say why: --reason TEXT")}
	}
	if err := s.DropMessage(store.WithReceipt(cmd.Context(), &f.receipt), sig, id, f.reason); err != nil || !f.asJSON {
		return err
	}
	m, err := s.InboxMessage(cmd.Context(), id)
	if err != nil {
		return err
	}
	return answerAct(cmd, &f.receipt, newMessageJSON(&m))
}
