package desk

import "neurocheck/internal/tui/kit"

// The root asks the screens that it keeps for these methods. A screen has those that fit.

// Holder is a screen with a selected patient or check: commands of the command line and
// the keys of every screen act on it.
type Holder interface {
	// Selected returns the subject, and whether there is one.
	Selected() (subject string, ok bool)
}

// Chooser is a list that selects a record from outside, such as the board after a
// save.
type Chooser interface{ Choose(subject string) }

// Unsaved is a screen with text or answers that are not recorded yet.
type Unsaved interface {
	// Unsaved names them for the quit question: "check of OKAFOR, Ada". It is empty if
	// there are none.
	Unsaved() string
}

// Door is the sign-in screen, the lowest one. The root shows it when it locks.
type Door interface {
	kit.Screen
	// AskPIN asks one person for the PIN at once: "LOCKED by Tomasz Wójcik at 15:40".
	AskPIN(name string)
	// Refuse shows a line, such as "Your name was disabled by Grace Lin".
	Refuse(line string)
}

// Order is the order of the board.
type Order string

// The orders.
const (
	ByUrgency Order = "urgency"
	ByBed     Order = "bed"
	ByDue     Order = "due"
)
