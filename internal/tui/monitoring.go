package tui

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/ward"
)

// The dialogs in this file record events of a patient: a reported symptom, an
// intervention, an order about the check interval, a cause named ahead, and a check that
// belongs to another patient. Each names the patient.

// recorder records an event of a patient, signed.
type recorder func(a *app, do func(context.Context, ward.Signature) error) tea.Cmd

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

const earlierHint = "Begin with the time, such as 13:20, if it was earlier."

func symptomDialog(p ward.Patient, stay ward.Stay, record recorder) *chooser {
	return newChooser("REPORTED SYMPTOM   "+about(&p)+"\nIt makes a check due now. Who said it?",
		numbered(labels(ward.Reporters), func(a *app, i int) tea.Cmd {
			return a.push(newAsker(about(&p)+"\nWhat did "+ward.Reporters[i].Label+" say, in one line? "+earlierHint, "", func(a *app, line string) (string, func(*app) tea.Cmd) {
				at, said := a.whenAndWhat(line)
				r := ward.Report{PatientID: p.ID, ToldAt: at, ToldBy: ward.Reporters[i].Code, Words: said}
				if err := r.Validate(stay.AdmittedAt, a.now.Add(time.Minute)); err != nil {
					return words(err), nil
				}
				return "", func(a *app) tea.Cmd {
					return record(a, func(ctx context.Context, sig ward.Signature) error { return a.store.PutReport(ctx, sig, r) })
				}
			}))
		})...)
}

// lettered makes choices of words, chosen with a, b, c …
func lettered(labels []string, do func(a *app, i int) tea.Cmd) []choice {
	list := numbered(labels, do)
	for i := range list {
		list[i].keys = string(rune('a' + i))
	}
	return list
}

func interventionDialog(p ward.Patient, stay ward.Stay, record recorder) *chooser {
	c := newChooser("WHAT WAS DONE   "+about(&p),
		lettered(labels(ward.Interventions), func(a *app, i int) tea.Cmd {
			kind := ward.Interventions[i]
			return a.push(newAsker(about(&p)+"\n"+kind.Label+": dose, route or result, or nothing. "+earlierHint, "", func(a *app, line string) (string, func(*app) tea.Cmd) {
				at, detail := a.whenAndWhat(line)
				v := ward.Intervention{PatientID: p.ID, DoneAt: at, Kind: kind.Code, Detail: detail}
				if err := v.Validate(stay.AdmittedAt, a.now.Add(time.Minute)); err != nil {
					return words(err), nil
				}
				return "", func(a *app) tea.Cmd {
					return record(a, func(ctx context.Context, sig ward.Signature) error { return a.store.PutIntervention(ctx, sig, v) })
				}
			}))
		})...)
	c.columns = 2
	return c
}

// orderDialog changes the check interval, or names a cause for the next hours. Both are a
// clinician's.
func orderDialog(a *app, s *charted) *chooser {
	p, record := s.chart.Patient, recorder(s.record)
	question := "CHECK INTERVAL   " + about(&p)
	if plan := s.chart.Next(a.site, a.now); !plan.Due.IsZero() {
		question += "\nnow: " + everyWords(plan) + ", next " + a.clock(plan.Due)
	}
	decide := func(do func(a *app) tea.Cmd) func(a *app) tea.Cmd {
		return func(a *app) tea.Cmd {
			if err := ward.MayDo(a.user.Role, ward.MayDecide); err != nil {
				a.fail(ward.NotAllowed("the interval and a cause are a clinician's to change"))
				return nil
			}
			return do(a)
		}
	}
	choices := numbered(labels(ward.OrderKinds), func(a *app, i int) tea.Cmd {
		return decide(func(a *app) tea.Cmd { return orderOf(a, &p, ward.OrderKind(ward.OrderKinds[i].Code), record) })(a)
	})
	choices = append(choices, choice{"5", "name another cause for up to 24 h", decide(func(a *app) tea.Cmd { return a.push(aheadDialog(p, record)) })})
	if named := applies(&s.chart.History, a.now); named != nil {
		id := named.ID
		choices = append(choices, choice{"6", "end the cause: " + a.namedCause(&s.chart.History), decide(func(a *app) tea.Cmd {
			return record(a, func(ctx context.Context, sig ward.Signature) error { return a.store.EndCause(ctx, sig, id) })
		})})
	}
	return newChooser(question, append(choices, no("back"))...)
}

