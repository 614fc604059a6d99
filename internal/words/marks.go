package words

import "neurocheck/internal/icans"

// The marks of flags, each one cell wide.
const (
	MarkUrgent     = "‼"
	MarkGrade1     = "⚑"
	MarkUnfinished = "◌"
	MarkBaseline   = "="
)

// FlagMark returns the mark of a flag; a blank for none.
func FlagMark(f icans.Flag) string {
	return [...]string{icans.FlagNone: " ", icans.FlagIncomplete: MarkUnfinished, icans.FlagGrade1: MarkGrade1, icans.FlagUrgent: MarkUrgent}[f]
}
