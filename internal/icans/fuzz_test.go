package icans

import (
	"strings"
	"testing"
)

// Every word that is taken is written back as itself, and a list of words as the
// same words, each once; whatever is not taken is none.
func FuzzCodes(f *testing.F) {
	for _, seed := range []string{"", "none", "score", "score;consciousness", "score;score", ";", "score;", "SCORE", "grade_1;ice_drop_2", "urgent", "\x00", "🧠;score"} {
		f.Add(seed)
	}
	sameWords := func(t *testing.T, codes string, back []byte, terms []string) {
		t.Helper()
		wanted := make(map[string]bool)
		if codes != "" {
			for word := range strings.SplitSeq(codes, ";") {
				wanted[word] = true
			}
		}
		var list []string
		for _, term := range terms { // in the order of the vocabulary
			if wanted[term] {
				list = append(list, term)
			}
		}
		if len(list) != len(wanted) || string(back) != strings.Join(list, ";") {
			t.Errorf("%q comes back as %q", codes, back)
		}
	}
	var reasons, domains []string
	for _, t := range reasonTerms {
		reasons = append(reasons, t.Code)
	}
	for _, t := range domainTerms {
		domains = append(domains, t.Code)
	}
	f.Fuzz(func(t *testing.T, codes string) {
		if set, ok := ParseReasons(codes); ok {
			sameWords(t, codes, set.AppendCodes(nil), reasons)
		} else if set != 0 {
			t.Errorf("of %q, which is refused, %b stays", codes, set)
		}
		if set, ok := ParseDomains(codes); ok {
			sameWords(t, codes, set.AppendCodes(nil), domains)
		} else if set != 0 {
			t.Errorf("of %q, which is refused, %b stays", codes, set)
		}
		if flag, ok := ParseFlag(codes); ok && flag.Code() != codes || !ok && flag != 0 {
			t.Errorf("%q is the flag %q", codes, flag.Code())
		}
	})
}
