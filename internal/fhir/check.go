package fhir

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

var (
	examined = hl7("observation-category", "exam", "Exam")
	surveyed = hl7("observation-category", "survey", "Survey")
)

// threefold are the identities of a check's three observations: the findings, the
// score of the tool, and the grade. They are the same in every version.
type threefold struct{ panel, score, grade string }

func (e *Encoder) checkIDs(id string) threefold {
	return threefold{e.id("check", id), e.id("score", id), e.id("grade", id)}
}

// allChecks writes every check within the bounds: the version that is valid now, and
// its history.
func (e *Encoder) allChecks(c *ward.Chart) {
	for rest := c.Versions; len(rest) > 0; {
		check := &rest[0] // the newest version of the next check
		n := 1
		for n < len(rest) && rest[n].ID == check.ID {
			n++
		}
		versions := rest[:n]
		rest = rest[n:]
		if !e.in(check.PerformedAt) {
			continue
		}
		e.touched(e.o.Touched != nil && e.o.Touched.Checks[check.ID])
		ids := e.checkIDs(check.ID)
		for _, o := range e.observations(check, ids, e.performer(versions)) {
			e.put(o)
		}
		e.history(versions, ids)
		e.end()
	}
}

// performer refers to the person who examined the patient: who recorded the check here
// within two hours of it, in its first version. Of any other author the log does not know
// that.
func (e *Encoder) performer(versions []ward.Check) []*reference {
	first := &versions[len(versions)-1]
	if e.o.ByHand == nil || !e.o.ByHand(first.ID, first.Version) || first.Recorded.At.Sub(first.PerformedAt) > examinedWithin {
		return nil
	}
	return []*reference{e.who(first.Recorded.By)}
}

const examinedWithin = 2 * time.Hour

// history writes a Provenance for each version, the newest first: author, time and
// reason. The version before it is contained in it and is no resource of its own, so
// that no reader takes it for a check that counts.
func (e *Encoder) history(versions []ward.Check, ids threefold) {
	for i := range versions {
		c := &versions[i]
		p := &provenance{
			header: header{ResourceType: "Provenance", ID: e.id("check version", c.ID, c.Version)},
			Target: []*reference{
				ref("Observation", ids.panel), ref("Observation", ids.score), ref("Observation", ids.grade),
			},
			Recorded: stamp(c.Recorded.At),
			Activity: activityOf(c),
			Agent:    []agent{e.enterer(c.Recorded)},
		}
		p.Text = told("", fmt.Sprintf("Version %d of a neuro check, %s %s", c.Version, words(codeVersion, string(c.Status)), when(c.Recorded.At)), words(codeWhy, c.Reason))
		if c.Reason != "" {
			why := own(codeWhy, c.Reason)
			why.Text = line(c.ReasonNote)
			p.Reason = []concept{*why}
		}
		if i+1 < len(versions) {
			before := threefold{"panel", "score", "grade"}
			p.Contained = contained(e.observations(&versions[i+1], before, e.performer(versions)))
			for _, id := range []string{before.panel, before.score, before.grade} {
				p.Entity = append(p.Entity, entity{Role: "revision", What: &reference{Reference: "#" + id}})
			}
		}
		e.put(p)
	}
}

func activityOf(c *ward.Check) *concept {
	activity := hl7("v3-DataOperation", "CREATE", "create")
	switch c.Status {
	case ward.Corrected:
		activity = hl7("v3-DataOperation", "UPDATE", "revise")
	case ward.Withdrawn:
		activity = hl7("v3-DataOperation", "NULLIFY", "nullify")
	}
	activity.Coding = append(activity.Coding, own(codeVersion, string(c.Status)).Coding...)
	return activity
}

// statusOf returns the ObservationStatus of a version: a correction of an error is
// corrected, a correction for another reason amended.
func statusOf(c *ward.Check) string {
	switch {
	case c.Status == ward.Withdrawn:
		return "entered-in-error"
	case c.Status == ward.Corrected && (c.Reason == "other" || c.Reason == "attribution"):
		return "amended"
	case c.Status == ward.Corrected:
		return "corrected"
	}
	return "final"
}

// contained returns the observations of an earlier version as parts of another resource:
// they refer to each other within it, and have no narrative of their own.
func contained(list []*observation) (parts []resource) {
	for _, o := range list {
		o.Text = nil
		for _, from := range o.DerivedFrom {
			from.Reference = strings.Replace(from.Reference, "Observation/", "#", 1)
		}
		parts = append(parts, o)
	}
	return parts
}

