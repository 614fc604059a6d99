package kit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"
)

// A ward is a screen with a list, as the board is one.
type ward struct {
	plain
	List
	opened []string
}

func newWard(rows ...Row) *ward {
	w := &ward{}
	w.Digits = true
	w.Open = func(_ Host, id string) tea.Cmd {
		w.opened = append(w.opened, id)
		return nil
	}
	w.NoHit = func(text string) string { return "No patient with MRN " + text }
	w.SetRows(rows)
	return w
}

func (w *ward) Typing() bool { return w.Searching() }

func (w *ward) Type(h Host, k Key) (bool, tea.Cmd) { return w.List.Type(h, k), nil }

func (w *ward) Update(h Host, msg tea.Msg) tea.Cmd {
	if b, ok := msg.(Burst); ok {
		w.Paste(h, b)
	}
	return nil
}

func (w *ward) Bindings() []Binding {
	return append(w.List.Bindings(), w.Acting(Bind("n", "check", "new check", nil), w.Open))
}

func (w *ward) Body(p Page) []string {
	return w.List.View(p, func(p Page, r Row, _ bool) string { return p.Fit(r.ID+" "+r.Fields[0], p.Width) })
}

func (w *ward) Foot(p Page) []string {
	if line, ok := w.SearchLine(p); ok {
		return []string{line}
	}
	return nil
}

func row(id, name, mrn string, more ...string) Row {
	return Row{ID: id, Fields: append([]string{name}, more...), Codes: []string{mrn}}
}

var people = []Row{
	row("1", "SØRENSEN, Bjørg", "0040001", "bed 2A", "grade 1"), row("2", "OKAFOR, Ada", "0042317", "bed 1A", "grade 2"),
	row("3", "OKAFOR, Ida", "0042371", "bed 3B", "grade 1"), row("4", "山田, 花子", "0038807", "bed 3A", "grade 3"),
}

// B1: another terminal reorders the list.
func TestTheChoiceIsARecord(t *testing.T) {
	w := newWard(people...)
	d := newDesk(t, Config{}, w)
	d.screen()
	w.SetRows([]Row{people[3], people[1], people[0], people[2]}) // no key was pressed yet
	d.press("n")
	if !slices.Equal(w.opened, []string{"1"}) {
		t.Fatalf("opened %v", w.opened)
	}
	d.press("down") // the line after it now
	d.press("n")
	w.SetRows([]Row{people[3], people[1], people[0]}) // 3 leaves
	d.press("n", "enter")
	d.sees("does nothing now: nothing is chosen: ↑ ↓ choose")
	d.seesNot("▌")
	w.SetRows(people) // and comes back
	d.press("n")
	if !slices.Equal(w.opened, []string{"1", "3"}) {
		t.Errorf("opened %v", w.opened)
	}
	d.press("down", "n")
	if w.opened[2] != "4" { // the line that the selected record had
		t.Errorf("opened %v", w.opened)
	}
}

// A record that was just saved is selected as soon as it is in the list, unless a key has
// chosen another one meanwhile.
func TestTheChoiceWaitsForItsRecord(t *testing.T) {
	for _, keys := range [][]string{nil, {"down"}} {
		w := newWard(people[:3]...)
		d := newDesk(t, Config{}, w)
		d.screen()
		w.Choose("4")
		w.SetRows(people[:3])
		d.press("n")
		d.sees("nothing is chosen")
		d.press(keys...)
		w.SetRows(people)
		d.press("n")
		if w.opened[0] == "4" == (keys != nil) {
			t.Errorf("after %v: opened %v", keys, w.opened)
		}
		w.SetRows(people[:1]) // the selected record leaves the list, and does not become the selected one again
		w.SetRows(people)
		if id, ok := w.Chosen(); ok && id != "1" {
			t.Errorf("%s is selected again", id)
		}
	}
}

func TestSearchInALIst(t *testing.T) {
	w := newWard(people...)
	d := newDesk(t, Config{}, w)
	d.press("/", "s", "o", "r", "e", "n")
	d.sees("1 of 4")
	d.seesNot("Ada")
	d.press("enter")
	d.sees("▌1 SØRENSEN")
	d.press("enter")
	d.press("esc")
	d.wait(1e9)
	d.sees("Ada")
	d.press("/", "o", "k", "a", "f", "o", "r")
	d.sees("2 of 4")
	if _, ok := w.Chosen(); ok {
		t.Error("a hidden record is selected")
	}
	d.press("down", "enter", "n", "esc")
	d.wait(1e9)
	d.press(chars("004231")...)
	d.press("enter")
	d.sees("No patient with MRN 004231")
	d.press("7", "enter")
	if want := []string{"1", "2", "2"}; !slices.Equal(w.opened, want) {
		t.Errorf("opened %v, want %v", w.opened, want)
	}
	d.press("/", "x", "x")
	d.sees("0 of 4")
	d.press("enter", "esc")
	d.wait(1e9)
	d.sees("Ada")
}

