package check

import (
	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
)

// fieldOf returns the field that a line asks for; nil if the line is no field.
func fieldOf(line string) *icans.Field {
	for _, field := range bedside.Fields {
		if field.Column == line {
			return field
		}
	}
	return nil
}

// isItem reports whether a field is an item of a tool.
func isItem(field *icans.Field) bool {
	return field.Group == icans.GroupICE || field.Group == icans.GroupCAPD
}

// onTheRight reports whether a field is in the right column of the form.
func onTheRight(field *icans.Field) bool {
	return field.Group == icans.GroupSeen || field.Group == icans.GroupCRS
}

// answersItself reports whether an answer to a field does more than to set one value.
func answersItself(field *icans.Field) bool { return field.Column == "consciousness" || field.Several }