// observations returns one version of a check.
func (e *Encoder) observations(c *ward.Check, ids threefold, performer []*reference) []*observation {
	one := func(id string, category, code *concept) *observation {
		return &observation{
			header:            header{ResourceType: "Observation", ID: id},
			Status:            statusOf(c),
			Category:          []concept{*category},
			Code:              code,
			Subject:           e.subject(),
			Encounter:         e.encounter(c.PerformedAt),
			EffectiveDateTime: stamp(c.PerformedAt),
			Issued:            stamp(c.Recorded.At),
		}
	}
	panel := one(ids.panel, examined, own(codeCheck))
	panel.Identifier = []identifier{{System: e.checks, Value: line(c.ID)}}
	panel.Component = items(&c.Findings)
	if cause := line(c.CauseNote); cause != "" {
		panel.Component = append(panel.Component, component{own(codeCause), value{String: cause}})
	}
	panel.Note = said(c.Note)
	panel.Performer = performer
	panel.Text = told(panel.Status, checkWords(c)...)

	code := codeScoreICE
	if c.Findings.Tool == icans.CAPD {
		code = codeScoreCAPD
	}
	score := one(ids.score, surveyed, own(code))
	score.value = scoreOf(c)
	score.DerivedFrom = []*reference{ref("Observation", ids.panel)}
	score.Performer = performer
	score.Text = told(score.Status, scoreWords(c, &score.value))

	grade := one(ids.grade, surveyed, own(codeGrade))
	grade.value = gradeOf(&c.Result)
	grade.DerivedFrom = []*reference{ref("Observation", ids.panel), ref("Observation", ids.score)}
	grade.Component = meaning(&c.Result)
	grade.Text = told(grade.Status, gradeWords(&c.Result)...)
	return []*observation{panel, score, grade}
}

// items returns the findings, one component each; a finding that may hold several
// signs is a component a sign. Items of the other tool do not belong to the check. The
// reason that the tool could not be done, a stated total, the grade of CRS and domains
// with another cause are left out if they were not recorded.
func items(x *icans.Findings) (list []component) {
	for _, f := range icans.Fields() {
		code := f.Code(x)
		switch f.Group {
		case icans.GroupICE:
			if x.Tool != icans.ICE {
				continue
			}
		case icans.GroupCAPD:
			if x.Tool != icans.CAPD {
				continue
			}
		case icans.GroupUnable, icans.GroupOtherCause, icans.GroupTotal, icans.GroupCRS:
			if code == "" {
				continue
			}
		}
		if code == "" {
			list = append(list, component{own(f.Column), value{Absent: absent(x, f)}})
			continue
		}
		if isPoints(f) {
			points, _ := strconv.Atoi(code)
			list = append(list, component{own(f.Column), value{Integer: is(points)}})
			continue
		}
		for one := range strings.SplitSeq(code, ";") {
			list = append(list, component{own(f.Column), value{Concept: own(f.Column, one)}})
		}
	}
	return list
}

// absent returns the reason that a finding is missing: a patient who refused the tool
// was asked for its items; anything else was not performed. Missing is never normal.
func absent(x *icans.Findings, f *icans.Field) *concept {
	if x.Unable == icans.UnableRefused && f.Group != icans.GroupDomain && f.Group != icans.GroupSeen {
		return hl7("data-absent-reason", "asked-declined", "Asked But Declined")
	}
	return hl7("data-absent-reason", "not-performed", "Not Performed")
}

// isPoints reports whether the values of a field are points.
func isPoints(f *icans.Field) bool {
	switch f.Group {
	case icans.GroupICE, icans.GroupCAPD, icans.GroupTotal, icans.GroupCRS:
		return true
	}
	return false
}

// scoreOf returns the total if every item was scored or the total is stated; the least
// and the greatest total if some items were scored; and otherwise the reason that there
// is none.
func scoreOf(c *ward.Check) value {
	if n, known := c.Findings.Total(); known {
		return value{Quantity: is(scored(n))}
	}
	for _, f := range icans.Fields() {
		if (f.Group == icans.GroupICE || f.Group == icans.GroupCAPD) && f.Assessed(&c.Findings) {
			low, high := c.Findings.ScoreRange()
			return value{Range: &span{scored(low), scored(high)}}
		}
	}
	return value{Absent: absent(&c.Findings, icans.FieldOf("ice_year"))}
}

// gradeOf returns the grade or its interval, never a guess.
func gradeOf(r *icans.Result) value {
	if grade, known := r.Grade(); known {
		return value{Integer: is(grade)}
	}
	return value{Range: &span{quantity{Value: r.Low}, quantity{Value: r.High}}}
}

// meaning returns the domains that made the grade, the flag, and its reasons.
func meaning(r *icans.Result) (list []component) {
	for _, d := range r.Drivers.Codes() {
		list = append(list, component{own(codeDriver), value{Concept: own(codeDriver, d)}})
	}
	list = append(list, component{own(codeFlag), value{Concept: own(codeFlag, r.Flag.Code())}})
	for _, why := range r.Reasons.Codes() {
		list = append(list, component{own(codeReason), value{Concept: own(codeReason, why)}})
	}
	return list
}
