package ward_test

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// On a ward that watches only those whom a person has asked for, no check of a patient
// whom a feed admitted is due before that.
func TestPatientsOfAFeedAreWatchedIfAsked(t *testing.T) {
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	now := at.Add(20 * time.Hour)
	for _, c := range []struct {
		name, by, watch string
		change          func(*ward.History)
		none            bool
	}{
		{"a feed's, all are watched", "feed ADT", ward.WatchAll, nil, false},
		{"a feed's, nobody asked", "feed ADT", ward.WatchAsked, nil, true},
		{"a person's", "Sam Lee", ward.WatchAsked, nil, false},
		{"a check", "feed ADT", ward.WatchAsked, func(h *ward.History) {
			h.Checks = []ward.Check{{ID: "a", Version: 1, Status: ward.Recorded, PerformedAt: at.Add(time.Hour), Findings: icans.Findings{Tool: icans.ICE}, Recorded: ward.Sign("Sam Lee", at.Add(time.Hour))}}
		}, false},
		{"an order", "feed ADT", ward.WatchAsked, func(h *ward.History) {
			h.Orders = []ward.Order{{Kind: ward.OrderInterval, Interval: time.Hour, Reason: "close watch", Ordered: ward.Sign("Dr Ana Reis", at.Add(time.Hour))}}
		}, false},
		{"a report", "feed ADT", ward.WatchAsked, func(h *ward.History) {
			h.Reports = []ward.Report{{ToldAt: at.Add(time.Hour), ToldBy: "patient", Words: "odd"}}
		}, false},
		{"a dose", "feed ADT", ward.WatchAsked, func(h *ward.History) { h.Doses = []time.Time{at.Add(time.Hour)} }, false},
	} {
		site := ward.DefaultSite()
		site.Intake.Watch = c.watch
		h := ward.History{Patient: ward.Patient{ID: 1, Version: 1, Tool: icans.ICE}, Stays: []ward.Stay{{ID: 2, Version: 1, AdmittedAt: at, Began: ward.Sign(c.by, at)}}}
		if c.change != nil {
			c.change(&h)
		}
		h.Evaluate(&site)
		s := ward.Watch(&h, &site, now)
		if none := s.Next.Due.IsZero(); none != c.none || none != (s.Next.Why == ward.WhyUnasked) {
			t.Errorf("%s: %+v", c.name, s.Next)
		}
		if c.none && (s.NotExamined.Flagged() || s.Alert != ward.AlertNone) {
			t.Errorf("%s: an alert %v", c.name, s.AlertWhy)
		}
	}
}

func TestBedChangeOf(t *testing.T) {
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	versions := func(list ...[2]string) (v []ward.Stay) { // newest first: bed, author
		for i, x := range list {
			v = append(v, ward.Stay{ID: 1, Version: len(list) - i, Bed: x[0], Recorded: ward.Sign(x[1], at.Add(time.Duration(len(list)-i)*time.Hour))})
		}
		return v
	}
	const feed, sam = "feed ADT", "Sam Lee"
	for _, c := range []struct {
		versions []ward.Stay
		was, by  string
	}{
		{nil, "", ""},
		{versions([2]string{"12A", feed}), "", ""},
		{versions([2]string{"14B", feed}, [2]string{"12A", sam}), "12A", sam},
		{versions([2]string{"14B", feed}, [2]string{"12A", feed}), "", ""},
		{versions([2]string{"14B", sam}, [2]string{"12A", feed}), "", ""},
		{versions([2]string{"14B", sam}, [2]string{"14B", feed}, [2]string{"12A", sam}), "12A", sam},
		{versions([2]string{"16A", feed}, [2]string{"14B", feed}, [2]string{"12A", sam}), "", ""},
		{versions([2]string{"14B", feed}, [2]string{"12A", feed}, [2]string{"12A", sam}), "12A", sam},
		{versions([2]string{"14B", feed}, [2]string{"", sam}), "", ""},
	} {
		got := ward.BedChangeOf(c.versions)
		if (got == nil) != (c.was == "") || got != nil && (got.Was != c.was || got.By != c.by) {
			t.Errorf("%+v: %+v, want %s by %s", c.versions, got, c.was, c.by)
		}
	}
}
