package interview

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// askSave reads the record once more, shows the check with everything that is asked about
// once, and asks whether to save it.
func (v *interview) askSave(ctx context.Context) (result Result, done bool, err error) {
	unknown := ""
	if err := v.read(ctx); err != nil { // not knowing it is no reason not to save
		unknown = "Could not look for checks that others recorded meanwhile: " + err.Error()
	}
	v.leaveTaken()
	c := v.toSave()
	view := bedside.PreviewOf(&v.history, v.Site, c, v.By, v.Now())
	c.Result = view.Result
	review := bedside.Review{
		Check: &c, History: &v.history, Preview: view, By: v.By, Clock: v.clock(),
		Late: v.asksLate(), Known: v.known, Since: v.since, Unknown: unknown,
	}
	refused := review.Refusal()
	text, err := v.prompt(ctx, v.saveQuestion(&review, refused))
	if err != nil {
		return result, false, err
	}
	answer := strings.ToLower(text)
	switch {
	case refused == "" && slices.Contains(v.saveAnswers(), answer):
		return v.save(ctx, c, view)
	case answer == "0" || answer == "n" || answer == "no":
		v.back()
	case answer == "end": // the question again
	default:
		known, err := v.command(ctx, answer)
		if err != nil {
			return result, false, err
		}
		if !known {
			v.wrong(text, v.saveChoices(refused)+"; "+helpWords)
		}
	}
	return result, false, v.keep(ctx)
}

// saveAnswers returns the answers that save. If a line of a script was no answer, later ones
// may have slipped by one, so that a figure may be meant for another question.
func (v *interview) saveAnswers() []string {
	if len(v.slipped) > 0 {
		return []string{"save"}
	}
	return []string{"1", "y", "yes", "save"}
}

func (v *interview) saveChoices(refused string) string {
	const rest = "0 back to the questions; u unable, o cause, t time, c comment"
	switch {
	case refused != "":
		return rest
	case len(v.slipped) > 0:
		return "the word save saves; " + rest
	}
	return "1 save; " + rest
}

// saveQuestion says the check with all remarks, and returns the question.
func (v *interview) saveQuestion(review *bedside.Review, refused string) string {
	if refused != "" {
		v.say("It cannot be saved yet: " + refused)
		return v.saveChoices(refused)
	}
	v.say("SAVE this check?   " + v.about())
	for _, line := range review.Lines() {
		v.say(line)
	}
	if n := len(v.slipped); n > 0 {
		v.say("Answers: " + v.answered() + ".")
		list := strings.Trim(strings.ReplaceAll(fmt.Sprint(v.slipped), " ", ", "), "[]")
		line := "line "
		if n > 1 {
			line = "lines "
		}
		return "Not taken as answers: " + line + list + "; later ones may have slipped: look at each; " + v.saveChoices("")
	}
	return v.saveChoices("")
}

// back returns to the first item without an answer, or to the last item.
func (v *interview) back() {
	if v.firstOpen(); v.at == atSave {
		v.move(-1)
	}
}

// leaveTaken gives the check another ID if another person took over this draft and saved it.
func (v *interview) leaveTaken() {
	for i := range v.history.Checks {
		c := &v.history.Checks[i]
		if c.ID == v.check.ID && c.Recorded.By != v.By {
			v.check.ID, v.changed = v.NewID(), true
			v.say(c.Recorded.By + " took over this check and saved it at " + v.clock().Time(c.Recorded.At) + ". A save here is a check of its own")
			return
		}
	}
}

// save records the check. At a terminal a save that fails leads back to the question, with
// all answers.
func (v *interview) save(ctx context.Context, c ward.Check, view bedside.Preview) (result Result, done bool, err error) {
	if err := v.keep(ctx); err != nil {
		return result, false, err
	}
	if v.entered.IsZero() {
		v.entered = v.Now()
	}
	sig := ward.Sign(v.By, v.Now())
	if sig.Request = v.Request; sig.Request == "" {
		sig.Request = v.NewID()
	}
	saved, err := v.record(ctx, sig, c)
	if err != nil {
		if v.Script || ctx.Err() != nil {
			return result, false, err
		}
		v.say("NOT SAVED: " + err.Error() + ". The answers are kept")
		return result, false, nil
	}
	if saved.FollowUp == nil {
		saved.FollowUp = view.FollowUp // which the check neither opened nor joined
	}
	result = Result{Saved: saved, Before: v.there != nil}
	if result.Records, err = v.Log.RecordsOf(ctx, sig.Request); err != nil {
		return result, true, err
	}
	if err := v.read(ctx); err != nil {
		return result, true, err
	}
	result.History = v.history
	result.Words = bedside.SavedWords(v.clock(), v.Site, &v.history.Patient, &saved, v.entered)
	return result, true, nil
}

// record writes the check.
func (v *interview) record(ctx context.Context, sig ward.Signature, c ward.Check) (store.Saved, error) {
	c.Result = icans.Result{}                                  // the store evaluates it
	return v.Log.SaveCheck(context.WithoutCancel(ctx), sig, c) // a signal during a save would leave its outcome unknown
}
