package chart_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"neurocheck/internal/faults"
	"neurocheck/internal/tui/chart"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
)

// Random keys never break a screen: no line is wider than the window, the identity stays,
// and each dialog names the patient. The long form takes 20 seeds.
func TestRandomKeys(t *testing.T) {
	keys := strings.Fields("up down left right enter enter esc tab home end pgup pgdown backspace + - 0 1 2 3 4 y n i s t o v v w r m / z a : 9 h e space 5m 13:20 dex")
	dialogs := []string{"WHAT WAS DONE", "REPORTED SYMPTOM", "CHECK INTERVAL", "OTHER CAUSE", "WITHDRAW"}
	for seed := range uint64(faults.Times(2, 20)) {
		s := desktest.Demo(t, chart.Screens())
		for _, m := range s.Desk.People() {
			if m.Role == "clinician" {
				s.SignIn(m.Name)
				break
			}
		}
		board := s.Desk.Board()
		random := rand.New(rand.NewPCG(seed, 7))
		p := board[random.IntN(len(board))].Patient
		s.Go(desk.Patient, desk.Subject(p.ID))
		for i := range 150 {
			if i%50 == 49 {
				s.Size(80+random.IntN(60), 24+random.IntN(20))
			}
			key := keys[random.IntN(len(keys))]
			if ansi.StringWidth(desktest.KeyMsg(key).String()) == 1 && len(key) > 1 {
				s.Type(key)
			} else {
				s.Press(key)
			}
			screen := s.Screen()
			if strings.Contains(screen, "EMPTY") {
				s.Go(desk.Patient, desk.Subject(p.ID))
				continue
			}
			for _, d := range dialogs {
				if strings.Contains(screen, " "+d) && strings.Count(screen, p.MRN) < 2 {
					t.Fatalf("seed %d, key %d (%s): the dialog does not name the patient:\n%s", seed, i, key, screen)
				}
			}
			if !strings.Contains(screen, p.MRN) {
				t.Fatalf("seed %d, key %d (%s): no identity:\n%s", seed, i, key, screen)
			}
		}
	}
}

// BenchmarkTrend draws the trend of the patient of the demo ward with the most checks, on the
// smallest window and on a wide one.
func BenchmarkTrend(b *testing.B) {
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) { benchmarkTrend(b, size.width, size.height) })
	}
}

func benchmarkTrend(b *testing.B, width, height int) {
	s := desktest.Demo(b, chart.Screens())
	s.SignIn(s.Desk.People()[0].Name)
	most, id := 0, int64(0)
	for _, st := range s.Desk.Board() {
		c, err := s.Log.Chart(b.Context(), st.Patient.ID)
		if err != nil {
			b.Fatal(err)
		}
		if len(c.Checks) > most {
			most, id = len(c.Checks), st.Patient.ID
		}
	}
	s.Size(width, height).Go(desk.Patient, desk.Subject(id)).Press("v")
	b.ReportMetric(float64(most), "checks")
	for b.Loop() {
		s.Drawn()
	}
}
