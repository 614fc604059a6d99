package fhir

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// uuid is a UUID as RFC 9562 has it.
type uuid [16]byte

// namespace is that of everything that neurocheck names.
var namespace = uuid{0x2f, 0x0c, 0x5e, 0x9b, 0x6a, 0x41, 0x4d, 0x0e, 0x9b, 0x57, 0x83, 0xd1, 0x7e, 0x64, 0xa2, 0x3c}

// derive returns the UUID that name has in the namespace u: version 5.
func (u uuid) derive(name string) (d uuid) {
	sum := sha1.Sum(append(u[:], name...))
	copy(d[:], sum[:])
	d[6] = d[6]&0x0f | 0x50
	d[8] = d[8]&0x3f | 0x80
	return d
}

func (u uuid) String() string {
	text := make([]byte, 0, 36)
	for i, part := range [][]byte{u[0:4], u[4:6], u[6:8], u[8:10], u[10:16]} {
		if i > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, part)
	}
	return string(text)
}

// id returns the identity of a thing in this log. Each of the parts that identify it
// follows its length, so that no two lists of parts read the same.
func (e *Encoder) id(parts ...any) string {
	var name []byte
	for _, p := range parts {
		s := fmt.Sprint(p)
		name = strconv.AppendInt(name, int64(len(s)), 10)
		name = append(append(name, ':'), s...)
	}
	return e.log.derive(string(name)).String()
}

// base is the beginning of the fullUrl of an entry, so that Type/id resolves within
// the Bundle. There is no server behind it.
const base = "https://neurocheck.example/fhir/"

// ref refers to a resource of this export.
func ref(kind, id string) *reference { return &reference{Reference: kind + "/" + id} }

// searched returns a text as the value of a search has it: the characters that part values
// there, or that end a URL, are escaped.
func searched(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case strings.IndexByte(`\,$|`, c) >= 0:
			b.WriteString("%5C")
			fallthrough
		case c <= ' ' || c >= 0x7f || strings.IndexByte("%&#+?\"<>^`{}", c) >= 0:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
