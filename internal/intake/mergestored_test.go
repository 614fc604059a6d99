package intake

import (
	"strings"
	"testing"

	"neurocheck/internal/hl7"
)

// mergeOf returns the message of a merge: the prior MRNs are one with the MRN of Ada.
func mergeOf(minute int, priors ...string) Message {
	return a("A40", minute, func(p *hl7.Person) { p.Prior, p.Visit = priors, hl7.Visit{} })
}

// under returns a change of a message that is about another MRN and another visit.
func under(mrn, visit string, more func(*hl7.Person)) func(*hl7.Person) {
	return func(p *hl7.Person) {
		p.MRN, p.Visit.Number = mrn, visit
		if more != nil {
			more(p)
		}
	}
}

// The rules of merges on a log of each engine: the messages that come, the answers from the
// second on, and what the log has under Ada's MRN and under the other one at the end.
func TestMergesInTheStore(t *testing.T) {
	const other = "0099001"
	const here = "OKAFOR, Ada; 1961-03-14; V1001 12A from 20 Nov 08:00"
	before := "OKAFOR, Ada; 1961-03-14; V1002 12A from 20 Nov 07:00 to 20 Nov 07:30 home"
	// leftBefore has the messages of a stay under the other MRN, which ended before Ada's.
	leftBefore := []Message{
		a("A01", -60, under(other, "V1002", nil)), a("A03", -30, under(other, "V1002", nil)), a("A01", 0, nil),
	}
	both := before + "; V1001 12A from 20 Nov 08:00"
	rosa := func(p *hl7.Person) { p.Family, p.Given = "SILVA", "Rosa" }
	rows := []struct {
		about      string
		come       []Message
		busy       bool // a check was recorded about Ada, and one about the other
		answers    string
		ada, other string
	}{
		{"old unknown", []Message{a("A01", 0, nil), mergeOf(5, other)}, false, "AA applied", here, "not known"},
		{"new unknown", []Message{a("A01", 0, under(other, "V1001", nil)), mergeOf(5, other)}, false, "AA applied", here, here},
		{"new unknown, and the old number later", []Message{a("A01", 0, under(other, "V1001", nil)), mergeOf(5, other), a("A02", 6, under(other, "V1001", bed14B))}, false,
			"AA applied, AA applied", strings.Replace(here, "12A", "14B", 1), strings.Replace(here, "12A", "14B", 1)},
		{"both known", append(leftBefore, mergeOf(5, other)), false, "AA applied, AA applied, AA applied", both, both},
		{"both known, and the old number later", append(leftBefore, mergeOf(5, other), a("A08", 6, under(other, "V1001", bed14B))), false,
			"AA applied, AA applied, AA applied, AA applied", strings.Replace(both, "V1001 12A", "V1001 14B", 1), strings.Replace(both, "V1001 12A", "V1001 14B", 1)},
		{"both known, and a discharge with the old number", append(leftBefore, mergeOf(5, other), a("A03", 6, under(other, "V1001", nil))), false,
			"AA applied, AA applied, AA applied, AA applied", both + " to 20 Nov 08:06 home", both + " to 20 Nov 08:06 home"},
		{"the same merge again", append(leftBefore, mergeOf(5, other), mergeOf(6, other)), false, "AA applied, AA applied, AA applied, AA applied", both, both},
		{"the reverse", append(leftBefore, mergeOf(5, other), a("A40", 6, func(p *hl7.Person) { p.MRN, p.Prior, p.Visit = other, []string{"0042317"}, hl7.Visit{} })), false,
			"AA applied, AA applied, AA applied, AA held merge_reversed", both, both},
		{"another name", []Message{a("A01", -60, under(other, "V1002", rosa)), a("A03", -30, under(other, "V1002", rosa)), a("A01", 0, nil), mergeOf(5, other)}, false,
			"AA applied, AA applied, AA held merge", here, strings.Replace(before, "OKAFOR, Ada", "SILVA, Rosa", 1)},
		{"both on the ward", []Message{a("A01", -60, under(other, "V1002", nil)), a("A01", 0, nil), mergeOf(5, other)}, false, "AA applied, AA held merge", here,
			strings.TrimSuffix(before, " to 20 Nov 07:30 home")},
		{"both have checks", append(leftBefore, mergeOf(5, other)), true, "AA applied, AA applied, AA held merge", here, before},
		{"of two the second is held", append(leftBefore, mergeOf(5, "0000777", other)), true, "AA applied, AA applied, AA held merge", here, before},
		{"A18", append(leftBefore, withEvent(mergeOf(5, other), "A18")), false, "AA applied, AA applied, AA applied", both, both},
		{"A34", append(leftBefore, withEvent(mergeOf(5, other), "A34")), false, "AA applied, AA applied, AA applied", both, both},
		{"A36", append(leftBefore, withEvent(mergeOf(5, other), "A36")), false, "AA applied, AA applied, AA applied", both, both},
		{"A47", append(leftBefore, withEvent(mergeOf(5, other), "A47")), false, "AA applied, AA applied, AA applied", both, both},
	}
	onEngines(t, func(t *testing.T, s *stored) {
		for n, c := range rows {
			o := &oneOf{stored: s, n: n + 1}
			var answers []string
			for i, m := range c.come {
				if c.busy && m.Merges() {
					o.occupied(ada, 1)
					o.occupied(other, -50)
				}
				if answer := o.take(m); i > 0 {
					answers = append(answers, answer)
				}
			}
			if got := strings.Join(answers, ", "); got != c.answers {
				t.Errorf("%s: answered %s, want %s", c.about, got, c.answers)
			}
			for mrn, want := range map[string]string{ada: c.ada, other: c.other} {
				if got := o.show(mrn); got != want {
					t.Errorf("%s, %s:\n%s, want\n%s", c.about, mrn, got, want)
				}
			}
		}
		s.whole()
	})
}

func withEvent(m Message, event string) Message {
	m.Event = event
	return m
}
