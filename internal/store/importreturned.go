package store

import "neurocheck/internal/ward"

// passReturned reports whether a row of a check that the log has brings nothing back: it is
// the version that left. Else it makes the row the next version of the check, unless the
// log has one already.
func (p *importing) passReturned(row *ward.ImportRow) (pass bool) {
	c := &row.Check
	versions := p.before[c.ID]
	if c.Version > len(versions) {
		p.refuse(row.Line, ward.Invalid("version", "the log has no such version of this check"))
		return false
	}
	if p.isAs(c, &versions[c.Version-1]) {
		p.done.Known++
		return true
	}
	last := &versions[len(versions)-1]
	if p.isAs(c, last) { // a correction that was imported already
		p.done.Known++
		return true
	}
	if c.Version < len(versions) {
		p.refuse(row.Line, ward.Invalid("check_id", "this check has changed in the log since it left; export it again"))
		return false
	}
	moved := !p.sameClock(c, last)
	if moved && ward.ComesTwice(c.PerformedAt.In(p.site.Zone)) { // records of REDCap have no offsets
		p.refuse(row.Line, ward.Invalid("performed_at", "this hour came twice, because the clocks went back; correct the time of this check on the screens"))
		return false
	}
	p.changed = append(p.changed, row.Line)
	next := *last
	next.Version, next.Status, next.Reason, next.ReasonNote = c.Version+1, ward.Corrected, "wrong_value", "REDCap"
	next.Findings, next.CauseNote, next.Note = c.Findings, c.CauseNote, c.Note
	if moved {
		next.PerformedAt = c.PerformedAt
	}
	if c.Status == ward.Withdrawn {
		next.Status = ward.Withdrawn
	}
	next.Because, next.Superseded, next.Recorded = "", false, ward.Signature{}
	*c, row.Stay, row.Claimed = next, ward.Stay{}, nil
	return false
}

// isAs reports whether a check that comes back is as a version in the log.
func (p *importing) isAs(c, there *ward.Check) bool {
	return p.sameClock(c, there) && c.Findings == there.Findings && c.CauseNote == there.CauseNote && c.Note == there.Note &&
		(c.Status == ward.Withdrawn) == (there.Status == ward.Withdrawn)
}

// sameClock reports whether the ward's clock showed the same at both, to the second.
func (p *importing) sameClock(a, b *ward.Check) bool {
	const seconds = "2006-01-02 15:04:05"
	return a.PerformedAt.In(p.site.Zone).Format(seconds) == b.PerformedAt.In(p.site.Zone).Format(seconds)
}
