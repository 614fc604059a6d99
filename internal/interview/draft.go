package interview

import (
	"context"
	"maps"
	"strings"

	"neurocheck/internal/bedside"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// takeDraft goes on with the draft of the person who answers, if there is one and the
// person wants it.
func (v *interview) takeDraft(ctx context.Context) error {
	d, found, err := v.Log.DraftOf(ctx, v.Patient, v.By)
	if err != nil || !found || d.Content == store.Claimed {
		return err
	}
	wanted := v.Draft == GoOn
	if v.Draft == AskDraft {
		if wanted, err = v.askDraft(ctx, &d); err != nil {
			return err
		}
	}
	v.revision = d.Revision
	if !wanted {
		return nil
	}
	content, ok := bedside.ReadDraft(d.Content)
	if !ok {
		return nil
	}
	v.kept = true
	v.check.ID, v.since = d.CheckID, d.Since
	v.values = content.Values(v.history.Patient.Tool)
	v.check.Note, v.cause = ward.CleanText(content.Note), ward.CleanLine(content.Cause)
	v.late, v.at = content.Late, content.At
	if v.At.IsZero() && !content.PerformedAt.IsZero() {
		v.check.PerformedAt = ward.Moment(content.PerformedAt).UTC()
	}
	v.say("Your unsaved check of " + v.clock().Time(v.since) + " is back: " + bedside.AnswerCount(d.Content) + ", time of the check " + v.clock().DayTime(v.check.PerformedAt))
	return nil
}

// askDraft asks whether to go on with a draft.
func (v *interview) askDraft(ctx context.Context, d *store.Draft) (wanted bool, err error) {
	about := "Your check of " + v.clock().Time(d.Since) + " is not saved: " + bedside.AnswerCount(d.Content) + ". "
	if v.Script {
		return false, ward.Question("draft_open", "an unsaved check of yours is open for this patient: --go-on goes on with it, --start-new drops it", "--go-on", "--start-new")
	}
	for {
		text, err := v.prompt(ctx, about+"Go on with it? 1 yes, 0 no: a new check takes its place")
		if err != nil {
			return false, err
		}
		switch strings.ToLower(text) {
		case "1", "y", "yes":
			return true, nil
		case "0", "n", "no":
			return false, nil
		}
		v.wrong(text, "1 yes, 0 no")
	}
}

// keep writes the draft if a value changed. An answer is never lost because its draft could
// not be written.
func (v *interview) keep(ctx context.Context) error {
	if !v.changed {
		return nil
	}
	v.changed = false
	if v.there != nil {
		return nil // the answers repeat a check that is saved
	}
	v.revision = max(v.revision+1, v.Now().UnixMilli())
	err := v.Log.KeepDraft(context.WithoutCancel(ctx), store.Draft{
		PatientID: v.Patient, Author: v.By, CheckID: v.check.ID, Revision: v.revision, Since: v.since, Content: v.content(),
	})
	switch {
	case err == nil:
		v.kept, v.failing = true, false
	case !v.failing:
		v.failing = true
		v.say("the draft could not be kept: " + err.Error())
	}
	return nil
}

// content returns the answers as the content of a draft.
func (v *interview) content() string {
	return bedside.Draft{
		PerformedAt: v.check.PerformedAt, Answers: maps.Clone(v.values), Cause: v.cause, Note: v.check.Note,
		At: v.at, Late: v.late, Version: v.check.Version,
	}.Content()
}
