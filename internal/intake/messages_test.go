package intake

import (
	"testing"
	"time"

	"neurocheck/internal/ward"
)

const (
	ada      = "0042317"
	adasStay = "NAIR, Priya from 20 Nov 08:00"
)

// messagesEnd is Ada at the end: the exchange of beds sent the first name again.
const messagesEnd = "OKAFOR, Ada; 1961-03-14; V1001 18A LEE, Sam from 20 Nov 08:00; perhaps one person"

// messageRows are the fifteen rows of test messages: the day and the time in November 2026 at
// which each arrives, the answers, and the patient who is shown after each message.
var messageRows = []struct {
	file              string
	day, hour, minute int
	answers           []string
	mrn               string
	shown             []string
}{
	{"01-admission", 20, 8, 6, []string{"AA applied", "AA applied duplicate"}, ada,
		[]string{"OKAFOR, Ada; 1961-03-14; V1001 12A " + adasStay, "OKAFOR, Ada; 1961-03-14; V1001 12A " + adasStay}},
	{"02-bed-repeated", 20, 12, 1, []string{"AA applied"}, ada, []string{"OKAFOR, Ada; 1961-03-14; V1001 15C " + adasStay}},
	{"03-transfer", 21, 10, 1, []string{"AA applied"}, ada, []string{"OKAFOR, Ada; 1961-03-14; V1001 14B " + adasStay + ", was 15C by Sam Lee"}},
	{"04-late-update", 21, 10, 5, []string{"AA applied"}, ada, []string{"OKAFOR, Ada; 1961-03-14; V1001 14B " + adasStay + ", was 15C by Sam Lee"}},
	{"05-transfer-taken-back", 22, 11, 1, []string{"AA applied", "AA applied"}, ada, []string{
		"OKAFOR, Ada; 1961-03-14; V1001 14B " + adasStay + " to 22 Nov 10:00 transferred, was 15C by Sam Lee",
		"OKAFOR, Ada; 1961-03-14; V1001 14B " + adasStay + ", was 15C by Sam Lee"}},
	{"06-discharge-taken-back", 28, 12, 1, []string{"AA applied", "AA applied"}, ada, []string{
		"OKAFOR, Ada; 1961-03-14; V1001 14B " + adasStay + " to 28 Nov 10:55 home unconfirmed, was 15C by Sam Lee",
		"OKAFOR, Ada; 1961-03-14; V1001 16A " + adasStay}},
	{"07-names", 28, 13, 31, []string{"AA applied", "AA applied"}, ada, []string{
		"OKAFOR-REYES, Ada; 1961-03-14; V1001 16A " + adasStay,
		"OKAFOR-REYES, Ada; 1961-03-14; V1001 16A " + adasStay + "; feed says name SILVA, Rosa"}},
	{"08-merges", 28, 14, 6, []string{"AA held merge", "AE 205 MRG^1^1"}, "0099001", []string{
		"OKAFOR, Ada; 1961-03-14; 1A from 28 Nov 13:00", "OKAFOR, Ada; 1961-03-14; 1A from 28 Nov 13:00"}},
	{"09-go-live", 28, 14, 31, []string{"AA applied"}, "0043000", []string{"LIND, Ola; 1955-01-02; V2001 17A NAIR, Priya from 19 Nov 14:30"}},
	{"10-latin-1", 28, 15, 1, []string{"AA applied"}, "0043011", []string{"SØRENSEN, Bjørg&Ola; 1970-05-20; V2002 18A NAIR, Priya from 28 Nov 15:00"}},
	{"11-swap", 28, 16, 6, []string{"AA applied", "AA held swap"}, "0043011", []string{
		"SØRENSEN, Bjørg&Ola; 1970-05-20; V2002 16A NAIR, Priya from 28 Nov 15:00",
		"SØRENSEN, Bjørg&Ola; 1970-05-20; V2002 16A NAIR, Priya from 28 Nov 15:00"}},
	{"12-not-for-us", 28, 16, 14, []string{"AA ignored test_patient", "AE 202 MSH^1^11", "AA ignored class", "AA ignored unknown"}, "0043012",
		[]string{"not known", "not known", "not known", "not known"}},
	{"13-identity", 28, 16, 22, []string{"AE 101 PID^1^3", "AA applied"}, "0043016", []string{
		"not known", "BERG, Kai; ; second ID V2007; V2007 20A NAIR, Priya from 28 Nov 16:20"}},
	{"14-discharge-first", 28, 17, 11, []string{"AA applied waiting", "AA applied"}, "0043017", []string{
		"not known", "PINTO, Rui; 1948-09-30; V2008 21A NAIR, Priya from 28 Nov 09:00 to 28 Nov 17:00 home"}},
	{"15-control-id-again", 28, 17, 31, []string{"AA applied control_id_reused", "AA applied"}, "0043020", []string{
		"not known", "OKAFOR, Ada; 1961-03-14; V2009 22A NAIR, Priya from 28 Nov 17:30; perhaps one person"}},
}

// onDay returns the times of a day in November 2026.
func onDay(zone *time.Location) func(day, hour, minute int) time.Time {
	return func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, zone) }
}

// The fifteen rows of test messages, in their order.
func TestMessages(t *testing.T) {
	r := newRecord(t)
	at := onDay(r.settings.Zone)
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
	for _, row := range messageRows {
		if prepare := before[row.file]; prepare != nil {
			prepare()
		}
		list := messages(t, row.file)
		if len(list) != len(row.answers) {
			t.Fatalf("%s holds %d messages", row.file, len(list))
		}
		for i, raw := range list {
			if answer := r.receive(raw, at(row.day, row.hour, row.minute)); answer != row.answers[i] {
				t.Errorf("%s, message %d: %s, want %s", row.file, i+1, answer, row.answers[i])
			}
			if shown := r.show(row.mrn); shown != row.shown[i] {
				t.Errorf("%s, message %d:\n%s, want\n%s", row.file, i+1, shown, row.shown[i])
			}
		}
	}
	if shown := r.show(ada); shown != messagesEnd {
		t.Errorf("at the end:\n%s, want\n%s", shown, messagesEnd)
	}
	if state := Replay(&r.settings, r, r.journal); len(state.Outcomes) != 19 {
		t.Errorf("%d messages are in the journal", len(state.Outcomes))
	}
}
