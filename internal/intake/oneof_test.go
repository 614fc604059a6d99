package intake

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// oneOf is a patient of a log with many, who all have the same name and date of birth. Each
// has an MRN and a day of the patient's own, so that the log is filled day by day.
type oneOf struct {
	*stored
	n      int
	checks int
	last   time.Time // at which a message arrived
}

// days is the distance of the patient's day from that of the messages.
func (o *oneOf) days() time.Duration { return time.Duration(o.n) * 24 * time.Hour }

// number returns the MRN that is used for one of a message.
func (o *oneOf) number(mrn string) string { return fmt.Sprintf("%s-%d", mrn, o.n) }

// take sends a message as the hospital does, soon after its recording, but not before the
// messages that the hospital has sent already.
func (o *oneOf) take(m Message) string {
	arrives := m.Received
	if arrives.Sub(m.Recorded.At) == lateness {
		arrives = m.Recorded.At.Add(20 * time.Second)
		if arrives.Before(o.last) {
			arrives = o.last
		}
		o.last = arrives
	}
	return o.receive(o.text(&m), arrives.Add(o.days()))
}

// show returns the patient in the words of [record.show].
func (o *oneOf) show(mrn string) string {
	words := o.words(o.number(mrn), -o.days())
	return strings.TrimSuffix(words, "; perhaps one person") // all are alike
}

// person implements [subject].
func (o *oneOf) person(mrn string, at time.Time, by string, change func(*ward.Patient, *ward.Stay)) {
	o.t.Helper()
	chart, _ := o.patient(o.number(mrn))
	p, stay := chart.Patient, *chart.Stay()
	before, was := p, stay
	moved := func(t time.Time, d time.Duration) time.Time {
		if t.IsZero() {
			return t
		}
		return t.Add(d)
	}
	stay.AdmittedAt, stay.DischargedAt = moved(stay.AdmittedAt, -o.days()), moved(stay.DischargedAt, -o.days())
	change(&p, &stay)
	stay.AdmittedAt, stay.DischargedAt = moved(stay.AdmittedAt, o.days()), moved(stay.DischargedAt, o.days())
	ctx, sig := o.t.Context(), ward.Sign(by, at.Add(o.days()))
	if p != before {
		p.Reason = "as the papers have it"
		if _, err := o.log.EditPatient(ctx, sig, p); err != nil {
			o.t.Fatal(err)
		}
	}
	switch {
	case !stay.DischargedAt.Equal(was.DischargedAt):
		if _, err := o.log.Discharge(ctx, sig, p.ID, stay.DischargedAt, stay.Discharge); err != nil {
			o.t.Fatal(err)
		}
	case stay.Visit != was.Visit || stay.Bed != was.Bed || stay.Clinician != was.Clinician || !stay.AdmittedAt.Equal(was.AdmittedAt):
		stay.Reason = "as the papers have it"
		if _, err := o.log.EditStay(ctx, sig, stay); err != nil {
			o.t.Fatal(err)
		}
	}
}

// admitted implements [subject].
func (o *oneOf) admitted(p ward.Patient, s ward.Stay, at time.Time, by string) {
	o.t.Helper()
	p.MRN, p.Tool = o.number(p.MRN), icans.ICE
	s.AdmittedAt = s.AdmittedAt.Add(o.days())
	if _, _, err := o.log.Admit(o.t.Context(), ward.Sign(by, at.Add(o.days())), p, s); err != nil {
		o.t.Fatal(err)
	}
}

// settle implements [subject].
func (o *oneOf) settle(at time.Time, by string, f Field, feed bool) {
	o.t.Helper()
	chart, _ := o.patient(o.number(ada))
	if err := o.log.Settle(o.t.Context(), ward.Sign(by, at.Add(o.days())), chart.Patient.ID, f, feed); err != nil {
		o.t.Fatal(err)
	}
}

// held implements [subject].
func (o *oneOf) held() (list []string) {
	o.t.Helper()
	waiting, err := o.log.Inbox(o.t.Context(), false)
	if err != nil {
		o.t.Fatal(err)
	}
	for i := range waiting {
		if id, mine := strings.CutPrefix(waiting[i].ControlID, fmt.Sprint(o.n, "-")); mine {
			list = append(list, id)
		}
	}
	return list
}

