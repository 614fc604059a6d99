package csvlog

import (
	"bufio"
	"context"
	"io"
	"slices"
	"strconv"
	"time"

	"neurocheck/internal/ward"
)

// EachEvent calls yield for every event to export, as [Each] does for checks.
type EachEvent func(yield func(*ward.Patient, *ward.Event) error) error

// eventColumn is one column of the CSV of events, which is written only.
type eventColumn struct {
	Field
	text  func(*ward.Patient, *ward.Event) string // of a column of free text, else nil
	write func(dst []byte, p *ward.Patient, e *ward.Event) []byte
}

func eventText(name, description string, of func(*ward.Patient, *ward.Event) string, allowed ...ward.Term) eventColumn {
	field := Field{Name: name, Type: "string", Description: description}
	for _, t := range allowed {
		field.Constraints.Enum = append(field.Constraints.Enum, t.Code)
	}
	return eventColumn{field, of, func(dst []byte, p *ward.Patient, e *ward.Event) []byte { return appendCell(dst, of(p, e)) }}
}

var eventColumns = []eventColumn{
	eventText("kind", "Kind of the event", func(_ *ward.Patient, e *ward.Event) string { return string(e.Kind) }, ward.EventKinds...),
	{Field{Name: "at", Type: "datetime", Description: "When it was done, reported or ordered"}, nil,
		func(dst []byte, _ *ward.Patient, e *ward.Event) []byte { return appendTime(dst, e.At) }},
	eventText("what", "The intervention, the reporter of a symptom, or the kind of an order", func(_ *ward.Patient, e *ward.Event) string { return e.What },
		slices.Concat(ward.Interventions, ward.Reporters, ward.OrderKinds)...),
	eventText("detail", "Dose, route or result; the words of a report; the reason of an order", func(_ *ward.Patient, e *ward.Event) string { return e.Detail }),
	eventNumber("interval_minutes", "The interval that an order sets, in minutes", func(e *ward.Event) int { return int(e.Interval / time.Minute) }),
	eventNumber("until_day", "The last day of checks that an order sets, in days since the infusion", func(e *ward.Event) int { return e.UntilDay }),
	eventText("status", "Whether it counts or was withdrawn", func(_ *ward.Patient, e *ward.Event) string {
		if e.Withdrawn {
			return string(ward.Withdrawn)
		}
		return string(ward.Recorded)
	}, ward.Statuses[0], ward.Statuses[2]),
	eventText("reason", "Why it was withdrawn; else empty", func(_ *ward.Patient, e *ward.Event) string { return e.Reason }),
	{Field{Name: "recorded_at", Type: "datetime", Description: "When it was recorded"}, nil,
		func(dst []byte, _ *ward.Patient, e *ward.Event) []byte { return appendTime(dst, e.Recorded.At) }},
	eventText("recorded_by", "Who recorded it", func(_ *ward.Patient, e *ward.Event) string { return e.Recorded.By }),
	eventText("mrn", "Medical record number: text, with its leading zeros", func(p *ward.Patient, _ *ward.Event) string { return p.MRN }),
	eventText("name", "The patient's name: Family, Given", func(p *ward.Patient, _ *ward.Event) string { return p.Name }),
	{Field{Name: "birth_date", Type: "date", Description: "The patient's date of birth; empty if it is unknown"}, nil,
		func(dst []byte, p *ward.Patient, _ *ward.Event) []byte { return append(dst, p.BirthDate.String()...) }},
}

// eventNumber makes a column of whole numbers from 1; 0 is an empty cell.
func eventNumber(name, description string, of func(*ward.Event) int) eventColumn {
	return eventColumn{number(name, description, 1, unbounded), nil, func(dst []byte, _ *ward.Patient, e *ward.Event) []byte {
		if n := of(e); n > 0 {
			dst = strconv.AppendInt(dst, int64(n), 10)
		}
		return dst
	}}
}

// forSpreadsheets returns the columns of events in the form for spreadsheets: see
// [Profile.Spreadsheet].
func forSpreadsheets(list []eventColumn) []eventColumn {
	safe := slices.Clone(list)
	for i, c := range safe {
		if c.text != nil {
			safe[i].write = func(dst []byte, p *ward.Patient, e *ward.Event) []byte { return appendCell(dst, disarm(c.text(p, e))) }
		}
	}
	return append(safe, eventColumn{profileMark.Field, nil, func(dst []byte, _ *ward.Patient, _ *ward.Event) []byte {
		return append(dst, spreadsheet...)
	}})
}

// ExportEvents writes interventions, reports and orders as CSV to w, apart from the
// checks, and returns the number of rows. With asSpreadsheet they have the form for
// spreadsheets.
func ExportEvents(ctx context.Context, w io.Writer, each EachEvent, asSpreadsheet bool) (rows int, err error) {
	list, begin, end := eventColumns, "", "\n"
	if asSpreadsheet {
		list, begin, end = forSpreadsheets(list), byteOrderMark, "\r\n"
	}
	out := bufio.NewWriterSize(w, 1<<16)
	row := []byte(begin)
	for i, c := range list {
		row = append(appendComma(row, i), c.Name...)
	}
	out.Write(append(row, end...)) // an error stays and comes with the next call
	err = each(func(p *ward.Patient, e *ward.Event) error {
		rows++
		row = row[:0]
		for i, c := range list {
			row = c.write(appendComma(row, i), p, e)
		}
		if _, err := out.Write(append(row, end...)); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return rows, err
	}
	return rows, out.Flush()
}
