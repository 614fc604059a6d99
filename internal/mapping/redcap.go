package mapping

import (
	"slices"
	"strings"
	"time"

	"neurocheck/internal/csvlog"
)

// The columns of REDCap's own in a file of records.
const (
	recordID   = "record_id"
	instrument = "redcap_repeat_instrument"
)

// notBack are our columns that do not come back from REDCap: results, which follow from the
// findings, and the recording, which is that of the log.
var notBack = []string{"recorded_at", "recorded_by"}

// isREDCap reports whether the header is that of records that left a log for REDCap.
func isREDCap(header csvlog.Row) bool {
	return slices.Contains(header.Cells, recordID) && slices.Contains(header.Cells, instrument) && slices.Contains(header.Cells, csvlog.LogID)
}

// redcapRoles finds the role of each column of records. It stops the translation if one is
// none of ours and none of REDCap's.
func (t *translation) redcapRoles(header csvlog.Row) {
	before := len(t.problems)
	for i, name := range header.Cells {
		r := role{key: name, target: ourTarget(name)}
		switch {
		case name == recordID, name == csvlog.LogID, strings.HasPrefix(name, "redcap_"), strings.HasSuffix(name, "_complete"):
		case r.column == nil:
			t.problems = append(t.problems, csvlog.UnknownColumn(t.file, header.Line, i+1, name))
		case r.column.Part == csvlog.PartComputed || slices.Contains(notBack, r.column.Name):
			r.target = target{}
		}
		t.roles = append(t.roles, r)
	}
	t.stopped = len(t.problems) > before
}

// redcap makes a record of each check among records from REDCap, with the cells of its
// patient, whose form is a row of its own.
func (t *translation) redcap(header csvlog.Row, rows []csvlog.Row) {
	if t.redcapRoles(header); t.stopped {
		return
	}
	if t.zone == nil {
		t.zone = time.UTC // as the export has it
	}
	t.chooseColumns()
	cell := func(row csvlog.Row, name string) string {
		if i := slices.Index(header.Cells, name); i >= 0 {
			return strings.TrimSpace(row.Cells[i])
		}
		return ""
	}
	patients := make(map[string]csvlog.Row)
	for _, row := range rows {
		if cell(row, instrument) == "" {
			patients[cell(row, recordID)] = row
		}
		if log := cell(row, csvlog.LogID); log != "" && !slices.Contains(t.logs, log) {
			t.logs = append(t.logs, log)
		}
	}
	for _, row := range rows {
		if cell(row, instrument) == "" {
			continue
		}
		patient, known := patients[cell(row, recordID)]
		if !known {
			t.problem(row.Line, recordID, "the file has no form of the patient with this record; export all instruments")
			continue
		}
		r, isNew := t.blank(row.Line), cell(row, "check_id") == ""
		for i := range t.roles {
			of := &t.roles[i]
			if of.column == nil {
				continue
			}
			from := row
			if of.column.Part == csvlog.PartPatient {
				from = patient
			}
			value := strings.TrimSpace(from.Cells[i])
			// The time of a new check stays as it is, because package csvlog refuses an hour that
			// comes twice; in UTC none does.
			if !isNew || of.column.Name != "performed_at" || t.zone == time.UTC {
				value = t.onClock(of.target, value)
			}
			t.set(&r, of.target, value)
		}
		t.write(r)
	}
}

// onClock returns a time of REDCap with the offset of the zone: in the hour that comes twice one
// of the two, because the log compares the wall clocks of what it has. One that never was stays
// as it is, and is refused.
func (t *translation) onClock(to target, cell string) string {
	if to.column.Type != "datetime" {
		return cell
	}
	for _, form := range []string{time.DateTime, "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(form, cell, t.zone); err == nil && at.Format(form) == cell {
			return at.Format(time.RFC3339)
		}
	}
	return cell
}
