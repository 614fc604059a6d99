package paper

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// openTakeOver asks whether to go on with the sheet of another person, who keeps it until
// this one is saved.
func (s *sheet) openTakeOver(h kit.Host) tea.Cmd {
	d := s.others[0]
	read, ok := readDraft(d.Content)
	if !ok {
		h.Fail("the other sheet cannot be read here: a newer version wrote it")
		return nil
	}
	name := words.ShortName(d.Author)
	text := []string{
		fmt.Sprintf("%s began a sheet at %s: %s. Take it over?", name, s.desk.Time(d.Since), ward.Several(len(read.Rows), "row")),
		"The rows come here under your name, next to yours. " + name + " keeps the sheet until you save, and then gets a message.",
	}
	return h.Push(kit.Confirm([]string{words.About(&s.history.Patient)}, text, "take over", "back to the sheet", func(h kit.Host) tea.Cmd {
		s.step("the sheet of "+name, kit.Key{}, func() {
			for i := range read.Rows {
				s.state.place(read.Rows[i])
			}
			s.state.Late = s.state.Late || read.Late
			s.takenFrom, s.others = d.Author, s.others[1:]
			s.state.goNew()
			s.startClock()
		})
		h.Say("Taken over from " + name + ", " + s.desk.Time(d.Since) + ": look at each row")
		return s.flush(h)
	}))
}
