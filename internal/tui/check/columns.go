package check

import (
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
)

// The widths from which on the form shows more: questions next to the items, and then
// earlier checks.
const (
	wide   = 120
	widest = 200
)

// The widths of the two columns in a window of 80, by the tool: the answers of CAPD are
// words.
var (
	leftColumns  = [...]kit.FormColumn{icans.ICE: {Label: 16, Value: 11, Before: 11}, icans.CAPD: {Label: 18, Value: 14, Before: 12}}
	rightColumns = [...]kit.FormColumn{icans.ICE: {Label: 16, Value: 11, Before: 10}, icans.CAPD: {Label: 16, Value: 11, Before: 4}}
)

// columnsFor returns the columns of the form in a window of some width. In a wide one
// the questions are next to the left lines and below the right ones; the widest one has
// room next to both, for the answers of the signs in words, and for earlier checks.
func columnsFor(tool icans.Tool, width int) []kit.FormColumn {
	left, right := leftColumns[tool], rightColumns[tool]
	switch {
	case width >= widest:
		left.Earlier, right.Earlier, right.Before = mostEarlier, mostEarlier, 10
		left.Ask, right.Ask, left.Words = 38, 40, true
		if tool == icans.CAPD {
			left.Ask = 28
		}
	case width >= wide:
		left.Ask = 32
		if tool == icans.CAPD {
			left.Ask = 26
		}
		right.Before, right.Ask, right.Below = 10, 8, true
	}
	return []kit.FormColumn{left, right}
}

// valueWidth returns the width of the answer to a field.
func valueWidth(tool icans.Tool, field *icans.Field) int {
	if onTheRight(field) {
		return rightColumns[tool].Value
	}
	return leftColumns[tool].Value
}
