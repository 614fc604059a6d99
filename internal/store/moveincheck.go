package store

import (
	"context"
	"fmt"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

func (m *moveIn) recordChecks(ctx context.Context, t *Tables) error {
	return t.Checks(func(line int, row *ward.ImportRow) error {
		m.line = line
		m.done.Checks++
		if err := m.recordCheck(ctx, row); err != nil {
			return err
		}
		return ctx.Err()
	})
}

// recordCheck records a version of a check with the flag that it had.
func (m *moveIn) recordCheck(ctx context.Context, row *ward.ImportRow) error {
	c := row.Check
	survivor, known := m.survivorOf(row.Patient.MRN)
	if !known {
		return nil
	}
	before := m.checks[c.ID]
	if before == nil {
		before = &movedCheck{survivor: survivor}
	}
	switch {
	case before.survivor != survivor:
		return m.refuseCell("mrn", "the check is of another patient in an earlier row")
	case c.Version != len(before.versions)+1:
		return m.refuseCell("version", fmt.Sprintf("the next version of the check is %d", len(before.versions)+1))
	case before.last == ward.Withdrawn:
		return m.refuseCell("status", "the check was withdrawn")
	}
	if c.Version == 1 {
		if there, err := m.checkInLog(ctx, c.ID); err != nil || there {
			return err
		}
	}
	if problems := c.Problems(nil, m.sig.At); len(problems) > 0 {
		m.refuse(problems...)
		return nil
	}
	if c.Findings.OtherCause != 0 {
		if err := m.needs(ctx, ward.MayDecide); err != nil {
			return err
		}
	}
	if wrong := claimResult(&c, row.Claimed); wrong != nil {
		m.refuse(wrong)
		return nil
	}
	c.PatientID = survivor
	if stay := ward.StayAt(m.inForce[survivor], c.PerformedAt); stay != nil {
		c.StayID = stay.ID
	}
	m.note(before, &c)
	return m.putCheck(ctx, &c)
}

// checkInLog refuses a check that is in the log already.
func (m *moveIn) checkInLog(ctx context.Context, id string) (there bool, err error) {
	if m.after == 0 {
		return false, nil
	}
	known, err := m.reader().knownChecks(ctx, []string{id})
	if err != nil || len(known) == 0 {
		return false, err
	}
	return true, m.refuseCell("check_id", "a check of the log has this identity")
}

// note adds a version of a check to those so far.
func (m *moveIn) note(check *movedCheck, c *ward.Check) {
	plain := *c
	plain.Grade(1<<icans.Features - 1)
	check.last = c.Status
	check.versions = append(check.versions, movedVersion{c.PerformedAt, c.Recorded.At, c.Result.Floor, c.Result.Flag, plain.Result.Flag})
	m.checks[c.ID] = check
	order := m.order[check.survivor]
	if order == nil {
		order = &movedOrder{}
		m.order[check.survivor] = order
	}
	if !order.add(c) || c.Version > 1 {
		m.unsettled[check.survivor] = true
	}
}

// claimResult sets the result of a check to that of its findings with the flag and the
// reasons that a table has, which rest on other checks too. It returns an error if the
// findings contradict them.
func claimResult(c *ward.Check, claims []ward.Claim) *ward.Error {
	claimed := make(map[string]string, len(claims))
	for _, claim := range claims {
		claimed[claim.Column] = claim.Cell
	}
	flag, known := icans.ParseFlag(claimed["flag"])
	if !known {
		return ward.Invalid("flag", "no flag")
	}
	reasons, known := icans.ParseReasons(claimed["flag_reasons"])
	if !known {
		return ward.Invalid("flag_reasons", "no reasons for a flag")
	}
	c.Grade(0)
	if c.Status == ward.Withdrawn {
		if flag != icans.FlagNone || reasons != 0 {
			return ward.Invalid("flag", "a withdrawn check has none")
		}
		return nil
	}
	made := new(grader).result(c, reasons)
	either := reasons&eitherReasons != 0 && flag == icans.FlagUrgent
	switch {
	case made.Flag != flag && !either:
		return ward.Invalid("flag", "the findings make it "+made.Flag.Code())
	case made.Reasons != reasons:
		return ward.Invalid("flag_reasons", "the findings make it "+string(made.Reasons.AppendCodes(nil)))
	}
	c.Result.Flag, c.Result.Reasons = flag, reasons
	return nil
}
