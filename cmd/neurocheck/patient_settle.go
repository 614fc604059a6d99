package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"neurocheck/internal/ward"
)

// settleFeed answers what differs between the log and the feed: the value of a field, or
// whether two patients are one person.
func settleFeed(ctx context.Context, in *opened, patient int64, settle, apart string) (moved, error) {
	if settle != "" && apart != "" {
		return moved{}, wrongUse{errors.New("--settle and --apart are two acts: one at a time")}
	}
	if apart != "" {
		other, err := in.log.PatientByMRN(ctx, ward.CleanLine(apart))
		if err != nil {
			return moved{}, err
		}
		return moved{did: "kept_apart", patient: patient}, in.log.KeepApart(ctx, in.sig, patient, other.ID)
	}
	field, answer, _ := strings.Cut(settle, "=")
	known := slices.ContainsFunc(ward.FeedFields, func(t ward.Term) bool { return t.Code == field })
	if !known || answer != "feed" && answer != "ours" {
		var codes []string
		for _, t := range ward.FeedFields {
			codes = append(codes, t.Code)
		}
		return moved{}, wrongUse{errors.New("--settle takes FIELD=feed or FIELD=ours; the fields are " + strings.Join(codes, ", "))}
	}
	return moved{did: "settled", patient: patient}, in.log.Settle(ctx, in.sig, patient, ward.FeedField(field), answer == "feed")
}