// kept implements [subject].
func (o *oneOf) kept() int {
	o.t.Helper()
	last, _, err := o.log.Head(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return int(last)
}

// occupy implements [subject].
func (o *oneOf) occupy() { o.occupied(ada, 1) }

// occupied records a check about the patient of an MRN at a minute of the patient's day.
func (o *oneOf) occupied(mrn string, minute int) {
	o.t.Helper()
	o.checks++
	chart, _ := o.patient(o.number(mrn))
	at := minutes(minute).At.Add(o.days())
	if admitted := chart.Stay().AdmittedAt; at.Before(admitted) {
		at = admitted.Add(time.Minute)
	}
	o.check(chart.Patient.MRN, fmt.Sprint("check-", o.n, "-", o.checks), 10, at)
}

// text returns a message as the hospital sends it.
func (o *oneOf) text(m *Message) []byte {
	a := m.ADT
	clock := func(t hl7.Time) string {
		if t.Precision == hl7.PrecisionNone {
			return ""
		}
		return t.At.Add(o.days()).UTC().Format("20060102150405.000+0000")
	}
	control := fmt.Sprintf("%d-%s", o.n, a.ControlID)
	lines := []string{
		fields("MSH|^~\\&", map[int]string{1: "ADT", 2: "CITY", 3: "NEUROCHECK", 4: "H4", 5: clock(a.Sent), 7: "ADT^" + a.Event, 8: control, 9: "P", 10: "2.5.1"}),
		fields("EVN", map[int]string{1: a.Event, 2: clock(a.Recorded), 6: clock(a.Occurred)}),
	}
	for i := range a.Persons {
		p := &a.Persons[i]
		pid := map[int]string{3: o.number(p.MRN) + "^^^CITY^MR", 5: p.Family + "^" + p.Given, 15: valueText(p.Language), 29: clock(p.DiedAt)}
		if d := p.BirthDate; d != (hl7.Date{}) {
			pid[7] = fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day)
		}
		if p.Died {
			pid[30] = "Y"
		}
		lines = append(lines, fields("PID", pid))
		if v := &p.Visit; v.Present {
			place := strings.Join(v.Place, "^")
			if v.PlaceClear {
				place = `""`
			}
			family, given, named := strings.Cut(v.Clinician.Text, ", ")
			clinician := valueText(v.Clinician)
			if named {
				clinician = "^" + family + "^" + given
			}
			lines = append(lines, fields("PV1", map[int]string{2: v.Class, 3: place, 7: clinician, 19: v.Number, 36: v.Disposition, 44: clock(v.Admitted), 45: clock(v.Discharged)}))
		}
		for _, prior := range p.Prior {
			lines = append(lines, fields("MRG", map[int]string{1: o.number(prior) + "^^^CITY^MR"}))
		}
	}
	if a.Historic {
		lines = append(lines, fields("ZBE", map[int]string{5: "Y"}))
	}
	return []byte(strings.Join(lines, "\r") + "\r")
}

// fields returns a segment with the fields that it has.
func fields(name string, of map[int]string) string {
	last := 0
	for n, text := range of {
		if text != "" {
			last = max(last, n)
		}
	}
	line := name
	for n := 1; n <= last; n++ {
		line += "|" + of[n]
	}
	return line
}

func valueText(v hl7.Value) string {
	if v.Clear {
		return `""`
	}
	return v.Text
}

// A message that the tests write is read as it was.
func TestTextOfAMessage(t *testing.T) {
	o := &oneOf{n: 0}
	m := a("A08", 5, func(p *hl7.Person) {
		p.Language.Text, p.Died, p.DiedAt, p.Visit.Clinician.Text, p.Visit.Disposition = "pt", true, minutes(2), "NAIR, Priya", "20"
		p.Visit.Admitted, p.Prior = minutes(0), []string{"7"}
	})
	m.Historic = true
	read, err := hl7.Parse(o.text(&m), newRecord(t).settings.Profile())
	if err != nil {
		t.Fatal(err)
	}
	got, err := read.ADT()
	if err != nil {
		t.Fatal(err)
	}
	p, v := got.Persons[0], got.Persons[0].Visit
	if got.Event != "A08" || !got.Recorded.At.Equal(m.Recorded.At) || !got.Historic || p.Name() != "OKAFOR, Ada" || p.Language.Text != "pt" || !p.Died || !p.DiedAt.At.Equal(minutes(2).At) ||
		v.Clinician.Text != "NAIR, Priya" || v.Disposition != "20" || !v.Admitted.At.Equal(minutes(0).At) || len(p.Prior) != 1 || v.Place[1] != "12" {
		t.Errorf("%+v", got)
	}
}
