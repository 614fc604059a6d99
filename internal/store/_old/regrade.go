package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"neurocheck/internal/icans"
	"neurocheck/internal/pack"
	"neurocheck/internal/ward"
)

const checkTable = "neuro_check"

// judge grades the findings of checks anew, and says where something else is
// stored. Reasons that come from looking back at other checks are taken as they
// are stored: what a flag was compared with may have been corrected since.
type judge struct {
	at    columns // where the columns of the checks stand
	find  packedQuery
	again columns // where those of the reevaluations stand
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

func newJudge(ctx context.Context, conn *sql.Conn) (*judge, error) {
	j := &judge{}
	find, names, err := packedTable(ctx, conn, checkTable, "check_id = ?1 AND version = ?2")
	j.find = find
	j.at.learn(names)
	return j, err
}

// check judges a version of a check.
func (j *judge) check(_ context.Context, s *source) (string, error) {
	c, misfit := j.read(s.row)
	if misfit != "" {
		return misfit, nil
	}
	return j.differs(&c, s.row), nil
}

// reevaluation judges a flag that was evaluated anew.
func (j *judge) reevaluation(ctx context.Context, s *source) (misfit string, err error) {
	j.again.learn(s.names)
	rows, err := j.find.read(ctx, s.row[j.again.checkID].Text, s.row[j.again.version].Whole)
	if err != nil {
		return "", err
	}
	if !rows.Next() {
		return "there is no such version of a check", nil
	}
	c, misfit := j.read(rows.Row)
	if misfit != "" {
		return "of its check, " + misfit, nil
	}
	return j.flagDiffers(&c, &s.row[j.again.flag], &s.row[j.again.flagReasons]), nil
}

// read takes the findings of a row. What it refuses is what the rules of the
// table refuse, which SQLite is not asked about again: see wholeFile.
func (j *judge) read(row []pack.Value) (c ward.Check, misfit string) {
	for i, f := range icans.Fields() {
		v := &row[j.at.fields[i]]
		if v.Kind == pack.Null {
			continue
		}
		if code := word(v); code == "" || f.Set(&c.Findings, code) != nil {
			return c, f.Column + " holds a word that this program does not know"
		}
	}
	if problems := c.Findings.Problems(); len(problems) > 0 {
		return c, "its findings cannot stand: " + problems[0].Error()
	}
	if isEmpty(&row[j.at.checkID]) || isEmpty(&row[j.at.author]) || isEmpty(&row[j.at.recordedBy]) {
		return c, "check_id, author or recorded_by is empty"
	}
	c.Version, c.Status, c.Reason = int(row[j.at.version].Whole), ward.Status(row[j.at.status].Text), row[j.at.reason].Text
	if err := c.StatusProblem(); err != nil {
		return c, err.Error()
	}
	c.Evaluate()
	return c, ""
}

func isEmpty(v *pack.Value) bool { return v.Kind == pack.Text && v.Text == "" }

// differs compares the whole result.
func (j *judge) differs(c *ward.Check, row []pack.Value) string {
	r := &c.Result
	low, high, score, drivers := &row[j.at.low], &row[j.at.high], &row[j.at.score], &row[j.at.drivers]
	if !isNumber(low, r.Low) || !isNumber(high, r.High) {
		return makes("grade "+interval(strconv.Itoa(r.Low), strconv.Itoa(r.High)), "grade "+interval(word(low), word(high)))
	}
	n, known := r.Score.Value()
	if !known && score.Kind != pack.Null || known && !isNumber(score, n) {
		made := "none"
		if known {
			made = strconv.Itoa(n)
		}
		return makes("score "+made, "score "+word(score))
	}
	if codes := r.Drivers.AppendCodes(j.codes[:0]); !isText(drivers, codes) {
		return makes("drivers "+orNone(codes), "drivers "+word(drivers))
	}
	return j.flagDiffers(c, &row[j.at.flag], &row[j.at.flagReasons])
}

// flagDiffers compares the flag and its reasons.
func (j *judge) flagDiffers(c *ward.Check, flag, why *pack.Value) string {
	reasons, known := icans.ParseReasons(why.Text)
	if !known {
		return "flag_reasons holds a word that this program does not know"
	}
	r := c.Result
	if c.Status != ward.Withdrawn {
		r = r.Compared(reasons & icans.LookBack)
	}
	if flag.Text != r.Flag.Code() {
		return makes("flag "+r.Flag.Code(), "flag "+word(flag))
	}
	j.codes = r.Reasons.AppendCodes(j.codes[:0])
	if !isText(why, j.codes) {
		return makes("flag_reasons "+orNone(j.codes), "flag_reasons "+word(why))
	}
	return ""
}

func isNumber(v *pack.Value, n int) bool { return v.Kind == pack.Integer && v.Whole == int64(n) }

// isText compares a column with what it should hold, which is nothing rather
// than an empty text.
func isText(v *pack.Value, want []byte) bool {
	if len(want) == 0 {
		return v.Kind == pack.Null
	}
	return v.Kind == pack.Text && v.Text == string(want)
}

func makes(made, stored string) string {
	return "the findings make it " + made + ", and " + stored + " is stored"
}

func interval(low, high string) string {
	if low == high {
		return low
	}
	return low + " to " + high
}

// word is a value in words.
func word(v *pack.Value) string {
	switch v.Kind {
	case pack.Null:
		return "none"
	case pack.Integer:
		return strconv.FormatInt(v.Whole, 10)
	case pack.Real:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
	return v.Text
}

func orNone(codes []byte) string {
	if len(codes) == 0 {
		return "none"
	}
	return string(codes)
}
