package mapping

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"neurocheck/internal/csvlog"
)

// marks are the marks of UTF-16 at the start of a file.
var marks = [][]byte{{0xff, 0xfe}, {0xfe, 0xff}}

// decode returns a file as UTF-8, and whether that was possible; if not, it adds the
// problem.
func (t *translation) decode(data []byte) (text []byte, ok bool) {
	name := t.encoding
	marked := bytes.HasPrefix(data, marks[0]) || bytes.HasPrefix(data, marks[1])
	text = data
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		t.stop(1, "file", "this is a workbook such as .xlsx; save the sheet as CSV UTF-8")
		return nil, false
	case marked && (name == "" || strings.HasPrefix(strings.ToUpper(name), "UTF-16")):
		text, _ = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data) // broken characters become U+FFFD
	case name != "":
		encoding, err := htmlindex.Get(name)
		if err == nil {
			text, err = encoding.NewDecoder().Bytes(data)
		}
		if err != nil {
			t.stop(1, "file", "cannot be read in this encoding")
			return nil, false
		}
	case mostlyNUL(data):
		t.stop(1, "file", `this is UTF-16 or UTF-32 without a mark, or no text; save the file as CSV UTF-8, or name its encoding in a mapping, such as "utf-16le"`)
		return nil, false
	case !utf8.Valid(data):
		t.notUTF8(data)
		return nil, false
	}
	if at := bytes.Index(text, []byte("\ufffd")); at >= 0 && (marked || name != "") {
		t.stop(1+bytes.Count(text[:at], []byte("\n")), "file", "has bytes that are no text in its encoding")
		return nil, false
	}
	return withLineFeeds(bytes.TrimPrefix(text, []byte("\ufeff"))), true
}

// mostlyNUL reports whether a quarter of the start of a file is NUL: in UTF-16 every second
// byte of a Latin text is.
func mostlyNUL(data []byte) bool {
	const start = 4096
	data = data[:min(len(data), start)]
	return 4*bytes.Count(data, []byte{0}) > len(data)
}

// notUTF8 adds the problem of the first byte that is no UTF-8.
func (t *translation) notUTF8(data []byte) {
	at := 0
	for r, n := utf8.DecodeRune(data); r != utf8.RuneError || n > 1; r, n = utf8.DecodeRune(data[at:]) {
		at += n
	}
	line := 1 + bytes.Count(data[:at], []byte("\n"))
	column := 1 + utf8.RuneCount(data[1+bytes.LastIndexByte(data[:at], '\n'):at])
	t.stop(line, "file", fmt.Sprintf(`no UTF-8 at line %d, column %d; save the file as UTF-8, or name its encoding in a mapping, such as "windows-1252"`, line, column))
}

// withLineFeeds makes LF of CR if no line ends with LF.
func withLineFeeds(text []byte) []byte {
	if bytes.IndexByte(text, '\n') >= 0 {
		return text
	}
	return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
}

// saidSeparator matches the line that names the separator for Excel.
var saidSeparator = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^"?[Ss][Ee][Pp]=([,;\t|])"?\r?\n`) })

// headerRows is the number of rows of which one has to be the header.
const headerRows = 20

// separated finds the separator of the cells and the header, and returns the rows from
// the header on; none if there is no header. A line that Excel reads the separator from is
// passed over.
func (t *translation) separated(text []byte) []csvlog.Row {
	candidates := []byte{',', ';', '\t', '|'}
	if m := saidSeparator().FindSubmatch(text); m != nil {
		candidates = m[1]
		text = append([]byte("\n"), text[len(m[0]):]...) // the lines keep their numbers
	}
	if t.separator != 0 {
		candidates = []byte{t.separator}
	}
	best, bestKnown := candidates[0], 0
	for _, separator := range candidates {
		if _, known := t.findHeader(text, separator); known > bestKnown {
			best, bestKnown = separator, known
		}
	}
	header, _ := t.findHeader(text, best)
	var rows []csvlog.Row
	for row, err := range csvlog.Rows(text, best) {
		if err != nil {
			t.stop(row.Line, "row", err.Error())
			return nil
		}
		if row.Line >= header {
			rows = append(rows, row)
		}
	}
	return rows
}

// findHeader returns the line of the header, and how many columns of it are known: the
// first of the first rows in which two thirds of the names are, or else the one with most;
// none is known if no row has any.
func (t *translation) findHeader(text []byte, separator byte) (line, known int) {
	n := 0
	for row, err := range csvlog.Rows(text, separator) {
		if n++; err != nil || n > headerRows {
			break
		}
		found, named := 0, 0
		for _, cell := range row.Cells {
			if cell == "" {
				continue
			}
			named++
			if t.roleOf(cell) != nil {
				found++
			}
		}
		if found > known {
			line, known = row.Line, found
		}
		if found > 1 && 3*found >= 2*named {
			return row.Line, found
		}
	}
	return line, known
}
