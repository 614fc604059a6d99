package kit

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestChooseByFigure(t *testing.T) {
	got, left := "", 0
	pick := func(s string) func(Host) tea.Cmd {
		return func(Host) tea.Cmd {
			got += s
			return nil
		}
	}
	ask := func() *Question {
		q := Choose(ada, []string{"CLOSE?"}, Option{Label: "confirmed", Do: pick("a")}, Option{Label: "other", Do: pick("b"), Needs: "close", Records: true})
		q.Left = func(Host) tea.Cmd {
			left++
			return nil
		}
		return q
	}
	d := newDesk(t, Config{May: func(p string) string {
		if p != "" {
			return "only a clinician"
		}
		return ""
	}}, &plain{head: ada})
	open := func() {
		d.Push(ask())
		d.wait(time.Second)
	}
	open()
	d.sees("1 confirmed    2 other    0 back")
	d.press("2")
	d.sees("only a clinician")
	d.press("5")
	d.sees("5 does nothing here; answers: 0 to 2")
	d.press("1")
	open()
	d.press("0")
	open()
	d.press("esc")
	d.wait(time.Second)
	if got != "a" || left != 2 || len(d.screens) != 1 {
		t.Errorf("%q, left %d, %d screens", got, left, len(d.screens))
	}
}

// A question with a text: figures are text until the line is left, and esc keeps it.
func TestAQuestionWithAText(t *testing.T) {
	note, done := NewText("", 100), 0
	q := Choose(ada, nil, Option{Label: "resolved", Do: func(Host) tea.Cmd {
		done++
		return nil
	}})
	q.Inputs = []Input{{"note", Plainly(note, func(s string) string {
		if strings.TrimSpace(s) == "" {
			return "a note is needed"
		}
		return ""
	})}}
	d := newDesk(t, Config{}, &plain{head: ada})
	d.Push(q)
	d.send(keyMsg("1")) // a text field takes keys at once
	d.wait(time.Second)
	d.press("backspace", "enter")
	d.sees("a note is needed")
	d.press(chars("seen 1")...)
	d.burst(5*time.Millisecond, chars(", settled")...)
	d.press("esc")
	d.wait(time.Second)
	if note.Value() != "seen 1, settled" || done != 0 {
		t.Fatalf("%q %d", note.Value(), done)
	}
	d.Push(q)
	d.press("enter", "up", "!", "enter", "1")
	if note.Value() != "seen 1, settled!" || done != 1 {
		t.Errorf("%q %d", note.Value(), done)
	}
}

func TestLongSubjectsAreNotCut(t *testing.T) {
	name := strings.Repeat("Okafor ", 30)
	q := Confirm([]string{name + "MRN 0042317"}, nil, "save", "back", nil)
	all := strings.Join(q.Body(page(80, 20)), " ")
	if strings.Count(all, "Okafor") != 30 || !strings.Contains(all, "0042317") {
		t.Errorf("%s", all)
	}
}
