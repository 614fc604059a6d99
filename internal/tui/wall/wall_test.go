package wall

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// show shows the wall, as the root does: no person is at the keyboard.
func show(s *desktest.Seat) *desktest.Seat {
	s.SignIn(desktest.Maria)
	s.Desk.SetUser(ward.Staff{})
	return s.Go(desk.Wall, "")
}

// The wall of the demo ward at the three sizes.
func TestDemoWall(t *testing.T) {
	s := show(desktest.Demo(t, Screens()))
	s.Golden("wall")
	s.Size(120, 36).Golden("wall120")
	s.Size(200, 60).Golden("wall200")
}

// crowd admits patients until the ward has a number of them. The first urgent ones are
// urgent, and the checks of the others are normal.
func crowd(s *desktest.Seat, count, urgent int) {
	for i := range count {
		p := s.Admit(fmt.Sprintf("%d%c", i/4+10, "ABCD"[i%4]), ward.Patient{
			MRN: fmt.Sprintf("77%05d", i), Name: fmt.Sprintf("QUENTIN%03d, Ursula", i), BirthDate: ward.Date{Year: 1931, Month: 12, Day: 1 + i%28}})
		if i < urgent {
			s.Record(p, 20*time.Minute, desktest.Maria, "consciousness=tactile")
		} else {
			s.Record(p, time.Hour, desktest.Maria)
		}
	}
}

// bedsOn returns the beds that the screen shows in words.
func bedsOn(s *desktest.Seat, count int) (beds []string) {
	screen := s.Screen()
	for i := range count {
		if bed := fmt.Sprintf("%d%c", i/4+10, "ABCD"[i%4]); strings.Contains(screen, " "+bed+"  ") {
			beds = append(beds, bed)
		}
	}
	return beds
}

// No string of a patient is in any frame: of any page, at any size, with the help open and
// while the log is away.
func TestTheWallNamesNobody(t *testing.T) {
	for _, demo := range []bool{true, false} {
		s := desktest.New(t, Screens())
		if demo {
			s = desktest.Demo(t, Screens())
		} else {
			crowd(s, 40, 3)
		}
		show(s)
		var secrets []string
		for _, state := range s.Desk.Board() {
			p := &state.Patient
			secrets = append(secrets, p.MRN, p.BirthDate.Words(), fmt.Sprint(p.BirthDate.Year))
			secrets = append(secrets, strings.FieldsFunc(p.Name, func(r rune) bool { return r == ' ' || r == ',' })...)
		}
		if len(secrets) < 12*4 {
			t.Fatal("too few patients")
		}
		for _, size := range [][2]int{{80, 24}, {81, 25}, {100, 30}, {120, 36}, {200, 60}, {300, 100}, {60, 20}} {
			s.Size(size[0], size[1])
			for range 5 {
				s.SeesNot(secrets...)
				s.Press("?").SeesNot(secrets...).Press("esc").Wait(time.Second)
				if len(s.Stack.Screens()) != 2 {
					t.Fatal("the wall is closed")
				}
				s.Press("down").SeesNot(secrets...)
			}
		}
		s.Size(80, 24).Hold()
		s.Tick()
		s.Wait(5 * time.Minute).Tick().Sees("NO CONNECTION").SeesNot(secrets...)
	}
}

// 15 beds fit at 80x24, and 28 at 200x60 with figures of five lines.
func TestRoom(t *testing.T) {
	for _, c := range []struct{ width, height, room int }{{80, 24, 15}, {200, 60, 28}} {
		for more, pages := range map[int]int{0: 1, 1: 2} {
			s := desktest.New(t, Screens())
			crowd(s, c.room+more, 0)
			show(s).Size(c.width, c.height).Sees(fmt.Sprintf("%d beds   page 1 of %d", c.room+more, pages))
			if got := bedsOn(s, c.room+more); len(got) != c.room {
				t.Errorf("%dx%d shows %d beds\n%s", c.width, c.height, len(got), s.Screen())
			}
			if large := strings.Contains(s.Screen(), "██"); large != (c.width == 200) {
				t.Errorf("%dx%d: large figures %v", c.width, c.height, large)
			}
		}
	}
}

// Urgent beds are on every page; the others turn every 15 s, and with ↑↓.
func TestPagesTurn(t *testing.T) {
	s := desktest.New(t, Screens())
	const beds = 33
	crowd(s, beds, 3)
	show(s).Sees("page 1 of 3")
	seen := map[string]int{}
	for page := range 3 {
		s.Sees(fmt.Sprintf("page %d of 3", page+1), " 10A  ", " 10B  ", " 10C  ")
		for _, bed := range bedsOn(s, beds) {
			seen[bed]++
		}
		s.Wait(13 * time.Second).Tick().Sees(fmt.Sprintf("page %d of 3", page+1))
		s.Wait(2 * time.Second).Tick()
	}
	s.Sees("page 1 of 3").Press("up").Sees("page 3 of 3").Press("down").Sees("page 1 of 3")
	if len(seen) != beds {
		t.Errorf("%d beds on three pages: %v", len(seen), seen)
	}
	for bed, times := range seen {
		if urgent := strings.HasPrefix(bed, "10") && bed != "10D"; urgent != (times == 3) {
			t.Errorf("bed %s is on %d pages", bed, times)
		}
	}
}

// If the urgent beds leave no room for the others, all beds turn.
func TestTooManyUrgentBeds(t *testing.T) {
	s := desktest.New(t, Screens())
	crowd(s, 20, 16)
	show(s)
	seen := map[string]bool{}
	for range 2 {
		for _, bed := range bedsOn(s, 20) {
			seen[bed] = true
		}
		s.Press("down")
	}
	if len(seen) != 20 {
		t.Errorf("%d beds are seen", len(seen))
	}
}

