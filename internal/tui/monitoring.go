package tui

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// What is recorded about a patient beside checks: a reported symptom, an
// intervention, an order about the schedule, a check that belongs to somebody
// else. Each is a chain of dialogs that name the patient.

// recorder records something that belongs to a patient, signed.
type recorder func(a *app, do func(context.Context, ward.Signature) error) tea.Cmd

// about names a patient in a dialog.
func about(p *ward.Patient) string {
	return plain(p.Name) + ", b. " + p.BirthDate.Words() + ", MRN " + plain(p.MRN)
}

// whenAndWhat reads a line that may begin with a time of day.
func (a *app) whenAndWhat(line string) (time.Time, string) {
	first, rest, _ := strings.Cut(line, " ")
	if strings.Contains(first, ":") {
		if at, ok := parseTime(first, a.now, a.zone); ok {
			return at, strings.TrimSpace(rest)
		}
	}
	return ward.Moment(a.now.In(a.zone)), line
}

const earlier = "Begin with the time, such as 13:20, if it was earlier."

func symptomDialog(p ward.Patient, record recorder) *chooser {
	return newChooser("What was reported about "+about(&p)+"? It makes a check due now.\nWho said it?",
		numbered(labels(ward.Tellers), func(a *app, i int) tea.Cmd {
			return a.push(newAsker(about(&p)+"\nWhat did "+ward.Tellers[i].Label+" say, in one line? "+earlier, "", func(a *app, line string) (string, func(*app) tea.Cmd) {
				at, said := a.whenAndWhat(line)
				y := ward.Symptom{PatientID: p.ID, ToldAt: at, ToldBy: ward.Tellers[i].Code, Words: said}
				if err := y.Validate(&p, a.now.Add(time.Minute)); err != nil {
					return words(err), nil
				}
				return "", func(a *app) tea.Cmd {
					return record(a, func(ctx context.Context, sig ward.Signature) error { return a.store.ReportSymptom(ctx, sig, y) })
				}
			}))
		})...)
}

// lettered makes choices of words, picked with a, b, c …
func lettered(labels []string, do func(a *app, i int) tea.Cmd) []choice {
	list := numbered(labels, do)
	for i := range list {
		list[i].key = string(rune('a' + i))
	}
	return list
}

func interventionDialog(p ward.Patient, record recorder) *chooser {
	return newChooser("What was done for "+about(&p)+"?",
		lettered(labels(ward.Interventions), func(a *app, i int) tea.Cmd {
			kind := ward.Interventions[i]
			return a.push(newAsker(about(&p)+"\n"+kind.Label+": dose, route or result, or nothing. "+earlier, "", func(a *app, line string) (string, func(*app) tea.Cmd) {
				at, detail := a.whenAndWhat(line)
				v := ward.Intervention{PatientID: p.ID, DoneAt: at, Kind: kind.Code, Detail: detail}
				if err := v.Validate(&p, a.now.Add(time.Minute)); err != nil {
					return words(err), nil
				}
				return "", func(a *app) tea.Cmd {
					return record(a, func(ctx context.Context, sig ward.Signature) error { return a.store.Intervene(ctx, sig, v) })
				}
			}))
		})...)
}

func orderDialog(p ward.Patient, record recorder) *chooser {
	question := "Order about the schedule of " + about(&p) + ". Which?"
	return newChooser(question, numbered(labels(ward.OrderKinds), func(a *app, i int) tea.Cmd {
		o := ward.Order{PatientID: p.ID, Kind: ward.OrderKind(ward.OrderKinds[i].Code)}
		trial := o
		trial.Interval, trial.UntilDay, trial.Reason = time.Hour, 30, "–"
		if err := trial.Validate(a.user); err != nil {
			a.fail(err)
			return nil
		}
		switch o.Kind {
		case ward.OrderInterval:
			return a.push(newAsker(about(&p)+"\nA check every … ? Such as 6h or 90m", "", func(a *app, text string) (string, func(*app) tea.Cmd) {
				interval, ok := parseInterval(text)
				if o.Interval = interval; !ok {
					return "write it as 6h or 90m", nil
				}
				return "", func(a *app) tea.Cmd { return a.push(orderReason(&p, o, record)) }
			}))
		case ward.OrderExtend:
			return a.push(newAsker(about(&p)+"\nUntil which day since infusion?", strconv.Itoa(a.site.LastDay+10), func(a *app, text string) (string, func(*app) tea.Cmd) {
				day, err := strconv.Atoi(text)
				if o.UntilDay = day; err != nil {
					return "write a number of days", nil
				}
				return "", func(a *app) tea.Cmd { return a.push(orderReason(&p, o, record)) }
			}))
		}
		return a.push(orderReason(&p, o, record))
	})...)
}

