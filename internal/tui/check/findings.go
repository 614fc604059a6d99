package check

import (
	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
)

// Short names for the parts of [bedside] that the form uses most.
const (
	toolValue     = bedside.ToolValue
	unableValue   = bedside.UnableValue
	replacedValue = bedside.ReplacedValue
)

var sheetFields = bedside.Fields

func findingsOf(value func(string) string) icans.Findings       { return bedside.FindingsOf(value) }
func hidden(field *icans.Field, value func(string) string) bool { return bedside.Hidden(field, value) }
func isFeature(field *icans.Field) bool                         { return bedside.IsFeature(field) }
func isLate(field *icans.Field) bool                            { return bedside.IsLate(field) }
func termOf(field *icans.Field, x *icans.Findings) int          { return bedside.TermOf(field, x) }
