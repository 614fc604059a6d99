package folder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// formatName distinguishes the manifest from other files of the name.
const formatName = "neurocheck ward 1"

// manifest says what is in a folder.
type manifest struct {
	Format string `json:"format"`
	Record int64  `json:"record"` // number of the last record that the tables rest on
	Head   string `json:"head"`   // its hash
	// Settings are those that evaluate, by key, in the ward that left.
	Settings map[string]json.RawMessage `json:"settings"`
	Files    []file                     `json:"files"`
}

// file is a table in the manifest.
type file struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows"`
	SHA256 string `json:"sha256"`
}

func (m *manifest) write(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(m)
}

// mostManifest is the greatest size of a manifest.
const mostManifest = 1 << 20

// readManifest reads a manifest. Its error says what is wrong with it.
func readManifest(r io.Reader) (m manifest, err error) {
	text, err := io.ReadAll(io.LimitReader(r, mostManifest))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil || m.Format != formatName {
		return m, errors.New("is not the manifest of a ward that this program can read")
	}
	for key, value := range m.Settings { // without the indents of the file
		var b bytes.Buffer
		if err := json.Compact(&b, value); err != nil {
			return m, err
		}
		m.Settings[key] = b.Bytes()
	}
	names := fileNames()[1:]
	for _, f := range m.Files {
		if !slices.Contains(names, f.Name) {
			return m, errors.New("names a file that is none of a ward")
		}
	}
	for i, name := range names {
		if i >= len(m.Files) || m.Files[i].Name != name {
			return m, fmt.Errorf("%s is missing in its list of files", name)
		}
	}
	if len(m.Files) > len(names) {
		return m, errors.New("names a file twice")
	}
	return m, nil
}