// The figures: - for no check, ? for no single grade, the grade, and minutes that count.
func TestFigures(t *testing.T) {
	s := desktest.New(t, Screens())
	s.Ada()
	s.Record(s.Ida(), 7*time.Hour+59*time.Minute, desktest.Maria)
	s.Record(s.Kowalski(), 10*time.Minute, desktest.Maria, "consciousness=")
	show(s).Sees("1A  no exam 48h      LATE", "1B  grade 0       next in", "4B  NOT ACCEPTED  next in")
	for text, figures := range map[string]string{"1A  no exam": "▄█  █▀█       █ █ ▀▀█ █ █", "1B  grade 0": "▄█  █▀▄  █▀█          █▀█", "4B  NOT": "█ █ █▀▄  ▀▀█      █ █ █▀█"} {
		if line := below(s, text); !strings.Contains(line, figures) {
			t.Errorf("%s: %q lacks %q", text, line, figures)
		}
	}
	s.Wait(3 * time.Minute).Tick().Sees("1B  grade 0      LATE min")
	if line := below(s, "1B  grade 0"); !strings.HasSuffix(line, "  ▀▀█") { // 2 min
		t.Errorf("not 2 minutes late: %q", line)
	}
	if !strings.Contains(s.Drawn(), "\x1b[1;7mLATE min") {
		t.Error("LATE is not reverse")
	}
}

// below returns the part of the line below a text, from its first cell on.
func below(s *desktest.Seat, text string) string {
	lines := strings.Split(s.Screen(), "\n")
	for i, line := range lines {
		if at := strings.Index(line, text); at >= 0 {
			next := []rune(lines[i+1])
			from := len([]rune(line[:at]))
			return string(next[min(from, len(next)):min(from+25, len(next))])
		}
	}
	return ""
}

// A log that does not answer is said, with the time of the last answer, and the minutes
// are marked as old. The wall goes on with what it knows, and recovers.
func TestTheLogIsAway(t *testing.T) {
	s := desktest.New(t, Screens())
	ada := s.Ada()
	s.Record(ada, time.Hour, desktest.Maria)
	show(s).Tick().SeesNot("NO CONNECTION", "as of")
	s.Wait(5 * time.Second).Tick()
	s.Hold()
	s.Wait(5 * time.Second).Tick()
	s.Wait(9 * time.Second).Tick().SeesNot("NO CONNECTION")
	s.Wait(3*time.Minute).Tick().Sees("NO CONNECTION: as of 16:07 (3 min)", "1A  grade 0  ", "as of 16:07\n", "1 bed")
	s.Record(ada, time.Minute, desktest.Tomasz, "consciousness=tactile") // it does not reach this wall
	s.Tick().Sees("grade 0")
	s.Release()
	s.Tick()
	s.Wait(5 * time.Second).Tick()
	s.Wait(5*time.Second).Tick().SeesNot("NO CONNECTION", "as of").Sees("NOT ACCEPTED 1", "WORST 1A grade 3")
}

// No key of the wall records anything, and keys of other screens are refused.
func TestNoKeyRecords(t *testing.T) {
	s := desktest.New(t, Screens())
	s.Record(s.Ada(), time.Hour, desktest.Maria)
	show(s)
	for _, key := range strings.Split("a b c d e f g h i m n o p r s t u w x z 0 1 2 enter ctrl+s ctrl+z", " ") {
		s.Press(key).Sees("does nothing here", "1A  grade 0")
	}
	if len(s.Opened) != 1 {
		t.Errorf("opened %v", s.Opened)
	}
	for _, b := range s.Stack.Top().Bindings() {
		if b.Records {
			t.Errorf("%v records", b.Keys)
		}
	}
	s.Press("esc").Wait(time.Second)
	if len(s.Stack.Screens()) != 1 {
		t.Error("esc does not close the wall")
	}
}

// A bed with a long name, or with signs that the figures lack, stays in the line of words.
func TestBedsThatAreNotDrawn(t *testing.T) {
	s := desktest.New(t, Screens())
	for i, bed := range []string{"Isolation room 12", "ÄÖ", "ICU-12", ""} {
		p := s.Admit(bed, ward.Patient{MRN: fmt.Sprint(5000 + i), Name: fmt.Sprintf("NAME%d, X", i)})
		s.Record(p, 9*time.Hour+time.Duration(i)*time.Minute, desktest.Maria)
	}
	show(s).Sees("Isolation room 12", "ÄÖ  grade 0", "ICU-12  grade 0", "–  grade 0").Golden("beds")
}

// The figures have a table for each character that a bed may usually have, with three by
// five points.
func TestGlyphs(t *testing.T) {
	drawings := map[string]rune{}
	for r, points := range glyphs {
		rows := strings.Fields(points)
		if len(rows) != 5 {
			t.Errorf("%c has %d rows", r, len(rows))
		}
		for _, row := range rows {
			if len(row) != 3 || strings.Trim(row, ".#") != "" {
				t.Errorf("%c has the row %q", r, row)
			}
		}
		for _, ascii := range []bool{false, true} {
			drawn := fmt.Sprint(ascii, font{ascii: ascii}.draw(string(r)))
			if other, twice := drawings[drawn]; twice {
				t.Errorf("%c and %c look alike", r, other)
			}
			drawings[drawn] = r
		}
	}
}
