package intake

import (
	"testing"
	"time"

	"neurocheck/internal/ward"
)

// The fifteen rows of test messages, in their order.
func TestMessages(t *testing.T) {
	r := newRecord(t)
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 11, day, hour, minute, 0, 0, r.settings.Zone)
	}
	const ada = "0042317"
	before := map[string]func(){
		"02-bed-repeated": func() {
			r.person(ada, at(20, 9, 0), "Sam Lee", func(_ *ward.Patient, s *ward.Stay) { s.Bed = "15C" })
		},
		"06-discharge-taken-back": func() { r.patients[ada].busy = true }, // an urgent follow-up is open
		"08-merges": func() {
			r.admitted(ward.Patient{MRN: "0099001", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}},
				ward.Stay{Bed: "1A", AdmittedAt: at(28, 13, 0)}, at(28, 13, 0), "Sam Lee")
			r.patients["0099001"].busy = true
		},
	}
	const stay = "NAIR, Priya from 20 Nov 08:00"
	for _, row := range []struct {
		file     string
		received time.Time
		answers  []string
		mrn      string // of the patients that are shown after each message
		shown    []string
	}{
		{"01-admission", at(20, 8, 6), []string{"AA applied", "AA applied duplicate"}, ada,
			[]string{"OKAFOR, Ada; 1961-03-14; V1001 12A " + stay, "OKAFOR, Ada; 1961-03-14; V1001 12A " + stay}},
		{"02-bed-repeated", at(20, 12, 1), []string{"AA applied"}, ada, []string{"OKAFOR, Ada; 1961-03-14; V1001 15C " + stay}},
		{"03-transfer", at(21, 10, 1), []string{"AA applied"}, ada, []string{"OKAFOR, Ada; 1961-03-14; V1001 14B " + stay + ", was 15C by Sam Lee"}},
		{"04-late-update", at(21, 10, 5), []string{"AA applied"}, ada, []string{"OKAFOR, Ada; 1961-03-14; V1001 14B " + stay + ", was 15C by Sam Lee"}},
		{"05-transfer-taken-back", at(22, 11, 1), []string{"AA applied", "AA applied"}, ada, []string{
			"OKAFOR, Ada; 1961-03-14; V1001 14B " + stay + " to 22 Nov 10:00 transferred, was 15C by Sam Lee",
			"OKAFOR, Ada; 1961-03-14; V1001 14B " + stay + ", was 15C by Sam Lee"}},
		{"06-discharge-taken-back", at(28, 12, 1), []string{"AA applied", "AA applied"}, ada, []string{
			"OKAFOR, Ada; 1961-03-14; V1001 14B " + stay + " to 28 Nov 10:55 home unconfirmed, was 15C by Sam Lee",
			"OKAFOR, Ada; 1961-03-14; V1001 16A " + stay}},
		{"07-names", at(28, 13, 31), []string{"AA applied", "AA applied"}, ada, []string{
			"OKAFOR-REYES, Ada; 1961-03-14; V1001 16A " + stay,
			"OKAFOR-REYES, Ada; 1961-03-14; V1001 16A " + stay + "; feed says name SILVA, Rosa"}},
		{"08-merges", at(28, 14, 6), []string{"AA held merge", "AE 205 MRG^1^1"}, "0099001", []string{
			"OKAFOR, Ada; 1961-03-14; 1A from 28 Nov 13:00", "OKAFOR, Ada; 1961-03-14; 1A from 28 Nov 13:00"}},
		{"09-go-live", at(28, 14, 31), []string{"AA applied"}, "0043000", []string{"LIND, Ola; 1955-01-02; V2001 17A NAIR, Priya from 19 Nov 14:30"}},
		{"10-latin-1", at(28, 15, 1), []string{"AA applied"}, "0043011", []string{"SØRENSEN, Bjørg&Ola; 1970-05-20; V2002 18A NAIR, Priya from 28 Nov 15:00"}},
		{"11-swap", at(28, 16, 6), []string{"AA applied", "AA held swap"}, "0043011", []string{
			"SØRENSEN, Bjørg&Ola; 1970-05-20; V2002 16A NAIR, Priya from 28 Nov 15:00",
			"SØRENSEN, Bjørg&Ola; 1970-05-20; V2002 16A NAIR, Priya from 28 Nov 15:00"}},
		{"12-not-for-us", at(28, 16, 14), []string{"AA ignored test_patient", "AE 202 MSH^1^11", "AA ignored class", "AA ignored unknown"}, "0043012",
			[]string{"not known", "not known", "not known", "not known"}},
		{"13-identity", at(28, 16, 22), []string{"AE 101 PID^1^3", "AA applied"}, "0043016", []string{
			"not known", "BERG, Kai; ; second ID V2007; V2007 20A NAIR, Priya from 28 Nov 16:20"}},
		{"14-discharge-first", at(28, 17, 11), []string{"AA applied waiting", "AA applied"}, "0043017", []string{
			"not known", "PINTO, Rui; 1948-09-30; V2008 21A NAIR, Priya from 28 Nov 09:00 to 28 Nov 17:00 home"}},
		{"15-control-id-again", at(28, 17, 31), []string{"AA applied control_id_reused", "AA applied"}, "0043020", []string{
			"not known", "OKAFOR, Ada; 1961-03-14; V2009 22A NAIR, Priya from 28 Nov 17:30; perhaps one person"}},
	} {
		if prepare := before[row.file]; prepare != nil {
			prepare()
		}
		list := messages(t, row.file)
		if len(list) != len(row.answers) {
			t.Fatalf("%s holds %d messages", row.file, len(list))
		}
		for i, raw := range list {
			if answer := r.receive(raw, row.received); answer != row.answers[i] {
				t.Errorf("%s, message %d: %s, want %s", row.file, i+1, answer, row.answers[i])
			}
			if shown := r.show(row.mrn); shown != row.shown[i] {
				t.Errorf("%s, message %d:\n%s, want\n%s", row.file, i+1, shown, row.shown[i])
			}
		}
	}
	// The swap sent the first name again.
	const end = "OKAFOR, Ada; 1961-03-14; V1001 18A LEE, Sam from 20 Nov 08:00; perhaps one person"
	if shown := r.show(ada); shown != end {
		t.Errorf("at the end:\n%s, want\n%s", shown, end)
	}
	if state := Replay(&r.settings, r, r.journal); len(state.Outcomes) != 19 {
		t.Errorf("%d messages are in the journal", len(state.Outcomes))
	}
}
