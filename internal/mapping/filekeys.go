package mapping

import (
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"
)

// mostWidth is above the length of any MRN.
const mostWidth = 20

// mostWithin is the greatest time between the rows of one check.
const mostWithin = 5 * time.Minute

// separators are the names of the separators of cells.
var separators = map[string]byte{"auto": 0, ",": ',', ";": ';', "tab": '\t', "\t": '\t', "|": '|'}

// file reads an entry of the table file.
func (p *parsing) file(key string) {
	switch key {
	case "missing":
		p.words(p.m.missing)
	case "ignore":
		p.words(p.m.ignore)
	case "mrn_width":
		n, ok := p.at.Value.(int64)
		if p.m.mrnWidth = int(n); !ok || n < 1 || n > mostWidth {
			p.fault(p.at.ValueAt, "write a whole number from 1 to %d", mostWidth)
		}
	default:
		p.fileText(key)
	}
}

// fileText reads an entry of the table file whose value is a text.
func (p *parsing) fileText(key string) {
	raw, _ := p.at.Value.(string)
	if key == "separator" && raw == "\t" {
		p.m.separator = '\t'
		return
	}
	text, ok := p.text()
	switch {
	case !ok:
	case key == "form":
		p.form = p.at
		if p.m.long = text == "long"; !p.m.long && text != "wide" {
			p.fault(p.at.ValueAt, `write "wide" or "long"`)
		}
	case key == "separator":
		if p.m.separator, ok = separators[text]; !ok {
			p.fault(p.at.ValueAt, `write "auto", ",", ";", "tab" or "|"`)
		}
	case key == "encoding":
		p.encoding(text)
	case key == "zone":
		zone, err := time.LoadLocation(text)
		if p.m.zone = zone; err != nil || text == "" || text == "Local" {
			p.fault(p.at.ValueAt, `there is no such zone; write it as "Europe/Lisbon" or "America/New_York"`)
		}
	case key == "dates":
		if p.m.dates, ok = dateForms[text]; !ok {
			p.fault(p.at.ValueAt, `write "ymd", "mdy", "dmy" or "excel"`)
		}
	default:
		p.fault(p.at.At, "there is no such key; [file] takes form, separator, encoding, zone, dates, missing, ignore and mrn_width")
	}
}

func (p *parsing) encoding(name string) {
	if name == "auto" || strings.EqualFold(name, "UTF-8") {
		return
	}
	if _, err := htmlindex.Get(name); err != nil {
		p.fault(p.at.ValueAt, `this encoding is not known; write "auto", "UTF-8", "UTF-16", or another such as "windows-1252"`)
	}
	p.m.encoding = name
}

// longKey reads an entry of the table long.
func (p *parsing) longKey(key string) {
	if p.long == nil {
		p.long = p.at
	}
	r := &p.m.rows
	switch key {
	case "group":
		r.group = p.list()
	case "ignore":
		p.words(r.ignore)
	case "only":
		if text, ok := p.text(); ok {
			r.only[p.at.Path[2]] = text
		}
	case "within":
		text, _ := p.text()
		d, err := time.ParseDuration(text)
		if r.within = d; err != nil || d < 0 || d > mostWithin {
			p.fault(p.at.ValueAt, `write a time from "0m" to "5m"`)
		}
	case "item", "value", "newest":
		text, _ := p.text()
		*map[string]*string{"item": &r.item, "value": &r.value, "newest": &r.newest}[key] = text
	default:
		p.fault(p.at.At, "there is no such key; [long] takes group, item, value, newest, only, within and ignore")
	}
}

// names returns the columns that the long form reads in addition to those of [columns].
func (r *longForm) names() []string {
	list := append(slices.Clone(r.group), r.item, r.value)
	if r.newest != "" {
		list = append(list, r.newest)
	}
	return append(list, slices.Sorted(maps.Keys(r.only))...)
}
