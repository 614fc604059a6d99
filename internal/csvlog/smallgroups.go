package csvlog

import (
	"fmt"
	"strconv"
	"strings"
)

// fewPatients is the least size of a group that a study may publish: CMS suppresses cells of
// 1 to 10.
const fewPatients = 11

// SmallGroups describes, after an export, how many values of the columns that identify a
// patient belong to few patients, and how many patients have a unique combination of them.
// It names no value. It is empty if there are no small groups.
func (d *Deidentifier) SmallGroups() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	counts := make([]map[string]int, len(groupings))
	for i := range counts {
		counts[i] = make(map[string]int)
	}
	together := make(map[string]int)
	for _, who := range d.people {
		var all []string
		for i, g := range groupings {
			value := g.of(who)
			counts[i][value]++
			all = append(all, value)
		}
		together[strings.Join(all, "\x00")]++
	}
	var parts []string
	for i, g := range groupings {
		small := 0
		for value, n := range counts[i] {
			if value != "" && n < fewPatients {
				small++
			}
		}
		if small > 0 {
			parts = append(parts, g.name+" "+strconv.Itoa(small))
		}
	}
	alone := 0
	for _, n := range together {
		if n == 1 {
			alone++
		}
	}
	if len(parts) == 0 && alone == 0 {
		return ""
	}
	return fmt.Sprintf("values with fewer than %d patients: %s; patients alone in all of these together: %d", fewPatients, strings.Join(parts, ", "), alone)
}

// groupings are the columns that together may identify a patient.
var groupings = []struct {
	name string
	of   func(*pseudonym) string
}{
	{"product", func(p *pseudonym) string { return p.patient.Product }},
	{"age band", func(p *pseudonym) string { return ageBand(p.years) }},
	{"tool", func(p *pseudonym) string { return strconv.Itoa(int(p.patient.Tool)) }},
	{"interpreter", func(p *pseudonym) string { return strconv.FormatBool(p.patient.Interpreter) }},
	{"discharge", func(p *pseudonym) string { return p.discharge }},
}

// ageBand returns the band of an age in years; empty if it is not known.
func ageBand(years int) string {
	switch {
	case years < 0:
		return ""
	case years < 12:
		return "<12"
	case years < 18:
		return "12-17"
	case years < 40:
		return "18-39"
	case years < 65:
		return "40-64"
	case years <= oldestAge:
		return "65-89"
	}
	return "90+"
}
