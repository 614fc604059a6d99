package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

// parse reads a settings file: the site, and the line of each key that it sets. If it
// returns faults, the site must not be used.
func parse(doc []byte) (ward.Site, map[string]int, []tomldoc.Fault) {
	p := parsing{site: ward.DefaultSite(), set: make(map[string]*tomldoc.Entry)}
	found, broken := tomldoc.Entries(doc, example)
	if broken != nil {
		return ward.Site{}, nil, []tomldoc.Fault{*broken}
	}
	for i := range found {
		p.entry(&found[i])
	}
	if p.faults == nil {
		completeProducts(&p.site)
		p.order()
		p.distinct("checklist")
		for _, product := range slices.Sorted(maps.Keys(p.site.Checklists.Products)) {
			p.distinct(productTable(product))
		}
	}
	line := make(map[string]int, len(p.set))
	for key, e := range p.set {
		line[key], _ = tomldoc.Position(doc, e.At)
	}
	return p.site, line, p.faults
}

// example is a setting for the error of a file that is no TOML.
const example = `a setting is a line such as none = "8h", with times and texts in quotes`

type parsing struct {
	site    ward.Site
	set     map[string]*tomldoc.Entry // the entries of the file, by key
	refused []string                  // the table that was refused last; its entries are skipped
	faults  []tomldoc.Fault
}

func (p *parsing) fault(at int, key, format string, args ...any) {
	p.faults = append(p.faults, tomldoc.Fault{At: at, Key: key, Reason: fmt.Sprintf(format, args...)})
}

func (p *parsing) entry(e *tomldoc.Entry) {
	if len(p.faults) >= tomldoc.MostProblems {
		return
	}
	if n := len(p.refused); n > 0 && len(e.Path) > n && slices.Equal(e.Path[:n], p.refused) {
		return
	}
	key := tomldoc.Named(e.Path)
	s := settingAt(e.Path)
	table := isTableAt(e.Path)
	if wrong, name := p.wrongName(e.Path); wrong != "" {
		p.fault(e.At, key, "%s", wrong)
		p.refused = e.Path[:name+1]
		return
	}
	if table && isLanguage(e.Path) {
		changeWords(&p.site, ward.FoldLine(e.Path[1]), func(*ward.Words) {})
	}
	switch {
	case s != nil && e.Form == tomldoc.FormValue:
		p.value(s, e)
		return
	case table && e.Form == tomldoc.FormTable:
		return
	case s != nil:
		p.fault(e.At, key, "this is a table and no value; write %s", s.kind.allowed)
	case table && e.Form == tomldoc.FormTables:
		p.fault(e.At, key, "two brackets make a list of tables; write [%s]", key)
	case table:
		p.fault(e.At, key, "this is a table and no single value; write [%s] and its settings below", key)
	default:
		p.unknown(e, key)
	}
	if e.Form != tomldoc.FormValue {
		p.refused = e.Path
	}
}

// wrongName returns the reason that the name of a product or a language is not valid, or
// "", and the part of the path that has it.
func (p *parsing) wrongName(path []string) (wrong string, name int) {
	if len(path) > 1 && path[0] == words {
		return wrongLanguage(&p.site, path[1]), 1
	}
	if len(path) == 3 && tomldoc.Named(path[:2]) == discharges {
		return wrongDisposition(&p.site, path[2]), 2
	}
	return p.wrongProduct(path), tomldoc.Deepest - 2
}

// wrongProduct returns the reason that a product's name is not valid, or "".
func (p *parsing) wrongProduct(path []string) string {
	if len(path) < tomldoc.Deepest-1 || !isProduct(path[:tomldoc.Deepest-1]) {
		return ""
	}
	_, known := p.site.Checklists.Products[ward.FoldLine(path[2])]
	switch name, wrong := cleanLine(path[2], mostProduct); {
	case wrong != "":
		return "the name " + wrong
	case name == "" || name != path[2]:
		return "write the product's name, without blanks around it"
	case !known && len(p.site.Checklists.Products) >= mostProducts:
		return fmt.Sprintf("there are more than %d products", mostProducts)
	}
	return ""
}

func (p *parsing) value(s *setting, e *tomldoc.Entry) {
	if p.set[s.key()] != nil { // two spellings of one product
		p.fault(e.At, s.key(), "it is there twice; keep one")
		return
	}
	p.set[s.key()] = e
	for _, r := range s.kind.set(&p.site, e.Value) {
		at := e.ValueAt
		if r.item >= 0 {
			at = e.ItemsAt[r.item]
		}
		p.fault(at, s.key(), "%s; write %s", r.reason, s.kind.allowed)
	}
}

