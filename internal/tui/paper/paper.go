// Package paper holds the sheet of checks from paper: several checks of one patient in a
// grid, saved as one act.
//
// Start with screen.go, the screen, and sheet.go, its parts. row.go is one check of the sheet
// and columns.go its findings; state.go holds the rows, the selected cell and the steps that
// undo takes back; when.go reads a time after the row before it; twin.go finds a check that
// is on record already. results.go evaluates each row against the record and the other rows.
// keys.go has the keys, moves.go and clock.go the acts behind them. draw.go and panel.go
// draw, save.go asks the one save question.
package paper

import "neurocheck/internal/tui/desk"

// Screens returns the screens of the package by the names of their places.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{desk.Paper: newSheet}
}
