package icans

import "fmt"

// Problem is a finding that cannot be recorded: its column, and the reason with
// the values that are allowed.
type Problem struct {
	Column string
	Reason string
}

// Error returns "column: reason".
func (p Problem) Error() string { return p.Column + ": " + p.Reason }

// Problems returns the reasons that the findings are no valid check, in the order
// of the columns; nil if there are none. It checks the findings alone: package
// ward checks the time of the check, because it knows the patient.
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
			return "belongs to the other tool; it must be empty if tool is " + fields[0].Code(x)
		}
		if x.Unable != 0 {
			return "must be empty if unable is " + byColumn["unable"].Code(x)
		}
	case GroupTotal:
		return x.totalProblem()
	case GroupUnable:
		if x.Unable == UnableUnarousable && x.Consciousness != Unarousable {
			return "unarousable needs consciousness unarousable"
		}
	case GroupDomain:
		if f.Several && x.ICP&ICPNone != 0 && x.ICP != ICPNone {
			return "none excludes the other signs; remove it, or them"
		}
	case GroupOtherCause:
		if f.Column == "uncertain_cause" && x.OtherCause&x.UncertainCause != 0 {
			return "a domain cannot be in other_cause as well"
		}
	}
	return ""
}

// totalProblem returns the reason that a stated total cannot be recorded, or "".
func (x *Findings) totalProblem() string {
	n, _ := x.StatedTotal.Value()
	low, high := x.ScoreRange()
	switch {
	case x.Unable != 0:
		return "must be empty if unable is " + byColumn["unable"].Code(x)
	case x.Tool != 0 && n > x.Tool.MaxScore():
		return fmt.Sprintf("higher than the tool's highest total, %d", x.Tool.MaxScore())
	case x.Tool != 0 && x.Scored():
		return "must be empty if every item is scored"
	case x.Tool != 0 && (n < low || n > high):
		return fmt.Sprintf("the items make it %d to %d", low, high)
	}
	return ""
}
