package csvlog

import (
	"context"
	"encoding/csv"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones, also on a machine that has none

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

var someDay = ward.Date{Year: 2026, Month: 6, Day: 1}

// lisbon is a zone with summer time.
var lisbon = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		panic(err)
	}
	return zone
}()

func keyOf(b byte) []byte { return []byte(strings.Repeat(string(rune(b)), KeySize)) }

// table exports the rows and returns them by column.
func table(t interface {
	Helper()
	Fatal(...any)
}, p Profile, each Each) (file string, rows []map[string]string) {
	t.Helper()
	var out strings.Builder
	if _, err := p.Export(context.Background(), &out, each); err != nil {
		t.Fatal(err)
	}
	return out.String(), tableOf(t, out.String())
}

// tableOf returns the rows of a CSV by column.
func tableOf(t interface {
	Helper()
	Fatal(...any)
}, text string) (rows []map[string]string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := make(map[string]string)
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// mark writes a word that is nowhere else into every text below v, and at
// into every time.
func mark(v reflect.Value, name string, at time.Time, words *[]string) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(at.Add(time.Duration(len(*words)) * time.Minute)))
	case v.Kind() == reflect.String:
		word := "canary" + name
		v.SetString(word)
		*words = append(*words, word)
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[icans.Findings]() && v.Type() != reflect.TypeFor[icans.Result]():
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				mark(v.Field(i), name+v.Type().Field(i).Name, at, words)
			}
		}
	}
}

func TestDeidentifiedHoldsNothingThatIdentifies(t *testing.T) {
	// Everything happens on one day of the ward, so that no shift can bring one
	// true date to the place of another.
	at := time.Date(2026, 7, 3, 9, 0, 0, 0, lisbon)
	var p ward.Patient
	var s ward.Stay
	var c ward.Check
	var words []string
	mark(reflect.ValueOf(&p).Elem(), "Patient", at, &words)
	mark(reflect.ValueOf(&s).Elem(), "Stay", at, &words)
	mark(reflect.ValueOf(&c).Elem(), "Check", at, &words)
	if len(words) < 14 {
		t.Fatalf("only %v", words)
	}
	p.ID, s.ID, s.PatientID, c.PatientID = 987654321, 987654321, 987654321, 987654321
	p.BirthDate = ward.Date{Year: 1961, Month: 3, Day: 14}
	s.Discharge, c.Status, c.Reason, c.Version = "home", ward.Corrected, "other", 2
	p.Tool, c.Findings.Tool = icans.ICE, icans.ICE
	c.Grade(0)
	each := func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error { return yield(&p, &s, &c) }

	for name, form := range map[string]func(Profile) Profile{
		"csv":         func(p Profile) Profile { return p },
		"spreadsheet": Profile.Spreadsheet,
		"redcap":      func(p Profile) Profile { return p.REDCap(lisbon) },
	} {
		if file, _ := table(t, form(Profile{}), each); !strings.Contains(file, "canaryPatientMRN") || !strings.Contains(file, "canaryCheckNote") || !strings.Contains(file, "canaryCheckCauseNote") || !strings.Contains(file, "canaryStayVisit") || !strings.Contains(file, "2026-07-03") {
			t.Errorf("%s: without de-identification the words are not there either:\n%s", name, file)
		}
		for key := range byte(100) {
			file, rows := table(t, form(NewDeidentifier(keyOf(key), lisbon, someDay).Profile()), each)
			if len(rows) == 0 {
				t.Fatal("nothing was written")
			}
			for _, word := range []string{"canary", "Canary", "987654321", "2026-07-03", "03/07", "07/03", "1961-03-14", "03-14", "+01:00"} {
				if strings.Contains(file, word) {
					t.Fatalf("%s, key %d: %s is in\n%s", name, key, word, file)
				}
			}
		}
	}
}

// An engineer who adds a column decides here if it may leave.
func TestDeidentifiedColumns(t *testing.T) {
	left := make(map[string]bool)
	for _, c := range NewDeidentifier(keyOf(1), lisbon, someDay).Profile().columns() {
		left[c.Name] = true
	}
	var out []string
	for _, c := range columns {
		if !left[c.Name] {
			out = append(out, c.Name)
		}
		delete(left, c.Name)
	}
	if diff := cmp.Diff([]string{"reason_note", "recorded_at", "mrn", "second_id", "name", "birth_date", "bed", "visit", "language", "other_cause_note", "note"}, out); diff != "" {
		t.Errorf("left out:\n%s", diff)
	}
	if want := map[string]bool{"patient_id": true, "birth_year": true, "age": true}; !cmp.Equal(left, want) {
		t.Errorf("added: %v", left)
	}
}

