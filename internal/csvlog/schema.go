package csvlog

import (
	"bytes"
	"encoding/json"
)

// Field is what the table schema says of a column (Frictionless Table Schema,
// specs.frictionlessdata.io and datapackage.org).
type Field struct {
	Name        string      `json:"name"`
	Type        string      `json:"type"`
	Description string      `json:"description"`
	TrueValues  []string    `json:"trueValues,omitempty"`
	FalseValues []string    `json:"falseValues,omitempty"`
	Constraints Constraints `json:"constraints,omitzero"`
}

// Constraints are what a cell of a column must keep to.
type Constraints struct {
	Required bool     `json:"required,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	Minimum  *int     `json:"minimum,omitempty"`
	Maximum  *int     `json:"maximum,omitempty"`
	Pattern  string   `json:"pattern,omitempty"`
}

// TableSchema returns the text of schema/checks.schema.json.
func TableSchema() ([]byte, error) {
	table := struct {
		Schema        string   `json:"$schema"`
		Title         string   `json:"title"`
		Description   string   `json:"description"`
		MissingValues []string `json:"missingValues"`
		PrimaryKey    []string `json:"primaryKey"`
		Fields        []Field  `json:"fields"`
	}{
		Schema:        "https://datapackage.org/profiles/2.0/tableschema.json",
		Title:         "Neuro checks",
		Description:   "One row a version of a neuro check. An export has every column in this order; an import or a file to grade may have any of them in any order. UTF-8, LF, commas; an empty cell is not assessed or not known, never 0 and never normal.",
		MissingValues: []string{""},
		PrimaryKey:    []string{"check_id", "version"},
	}
	for _, c := range columns {
		table.Fields = append(table.Fields, c.Field)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(table)
	return b.Bytes(), err
}
