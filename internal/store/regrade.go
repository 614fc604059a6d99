package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

const checkTable = "neuro_check"

// judge grades the findings of checks anew, and says where something else is
// stored. Reasons that come from looking back at other checks are taken as they
// are stored: what a flag was compared with may have been corrected since.
type judge struct {
	at    columns // where the columns of the checks stand
	find  driver.StmtQueryContext
	row   []driver.Value // a row that find brought
	again columns        // where those of the reevaluations stand
	codes []byte
}

// columns are where in a row the columns stand that a judge looks at.
type columns struct {
	known                                        bool
	checkID, author, recordedBy                  int
	version, status, reason                      int
	score, low, high, drivers, flag, flagReasons int
	fields                                       []int // each of icans.Fields
}

func (c *columns) learn(names []string) {
	if c.known {
		return
	}
	at := func(name string) int { return slices.Index(names, name) }
	*c = columns{
		known:   true,
		checkID: at("check_id"), author: at("author"), recordedBy: at("recorded_by"),
		version: at("version"), status: at("status"), reason: at("reason"),
		score: at("score"), low: at("grade_low"), high: at("grade_high"), drivers: at("drivers"), flag: at("flag"), flagReasons: at("flag_reasons"),
	}
	for _, f := range icans.Fields() {
		c.fields = append(c.fields, at(f.Column))
	}
}

func newJudge(conn driver.ConnPrepareContext) (*judge, error) {
	find, err := prepared(conn, `SELECT * FROM neuro_check WHERE check_id = ?1 AND version = ?2`)
	return &judge{find: find}, err
}

func (j *judge) close() error {
	if j.find == nil {
		return nil
	}
	return j.find.(driver.Stmt).Close()
}

// check judges a version of a check.
func (j *judge) check(s *source) (string, error) {
	j.at.learn(s.names)
	c, misfit := j.read(s.row)
	if misfit != "" {
		return misfit, nil
	}
	return j.differs(&c, s.row), nil
}

// reevaluation judges a flag that was evaluated anew.
func (j *judge) reevaluation(s *source) (misfit string, err error) {
	j.again.learn(s.names)
	id, version := s.row[j.again.checkID], s.row[j.again.version]
	rows, err := j.find.QueryContext(context.Background(), []driver.NamedValue{{Ordinal: 1, Value: id}, {Ordinal: 2, Value: version}})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if j.row == nil {
		j.at.learn(rows.Columns())
		j.row = make([]driver.Value, len(rows.Columns()))
	}
	switch err := rows.Next(j.row); {
	case errors.Is(err, io.EOF):
		return "there is no such version of a check", nil
	case err != nil:
		return "", err
	}
	c, misfit := j.read(j.row)
	if misfit != "" {
		return "of its check, " + misfit, nil
	}
	return j.flagDiffers(&c, s.row[j.again.flag], s.row[j.again.flagReasons]), nil
}

// read takes the findings of a row. What it refuses is what the rules of the
// table refuse, which SQLite is not asked about again: see wholeFile.
func (j *judge) read(row []driver.Value) (c ward.Check, misfit string) {
	for i, f := range icans.Fields() {
		var code string
		switch v := row[j.at.fields[i]].(type) {
		case nil:
			continue
		case int64:
			code = strconv.FormatInt(v, 10)
		case string:
			code = v
		}
		if code == "" || f.Set(&c.Findings, code) != nil {
			return c, f.Column + " holds a word that this program does not know"
		}
	}
	if problems := c.Findings.Problems(); len(problems) > 0 {
		return c, "its findings cannot stand: " + problems[0].Error()
	}
	if row[j.at.checkID] == "" || row[j.at.author] == "" || row[j.at.recordedBy] == "" {
		return c, "check_id, author or recorded_by is empty"
	}
	version, _ := row[j.at.version].(int64)
	status, _ := row[j.at.status].(string)
	reason, _ := row[j.at.reason].(string)
	c.Version, c.Status, c.Reason = int(version), ward.Status(status), reason
	if err := c.StatusProblem(); err != nil {
		return c, err.Error()
	}
	c.Evaluate()
	return c, ""
}

// differs compares the whole result.
func (j *judge) differs(c *ward.Check, row []driver.Value) string {
	r := &c.Result
	low, high, score, drivers := row[j.at.low], row[j.at.high], row[j.at.score], row[j.at.drivers]
	if low != int64(r.Low) || high != int64(r.High) {
		return makes("grade "+interval(int64(r.Low), int64(r.High)), "grade "+interval(low, high))
	}
	if score != points(r.Score) {
		return makes("score "+word(points(r.Score)), "score "+word(score))
	}
	if codes := r.Drivers.AppendCodes(j.codes[:0]); !sameText(drivers, codes) {
		return makes("drivers "+word(text(string(codes))), "drivers "+word(drivers))
	}
	return j.flagDiffers(c, row[j.at.flag], row[j.at.flagReasons])
}

// flagDiffers compares the flag and its reasons.
func (j *judge) flagDiffers(c *ward.Check, flag, why driver.Value) string {
	stored, _ := why.(string)
	reasons, known := icans.ParseReasons(stored)
	if !known {
		return "flag_reasons holds a word that this program does not know"
	}
	r := c.Result
	if c.Status != ward.Withdrawn {
		r = r.Compared(reasons & icans.LookBack)
	}
	if flag != r.Flag.Code() {
		return makes("flag "+r.Flag.Code(), "flag "+word(flag))
	}
	j.codes = r.Reasons.AppendCodes(j.codes[:0])
	if !sameText(why, j.codes) {
		return makes("flag_reasons "+word(text(string(j.codes))), "flag_reasons "+word(why))
	}
	return ""
}

// sameText compares a column with what it should hold, which is nothing rather
// than an empty text.
func sameText(stored driver.Value, want []byte) bool {
	if s, ok := stored.(string); ok {
		return s != "" && s == string(want)
	}
	return stored == nil && len(want) == 0
}

func makes(made, stored string) string {
	return "the findings make it " + made + ", and " + stored + " is stored"
}

func interval(low, high any) string {
	if low == high {
		return word(low)
	}
	return word(low) + " to " + word(high)
}

func word(v any) string {
	if v == nil {
		return "none"
	}
	return fmt.Sprint(v)
}