func TestDeidentifiedTimesKeepWhatLiesBetween(t *testing.T) {
	moments := []string{"infused_at", "admitted_at", "discharged_at", "performed_at"}
	rapid.Check(t, func(t *rapid.T) {
		p, stays := drawPatient(t), drawStays(t)
		var checks []ward.Check
		var in []*ward.Stay // of each check
		for range rapid.IntRange(1, 4).Draw(t, "checks") {
			s := &stays[rapid.IntRange(0, len(stays)-1).Draw(t, "stay")]
			checks, in = append(checks, drawCheck(t, s, "c")), append(in, s)
		}
		each := func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
			for i := range checks {
				if err := yield(&p, in[i], &checks[i]); err != nil {
					return err
				}
			}
			return nil
		}
		key := rapid.SliceOfN(rapid.Byte(), KeySize, KeySize).Draw(t, "key")
		_, rows := table(t, NewDeidentifier(key, lisbon, someDay).Profile(), each)
		reference := p.InfusedAt
		if reference.IsZero() {
			reference = in[0].AdmittedAt
		}
		_, offset := reference.In(lisbon).Zone()
		shift := time.Duration(-1)
		for i, row := range rows {
			for _, name := range moments {
				at := *byName[name].when(&p, in[i], &checks[i])
				inferred := name == "admitted_at" && in[i].AdmissionInferred || name == "discharged_at" && in[i].EndInferred
				if at.IsZero() || inferred {
					if row[name] != "" {
						t.Fatalf("%s is %q", name, row[name])
					}
					continue
				}
				left, reason := parseTime(row[name])
				if reason != "" || !strings.HasSuffix(row[name], "Z") {
					t.Fatalf("%s is %q", name, row[name])
				}
				if shift == -1 {
					shift = left.Sub(at.Truncate(time.Minute))
				}
				if left.Sub(at.Truncate(time.Minute)) != shift {
					t.Fatalf("%s is shifted by %v, and others by %v", name, left.Sub(at), shift)
				}
				_, here := at.In(lisbon).Zone()
				sameClock := at.Truncate(time.Minute).In(lisbon).Format("15:04:05.000") == left.Format("15:04:05.000")
				if here == offset && !sameClock {
					t.Fatalf("%s reads %v, and was %v on the ward", name, left, at.In(lisbon))
				}
				if day, ok := p.Day(at, lisbon); ok && here == offset {
					infused, _ := parseTime(row["infused_at"])
					_, then := p.InfusedAt.In(lisbon).Zone()
					q := ward.Patient{InfusedAt: infused}
					if shifted, _ := q.Day(left, time.UTC); then == offset && shifted != day {
						t.Fatalf("day %d became day %d", day, shifted)
					}
				}
			}
		}
		days := shift - time.Duration(offset)*time.Second
		if n := days / (24 * time.Hour); days%(24*time.Hour) != 0 || n == 0 || n < -furthest || n > furthest {
			t.Fatalf("shifted by %v", shift)
		}
	})
}

// Every shift comes up, and none is no shift.
func TestShiftsAreSpreadOut(t *testing.T) {
	d := NewDeidentifier(keyOf(7), time.UTC, someDay)
	counts := make(map[int]int)
	for i := range 50_000 {
		p := ward.Patient{MRN: time.Duration(i).String()}
		counts[int(d.shift(&p, start)/(24*time.Hour))]++
	}
	if counts[0] != 0 || len(counts) != 2*furthest || counts[-furthest] == 0 || counts[furthest] == 0 {
		t.Errorf("%d shifts of %d; none at all %d times", len(counts), 2*furthest, counts[0])
	}
}

