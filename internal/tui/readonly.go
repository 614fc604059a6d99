package tui

import "charm.land/bubbles/v2/key"

// recordingKeys are the keys that lead to recording something. In a log that is
// open read-only they say so and do nothing.
var recordingKeys = []key.Binding{
	keySetUp, keyStaff, keyOwnPIN, keyAdmit, keyCheck, keyEdit, keyDischarge, keyCorrect, keyWithdraw, keyMoveCheck,
	keyIntervention, keySymptom, keyOrder, keyWithdrawEvent, keyAccept, keyTicks, keyClose,
}

// recording picks those of a screen's keys that lead to recording something.
func recording(keys []key.Binding) []key.Binding {
	var list []key.Binding
	for _, k := range keys {
		for _, r := range recordingKeys {
			if k.Help() == r.Help() {
				list = append(list, k)
			}
		}
	}
	return list
}
