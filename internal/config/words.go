package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

// words is the table that has a table of words for each language of patients.
const words = "words"

const (
	mostLanguages = 16 // with words of their own
	mostLanguage  = 40 // characters of a language's name, as of a patient's language
	mostQuestion  = 70 // characters of a question, which a line of 80 columns has room for
)

// aboutWords explains the table in the file.
const aboutWords = "The words for patients of other languages, in a table for each language. Its name is the language as patients have it, in capitals or not. A word that is left out is said in English; neurocheck config lists the missing ones."

// offeredWords returns the table of a language that the default file offers, commented
// out, with the English of each question.
func offeredWords() string {
	var b strings.Builder
	b.WriteString(`For Portuguese, if patients have the language "pt", remove the # and translate:
[words.pt]
objects = ["relógio", "caneta", "botão"]
sentence = ""
[words.pt.ask]
`)
	for _, field := range questions() {
		b.WriteString(field.Column + " = " + tomlString(field.Ask) + "\n")
	}
	b.WriteString(`The objects and the sentence are added to their questions.
A language with other characters than a to z is in quotes: [words."français"]
`)
	return b.String()
}

// questions returns the fields that have a question.
func questions() []*icans.Field {
	return slices.DeleteFunc(slices.Clone(icans.Fields()), func(f *icans.Field) bool { return f.Ask == "" })
}

// wordsTable returns the name of the table of a language, given its folded name.
func wordsTable(language string) string { return words + "." + keyPart(language) }

// changeWords changes the words of a language, given its folded name. A language that the
// site did not have starts without words.
func changeWords(site *ward.Site, language string, change func(*ward.Words)) {
	if site.Words == nil {
		site.Words = make(map[string]ward.Words)
	}
	w := site.Words[language]
	change(&w)
	site.Words[language] = w
}

// wordSettings returns all settings of a language, given its folded name.
func wordSettings(language string) []setting {
	table := wordsTable(language)
	line := func(table, name, about string, most int, get func(ward.Words) string, set func(*ward.Words, string)) setting {
		var typed string
		k := text(most, func(*ward.Site) *string { return &typed })
		read := k.set
		k.get = func(s *ward.Site) any { return get(s.Words[language]) }
		k.set = func(s *ward.Site, v any) []refusal {
			refused := read(s, v)
			if refused == nil {
				changeWords(s, language, func(w *ward.Words) { set(w, typed) })
			}
			return refused
		}
		return setting{table, name, about, k, ""}
	}
	list := []setting{
		{table, "objects", "The three objects to name", kind{
			listAllowed(3, 3, mostWord, "objects"),
			func(s *ward.Site) any { return s.Words[language].Objects },
			func(s *ward.Site, v any) []refusal {
				objects, refused := parseList(3, 3, mostWord, v)
				if refused == nil {
					changeWords(s, language, func(w *ward.Words) { w.Objects = objects })
				}
				return refused
			}}, ""},
		line(table, "sentence", "The sentence to write, the same one at each check", mostText,
			func(w ward.Words) string { return w.Sentence },
			func(w *ward.Words, sentence string) { w.Sentence = sentence }),
	}
	for _, field := range questions() {
		column := field.Column
		list = append(list, line(table+".ask", column, field.Label+" ("+tomldoc.Quoted(field.Ask)+")", mostQuestion,
			func(w ward.Words) string { return w.Ask[column] },
			func(w *ward.Words, ask string) {
				if ask == "" {
					delete(w.Ask, column)
					return
				}
				if w.Ask == nil {
					w.Ask = make(map[string]string)
				}
				w.Ask[column] = ask
			}))
	}
	return list
}

// hasWord reports whether the site has the word of a setting of [wordSettings].
func hasWord(site *ward.Site, of *setting) bool {
	switch v := of.kind.get(site).(type) {
	case string:
		return v != ""
	case []string:
		return len(v) > 0
	}
	return false
}

// languages returns the languages of a site, in order.
func languages(site *ward.Site) []string { return slices.Sorted(maps.Keys(site.Words)) }

// missing returns the words that a language lacks, as its table names them. The sentence
// is none of them if the site has no sentence.
func missing(site *ward.Site, language string) (names []string) {
	for _, s := range wordSettings(language) {
		if !hasWord(site, &s) && (s.name != "sentence" || site.Sentence != "") {
			names = append(names, strings.TrimPrefix(s.key(), wordsTable(language)+"."))
		}
	}
	return names
}

// isLanguage reports whether the path is that of the table of a language, or of its
// questions.
func isLanguage(path []string) bool {
	return (len(path) == 2 || len(path) == 3 && path[2] == "ask") && path[0] == words
}

// wordAt returns the setting of a language with that path, or nil.
func wordAt(path []string) *setting {
	if len(path) < 3 || !isLanguage(path[:len(path)-1]) {
		return nil
	}
	table := wordsTable(ward.FoldLine(path[1]))
	if len(path) == tomldoc.Deepest {
		table += ".ask"
	}
	name := path[len(path)-1]
	for _, s := range wordSettings(ward.FoldLine(path[1])) {
		if s.table == table && s.name == name {
			return &s
		}
	}
	return nil
}

// wrongLanguage returns the reason that a language's name is not valid, or "".
func wrongLanguage(site *ward.Site, language string) string {
	_, known := site.Words[ward.FoldLine(language)]
	switch name, wrong := cleanLine(language, mostLanguage); {
	case wrong != "":
		return "the language " + wrong
	case name == "" || name != language:
		return "write the language as patients have it, without blanks around it"
	case !known && len(site.Words) >= mostLanguages:
		return fmt.Sprintf("there are more than %d languages", mostLanguages)
	}
	return ""
}

// unknownWord returns the fault of an unknown key in the table of a language, with the
// nearest known one.
func unknownWord(e *tomldoc.Entry) string {
	table := tomldoc.Named(e.Path[:2])
	names := []string{"objects", "sentence", "ask"}
	takes := "[" + table + "] takes objects and sentence, and [" + table + ".ask] the questions"
	if len(e.Path) > 3 && e.Path[2] == "ask" {
		names = nil
		for _, field := range questions() {
			names = append(names, field.Column)
		}
		takes = "[" + table + ".ask] takes " + either(names, "and")
	}
	name := strings.ToLower(e.Path[len(e.Path)-1])
	reason := "there is no such setting; "
	if e.Form != tomldoc.FormValue {
		reason = "there is no such table; "
	}
	if near := closest(name, farthest(name), names); near != nil {
		reason += "did you mean " + either(near, "or") + "? "
	}
	return reason + takes
}

// keyPart writes a part of a key as a file does, with quotes if it needs them.
func keyPart(part string) string {
	if part != "" && strings.Trim(part, tomldoc.Bare) == "" {
		return part
	}
	return strconv.Quote(part)
}

// keyParts splits a key that [setting.key] returned.
func keyParts(key string) (parts []string) {
	for {
		part, rest, more := strings.Cut(key, ".")
		if prefix, err := strconv.QuotedPrefix(key); err == nil && strings.HasPrefix(key, `"`) {
			part, _ = strconv.Unquote(prefix) // QuotedPrefix found it to be quoted
			rest, more = strings.CutPrefix(key[len(prefix):], ".")
		}
		parts = append(parts, part)
		if !more {
			return parts
		}
		key = rest
	}
}
