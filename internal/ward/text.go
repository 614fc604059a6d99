package ward

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldMRN returns the form of a medical record number that is compared: NFKC, without
// case, blanks around it and invisible format characters. Leading zeros count.
func FoldMRN(mrn string) string { return FoldLine(mrn) }

// FoldLine returns a line of text as it is compared: NFKC, without case and invisible
// characters.
func FoldLine(s string) string {
	if plainASCII(s) {
		return strings.ToLower(s)
	}
	s = cases.Fold().String(norm.NFKC.String(CleanLine(s)))
	return CleanLine(norm.NFKC.String(s))
}

// bareLetters replaces the letters whose accent Unicode does not separate from them by those
// that systems without accents write.
var bareLetters = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ð", "d", "ħ", "h", "ŧ", "t", "ı", "i", "æ", "ae", "œ", "oe", "þ", "th")

// FoldName returns the form of a person's name that is compared: without case, accents,
// blanks and punctuation.
func FoldName(name string) string {
	return bareLetters.Replace(strings.Map(func(r rune) rune {
		if unicode.IsMark(r) || unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(FoldLine(name))))
}

// plainASCII reports whether s is a clean line of ASCII.
func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return plainLine(s)
}

// CleanLine makes text from outside fit for one line of the record and of a
// screen: it drops control and invisible format characters and invalid UTF-8, and
// keeps single blanks between words. Letters of every script stay as they are.
func CleanLine(s string) string {
	if plainLine(s) {
		return s
	}
	return strings.Join(strings.FieldsFunc(dropUnsafe(s), unicode.IsSpace), " ")
}

// CleanText is [CleanLine] for text of several lines: line breaks and tabs stay.
func CleanText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.TrimSpace(dropUnsafe(s))
}

// plainLine reports, without copying, whether a line is clean already.
func plainLine(s string) bool {
	blank := true // so that a leading blank is found
	for _, r := range s {
		switch {
		case r > ' ' && r <= '~':
		case r == ' ' && !blank:
		case r == ' ', unicode.IsSpace(r), isUnsafe(r), r == utf8.RuneError:
			return false
		}
		blank = r == ' '
	}
	return !blank || s == ""
}

func dropUnsafe(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			return '\n'
		case isUnsafe(r):
			return -1
		}
		return r
	}, s)
}

// isUnsafe reports whether no text may hold the character; line breaks and tabs count
// as unsafe.
func isUnsafe(r rune) bool { return unicode.IsControl(r) || isInvisible(r) }

// isInvisible reports whether the character is an invisible format character: it can
// make two identifiers look alike, or a line read in another order than it is stored.
func isInvisible(r rune) bool {
	return r == '\u00ad' || r == '\u034f' || r == '\u061c' || r == '\ufeff' ||
		r >= '\u200b' && r <= '\u200f' || r >= '\u202a' && r <= '\u202e' ||
		r >= '\u2060' && r <= '\u206f' || r >= '\ufff9' && r <= '\ufffb' ||
		r >= '\U000e0001' && r <= '\U000e007f'
}

// Several returns a number with a noun: "1 check", "2 checks".
func Several(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