func TestListsScroll(t *testing.T) {
	var rows []Row
	for i := range 40 {
		rows = append(rows, row(fmt.Sprint(100+i), "name", fmt.Sprint(i)))
	}
	w := newWard(rows...)
	d := newDesk(t, Config{}, w)
	d.sees("more lines")
	d.press("end")
	d.sees("▌139")
	d.sees("↑ 21 more lines")
	d.press("pgup", "up")
	d.press("home", "pgdown", "j", "j", "k")
	d.sees("▌")
	d.press("home")
	d.sees("▌100")
	d.sees("↓ 21 more lines")
}

// The selected record is in view and never changes by a reload, whatever happens.
func TestListProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWard()
		ids := rapid.SliceOfDistinct(rapid.IntRange(0, 30), func(i int) int { return i })
		draw := func() string {
			p := page(40, rapid.IntRange(1, 12).Draw(t, "height"))
			return strings.Join(w.View(p, func(_ Page, r Row, _ bool) string { return r.ID }), "\n")
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			before, had := w.Chosen()
			first := !w.loaded
			if rapid.Bool().Draw(t, "reload") {
				var rows []Row
				for _, i := range ids.Draw(t, "rows") {
					rows = append(rows, row(fmt.Sprint(i), fmt.Sprint(i), fmt.Sprint(i)))
				}
				w.SetRows(rows)
				if after, has := w.Chosen(); !first && has && (!had || after != before) {
					t.Fatalf("a reload chose %s, before it was %s", after, before)
				}
			} else {
				w.move(rapid.SampledFrom([]string{"up", "down", "home", "end", "pgup", "pgdown"}).Draw(t, "key"))
			}
			screen := draw()
			if _, has := w.Chosen(); has && strings.Count(screen, "▌") != 1 {
				t.Fatalf("the selected record is not in view: %s", screen)
			}
		}
	})
}

func TestFold(t *testing.T) {
	for query, name := range map[string]string{ // B19
		"sorensen": "SØRENSEN", "wojcik": "Wójcik", "lodz": "Łódź", "gross": "GROß", "aesir": "Æsir", "dordevic": "Đorđević",
		"garcialopez": "GARCÍA LÓPEZ", "obrien": "O’Brien", "nguyen": "NGUYỄN", "mueller": "Müller", "muller": "Müller",
		"soerensen": "Sørensen", "花子": "山田, 花子", "ilker": "İlker", "strasse": "Straße", "ivanova": "ivanova", "0042317": "００４２３１７",
		"Ångström": "angstrom", "francois": "FranÇois",
	} {
		if !NewQuery(query).Matches(name) {
			t.Errorf("%q does not find %q: %q, %q", query, name, Fold(query), Fold(name))
		}
	}
	for a, b := range map[string]string{"OKAFOR, Ada": "Ada Okafor", "Mueller, Ann": "MÜLLER, Ann Marie", "Smith-Jones, Bo": "SMITH JONES, Bo", "李, 明": "李 明", "Plato": "PLATO"} {
		if !SameName(a, b) || !SameName(b, a) {
			t.Errorf("%q and %q are two names", a, b)
		}
	}
	for a, b := range map[string]string{"OKAFOR, Ada": "OKAFOR, Ida", "OKAFOR": "OKAFOR, Ada", "": "X", "GARCÍA, Lucía": "LÓPEZ, Lucía"} {
		if SameName(a, b) || SameName(b, a) {
			t.Errorf("%q and %q are one name", a, b)
		}
	}
	if NewQuery("ida").Matches("Ada") || !NewQuery(" ").Empty() {
		t.Error("a search finds too much")
	}
	grade := func(r Row) []string { return r.Fields }
	if hits := Filter(NewQuery("grade 3"), people, grade); len(hits) != 1 || hits[0].ID != "4" {
		t.Errorf("grade 3 is %v", hits)
	}
	if hits := Filter(NewQuery("okafor 1a"), people, grade); len(hits) != 1 || hits[0].ID != "2" {
		t.Errorf("okafor 1a is %v", hits)
	}
}