func orderOf(a *app, p *ward.Patient, kind ward.OrderKind, record recorder) tea.Cmd {
	o := ward.Order{PatientID: p.ID, Kind: kind}
	switch kind {
	case ward.OrderInterval:
		return a.push(newAsker(about(p)+"\nA check every … ? Such as 6h or 90m", "", func(a *app, text string) (string, func(*app) tea.Cmd) {
			interval, ok := parseInterval(text)
			if o.Interval = interval; !ok {
				return "write it as 6h or 90m", nil
			}
			return "", func(a *app) tea.Cmd { return a.push(orderReason(p, o, record)) }
		}))
	case ward.OrderExtend:
		return a.push(newAsker(about(p)+"\nUntil which day since infusion?", strconv.Itoa(a.site.LastDay+10), func(a *app, text string) (string, func(*app) tea.Cmd) {
			day, err := strconv.Atoi(text)
			if o.UntilDay = day; err != nil {
				return "write a number of days", nil
			}
			return "", func(a *app) tea.Cmd { return a.push(orderReason(p, o, record)) }
		}))
	}
	return a.push(orderReason(p, o, record))
}

// aheadDialog names a cause ahead: the domain, the cause in words, and the end.
func aheadDialog(p ward.Patient, record recorder) *chooser {
	domains := []string{"consciousness", "score"}
	return newChooser("ANOTHER CAUSE, up to 24 h ahead   "+about(&p)+"\nChecks of a sedated or intubated patient carry it, until a check is done with the tool. Of which finding?",
		numbered([]string{"consciousness", "score (patient with a tube)"}, func(a *app, i int) tea.Cmd {
			return a.push(newAsker(about(&p)+"\nWhich cause of "+domains[i]+"? (needed)  such as: propofol since 14:10", "", func(a *app, cause string) (string, func(*app) tea.Cmd) {
				at := ward.Moment(a.now.In(a.zone))
				n := ward.Attribution{PatientID: p.ID, Domain: domains[i], Cause: cause, Until: at.Add(ward.AttributionAhead)}
				if err := n.Validate(at); err != nil {
					return words(err), nil
				}
				return "", func(a *app) tea.Cmd { return a.push(aheadUntil(p, n, record)) }
			}))
		})...)
}

func aheadUntil(p ward.Patient, n ward.Attribution, record recorder) *asker {
	return newAsker(about(&p)+"\n"+n.Domain+": "+plain(n.Cause)+". For how long? At most 24h", "24h", func(a *app, text string) (string, func(*app) tea.Cmd) {
		length, ok := parseInterval(text)
		if !ok {
			return "write it as 6h or 90m", nil
		}
		now := ward.Moment(a.now.In(a.zone))
		n.Until = now.Add(length)
		if err := n.Validate(now); err != nil {
			return words(err), nil
		}
		return "", func(a *app) tea.Cmd {
			return record(a, func(ctx context.Context, sig ward.Signature) error { return a.store.NameCause(ctx, sig, n) })
		}
	})
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
		if err := o.Validate(); err != nil {
			return words(err), nil
		}
		return "", func(a *app) tea.Cmd {
			return record(a, func(ctx context.Context, sig ward.Signature) error { return a.store.PutOrder(ctx, sig, o) })
		}
	})
}

// moveDialog moves a check to the patient to whom it belongs: withdrawn here and entered
// there, in one act.
func moveDialog(a *app, from ward.Patient, c ward.Check, record recorder) *asker {
	what := "the check of " + a.clock(c.PerformedAt) + " (" + toolScore(&c.Findings) + ", recorded by " + plain(c.Recorded.By) + ")"
	return newAsker("MOVE "+what+"\nfrom "+about(&from)+"\nTo whom? The MRN:", "",
		func(a *app, mrn string) (string, func(*app) tea.Cmd) {
			if mrn == "" || ward.FoldMRN(mrn) == ward.FoldMRN(from.MRN) {
				return "the MRN of another patient", nil
			}
			return "", func(a *app) tea.Cmd {
				find := &finding{mrn: mrn, then: func(a *app, to ward.Patient) tea.Cmd {
					return a.push(newChooser("Move "+what+"?\nfrom "+about(&from)+"\nto   "+about(&to),
						yes("move it", func(a *app) tea.Cmd {
							id := a.opts.NewID()
							return record(a, func(ctx context.Context, sig ward.Signature) error {
								_, err := a.store.MoveCheck(ctx, sig, c, to.ID, id)
								return err
							})
						}),
						no("back"),
					))
				}}
				return a.push(find)
			}
		})
}

// finding looks up a patient by MRN and closes when it has the answer.
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

// planWords returns the time of the next check and the reason for it.
func (a *app) planWords(p ward.Plan) string {
	why := ward.WordsFor(ward.Whys, string(p.Why))
	if p.Due.IsZero() {
		return "no check is due: " + why
	}
	text := "next check " + a.clock(p.Due) + " (" + a.due(p) + ")"
	if every := everyWords(p); every != "" {
		text += ", " + every
	}
	text += ": " + why
	if p.Order != nil {
		text += ", " + plain(p.Order.Ordered.By) + ": " + plain(p.Order.Reason)
	}
	return text
}
