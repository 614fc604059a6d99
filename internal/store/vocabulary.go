package store

import (
	"context"
	"fmt"
	"slices"

	"neurocheck/internal/icans"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// vocabulary is a reference table of the schema and the words that the program has
// for it.
type vocabulary struct {
	table string
	words []string
}

// vocabularies returns all reference tables. A new word is an entry in a table of
// package icans or ward, and an INSERT in a migration.
func vocabularies() []vocabulary {
	field := func(column string) []string {
		return codes(icans.FieldOf(column).Terms, func(t icans.Term) string { return t.Code })
	}
	terms := func(list []ward.Term) []string { return codes(list, func(t ward.Term) string { return t.Code }) }
	return []vocabulary{
		{"tool", field("tool")},
		{"unable", field("unable")},
		{"consciousness", field("consciousness")},
		{"seizure", field("seizure")},
		{"motor", field("motor")},
		{"severity", field("confusion")},
		{"domain", field("other_cause")},
		{"flag", codes(icans.FlagTerms[:], func(t icans.Term) string { return t.Code })},
		{"status", terms(ward.Statuses)},
		{"reason", terms(ward.Reasons)},
		{"role", terms(ward.Roles)},
		{"seat_kind", terms(ward.SeatKinds)},
		{"discharge", terms(ward.Discharges)},
		{"outcome", terms(ward.Outcomes)},
		{"follow_up_event", []string{followUpOpened, followUpJoined, followUpRaised, followUpAcknowledged, followUpNoted, followUpClosed}},
		{"link_event", []string{patientLinked, patientUnlinked}},
		{"alike_event", []string{patientsAlike, patientsDistinct}},
		{"feed_field", terms(ward.FeedFields)},
		{"difference_event", []string{feedDiffers, feedAgrees, feedTaken, feedRefused}},
		{"inbox_state", terms(ward.InboxStates)},
		{"attribution_event", []string{causeNamed, causeEnded}},
		{"order_kind", terms(ward.OrderKinds)},
		{"teller", terms(ward.Reporters)},
		{"intervention_kind", terms(ward.Interventions)},
		{"audit_event_kind", terms(ward.AuditEvents)},
	}
}

func codes[T any](terms []T, code func(T) string) []string {
	list := make([]string, len(terms))
	for i, t := range terms {
		list[i] = code(t)
	}
	return list
}

// The events of follow-ups, links, differences and attributions.
const (
	followUpOpened       = string(ward.JoinOpened)
	followUpJoined       = string(ward.JoinJoined)
	followUpRaised       = string(ward.JoinRaised)
	followUpAcknowledged = "acknowledged"
	followUpNoted        = "noted"
	followUpClosed       = "closed"

	patientLinked   = "linked"
	patientUnlinked = "unlinked"

	patientsAlike    = "alike"
	patientsDistinct = "distinct"

	feedDiffers = "differs"
	feedAgrees  = "agrees"
	feedTaken   = "took"
	feedRefused = "kept"

	causeNamed = "named"
	causeEnded = "ended"
)

// wordsDiffer compares the reference tables of the log with the words of the
// program, and names the first that is missing or unknown.
func wordsDiffer(ctx context.Context, q engine.Querier) (misfit string, err error) {
	for _, v := range vocabularies() {
		found, err := engine.All(ctx, q, engine.Scan[string], `SELECT code FROM `+v.table+` ORDER BY code`)
		if err != nil {
			return "", err
		}
		for _, word := range v.words {
			if !slices.Contains(found, word) {
				return fmt.Sprintf("the table %s lacks the word %s of this program", v.table, word), nil
			}
		}
		for _, word := range found {
			if !slices.Contains(v.words, word) {
				return fmt.Sprintf("the table %s has the word %s, which this program does not know", v.table, word), nil
			}
		}
	}
	return "", nil
}
