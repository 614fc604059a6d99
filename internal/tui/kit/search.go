package kit

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// latin holds the letters that Unicode does not take apart into a letter and an accent.
var latin = map[rune]string{
	'ø': "o", 'Ø': "O", 'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'þ': "th", 'Þ': "TH",
	'ß': "ss", 'ẞ': "SS", 'æ': "ae", 'Æ': "AE", 'œ': "oe", 'Œ': "OE", 'ħ': "h", 'Ħ': "H", 'ŧ': "t", 'Ŧ': "T",
	'ı': "i", 'ŋ': "n", 'Ŋ': "N", 'ĸ': "k", 'ƒ': "f", 'ə': "e", 'Ə': "E", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ƴ': "y",
	'ŀ': "l", 'Ŀ': "L", 'ĳ': "ij", 'Ĳ': "IJ",
}

// spelled holds the letters that some people write as two, as in Mueller.
var spelled = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ø", "oe", "å", "aa")

// Fold returns the form of a text that a search compares: without accents, case, blanks
// and punctuation.
func Fold(s string) string {
	if folded, ok := foldASCII(s); ok {
		return folded
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if to, ok := latin[r]; ok {
			b.WriteString(to)
		} else if unicode.IsLetter(r) || unicode.IsNumber(r) {
			b.WriteRune(r)
		} else if unicode.Is(unicode.Mc, r) { // a vowel, in the scripts of India
			b.WriteRune(r)
		}
	}
	return cases.Fold().String(b.String())
}

func foldASCII(s string) (string, bool) {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0x80:
			return "", false
		case c >= 'A' && c <= 'Z':
			out = append(out, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			out = append(out, c)
		}
	}
	return string(out), true
}

// foldSpelled is [Fold] with ö as oe. It returns an empty text if that changes nothing.
func foldSpelled(s string) string {
	lower := strings.ToLower(norm.NFC.String(s))
	if to := spelled.Replace(lower); to != lower {
		return Fold(to)
	}
	return ""
}

// Query is a search as it was typed.
type Query struct {
	whole string
	words []string
}

// NewQuery reads a search.
func NewQuery(text string) Query {
	q := Query{whole: Fold(text)}
	for word := range strings.FieldsSeq(text) {
		if folded := Fold(word); folded != "" {
			q.words = append(q.words, folded)
		}
	}
	return q
}

// SameName reports whether two texts may be one name: the same words in any order, without
// accents and case, with ö as o or oe. A name of at least two words may lack others, such as
// a middle name.
func SameName(a, b string) bool {
	x, y := nameWords(a), nameWords(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < min(len(y), 2) || len(x) == 0 {
		return false
	}
	return !slices.ContainsFunc(x, func(word []string) bool {
		return !slices.ContainsFunc(y, func(other []string) bool {
			return slices.ContainsFunc(word, func(w string) bool { return slices.Contains(other, w) })
		})
	})
}

// nameWords returns the spellings of each word of a name.
func nameWords(name string) (words [][]string) {
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || unicode.Is(unicode.Pd, r) }) {
		if folded := Fold(word); folded != "" {
			spellings := []string{folded}
			if other := foldSpelled(word); other != "" {
				spellings = append(spellings, other)
			}
			words = append(words, spellings)
		}
	}
	return words
}

// Empty reports whether the search asks for nothing, so that everything matches.
func (q Query) Empty() bool { return q.whole == "" }

// Is reports whether the text is the query, but for accents, case and blanks.
func (q Query) Is(text string) bool { return q.whole != "" && Fold(text) == q.whole }

// Matches reports whether one of the fields holds the whole query.
func (q Query) Matches(fields ...string) bool { return q.Empty() || holds(fields, q.whole) }

// MatchesWords reports whether each word of the query is in some field.
func (q Query) MatchesWords(fields ...string) bool {
	return !slices.ContainsFunc(q.words, func(word string) bool { return !holds(fields, word) })
}

func holds(fields []string, folded string) bool {
	return slices.ContainsFunc(fields, func(f string) bool {
		return strings.Contains(Fold(f), folded) || strings.Contains(foldSpelled(f), folded)
	})
}

// Filter returns the items that match the query. If no item holds the whole query in
// one field, each word may be in a field of its own: "okafor 1a". The stricter reading
// goes first so that "grade 3" does not find grade 1 in bed 3A.
func Filter[T any](q Query, items []T, fields func(T) []string) []T {
	var hits []T
	for _, item := range items {
		if q.Matches(fields(item)...) {
			hits = append(hits, item)
		}
	}
	if len(hits) > 0 || len(q.words) < 2 {
		return hits
	}
	for _, item := range items {
		if q.MatchesWords(fields(item)...) {
			hits = append(hits, item)
		}
	}
	return hits
}

// CountWords returns the count that a search shows: "3 of 12".
func CountWords(shown, all int) string { return fmt.Sprintf("%d of %d", shown, all) }
