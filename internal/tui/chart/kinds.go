package chart

import (
	"fmt"
	"slices"
	"strings"

	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// kinds is a line that chooses one of many terms: typing searches, and a figure takes one
// of those that match.
type kinds struct {
	*kit.Text
	terms  []ward.Term
	chosen string // the code; empty until one is taken
	wrong  string
	just   bool // the last key took one
}

func kindsLine(label string, terms []ward.Term) (*line, *kinds) {
	k := &kinds{Text: kit.NewText("", 40), terms: terms}
	k.Replace = true
	l := &line{label: label, editor: k, value: k.code, load: k.load, hint: k.options, width: 10, state: func() func() {
		was, text := *k, *k.Text
		return func() { *k, *k.Text = was, text }
	}}
	return l, k
}

// code returns the chosen term for a draft, or the text of the search.
func (k *kinds) code() string {
	if k.chosen != "" {
		return k.chosen
	}
	return k.Value()
}

// load fills the line from a draft.
func (k *kinds) load(text string) {
	for _, t := range k.terms {
		if t.Code == text {
			k.pick(t)
			k.just = false
			return
		}
	}
	k.Insert(text)
}

// matches returns the terms that match the text, those that begin with it first.
func (k *kinds) matches() []ward.Term {
	text := k.Value()
	if k.chosen != "" {
		text = ""
	}
	list := slices.Clone(kit.Filter(kit.NewQuery(text), k.terms, func(t ward.Term) []string { return []string{t.Label} }))
	slices.SortStableFunc(list, func(a, b ward.Term) int { return rank(a, text) - rank(b, text) })
	return list
}

func rank(t ward.Term, text string) int {
	if strings.HasPrefix(kit.Fold(t.Label), kit.Fold(text)) {
		return 0
	}
	return 1
}

// options lists the matches with their figures, as many in a line as fit.
func (k *kinds) options(p kit.Page) []string {
	list := k.matches()
	if len(list) == 0 {
		return p.Wrap("nothing matches: backspace, or type other drug", p.Width)
	}
	var cells []string
	for i, t := range list[:min(len(list), 9)] {
		cells = append(cells, fmt.Sprintf("%d %s", i+1, t.Label))
	}
	more := "… type to search"
	if len(list) > 9 {
		more = fmt.Sprintf("… %d more: type to search", len(list)-9)
	}
	return flow(p, append(cells, more))
}

// flow puts cells into lines of the page's width and breaks none of them.
func flow(p kit.Page, cells []string) (lines []string) {
	text := ""
	for _, cell := range cells {
		switch {
		case text == "":
			text = cell
		case p.Cells(text+"   "+cell) > p.Width:
			lines = append(lines, text)
			text = cell
		default:
			text += "   " + cell
		}
	}
	return append(lines, text)
}

// Type implements [kit.Editor].
func (k *kinds) Type(key kit.Key) (string, bool) {
	k.wrong, k.just = "", false
	if n := figureOf(key); n > 0 {
		list := k.matches()
		if n > len(list) {
			return fmt.Sprintf("there is no %d here: %d match", n, len(list)), true
		}
		k.pick(list[n-1])
		return "", true
	}
	before := k.Value()
	refusal, mine := k.Text.Type(key)
	if k.Value() != before {
		k.chosen = ""
	}
	return refusal, mine
}

func figureOf(key kit.Key) int {
	if len(key.Text) == 1 && key.Text[0] >= '1' && key.Text[0] <= '9' {
		return int(key.Text[0] - '0')
	}
	return 0
}

func (k *kinds) pick(t ward.Term) {
	k.chosen, k.just = t.Code, true
	k.Set(t.Label)
}

// picked reports whether the last key took a term.
func (k *kinds) picked() bool { return k.just }

// Touched implements [kit.Editor].
func (k *kinds) Touched() bool { return k.chosen != "" || k.Text.Touched() }

// Leave takes the only match.
func (k *kinds) Leave() bool {
	if k.chosen != "" {
		return true
	}
	list := k.matches()
	exact := slices.IndexFunc(list, func(t ward.Term) bool { return kit.Fold(t.Label) == kit.Fold(k.Value()) })
	switch {
	case exact >= 0:
		k.pick(list[exact])
	case len(list) == 1:
		k.pick(list[0])
	case len(list) == 0:
		k.wrong = "nothing matches " + kit.Plain(k.Value())
	default:
		k.wrong = fmt.Sprintf("%d match: a number takes one", len(list))
	}
	return k.chosen != ""
}

// Note implements [kit.Editor].
func (k *kinds) Note() (string, bool) { return k.wrong, k.wrong != "" }

// Bindings implements [kit.Editor].
func (k *kinds) Bindings() []kit.Binding { return nil }

// Settled implements [kit.Editor].
func (k *kinds) Settled() bool { return k.chosen != "" }