// parseInterval reads 6h, 90m, 1h30m, or 6, which is hours.
func parseInterval(text string) (time.Duration, bool) {
	text = strings.ReplaceAll(text, " ", "")
	if _, err := strconv.Atoi(text); err == nil {
		text += "h"
	}
	d, err := time.ParseDuration(text)
	return d.Truncate(time.Minute), err == nil
}

func orderReason(p *ward.Patient, o ward.Order, record recorder) *asker {
	return newAsker(about(p)+"\n"+ward.WordsFor(ward.OrderKinds, string(o.Kind))+": why?", "", func(a *app, reason string) (string, func(*app) tea.Cmd) {
		o.Reason = reason
		if err := o.Validate(a.user); err != nil {
			return words(err), nil
		}
		return "", func(a *app) tea.Cmd {
			return record(a, func(ctx context.Context, sig ward.Signature) error { return a.store.PutOrder(ctx, sig, o) })
		}
	})
}

// moveDialog moves a check to the patient to whom it belongs: withdrawn here,
// entered there, in one step.
func moveDialog(from ward.Patient, c ward.Check, record recorder) *asker {
	return newAsker("The check "+toolScore(&c.Findings)+" belongs to another patient than "+about(&from)+".\nTo whom? The MRN:", "",
		func(a *app, mrn string) (string, func(*app) tea.Cmd) {
			if mrn == "" || mrn == from.MRN {
				return "the MRN of another patient", nil
			}
			return "", func(a *app) tea.Cmd {
				find := &finding{mrn: mrn, then: func(a *app, to ward.Patient) tea.Cmd {
					return a.push(newChooser("Move the check "+toolScore(&c.Findings)+", performed "+a.clock(c.PerformedAt)+"?\nfrom "+about(&from)+"\nto   "+about(&to),
						choice{"y", "move it", func(a *app) tea.Cmd {
							id := a.opts.NewID()
							return record(a, func(ctx context.Context, sig ward.Signature) error {
								_, err := a.store.MoveCheck(ctx, sig, c, to.ID, id)
								return err
							})
						}},
						choice{"g", "go back", nil},
					))
				}}
				return a.push(find)
			}
		})
}

// finding looks a patient up by MRN, and is gone when it has.
type finding struct {
	chooser
	mrn     string
	request request
	then    func(*app, ward.Patient) tea.Cmd
}

func (f *finding) open(a *app) (cmd tea.Cmd) {
	log := a.store
	f.lines = []string{"Looking for MRN " + f.mrn}
	f.request, cmd = ask(a, 0, func(ctx context.Context) (found, error) {
		p, err := log.PatientByMRN(ctx, f.mrn)
		return found(p), err
	})
	return cmd
}

type found ward.Patient

func (f *finding) update(a *app, msg tea.Msg) tea.Cmd {
	if r, ok := msg.(result[found]); ok && r.request == f.request {
		a.close(f)
		if r.err != nil {
			a.fail(r.err)
			return nil
		}
		return f.then(a, ward.Patient(r.value))
	}
	return f.chooser.update(a, msg)
}

// planLine says when the next check is due and why then.
func (a *app) planLine(p ward.Plan) string {
	switch {
	case p.Due.IsZero():
		return "no check is due: " + plain(p.Why)
	case p.State(a.site, a.now) == ward.NoneDue:
		return "no check is due: they ended " + a.clock(p.Ends)
	}
	return fmt.Sprintf("next check %s (%s): %s", a.clock(p.Due), a.due(p), plain(p.Why))
}
