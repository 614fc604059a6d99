package csvlog

import (
	"bufio"
	"context"
	"io"

	"neurocheck/internal/ward"
)

// EachEvent calls yield for every event that is to leave, as [Each] does for
// checks.
type EachEvent func(yield func(*ward.Patient, *ward.Event) error) error

// eventColumn is one column of the CSV of events, which is written only.
type eventColumn struct {
	Field
	write func(dst []byte, p *ward.Patient, e *ward.Event) []byte
}

func eventText(name, description string, of func(*ward.Patient, *ward.Event) string, allowed ...ward.Term) eventColumn {
	field := Field{Name: name, Type: "string", Description: description}
	for _, t := range allowed {
		field.Constraints.Enum = append(field.Constraints.Enum, t.Code)
	}
	return eventColumn{field, func(dst []byte, p *ward.Patient, e *ward.Event) []byte { return appendCell(dst, of(p, e)) }}
}

var eventColumns = []eventColumn{
	eventText("kind", "What the row is", func(_ *ward.Patient, e *ward.Event) string { return string(e.Kind) }, ward.EventKinds...),
	{Field{Name: "at", Type: "datetime", Description: "When it was done, said or ordered"},
		func(dst []byte, _ *ward.Patient, e *ward.Event) []byte { return appendTime(dst, e.At) }},
	eventText("what", "For an intervention what was done, for a symptom who said it, for an order its kind", func(_ *ward.Patient, e *ward.Event) string { return e.What },
		append(append(append([]ward.Term(nil), ward.Interventions...), ward.Tellers...), ward.OrderKinds...)...),
	eventText("detail", "Dose, route or result; the words of a symptom; the interval and the reason of an order", func(_ *ward.Patient, e *ward.Event) string { return e.Detail }),
	eventText("status", "Whether it stands or was withdrawn as entered in error", func(_ *ward.Patient, e *ward.Event) string {
		if e.Withdrawn {
			return string(ward.Withdrawn)
		}
		return string(ward.Recorded)
	}, ward.Statuses[0], ward.Statuses[2]),
	{Field{Name: "recorded_at", Type: "datetime", Description: "When it was recorded"},
		func(dst []byte, _ *ward.Patient, e *ward.Event) []byte { return appendTime(dst, e.Recorded.At) }},
	eventText("recorded_by", "Who recorded it", func(_ *ward.Patient, e *ward.Event) string { return e.Recorded.By }),
	eventText("mrn", "Medical record number: text, with its leading zeros", func(p *ward.Patient, _ *ward.Event) string { return p.MRN }),
	eventText("name", "The patient's name: Family, Given", func(p *ward.Patient, _ *ward.Event) string { return p.Name }),
	{Field{Name: "birth_date", Type: "date", Description: "The patient's date of birth"},
		func(dst []byte, p *ward.Patient, _ *ward.Event) []byte { return append(dst, p.BirthDate.String()...) }},
}

// ExportEvents writes interventions, reported symptoms and orders as CSV to w, a
// second file beside that of the checks, and returns how many rows there were.
func ExportEvents(ctx context.Context, w io.Writer, each EachEvent) (rows int, err error) {
	out := bufio.NewWriterSize(w, 1<<16)
	var row []byte
	for i, c := range eventColumns {
		row = append(appendComma(row, i), c.Name...)
	}
	out.Write(append(row, '\n')) // an error stays and comes with the next call
	err = each(func(p *ward.Patient, e *ward.Event) error {
		rows++
		row = row[:0]
		for i, c := range eventColumns {
			row = c.write(appendComma(row, i), p, e)
		}
		if _, err := out.Write(append(row, '\n')); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return rows, err
	}
	return rows, out.Flush()
}
