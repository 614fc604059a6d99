package desk

import (
	"strings"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// UnsavedWords counts unsaved forms by their kinds: "1 check, 2 comments".
func UnsavedWords(kinds []string) string {
	var order []string
	count := map[string]int{}
	for _, kind := range kinds {
		word := formWord(kind)
		if count[word] == 0 {
			order = append(order, word)
		}
		count[word]++
	}
	parts := make([]string, len(order))
	for i, word := range order {
		parts[i] = ward.Several(count[word], word)
	}
	return strings.Join(parts, ", ")
}

// formWord returns the word for a kind of form.
func formWord(kind string) string {
	if word, ok := kindWords[kind]; ok {
		return word
	}
	return "form"
}

var kindWords = map[string]string{
	store.CheckForm: "check", PatientIn: "admission", Edit: "edit", Comment: "comment", Close: "closing note",
	Correct: "correction", Report: "report", Intervene: "intervention", Interval: "interval", Cause: "cause", Withdraw: "withdrawal",
	Discharge: "discharge", UndoLeave: "undo reason", Staff: "staff name", Paper: "paper sheet", Export: "file name", Handover: "file name",
}
