package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// parse reads a settings file: the site, and the line of each key that it sets.
// Where there are faults the site is not to be used.
func parse(doc []byte) (ward.Site, map[string]int, []fault) {
	p := parsing{site: ward.DefaultSite(), set: make(map[string]*entry)}
	found, broken := entries(doc)
	if broken != nil {
		return ward.Site{}, nil, []fault{*broken}
	}
	for i := range found {
		p.entry(&found[i])
	}
	if p.faults == nil {
		p.order()
		p.distinct()
	}
	line := make(map[string]int, len(p.set))
	for key, e := range p.set {
		line[key], _ = position(doc, e.at)
	}
	return p.site, line, p.faults
}

type parsing struct {
	site    ward.Site
	set     map[string]*entry // what the file sets, by key
	refused []string          // the table that was refused last: what is in it is not looked at
	faults  []fault
}

func (p *parsing) fault(at int, key, format string, args ...any) {
	p.faults = append(p.faults, fault{at, key, fmt.Sprintf(format, args...)})
}

func (p *parsing) entry(e *entry) {
	if len(p.faults) >= mostProblems {
		return
	}
	if n := len(p.refused); n > 0 && len(e.path) > n && slices.Equal(e.path[:n], p.refused) {
		return
	}
	key := named(e.path)
	s := settingOf(key)
	table := len(e.path) == 1 && isTable(e.path[0])
	switch {
	case s != nil && e.form == formValue:
		p.value(s, e)
		return
	case table && e.form == formTable:
		return
	case s != nil:
		p.fault(e.at, key, "a table stands where a value should; write %s", s.kind.allowed)
	case table && e.form == formTables:
		p.fault(e.at, key, "two brackets make a list of tables; write [%s]", key)
	case table:
		p.fault(e.at, key, "this is a table and no single value; write [%s] and its settings below", key)
	default:
		p.unknown(e, key)
	}
	if e.form != formValue {
		p.refused = e.path
	}
}

func (p *parsing) value(s *setting, e *entry) {
	p.set[s.key()] = e
	for _, r := range s.kind.set(&p.site, e.value) {
		at := e.valueAt
		if r.item >= 0 {
			at = e.itemsAt[r.item]
		}
		p.fault(at, s.key(), "%s; write %s", r.what, s.kind.allowed)
	}
}

// unknown says that a key is none, and what it may have meant.
func (p *parsing) unknown(e *entry, key string) {
	table := ""
	if len(e.path) > 1 && isTable(e.path[0]) {
		table = e.path[0]
	}
	what := "there is no such setting"
	if e.form != formValue {
		what = "there is no such table"
	}
	near := nearest(key)
	switch {
	case len(near) == 0:
		p.fault(e.at, key, "%s; %s", what, taken(table))
	case len(e.path) > 1 && len(near) == 1 && !strings.Contains(near[0], ".") && !isTable(near[0]):
		p.fault(e.at, key, "%s; did you mean %s, above the first [table]? %s", what, near[0], taken(table))
	default:
		p.fault(e.at, key, "%s; did you mean %s? %s", what, either(near, "or"), taken(table))
	}
}

// order holds the intervals to the order of what they follow: where a file sets
// one of them alone, a default beside it must not make a worse patient wait
// longer than a better one.
func (p *parsing) order() {
	const why = "after a worse check the next one cannot be later"
	i := &p.site.Intervals
	milder, than := "none", i.None
	for _, next := range []struct {
		name string
		time time.Duration
	}{{"grade1", i.Grade1}, {"grade2", i.Grade2}, {"grade3", i.Grade3}} {
		if next.time > than {
			worse, mild := "intervals."+next.name, "intervals."+milder
			if e := p.set[worse]; e != nil {
				p.fault(e.valueAt, worse, "%q is longer than %s, %q%s; %s", inWords(next.time), mild, inWords(than), p.byDefault(mild), why)
			} else {
				p.fault(p.set[mild].valueAt, mild, "%q is shorter than %s, %q by default; %s: set %s too", inWords(than), worse, inWords(next.time), why, next.name)
			}
		}
		milder, than = next.name, next.time
	}
}

func (p *parsing) byDefault(key string) string {
	if p.set[key] == nil {
		return " by default"
	}
	return ""
}

// distinct holds the two checklists apart: an urgent follow-up shows both, and
// what is ticked is known by its text.
func (p *parsing) distinct() {
	for _, pair := range [][2]string{{"urgent", "grade1"}, {"grade1", "urgent"}} {
		key, other := "checklist."+pair[0], "checklist."+pair[1]
		e := p.set[key]
		if e == nil {
			continue
		}
		theirs := settingOf(other).kind.get(&p.site).([]string)
		for i, item := range settingOf(key).kind.get(&p.site).([]string) {
			if slices.Contains(theirs, item) {
				p.fault(e.itemsAt[i], key, "number %d stands in %s%s too; an urgent follow-up asks for both lists", i+1, other, p.byDefault(other))
			}
		}
		if p.set[other] != nil {
			return // it would say the same the other way round
		}
	}
}
