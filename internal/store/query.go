package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// missingPatient is the error of a record about a patient who is not in the log.
func missingPatient(id int64) error {
	return engine.Unreadable(fmt.Sprintf("patient %d", id), errors.New("there is a record about a patient who is not in the log"))
}

// toMillis returns a time as the record has it, nil and nil for no time.
func toMillis(t time.Time) (ms, offset any) {
	if t.IsZero() {
		return nil, nil
	}
	_, seconds := t.Zone()
	return t.UnixMilli(), int64(seconds / 60)
}

// fromMillis is the inverse of toMillis.
func fromMillis(ms, offset sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return ward.FromRecord(ms.Int64, int(offset.Int64))
}

// millis returns a length of time as a number of milliseconds in SQL.
func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// text returns a text as the record has it: NULL if it is empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func boolInt(b bool) any {
	if b {
		return int64(1)
	}
	return int64(0)
}

func points(p icans.Points) any {
	if n, ok := p.Value(); ok {
		return int64(n)
	}
	return nil
}

// firstOf returns the first of some problems as an error, or nil.
func firstOf(problems []*ward.Error) error {
	if len(problems) == 0 {
		return nil
	}
	return problems[0]
}

// groupOf returns a query for the patients that are one with a patient.
func groupOf(patient string) string {
	return "SELECT patient_id FROM patient_now WHERE survivor_id = (SELECT survivor_id FROM patient_now WHERE patient_id = " + patient + ")"
}

// withLinked returns a query for the patients that another query selects, and all that are
// linked with them.
func withLinked(patients string) string {
	return "SELECT patient_id FROM patient_now WHERE survivor_id IN (SELECT n.survivor_id FROM patient_now n WHERE n.patient_id IN (" + patients + "))"
}

// inChunks runs a query that ends with IN for many texts, some of them at a time.
func inChunks[T any](ctx context.Context, q engine.Querier, texts []string, scan func(engine.Results) (T, error), query string) (list []T, err error) {
	const most = 64 // a query always has as many, so that it is prepared once
	marks := make([]string, most)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	query += "(" + strings.Join(marks, ", ") + ")"
	for chunk := range slices.Chunk(texts, most) {
		args := make([]any, most)
		for i := range args {
			args[i] = chunk[min(i, len(chunk)-1)]
		}
		found, err := engine.All(ctx, q, scan, query, args...)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}
