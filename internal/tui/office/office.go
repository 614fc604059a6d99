// Package office holds the screens of the rarer work on a ward: the handover, the audit,
// the export, the staff, the settings and the inbox of the feed.
//
// The handover and the settings are a text to read: see document.go. A file that a screen
// writes is named with its full path, and replaces another one only after a question: see
// files.go. Over SSH no screen writes a file, because it would lie on the server; the
// screen shows the command to run instead.
package office

import "neurocheck/internal/tui/desk"

// Screens returns the screens of this package by their places.
func Screens() map[string]desk.Maker {
	return map[string]desk.Maker{
		desk.Staff:    newStaff,
		desk.Settings: newSettings,
		desk.Inbox:    newInbox,
		desk.Export:   newExport,
		desk.Handover: newHandover,
		desk.Audit:    newAudit,
		desk.Outside:  newOutside,
	}
}
