package check

import (
	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// correctionReasons are the reasons to correct or withdraw a check. "Wrong patient" is
// set by a move and by nothing else.
var correctionReasons = func() (list []ward.Term) {
	for _, t := range ward.Reasons {
		if t.Code != ward.WrongPatient {
			list = append(list, t)
		}
	}
	return list
}()

// reasonQuestion asks for the reason of a new version. Each reason saves.
func reasonQuestion(subject, text []string, do func(kit.Host, string) tea.Cmd) *kit.Question {
	var options []kit.Option
	for _, t := range correctionReasons {
		options = append(options, kit.Option{Label: t.Label, Records: true, Needs: string(ward.MayRecord), Do: func(h kit.Host) tea.Cmd { return do(h, t.Code) }})
	}
	return kit.Choose(subject, text, options...)
}
