package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// intakeState is the state of the hospital's feed.
type intakeState struct {
	Listening     *bool      `json:"listening"`       // null if this system cannot tell
	LastMessageAt *time.Time `json:"last_message_at"` // null if none came
	Held          int        `json:"held"`
	Refused       int        `json:"refused"`
	OldestHours   *float64   `json:"oldest_h"` // age of the oldest message that waits for a person
}

// countIntake counts the messages that wait for a person, if there is a feed on the staff.
func (st *state) countIntake(ctx context.Context, s *store.Store, at time.Time) error {
	staff, err := s.Staff(ctx)
	if err != nil || !slices.ContainsFunc(staff, func(m ward.Staff) bool { return m.Role == ward.Feed && m.Active }) {
		return ignoringDamage(err)
	}
	n, err := s.CountInbox(ctx)
	if err != nil {
		return ignoringDamage(err)
	}
	l, err := s.Listening(ctx)
	if err != nil {
		return ignoringDamage(err)
	}
	st.Intake = &intakeState{Held: n.Held, Refused: n.Refused, Listening: ifSet(l.Known, l.Listens)}
	if !l.Heard.IsZero() {
		heard := l.Heard.In(at.Location())
		st.Intake.LastMessageAt = &heard
	}
	if !n.Oldest.IsZero() {
		hours := at.Sub(n.Oldest).Round(6 * time.Minute).Hours()
		st.Intake.OldestHours = &hours
	}
	return nil
}

// ignoringDamage returns nil for damage, which the assessment of the log has.
func ignoringDamage(err error) error {
	if ward.TroubleOf(err) == ward.LogDamaged {
		return nil
	}
	return err
}

// assessIntake assesses the feed, if there is one.
func (st *state) assessIntake(at time.Time, limits *ward.StatusLimits) {
	in := st.Intake
	if in == nil {
		return
	}
	if in.Listening != nil && *in.Listening && (in.LastMessageAt == nil || at.Sub(*in.LastMessageAt) > limits.IntakeSilent) {
		limit := limitWords(limits.IntakeSilent)
		st.add("intake_silent", "high", limit, "the feed sent no message for "+limit+": ask the hospital's integration team whether it runs; admit and discharge by hand meanwhile")
	}
	if in.OldestHours != nil && *in.OldestHours > limits.IntakeHeld.Hours() {
		limit := limitWords(limits.IntakeHeld)
		st.add("intake_held", "low", limit, fmt.Sprintf("%d messages of the feed wait for a person, the oldest for over %s: run neurocheck intake inbox", in.Held+in.Refused, limit))
	}
}

// words begins the line of the feed.
func (in *intakeState) words() string {
	words := ""
	if in.Listening != nil {
		words = map[bool]string{true: "listening, ", false: "no listener, "}[*in.Listening]
	}
	if in.LastMessageAt != nil {
		words += "the last message " + dayAndTime(*in.LastMessageAt) + ", "
	}
	return words
}
