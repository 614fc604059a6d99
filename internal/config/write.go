package config

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
)

// howTo is part of the head of every file.
const howTo = `#
# Each line is one setting, as name = value; # begins a comment. Times are hours
# and whole minutes in quotes: "8h", "30m", "1h30m". A setting that is left out
# has its default. If anything in the file is wrong, none of it is used: the ward
# goes on with its previous settings, and says so on every screen; neurocheck
# config lists the faults.
`

// Write prints the settings as a settings file that loads back to the same
// site. A comment after each value says whether it is the default, which line of which file
// set it, or, if that file is refused, that the log recorded it.
func Write(w io.Writer, s Settings) error {
	state := "in force"
	if s.NotInForce {
		state = "not yet in force"
	}
	head := "# The settings of neurocheck " + state + ". There is no settings file: all are defaults.\n"
	switch {
	case s.Refused != nil:
		head = "# The settings of neurocheck " + state + ", which are not those of this file:\n# " + tomldoc.Shown(s.Path) + "\n"
	case s.Path != "":
		head = "# The settings of neurocheck " + state + ": the defaults, and what this file sets:\n# " + tomldoc.Shown(s.Path) + "\n"
	}
	return write(w, head, &s.Site, s.origin)
}

// WriteDefault prints the settings file to start from: every setting at its default,
// with its explanation and the values it may have.
func WriteDefault(w io.Writer) error {
	site := ward.DefaultSite()
	const head = `# The settings of neurocheck for this site, all at their defaults. Save this as
# ~/.config/neurocheck/site.toml, or name it with --config or NEUROCHECK_CONFIG.
`
	return write(w, head, &site, nil)
}

// origin returns the source of a setting in words.
func (s *Settings) origin(of *setting) string {
	site := ward.DefaultSite()
	usual := of.kind.get(&site)
	isUsual := reflect.DeepEqual(of.kind.get(&s.Site), usual)
	line, ok := s.Line[of.key()]
	switch {
	case !ok && isUsual:
		return "default"
	case !ok: // the file is refused
		return "from the log"
	}
	origin := fmt.Sprintf("from %s:%d", tomldoc.Shown(s.Path), line)
	if isUsual || strings.HasPrefix(of.key(), words+".") { // words have no default
		return origin
	}
	if _, long := usual.([]string); long {
		return origin + "; the default is another"
	}
	return origin + "; the default is " + literal(usual, "")
}

// write prints a settings file. Without origin it prints the file to start from, which
// offers other values.
func write(w io.Writer, head string, site *ward.Site, origin func(*setting) string) error {
	f := file{site: site, origin: origin, table: "none yet"}
	f.WriteString(head + howTo)
	for _, s := range withProducts(site) {
		f.setting(&s)
	}
	switch {
	case origin == nil:
		f.WriteString("\n" + comment(aboutWords) + offered(offeredWords()))
	case len(site.Words) > 0:
		f.WriteString("\n" + comment(aboutWords))
	}
	for _, language := range languages(site) {
		f.language(language)
	}
	_, err := io.WriteString(w, f.String())
	return err
}

// file is a settings file that is being written.
type file struct {
	strings.Builder
	site   *ward.Site
	origin func(*setting) string // nil in the file to start from
	table  string                // of the last setting
}

// setting writes a setting, after the head of its table if it is the first there.
func (f *file) setting(s *setting) {
	if s.table != f.table {
		f.WriteByte('\n')
		f.head(s.table)
	}
	f.WriteString(comment(s.about + ": " + s.kind.allowed + "."))
	from := ""
	if f.origin != nil {
		from = " # " + f.origin(s)
	}
	f.WriteString(s.name + " = " + literal(s.kind.get(f.site), from) + "\n")
	if f.origin == nil {
		f.WriteString(offered(s.offer))
	}
}

func (f *file) head(table string) {
	f.table = table
	for _, t := range tables {
		if t.name == table {
			f.WriteString(comment(t.about))
		}
	}
	if table != "" {
		f.WriteString("[" + table + "]\n")
	}
}

// language writes the words of a language, and the list of the missing ones.
func (f *file) language(language string) {
	f.WriteByte('\n')
	f.head(wordsTable(language))
	if names := missing(f.site, language); names != nil {
		f.WriteString(comment(fmt.Sprintf("MISSING, so in English: %s.", either(names, "and"))))
	}
	for _, s := range wordSettings(language) {
		if hasWord(f.site, &s) {
			f.setting(&s)
		}
	}
}

// offered returns the lines of an offer as comments.
func offered(lines string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		b.WriteString("# " + line)
	}
	return b.String()
}

// comment writes a text as comment lines of at most 80 columns.
func comment(text string) string {
	const most = 80
	if text == "" {
		return ""
	}
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
			b.WriteString("# ")
			column = 2
		case column+1+n > most:
			b.WriteString("\n# ")
			column = 2
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String() + "\n"
}

// literal writes a value as TOML, with a comment at the end of its first line.
func literal(v any, comment string) string {
	switch v := v.(type) {
	case string:
		return tomlString(v) + comment
	case []string:
		if len(v) == 0 {
			return "[]" + comment
		}
		var b strings.Builder
		b.WriteString("[" + comment + "\n")
		for _, item := range v {
			b.WriteString("  " + tomlString(item) + ",\n")
		}
		return b.String() + "]"
	}
	return fmt.Sprint(v) + comment
}

// tomlString writes a basic string, in which only quotes, backslashes and control
// characters are escaped.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// JSON returns the settings in force as a value that encodes as one JSON object: file, and under settings
// by key the value and, if the file set it, the line; under missing_words, by language,
// the words that it lacks.
func JSON(s Settings) any {
	type one struct {
		Value any    `json:"value"`
		From  string `json:"from"` // default or file
		Line  int    `json:"line,omitempty"`
	}
	out := struct {
		File     string         `json:"file"`
		Settings map[string]one `json:"settings"`

		// MissingWords has the words that a language lacks, by language.
		MissingWords map[string][]string `json:"missing_words,omitempty"`
	}{File: s.Path, Settings: make(map[string]one, len(settings)), MissingWords: make(map[string][]string)}
	for _, of := range settingsOf(&s.Site) {
		o := one{Value: of.kind.get(&s.Site), From: "default"}
		if line, ok := s.Line[of.key()]; ok {
			o.From, o.Line = "file", line
		}
		out.Settings[of.key()] = o
	}
	for _, language := range languages(&s.Site) {
		if names := missing(&s.Site, language); names != nil {
			out.MissingWords[language] = names
		}
	}
	return out
}
