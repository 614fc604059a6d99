package ward

import (
	"testing"

	"neurocheck/internal/icans"
)

func TestQuestions(t *testing.T) {
	site := DefaultSite()
	site.Words = map[string]Words{
		"pt": {
			Objects:  []string{"relógio", "caneta", "botão"},
			Sentence: "O céu está azul.",
			Ask:      map[string]string{"ice_year": "Em que ano estamos?", "ice_naming": "O que é isto?", "ice_writing": "Escreva"},
		},
		"français": {Sentence: "Le ciel est bleu."},
		"tr":       {Objects: []string{"saat", "kalem", "düğme"}},
	}
	written := site
	written.Sentence = "The sky is blue."
	none := site
	none.Objects = nil
	for _, tt := range []struct {
		name             string
		site             *Site
		column, language string
		want             string
	}{
		{"no language", &site, "ice_year", "", "What year is it?"},
		{"another language", &site, "ice_year", "Tagalog", "What year is it?"},
		{"the patient's language", &site, "ice_year", "pt", "Em que ano estamos?"},
		{"in capitals and full width", &site, "ice_year", "ＰＴ", "Em que ano estamos?"},
		{"a question that is missing", &site, "ice_month", "pt", "What month is it?"},
		{"a language with one word", &site, "ice_year", "FRANÇAIS", "What year is it?"},
		{"a field without a question", &site, "seizure", "pt", ""},
		{"objects", &site, "ice_naming", "pt", "O que é isto? (relógio, caneta, botão)"},
		{"objects alone", &site, "ice_naming", "tr", "What is this? (saat, kalem, düğme)"},
		{"objects in English", &site, "ice_naming", "français", "What is this? (clock, pen, button)"},
		{"no objects", &none, "ice_naming", "", "What is this?"},
		{"sentence", &site, "ice_writing", "pt", "Escreva: O céu está azul."},
		{"sentence alone", &site, "ice_writing", "français", "Write: Le ciel est bleu."},
		{"sentence in English", &written, "ice_writing", "tr", "Write: The sky is blue."},
		{"no sentence", &site, "ice_writing", "tr", "Write a sentence"},
	} {
		if got := tt.site.Question(icans.FieldOf(tt.column), tt.language); got != tt.want {
			t.Errorf("%s: %q, not %q", tt.name, got, tt.want)
		}
	}
}
