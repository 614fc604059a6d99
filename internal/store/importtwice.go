package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// passRepeats takes out the rows without an identity that repeat a check of the same
// patient and minute, in the log or in an earlier row, and refuses those that contradict
// one, unless both are to be kept.
func (p *importing) passRepeats(ctx context.Context) error {
	some := false
	for i := range p.rows {
		some = some || p.rows[i].Unnamed || p.rows[i].Returned
	}
	if !some { // nothing to compare, as in most files
		return nil
	}
	known := make(map[int64][]*icans.Findings) // by the minute
	add := func(c *ward.Check) {
		minute := c.PerformedAt.Truncate(time.Minute).Unix()
		known[minute] = append(known[minute], &c.Findings)
	}
	for i := range p.history.Checks {
		add(&p.history.Checks[i])
	}
	order := make([]*ward.ImportRow, len(p.rows))
	for i := range p.rows {
		order[i] = &p.rows[i]
	}
	slices.SortStableFunc(order, func(a, b *ward.ImportRow) int { return cmp.Compare(a.Line, b.Line) })
	passed, taken := make(map[int]bool), make(map[string]bool)
	for _, row := range order {
		var pass bool
		var err error
		switch {
		case row.Unnamed:
			pass, err = p.passRepeat(ctx, row, known, taken)
		case row.Returned && len(p.before[row.Check.ID]) > 0:
			pass = p.passReturned(row)
		}
		if err != nil {
			return err
		}
		if pass {
			passed[row.Line] = true
			continue
		}
		add(&row.Check)
		taken[row.Check.ID] = true
	}
	p.rows = slices.DeleteFunc(p.rows, func(row ward.ImportRow) bool { return passed[row.Line] })
	return nil
}

// passRepeat reports whether a row repeats a check. taken has the identities of earlier
// rows: a row that has to be kept beside another of the same identity gets one of its own.
func (p *importing) passRepeat(ctx context.Context, row *ward.ImportRow, known map[int64][]*icans.Findings, taken map[string]bool) (pass bool, err error) {
	c := &row.Check
	first := p.before[c.ID]
	if len(first) > 0 && first[0].Findings == c.Findings {
		p.done.Known++
		return true, nil
	}
	twins := known[c.PerformedAt.Truncate(time.Minute).Unix()]
	if slices.ContainsFunc(twins, func(x *icans.Findings) bool { return *x == c.Findings }) {
		p.done.Twice++
		return true, nil
	}
	if len(twins) > 0 && !p.Both {
		p.refuse(row.Line, &ward.Error{
			Kind: ward.KindInvalid, Field: "performed_at", Code: "contradicts", Flags: []string{"--both"},
			Reason: "the patient has a check with other findings at this minute; correct the file, or keep both with --both",
		})
		return false, nil
	}
	if len(first) == 0 && !taken[c.ID] {
		return false, nil
	}
	c.ID = identityBeside(c)
	p.before[c.ID], err = p.reader().versionsOf(ctx, c.ID)
	return false, err
}

// identityBeside returns the identity of a check whose usual one is that of another check
// of the same time: the same for the same findings, whatever the file.
func identityBeside(c *ward.Check) string {
	findings := c.ID
	for _, f := range icans.Fields() {
		findings += fmt.Sprintf("\x00%s", f.Code(&c.Findings))
	}
	sum := sha256.Sum256([]byte(findings))
	return "csv-" + hex.EncodeToString(sum[:16])
}
