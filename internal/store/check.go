package store

import (
	"context"
	"slices"
	"strings"

	"neurocheck/internal/icans"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

func decodeCheck(r *row) ward.Check {
	c := ward.Check{
		ID: r.text("check_id"), Version: int(r.number("version")), PatientID: r.number("patient_id"), StayID: r.number("stay_id"),
		Status: ward.Status(r.text("status")), Reason: r.text("reason"), ReasonNote: r.text("reason_note"),
		PerformedAt: r.time("performed"), Recorded: r.recorded(), CauseNote: r.text("other_cause_note"), Note: r.text("note"),
	}
	for _, f := range icans.Fields() {
		r.set(f, &c.Findings, f.Column)
	}
	c.Grade(0) // for the parts that no other check changes
	c.Result.Flag, c.Result.Reasons = r.flagOf("flag", "flag_reasons")
	return c
}

// flagOf reads a flag and its reasons.
func (r *row) flagOf(flag, reasons string) (icans.Flag, icans.Reasons) {
	f, ok := icans.ParseFlag(r.text(flag))
	if !ok {
		r.fail(flag, "holds a word that this program does not know")
	}
	why, ok := icans.ParseReasons(r.text(reasons))
	if !ok {
		r.fail(reasons, "holds a word that this program does not know")
	}
	return f, why
}

// checksIn returns the checks that a query on check_now selects, in the order of the
// record. The query has COLUMN for the column that it returns.
func (in reader) checksIn(ctx context.Context, query string, args ...any) ([]ward.Check, error) {
	numbers := func(column string) string { return strings.Replace(query, "COLUMN", "n."+column, 1) }
	checks, err := recordsAt(ctx, in, checkTable, decodeCheck, numbers("seq"), args...)
	if err != nil || len(checks) == 0 && !in.asks() {
		return nil, err
	}
	return checks, in.reevaluate(ctx, checks, numbers("reevaluation"), args...)
}

// checkVersions returns every version of every check of a patient, the last performed
// first.
func (in reader) checkVersions(ctx context.Context, patient int64) ([]ward.Check, error) {
	versions, err := records(ctx, in, checkTable, decodeCheck, `
		WHERE r.patient_id = $1
		ORDER BY r.performed_at DESC, r.recorded_at DESC, r.seq DESC`, patient)
	if err != nil {
		return nil, err
	}
	markSuperseded(versions)
	return versions, in.reevaluate(ctx, versions, `SELECT seq FROM reevaluation WHERE patient_id = $1`, patient)
}

// versionsOf returns every version of one check, the oldest first.
func (in reader) versionsOf(ctx context.Context, id string) ([]ward.Check, error) {
	versions, err := records(ctx, in, checkTable, decodeCheck, `WHERE r.check_id = $1 ORDER BY r.version`, id)
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 && !in.asks() {
		return nil, nil
	}
	markSuperseded(versions)
	return versions, in.reevaluate(ctx, versions, `SELECT seq FROM reevaluation WHERE check_id = $1`, id)
}

// knownChecks returns those of the IDs that are checks in the log, once each.
func (in reader) knownChecks(ctx context.Context, ids []string) ([]string, error) {
	slices.Sort(ids)
	return inChunks(ctx, in.q, slices.Compact(ids), engine.Scan[string], `SELECT check_id FROM neuro_check WHERE version = 1 AND check_id IN `)
}

func markSuperseded(versions []ward.Check) {
	newest := make(map[string]int)
	for _, v := range versions {
		newest[v.ID] = max(newest[v.ID], v.Version)
	}
	for i := range versions {
		versions[i].Superseded = versions[i].Version < newest[versions[i].ID]
	}
}

// reevaluation is a flag that another record changed.
type reevaluation struct {
	id      string
	version int
	flag    icans.Flag
	reasons icans.Reasons
	because string
}

func decodeReevaluation(r *row) reevaluation {
	v := reevaluation{id: r.text("check_id"), version: int(r.number("version")), because: r.text("because")}
	v.flag, v.reasons = r.flagOf("flag", "flag_reasons")
	return v
}

// reevaluate applies to checks the reevaluations with the numbers that a query selects.
func (in reader) reevaluate(ctx context.Context, checks []ward.Check, numbers string, args ...any) error {
	list, err := recordsAt(ctx, in, reevaluationTable, decodeReevaluation, numbers, args...)
	if err != nil || len(list) == 0 {
		return err
	}
	type key struct {
		id      string
		version int
	}
	byVersion := make(map[key]*reevaluation, len(list))
	for i := range list {
		byVersion[key{list[i].id, list[i].version}] = &list[i]
	}
	for i := range checks {
		if v := byVersion[key{checks[i].ID, checks[i].Version}]; v != nil {
			c := &checks[i]
			c.Result.Flag, c.Result.Reasons, c.Because = v.flag, v.reasons, v.because
		}
	}
	return nil
}

// putCheck appends a version of a check with its result.
func (w *tx) putCheck(ctx context.Context, c *ward.Check) error {
	check := *c
	seq, err := w.appendRow(ctx, checkTable, func(dst []column) []column { return appendCheck(dst, &check) })
	if err != nil {
		return err
	}
	return w.putCheckNow(ctx, c, seq)
}

// appendCheck appends the columns of a check.
func appendCheck(dst []column, c *ward.Check) []column {
	performed, performedOffset := toMillis(c.PerformedAt)
	recorded, recordedOffset := toMillis(c.Recorded.At)
	var stay any
	if c.StayID != 0 {
		stay = c.StayID
	}
	dst = append(dst,
		column{"check_id", c.ID},
		column{"version", int64(c.Version)},
		column{"patient_id", c.PatientID},
		column{"stay_id", stay},
		column{"status", string(c.Status)},
		column{"reason", text(c.Reason)},
		column{"reason_note", text(c.ReasonNote)},
		column{"performed_at", performed},
		column{"performed_offset", performedOffset},
		column{"recorded_at", recorded},
		column{"recorded_offset", recordedOffset},
		column{"recorded_by", c.Recorded.By},
		column{"other_cause_note", text(c.CauseNote)},
		column{"note", text(c.Note)},
	)
	for _, f := range icans.Fields() {
		dst = append(dst, column{f.Column, finding(f, &c.Findings)})
	}
	r := &c.Result
	return append(dst,
		column{"score", points(r.Score)},
		column{"grade_low", int64(r.Low)},
		column{"grade_high", int64(r.High)},
		column{"drivers", text(string(r.Drivers.AppendCodes(nil)))},
		column{"flag", r.Flag.Code()},
		column{"flag_reasons", text(string(r.Reasons.AppendCodes(nil)))},
	)
}

// finding returns a finding as the record has it: points as a number, words as text.
func finding(f *icans.Field, x *icans.Findings) any {
	switch f.Group {
	case icans.GroupICE, icans.GroupCAPD, icans.GroupTotal, icans.GroupCRS:
		if n, ok := f.Number(x); ok {
			return int64(n)
		}
		return nil
	}
	code := f.Code(x)
	if known := codeValues[code]; known != nil {
		return known
	}
	return text(code)
}

// codeValues are the codes of the findings as values of the record. They are made once,
// because an import writes some twenty of them with each check.
var codeValues = func() map[string]any {
	values := make(map[string]any)
	for _, f := range icans.Fields() {
		for _, t := range f.Terms {
			values[t.Code] = text(t.Code)
		}
	}
	return values
}()

// putReevaluation appends a flag that another record changed.
func (w *tx) putReevaluation(ctx context.Context, r *ward.Reevaluation) error {
	c := &r.Check
	c.Because = r.Because
	seq, err := w.append(ctx, reevaluationTable,
		column{"check_id", c.ID},
		column{"version", int64(c.Version)},
		column{"patient_id", c.PatientID},
		column{"flag", c.Result.Flag.Code()},
		column{"flag_reasons", text(string(c.Result.Reasons.AppendCodes(nil)))},
		column{"because", r.Because},
	)
	if err != nil {
		return err
	}
	return w.putReevaluationNow(ctx, c.ID, c.Version, seq)
}
