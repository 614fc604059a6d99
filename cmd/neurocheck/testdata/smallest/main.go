// Command smallest is the smallest program with screens that Bubble Tea makes, for
// comparison with neurocheck: smallest [FRAMES A SECOND].
package main

import (
	"os"
	"strconv"

	tea "charm.land/bubbletea/v2"
)

type model struct{}

func (model) Init() tea.Cmd { return nil }

func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, key := msg.(tea.KeyPressMsg); key {
		return m, tea.Quit
	}
	return m, nil
}

func (model) View() tea.View {
	v := tea.NewView("the smallest")
	v.AltScreen = true
	return v
}

func main() {
	var options []tea.ProgramOption
	if len(os.Args) > 1 {
		fps, err := strconv.Atoi(os.Args[1])
		if err != nil {
			panic(err)
		}
		options = append(options, tea.WithFPS(fps))
	}
	if _, err := tea.NewProgram(model{}, options...).Run(); err != nil {
		panic(err)
	}
}