// unknown adds the fault of an unknown key, with the known keys that are near it.
func (p *parsing) unknown(e *tomldoc.Entry, key string) {
	if e.Path[0] == words {
		p.fault(e.At, key, "%s", unknownWord(e))
		return
	}
	table := ""
	if len(e.Path) > 1 && isTable(e.Path[0]) {
		table = e.Path[0]
	}
	if len(e.Path) == tomldoc.Deepest && isProduct(e.Path[:tomldoc.Deepest-1]) {
		table = tomldoc.Named(e.Path[:tomldoc.Deepest-1])
	}
	what := "there is no such setting"
	if e.Form != tomldoc.FormValue {
		what = "there is no such table"
	}
	near := nearest(key)
	switch {
	case len(near) == 0:
		p.fault(e.At, key, "%s; %s", what, taken(table))
	case len(e.Path) > 1 && len(near) == 1 && !strings.Contains(near[0], ".") && !isTable(near[0]):
		p.fault(e.At, key, "%s; did you mean %s, above the first [table]? %s", what, near[0], taken(table))
	default:
		p.fault(e.At, key, "%s; did you mean %s? %s", what, either(near, "or"), taken(table))
	}
}

// order refuses times by which a worse patient would wait longer than a better one. It
// compares defaults too, because a file may set one of two.
func (p *parsing) order() {
	const (
		later  = "after a worse check the next one cannot be later"
		useful = "the shortest that applies counts, so it would have no effect"
	)
	for _, rule := range []struct{ short, long, why string }{
		{"intervals.grade_3_4", "intervals.urgent", later},
		{"intervals.urgent", "intervals.grade1", later},
		{"intervals.grade1", "intervals.none", later},
		{"intervals.unfinished", "intervals.incomplete", useful},
		{"intervals.unable", "intervals.incomplete", useful},
		{"intervals.incomplete", "intervals.none", later},
		{"intervals.burst", "intervals.grade1", useful},
		{"intervals.burst", "intervals.burst_for", "there would be no second check in it"},
		{"intervals.step_down_6h", "intervals.step_down_24h", later},
		{"intervals.grade1", "intervals.step_down_24h", useful},
		{"intervals.step_down_24h", "intervals.none", later},
		{"not_examined.grade1", "not_examined.urgent", "a patient is grade 1 first and urgent later"},
		{"acknowledge_within.urgent", "acknowledge_within.grade1", "the urgent one is accepted first"},
	} {
		p.notLonger(rule.short, rule.long, rule.why)
	}
	if e := p.set["fhir.patient"]; e != nil && p.site.FHIR.OwnPatients() && p.site.FHIR.MRNSystem == "" {
		p.fault(e.ValueAt, "fhir.patient", "references need the system of the MRNs: set fhir.mrn_system too")
	}
	for i, d := range p.site.Intervals.Days {
		for _, key := range []string{"intervals.grade1", "intervals.incomplete", "intervals.step_down_24h"} {
			if time := p.time(key); time > d.Every {
				e := p.set["intervals.days"]
				p.fault(e.ItemsAt[i], "intervals.days", "number %d is shorter than %s, %q%s; %s: set %s too", i+1, key, inWords(time), p.byDefault(key), later, key)
			}
		}
	}
}

// notLonger adds a fault if the time of one key is longer than that of another. The
// fault is that of the first, unless the file sets only the other.
func (p *parsing) notLonger(short, long, why string) {
	shorter, longer := p.time(short), p.time(long)
	if shorter <= longer {
		return
	}
	if e := p.set[short]; e != nil {
		p.fault(e.ValueAt, short, "%q is longer than %s, %q%s; %s", inWords(shorter), long, inWords(longer), p.byDefault(long), why)
	} else if e := p.set[long]; e != nil {
		p.fault(e.ValueAt, long, "%q is shorter than %s, %q by default; %s: set %s too", inWords(longer), short, inWords(shorter), why, short)
	}
}

// time returns the value of a key that holds a time; 0 if it is off.
func (p *parsing) time(key string) time.Duration {
	d, _ := time.ParseDuration(settingAt(strings.Split(key, ".")).kind.get(&p.site).(string))
	return d
}

func (p *parsing) byDefault(key string) string {
	if p.set[key] == nil {
		return " by default"
	}
	return ""
}

// distinct refuses an item that both checklists of a table hold: an urgent follow-up
// shows both, and ticks are kept by the text of the item.
func (p *parsing) distinct(table string) {
	lists := make(map[string][]string)
	for _, s := range settingsOf(&p.site) {
		if s.table == table {
			lists[s.key()] = s.kind.get(&p.site).([]string)
		}
	}
	for _, pair := range [][2]string{{".urgent", ".grade1"}, {".grade1", ".urgent"}} {
		key, other := table+pair[0], table+pair[1]
		e := p.set[key]
		if e == nil {
			continue
		}
		for i, item := range lists[key] {
			if slices.Contains(lists[other], item) {
				p.fault(e.ItemsAt[i], key, "number %d is in %s%s too; an urgent follow-up has the items of both lists", i+1, other, p.byDefault(other))
			}
		}
		if p.set[other] != nil {
			return // the other list would have the same fault again
		}
	}
}
