package icans

// Problem is a finding that cannot stand as it is: which column, and what is
// wrong with it and what is allowed.
type Problem struct {
	Column string
	Reason string
}

// Error returns "column: reason".
func (p Problem) Error() string { return p.Column + ": " + p.Reason }

// Problems returns what makes the findings no valid check, in the order of the
// columns; nil where there is nothing wrong. It looks at the findings alone:
// the time of the check is judged where the patient is known.
func (x *Findings) Problems() []Problem {
	var found []Problem
	for _, f := range fields {
		if reason := x.problem(f); reason != "" {
			found = append(found, Problem{f.Column, reason})
		}
	}
	return found
}

func (x *Findings) problem(f *Field) string {
	v := *f.at(x)
	if f.Group == GroupTool && v == 0 {
		return "missing; allowed: " + f.Allowed()
	}
	if v == 0 {
		return ""
	}
	if most := len(f.Terms); !f.Several && int(v) > most || f.Several && int(v) >= 1<<most {
		return "out of range; allowed: " + f.Allowed()
	}
	switch f.Group {
	case GroupICE, GroupCAPD:
		if other := x.Tool == CAPD && f.Group == GroupICE || x.Tool == ICE && f.Group == GroupCAPD; other {
			return "belongs to the other tool; it must be empty where tool is " + fields[0].Code(x)
		}
		if x.Unable != 0 {
			return "must be empty where unable is " + byColumn["unable"].Code(x)
		}
	case GroupUnable:
		if x.Unable == UnableUnarousable && x.Consciousness != Unarousable {
			return "unarousable needs consciousness unarousable"
		}
	case GroupDomain:
		if f.Several && x.ICP&ICPNone != 0 && x.ICP != ICPNone {
			return "none stands alone; take it out, or the other signs"
		}
	}
	return ""
}
