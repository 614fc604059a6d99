package config

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"neurocheck/internal/ward"
)

// howTo is part of the head of every file.
const howTo = `#
# Each line is one setting, as name = value; # begins a comment. Times are hours
# and whole minutes in quotes: "8h", "30m", "1h30m". A setting that is left out
# has its default. If anything in the file is wrong, none of it is used: the ward
# goes on with its settings of before, and says so on every screen; neurocheck
# config lists the faults.
`

// Write prints the settings in force as a settings file that loads back to the same
// site. A comment after each value says whether it is the default or which line of
// which file set it.
func Write(w io.Writer, s Settings) error {
	head := "# The settings of neurocheck in force. There is no settings file: all are defaults.\n"
	if s.Path != "" {
		head = "# The settings of neurocheck in force: the defaults, and what this file sets:\n# " + shown(s.Path) + "\n"
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
	line, ok := s.Line[of.key()]
	if !ok {
		return "default"
	}
	origin := fmt.Sprintf("from %s:%d", shown(s.Path), line)
	site := ward.DefaultSite()
	usual := of.kind.get(&site)
	if reflect.DeepEqual(of.kind.get(&s.Site), usual) {
		return origin
	}
	if _, long := usual.([]string); long {
		return origin + "; the default is another"
	}
	return origin + "; the default is " + literal(usual, "")
}

// write prints a settings file. Without origin it is the one to start from, which
// offers other values.
func write(w io.Writer, head string, site *ward.Site, origin func(*setting) string) error {
	var b strings.Builder
	b.WriteString(head + howTo)
	about := make(map[string]string)
	for _, t := range tables {
		about[t.name] = t.about
	}
	table := "none yet"
	for _, s := range settingsOf(site) {
		if s.table != table {
			table = s.table
			b.WriteByte('\n')
			if table != "" {
				b.WriteString(comment(about[table]) + "[" + table + "]\n")
			}
		}
		b.WriteString(comment(s.about + ": " + s.kind.allowed + "."))
		from := ""
		if origin != nil {
			from = " # " + origin(&s)
		}
		b.WriteString(s.name + " = " + literal(s.kind.get(site), from) + "\n")
		if origin == nil {
			b.WriteString(offered(s.offer))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
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

// WriteJSON prints the settings in force as one JSON object: file, and under settings
// by key the value and, if the file set it, the line.
func WriteJSON(w io.Writer, s Settings) error {
	type one struct {
		Value any    `json:"value"`
		From  string `json:"from"` // default or file
		Line  int    `json:"line,omitempty"`
	}
	out := struct {
		File     string         `json:"file"`
		Settings map[string]one `json:"settings"`
	}{s.Path, make(map[string]one, len(settings))}
	for _, of := range settingsOf(&s.Site) {
		o := one{Value: of.kind.get(&s.Site), From: "default"}
		if line, ok := s.Line[of.key()]; ok {
			o.From, o.Line = "file", line
		}
		out.Settings[of.key()] = o
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
