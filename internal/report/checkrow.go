package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// checkRow is one version of a check.
type checkRow struct {
	At, Day    string
	Score      string
	Items      string // that lost points, or have some
	Missing    string // the parts that were not assessed
	Grade      string
	Made       string // the domains that made the grade
	Cause      string // domains with another cause, or perhaps with one
	Flag       flagged
	Reasons    string
	Since      bool // the flag has changed since, because another check was recorded
	Seen       string
	CRS        string
	Note       string
	By, When   string
	Late       bool
	Version    int
	Changed    string // the reason for this version
	Inactive   string // the reason that it no longer counts; empty if it does
	Normal     bool
	Unexamined bool
	Run        int    // number of normal checks in this row; 0 for a single version
	Times      string // of the checks of a run
}

func (b patientBlock) checkRow(check *ward.Check) checkRow {
	x, r := &check.Findings, check.Result
	changed, unchanged := signs(b.Chart, check)
	seen := append(overshadowed(x, r.Drivers), changed...)
	if len(unchanged) > 0 {
		seen = append(seen, "no change: "+strings.Join(unchanged, ", "))
	}
	row := checkRow{
		At: b.date(check.PerformedAt), Score: scoreOf(x), Items: items(x), Grade: grade(r), Made: strings.Join(drivers(x, r.Drivers), "; "), Missing: missing(x),
		Cause: strings.Join(causeWords(check), "; "), Flag: flagOfCheck(check), Reasons: strings.Join(r.Reasons.Words(), "; "), Since: check.Because != "",
		Seen: loose(strings.Join(seen, ", ")), Note: cleanNote(check.Note),
		By: clean(check.Recorded.By), When: b.since(check.PerformedAt, check.Recorded.At), Late: check.Late(), Version: check.Version,
		Normal: check.Normal(), Unexamined: check.Valid() && check.Unexamined(),
	}
	if n, known := x.CRSGrade.Value(); known {
		row.CRS = strconv.Itoa(n)
	}
	if day, ok := b.Patient.Day(check.PerformedAt, b.Zone); ok {
		row.Day = "day" + glue + dayWords(day)
	}
	if check.Version > 1 {
		row.Changed = ward.WordsFor(ward.Statuses, string(check.Status)) + reason(check)
	}
	switch {
	case check.Superseded:
		row.Inactive = "REPLACED by a later version"
	case check.Status == ward.Withdrawn:
		row.Inactive = "WITHDRAWN, no longer counts"
	}
	return row
}

// flagOfCheck returns the flag of a check. A check that is incomplete only because of
// an attribution is not called unfinished.
func flagOfCheck(c *ward.Check) flagged {
	if c.Result.Flag == icans.FlagIncomplete && !c.Unfinished() {
		return flagged{icans.FlagNone.Code(), "no flag: other cause"}
	}
	return flagOf(c.Result.Flag)
}

// scoreOf returns the score with the highest total of the tool.
func scoreOf(x *icans.Findings) string {
	words := score(x)
	if x.Unable != 0 || x.StatedTotal != 0 {
		return words
	}
	return words + " of " + strconv.Itoa(x.Tool.MaxScore())
}

// items names the items that keep a score from its best total: of ICE those that lost
// points, of CAPD those that have some.
func items(x *icans.Findings) string {
	if x.Unable != 0 {
		return ""
	}
	var lost, had []string
	for _, f := range icans.Fields() {
		name, most := strings.ToLower(f.Label[:1])+f.Label[1:], len(f.Terms)-1
		switch code := f.Code(x); {
		case code == "":
		case f.Group == icans.GroupCAPD && code != "0":
			had = append(had, name+glue+code)
		case f.Group != icans.GroupICE || code == f.Terms[most].Code:
		case most == 1:
			lost = append(lost, name)
		default:
			lost = append(lost, fmt.Sprintf("%s (%s of %d)", name, code, most))
		}
	}
	if len(lost) > 0 {
		return "lost: " + strings.Join(lost, ", ")
	}
	return strings.Join(had, ", ")
}

// missing names the findings that were not assessed; items of the tool only if it was
// done, and late signs never, because only some products ask for them.
func missing(x *icans.Findings) string {
	tool := icans.GroupICE
	if x.Tool == icans.CAPD {
		tool = icans.GroupCAPD
	}
	late := []string{"movement", "cranial_nerve", "personality"}
	var names []string
	for _, f := range icans.Fields() {
		if f.Assessed(x) || slices.Contains(late, f.Column) {
			continue
		}
		switch {
		case f.Group == icans.GroupDomain:
			domain, _ := icans.ParseDomains(f.Column)
			names = append(names, domain.Words()...)
		case f.Group == icans.GroupSeen || f.Group == tool && x.Unable == 0 && x.StatedTotal == 0:
			names = append(names, strings.ToLower(f.Label[:1])+f.Label[1:])
		}
	}
	return strings.Join(names, ", ")
}