func TestIdentitiesFollowFromTheKey(t *testing.T) {
	p, s := ward.Patient{MRN: "0042317", Product: "Yescarta"}, ward.Stay{Clinician: "I. Reis", AdmittedAt: start}
	c := ward.Check{ID: "a", Recorded: ward.Signature{By: "I. Reis", At: start}, PerformedAt: start}
	each := func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error { return yield(&p, &s, &c) }
	of := func(key byte) (string, map[string]string) {
		d := NewDeidentifier(keyOf(key), lisbon, someDay)
		d.Know(func(string, int) bool { return true }, nil)
		file, rows := table(t, d.Profile(), each)
		return file, rows[0]
	}
	file, one := of(1)
	if again, _ := of(1); again != file {
		t.Errorf("the same key gives other identities:\n%s%s", file, again)
	}
	_, two := of(2)
	for _, name := range []string{"patient_id", "check_id", "recorded_by"} {
		if len(one[name]) != 22 || one[name] == two[name] {
			t.Errorf("%s: %q and, with another key, %q", name, one[name], two[name])
		}
	}
	if one["clinician"] != one["recorded_by"] {
		t.Error("one person has two identities")
	}
	if one["product"] != "axi-cel" {
		t.Errorf("product is %q", one["product"])
	}
	// One word that is a patient's MRN and a check's ID has two pseudonyms.
	p.MRN, c.ID = "same", "same"
	if _, row := of(1); strings.TrimPrefix(row["patient_id"], "p-") == strings.TrimPrefix(row["check_id"], "c-") {
		t.Error("patients and checks share identities")
	}
}

func TestAgesOver89AreGrouped(t *testing.T) {
	for _, test := range []struct {
		born      ward.Date
		year, age string
	}{
		{ward.Date{Year: 1961, Month: 3, Day: 14}, "1961", "64"},  // 65 two weeks after the admission
		{ward.Date{Year: 1936, Month: 6, Day: 2}, "1936", "89"},   // 90 tomorrow
		{ward.Date{Year: 1936, Month: 6, Day: 1}, "", "90+"},      // 90 today, and 89 at the admission
		{ward.Date{Year: 1920, Month: 1, Day: 1}, "", "90+"},      //
		{ward.Date{Year: 2026, Month: 1, Day: 1}, "2026", "0"},    //
		{ward.Date{Year: 1936, Month: 3, Day: 1}, "", "90+"},      // 90 on the day of the admission
		{ward.Date{Year: 1936, Month: 12, Day: 31}, "1936", "89"}, //
		{ward.Date{}, "", ""}, // not known
	} {
		p, s := ward.Patient{MRN: "1", BirthDate: test.born}, ward.Stay{AdmittedAt: start} // 1 March 2026
		c := ward.Check{PerformedAt: start}
		_, rows := table(t, NewDeidentifier(keyOf(1), lisbon, someDay).Profile(),
			func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error { return yield(&p, &s, &c) })
		if got := []string{rows[0]["birth_year"], rows[0]["age"]}; !slices.Equal(got, []string{test.year, test.age}) {
			t.Errorf("born %v: %q", test.born, got)
		}
	}
}

func TestOnlyKnownProductsAreNamed(t *testing.T) {
	for typed, want := range map[string]string{
		"": "", "axi-cel": "axi-cel", "Axi-Cel": "axi-cel", "Kymriah": "tisa-cel", "teclistamab": "teclistamab",
		"axi-cel for Ada Okafor": "other", "trial 17": "other",
	} {
		if got := knownProduct(typed); got != want {
			t.Errorf("%q is named %q", typed, got)
		}
	}
	for name, short := range products {
		if short != "" {
			if named, known := products[short]; !known || named != "" {
				t.Errorf("%s is called %s, which is no product", name, short)
			}
		}
	}
}

