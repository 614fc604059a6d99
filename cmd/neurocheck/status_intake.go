package main

import (
	"fmt"
	"time"

	"neurocheck/internal/ward"
)

// intakeState is the state of the hospital's feed.
type intakeState struct {
	Listening     bool       `json:"listening"`
	LastMessageAt *time.Time `json:"last_message_at"`
	Held          int        `json:"held"`
	Refused       int        `json:"refused"`
	OldestHours   *float64   `json:"oldest_h"` // age of the oldest message that waits for a person
}

// assessIntake assesses the feed, if there is one.
func (st *state) assessIntake(at time.Time, limits *ward.StatusLimits) {
	in := st.Intake
	if in == nil {
		return
	}
	if in.Listening && (in.LastMessageAt == nil || at.Sub(*in.LastMessageAt) > limits.IntakeSilent) {
		limit := limitWords(limits.IntakeSilent)
		st.add("intake_silent", "high", limit, "the feed sent no message for "+limit+": ask the hospital's integration team whether it runs; admit and discharge by hand meanwhile")
	}
	if in.OldestHours != nil && *in.OldestHours > limits.IntakeHeld.Hours() {
		limit := limitWords(limits.IntakeHeld)
		st.add("intake_held", "low", limit, fmt.Sprintf("%d messages of the feed wait for a person, the oldest for over %s: run neurocheck intake inbox", in.Held+in.Refused, limit))
	}
}
