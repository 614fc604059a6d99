package csvlog

import (
	"bytes"
	"encoding/json"
)

// Field describes a column in the table schema (Frictionless Table Schema,
// specs.frictionlessdata.io and datapackage.org).
type Field struct {
	Name        string      `json:"name"`
	Type        string      `json:"type"`
	Description string      `json:"description"`
	TrueValues  []string    `json:"trueValues,omitempty"`
	FalseValues []string    `json:"falseValues,omitempty"`
	Constraints Constraints `json:"constraints,omitzero"`
}

// Constraints bound the cells of a column.
type Constraints struct {
	Required bool     `json:"required,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	Minimum  *int     `json:"minimum,omitempty"`
	Maximum  *int     `json:"maximum,omitempty"`
	Pattern  string   `json:"pattern,omitempty"`
}

// TableSchema returns the text of schema/checks.schema.json.
func TableSchema() ([]byte, error) {
	var fields []Field
	for _, c := range columns {
		fields = append(fields, c.Field)
	}
	return tableSchema("Neuro checks",
		"One row a version of a neuro check, with its patient and the stay in which it was performed. An export has every column in this order; an import or a file to grade may have any of them in any order; schema/MAPPING.md says what else an import reads. UTF-8, LF, commas; an empty cell is not assessed or not known, never 0 and never normal.",
		[]string{"check_id", "version"}, fields)
}

func tableSchema(title, description string, key []string, fields []Field) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		Schema        string   `json:"$schema"`
		Title         string   `json:"title"`
		Description   string   `json:"description"`
		MissingValues []string `json:"missingValues"`
		PrimaryKey    []string `json:"primaryKey,omitempty"`
		Fields        []Field  `json:"fields"`
	}{"https://datapackage.org/profiles/2.0/tableschema.json", title, description, []string{""}, key, fields})
	return b.Bytes(), err
}
