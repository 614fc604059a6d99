package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/ward"
)

// everything reads all that a view brings, and runs meanwhile in the middle of it.
func everything(t *testing.T, v *View, meanwhile func()) (list []string) {
	t.Helper()
	ctx := t.Context()
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	seq, head, err := v.Head(ctx)
	ok(t, err)
	say("head %d %s", seq, head)
	meanwhile()
	say("%d checks of %d patients from %s", must(v.CountChecks(ctx, Selection{}))(t), must(v.CountPatients(ctx))(t), must(v.Origin(ctx))(t))
	for _, p := range must(v.CheckedPatients(ctx, Selection{}))(t) {
		say("%s has checks", p.Name)
		ok(t, v.EachCheck(ctx, Selection{PatientID: p.ID}, func(p *ward.Patient, c *ward.Check) error {
			say("%s: %s version %d %s", p.Name, c.ID, c.Version, c.Result.Flag.Code())
			return nil
		}))
	}
	ok(t, v.EachChart(ctx, 0, func(c *ward.Chart) error {
		say("%s: %d checks, %d follow-ups", c.Patient.Name, len(c.Checks), len(c.FollowUps))
		return nil
	}))
	ok(t, v.EachEvent(ctx, Selection{}, func(p *ward.Patient, e *ward.Event) error {
		say("%s: %s", p.Name, e.What)
		return nil
	}))
	for _, m := range must(v.Staff(ctx))(t) {
		say("%s works here", m.Name)
	}
	return list
}

// What others record while a view is read is not in it, not even half.
func TestAViewStandsStill(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	a := save(t, s, checkOf(p, "a", 8, 0))
	save(t, s, checkOf(p, "b", 10, 5*time.Hour))
	var before []string
	ok(t, s.View(t.Context(), func(v *View) error {
		before = everything(t, v, func() {})
		return nil
	}))
	others := func() {
		must(s.SaveCheck(t.Context(), clinician(24*time.Hour), correction(a, 10)))(t)
		save(t, s, checkOf(p, "late", 10, 2*time.Hour)) // b has dropped since
		edited := p
		edited.Name = "OKAFOR, Ida"
		must(s.Edit(t.Context(), nurse(24*time.Hour), edited))(t)
		other := ada()
		other.MRN, other.Name = "0000002", "LIND, Eva"
		save(t, s, checkOf(must(s.Admit(t.Context(), nurse(0), other))(t), "hers", 7, time.Hour))
		ok(t, s.AddStaff(t.Context(), admin(25*time.Hour), ward.Staff{Name: "New Nurse", Role: ward.Nurse, Active: true}))
	}
	ok(t, s.View(t.Context(), func(v *View) error {
		if diff := cmp.Diff(before, everything(t, v, others)); diff != "" {
			t.Errorf("(-before +while others record)\n%s", diff)
		}
		return nil
	}))
	ok(t, s.View(t.Context(), func(v *View) error {
		if after := everything(t, v, func() {}); len(after) <= len(before) {
			t.Errorf("nothing of it came later: %q", after)
		}
		return nil
	}))
}