// No instant that the program stamped leaves, none that two patients share, and none finer
// than a minute (cases.md C14).
func TestDeidentifiedTimesTellNothingOfOthers(t *testing.T) {
	at := start.Add(3*time.Hour + 12*time.Second)
	stamp := start.Add(48 * time.Hour)
	type row struct {
		p ward.Patient
		s ward.Stay
		c ward.Check
	}
	person := func(mrn string, change func(*row)) row {
		r := row{
			ward.Patient{MRN: mrn, InfusedAt: at},
			ward.Stay{AdmittedAt: at, DischargedAt: at.Add(time.Hour), Discharge: "home", Began: ward.Signature{By: "Sam Lee"}, Recorded: ward.Signature{By: "Sam Lee"}},
			ward.Check{ID: "c" + mrn, Version: 1, PerformedAt: at.Add(time.Minute), Recorded: ward.Signature{By: "Sam Lee", At: stamp}},
		}
		change(&r)
		return r
	}
	rows := []row{
		person("own", func(r *row) {}),
		person("shared 1", func(r *row) {
			r.p.InfusedAt, r.s.AdmittedAt, r.s.DischargedAt = stamp, stamp.Add(time.Hour), stamp.Add(2*time.Hour)
		}),
		person("shared 2", func(r *row) {
			r.p.InfusedAt, r.s.AdmittedAt, r.s.DischargedAt = stamp.Add(20*time.Second), stamp.Add(time.Hour), stamp.Add(2*time.Hour)
		}),
		person("inferred", func(r *row) {
			r.p.InfusedAt = at.Add(24 * time.Hour)
			r.s.AdmittedAt, r.s.DischargedAt, r.s.AdmissionInferred, r.s.EndInferred = at.Add(5*time.Hour), at.Add(6*time.Hour), true, true
		}),
		person("of a feed", func(r *row) {
			r.p.InfusedAt = at.Add(25 * time.Hour)
			r.s.AdmittedAt, r.s.DischargedAt = at.Add(7*time.Hour), at.Add(8*time.Hour)
			r.s.AdmittedBy, r.s.DischargedBy = "feed ADT", "feed ADT"
		}),
		person("begun by a feed", func(r *row) {
			r.p.InfusedAt = at.Add(27 * time.Hour)
			r.s.AdmittedAt, r.s.DischargedAt = at.Add(11*time.Hour), at.Add(12*time.Hour)
			r.s.AdmittedBy, r.s.Began.By, r.s.DischargedBy = "feed ADT", "feed ADT", "Sam Lee"
		}),
		person("confirmed", func(r *row) { // the discharge by a feed
			r.p.InfusedAt = at.Add(28 * time.Hour)
			r.s.AdmittedAt, r.s.DischargedAt = at.Add(13*time.Hour), at.Add(14*time.Hour)
			r.s.AdmittedBy, r.s.DischargedBy = "Sam Lee", "feed ADT"
		}),
		person("imported", func(r *row) {
			r.p.InfusedAt = at.Add(26 * time.Hour)
			r.s.AdmittedAt, r.s.DischargedAt = at.Add(9*time.Hour), at.Add(10*time.Hour)
		}),
	}
	d := NewDeidentifier(keyOf(3), time.UTC, someDay)
	var times [][]time.Time
	for _, r := range rows {
		times = append(times, []time.Time{r.p.InfusedAt, r.s.AdmittedAt, r.s.DischargedAt})
	}
	d.Know(func(id string, version int) bool { return id != "cimported" && version == 1 }, times)
	file, got := table(t, d.Profile(), func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		for i := range rows {
			if err := yield(&rows[i].p, &rows[i].s, &rows[i].c); err != nil {
				return err
			}
		}
		return nil
	})
	if strings.Contains(file, ":12Z") || strings.Contains(file, "recorded_at") {
		t.Errorf("a second or a stamp leaves:\n%s", file)
	}
	empty := map[string]string{"shared 1": "infused_at admitted_at discharged_at", "shared 2": "infused_at admitted_at discharged_at",
		"inferred": "admitted_at discharged_at", "of a feed": "admitted_at discharged_at", "begun by a feed": "admitted_at", "confirmed": "discharged_at", "imported": "recorded_by"}
	for i, r := range rows {
		for _, name := range []string{"infused_at", "admitted_at", "discharged_at", "performed_at", "recorded_by"} {
			if want := strings.Contains(empty[r.p.MRN], name); (got[i][name] == "") != want {
				t.Errorf("%s of %s is %q", name, r.p.MRN, got[i][name])
			}
		}
	}
}

func TestSmallGroupsAreCountedAndNotNamed(t *testing.T) {
	d := NewDeidentifier(keyOf(3), time.UTC, someDay)
	if said := d.SmallGroups(); said != "" {
		t.Error(said)
	}
	_, _ = table(t, d.Profile(), func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		for i := range 24 {
			p := ward.Patient{MRN: start.Add(time.Duration(i) * time.Second).String(), Product: "Yescarta", Tool: icans.ICE, BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}}
			if i < 2 {
				p.Product, p.BirthDate.Year = "teclistamab", 2010
			}
			s, c := ward.Stay{AdmittedAt: start, Discharge: []string{"home", "died"}[i%2]}, ward.Check{ID: p.MRN, PerformedAt: start}
			if err := yield(&p, &s, &c); err != nil {
				return err
			}
		}
		return nil
	})
	const want = "values with fewer than 11 patients: product 1, age band 1; patients alone in all of these together: 2"
	if said := d.SmallGroups(); said != want {
		t.Errorf("%q", said)
	}
}
