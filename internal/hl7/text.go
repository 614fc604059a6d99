package hl7

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/unicode/norm"
)

// null is the text of a field that clears the receiver's value.
const null = `""`

// charset decodes the bytes of a field. Nil is no declaration: see [Message.decode].
type charset func([]byte) (string, bool)

// charsetNamed returns a character set by its name in table 0211 or by a usual spelling.
// The empty name is nil. It reports false for a name that is not known, and for character
// sets whose second bytes may be delimiters, as in GB 18030, Big5 and ISO 2022.
func charsetNamed(name string) (charset, bool) {
	name = strings.ToUpper(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" -_/.", r) }), ""))
	switch name {
	case "":
		return nil, true
	case "ASCII", "USASCII", "ISOIR6":
		return decodeASCII, true
	case "UNICODE", "UNICODEUTF8", "UTF8":
		return decodeUTF8, true
	case "KSX1001":
		return decodeWith(korean.EUCKR), true
	}
	for _, prefix := range []string{"ISO8859", "ISOIEC8859", "8859"} {
		if part, ok := strings.CutPrefix(name, prefix); ok {
			e, known := latin[part]
			return decodeWith(e), known
		}
	}
	for _, prefix := range []string{"WINDOWS", "CP"} {
		if page, ok := strings.CutPrefix(name, prefix); ok {
			e, known := windows[page]
			return decodeWith(e), known
		}
	}
	return nil, false
}

// latin holds the parts of ISO 8859. Part 1 is read as Windows-1252, which has letters
// and signs at bytes 80 to 9F; no sender means the controls that part 1 has there.
var latin = map[string]encoding.Encoding{
	"1": charmap.Windows1252, "2": charmap.ISO8859_2, "3": charmap.ISO8859_3, "4": charmap.ISO8859_4,
	"5": charmap.ISO8859_5, "6": charmap.ISO8859_6, "7": charmap.ISO8859_7, "8": charmap.ISO8859_8,
	"9": charmap.ISO8859_9, "10": charmap.ISO8859_10, "11": charmap.Windows874, "13": charmap.ISO8859_13,
	"14": charmap.ISO8859_14, "15": charmap.ISO8859_15,
}

var windows = map[string]encoding.Encoding{
	"874": charmap.Windows874, "1250": charmap.Windows1250, "1251": charmap.Windows1251, "1252": charmap.Windows1252,
	"1253": charmap.Windows1253, "1254": charmap.Windows1254, "1255": charmap.Windows1255, "1256": charmap.Windows1256,
	"1257": charmap.Windows1257, "1258": charmap.Windows1258,
}

// KnownCharset reports whether messages in a character set can be read; the empty name is
// that of no setting.
func KnownCharset(name string) bool {
	_, ok := charsetNamed(name)
	return ok
}

func decodeASCII(b []byte) (string, bool) { return string(b), isASCII(b) }

func decodeUTF8(b []byte) (string, bool) { return string(b), utf8.Valid(b) }

// decodeWith returns a charset that refuses the bytes that have no character.
func decodeWith(e encoding.Encoding) charset {
	return func(b []byte) (string, bool) {
		if isASCII(b) {
			return string(b), true
		}
		if page, ok := e.(*charmap.Charmap); ok {
			return decodePage(page, b)
		}
		text, err := e.NewDecoder().Bytes(b)
		return string(text), err == nil && !bytes.ContainsRune(text, utf8.RuneError)
	}
}

// decodePage decodes bytes that are a character each. It allocates the text alone, because a
// field can have 64 KiB.
func decodePage(page *charmap.Charmap, b []byte) (string, bool) {
	size := 0
	for _, c := range b {
		r := page.DecodeByte(c)
		if r == utf8.RuneError {
			return "", false
		}
		size += utf8.RuneLen(r)
	}
	var text strings.Builder
	text.Grow(size)
	for _, c := range b {
		text.WriteRune(page.DecodeByte(c))
	}
	return text.String(), true
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decode returns the text of a part of a field, normalized to NFC: it resolves the
// escapes and decodes the bytes. Without a declared character set, other bytes than
// ASCII must be valid UTF-8.
func (m *Message) decode(raw []byte, at Location) (string, error) {
	plain, ok := m.unescape(raw)
	if !ok {
		return "", &Error{WrongData, at, "an escape changes the character set"}
	}
	if bytes.IndexByte(plain, 0x1b) >= 0 {
		return "", &Error{WrongData, at, "an ISO 2022 escape changes the character set"}
	}
	read := m.charset
	if read == nil {
		read = decodeUTF8
	}
	text, ok := read(plain)
	if !ok {
		return "", &Error{WrongData, at, "bytes that the message's character set does not have; MSH-18 must name it"}
	}
	return norm.NFC.String(text), nil
}

// unescape resolves the escapes of a field once, from left to right. A backslash that
// begins no known escape stays as written. It reports false for an escape that changes
// the character set.
func (m *Message) unescape(raw []byte) (plain []byte, ok bool) {
	e := m.delims.escape
	if bytes.IndexByte(raw, e) < 0 {
		return raw, true
	}
	plain = make([]byte, 0, len(raw))
	for len(raw) > 0 {
		start := bytes.IndexByte(raw, e)
		if start < 0 {
			break
		}
		plain, raw = append(plain, raw[:start]...), raw[start:]
		n := bytes.IndexByte(raw[1:], e)
		if n < 0 {
			break
		}
		name := raw[1 : 1+n]
		if n > 1 && (name[0] == 'C' || name[0] == 'M') && isHex(name[1:]) {
			return nil, false
		}
		text, known := m.escaped(name)
		if !known {
			plain, raw = append(plain, e), raw[1:]
			continue
		}
		plain, raw = append(plain, text...), raw[n+2:]
	}
	return append(plain, raw...), true
}

// escaped returns the bytes that an escape with this name denotes, and whether it is a
// known one.
func (m *Message) escaped(name []byte) (text []byte, known bool) {
	if len(name) == 0 {
		return nil, false
	}
	d := &m.delims
	if len(name) == 1 {
		switch name[0] {
		case 'F':
			return []byte{d.field}, true
		case 'S':
			return []byte{d.component}, true
		case 'T':
			return []byte{d.sub}, true
		case 'R':
			return []byte{d.repetition}, true
		case 'E':
			return []byte{d.escape}, true
		case 'P':
			return []byte{d.truncation}, d.truncation != 0
		case 'H', 'N':
			return nil, true
		}
	}
	switch name[0] {
	case 'X':
		return hexBytes(name[1:])
	case '.':
		return []byte{' '}, true
	case 'Z':
		return nil, true
	}
	return nil, false
}

// hexBytes reads pairs of figures; a control character becomes a blank.
func hexBytes(figures []byte) (text []byte, ok bool) {
	text = make([]byte, len(figures)/2)
	if _, err := hex.Decode(text, figures); err != nil || len(text) == 0 {
		return nil, false
	}
	for i, c := range text {
		if c < ' ' || c == 0x7f {
			text[i] = ' '
		}
	}
	return text, true
}

func isHex(b []byte) bool {
	for _, c := range b {
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return len(b) >= 2
}
