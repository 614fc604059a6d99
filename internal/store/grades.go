package store

import (
	"context"
	"slices"
	"strconv"

	"neurocheck/internal/icans"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// grader grades the findings of checks again and compares the results with those
// stored. Reasons that compare with other checks, and features that were mild in
// health, are taken as stored: the record that they rest on may have been corrected
// since.
type grader struct {
	checks checkColumns // of the checks
	again  checkColumns // of the reevaluations
	find   batchQuery   // a version of a check
	codes  []byte       // scratch
}

// checkColumns are the indexes of the columns that a grader reads.
type checkColumns struct {
	checkID, author, recordedBy                  int
	version, status, reason                      int
	otherCause, causeNote                        int
	score, low, high, drivers, flag, flagReasons int
	fields                                       []int // of each of icans.Fields
}

func checkColumnsOf(l *layout) checkColumns {
	c := checkColumns{
		checkID: l.at("check_id"), author: l.at("author"), recordedBy: l.at("recorded_by"),
		version: l.at("version"), status: l.at("status"), reason: l.at("reason"),
		otherCause: l.at("other_cause"), causeNote: l.at("other_cause_note"),
		score: l.at("score"), low: l.at("grade_low"), high: l.at("grade_high"), drivers: l.at("drivers"), flag: l.at("flag"), flagReasons: l.at("flag_reasons"),
	}
	for _, f := range icans.Fields() {
		c.fields = append(c.fields, l.at(f.Column))
	}
	return c
}

func newGrader(ctx context.Context, q engine.Querier, tables *layouts) (*grader, error) {
	checks, err := tables.of(ctx, q, checkTable)
	if err != nil {
		return nil, err
	}
	again, err := tables.of(ctx, q, reevaluationTable)
	if err != nil {
		return nil, err
	}
	find := recordsWhere(q, checks, "check_id = $1 AND version = $2")
	return &grader{checks: checkColumnsOf(checks), again: checkColumnsOf(again), find: find}, nil
}

// check compares a version of a check.
func (g *grader) check(_ context.Context, row []engine.Value) (string, error) {
	c, misfit := g.read(row)
	if misfit != "" {
		return misfit, nil
	}
	return g.resultDiffers(&c, row), nil
}

// reevaluation compares a flag that was evaluated again.
func (g *grader) reevaluation(ctx context.Context, row []engine.Value) (misfit string, err error) {
	rows, err := g.find.read(ctx, row[g.again.checkID].Text, row[g.again.version].Whole)
	if err != nil {
		return "", err
	}
	if !rows.Next() {
		return "there is no such version of a check", nil
	}
	c, misfit := g.read(rows.Row())
	if misfit != "" {
		return "of its check, " + misfit, nil
	}
	return g.flagDiffers(&c, &row[g.again.flag], &row[g.again.flagReasons]), nil
}

// read reads the findings of a row. It refuses every word that the reference tables
// do not have: see referencesBroken.
func (g *grader) read(row []engine.Value) (c ward.Check, misfit string) {
	at := &g.checks
	for i, f := range icans.Fields() {
		v := &row[at.fields[i]]
		if v.Kind == engine.Null {
			continue
		}
		if code := words(v); code == "" || f.Set(&c.Findings, code) != nil {
			return c, f.Column + " has a word that this program does not know"
		}
	}
	if problems := c.Findings.Problems(); len(problems) > 0 {
		return c, "its findings are not valid: " + problems[0].Error()
	}
	if row[at.otherCause].Kind != engine.Null && row[at.causeNote].Kind == engine.Null {
		return c, "other_cause_note is missing"
	}
	c.Version, c.Status, c.Reason = int(row[at.version].Whole), ward.Status(row[at.status].Text), row[at.reason].Text
	if err := c.StatusProblem(); err != nil {
		return c, err.Error()
	}
	return c, ""
}

// resultDiffers compares the whole result.
func (g *grader) resultDiffers(c *ward.Check, row []engine.Value) string {
	at := &g.checks
	r := icans.Evaluate(&c.Findings, 0)
	low, high, score, drivers := &row[at.low], &row[at.high], &row[at.score], &row[at.drivers]
	if !isNumber(low, r.Low) || !isNumber(high, r.High) {
		return differs("grade "+interval(strconv.Itoa(r.Low), strconv.Itoa(r.High)), "grade "+interval(words(low), words(high)))
	}
	n, known := r.Score.Value()
	if !known && score.Kind != engine.Null || known && !isNumber(score, n) {
		made := "none"
		if known {
			made = strconv.Itoa(n)
		}
		return differs("score "+made, "score "+words(score))
	}
	if codes := r.Drivers.AppendCodes(g.codes[:0]); !isText(drivers, codes) {
		return differs("drivers "+orNone(codes), "drivers "+words(drivers))
	}
	return g.flagDiffers(c, &row[at.flag], &row[at.flagReasons])
}

// Reasons that always raise the flag to urgent, and those that do so only sometimes.
const (
	urgentReasons = icans.GradeUp2 | icans.ICEDrop3 | icans.CAPDRise5
	eitherReasons = icans.AttributedWorse | icans.LostAbility | icans.NotExamined
)

// flagDiffers compares the flag and its reasons.
func (g *grader) flagDiffers(c *ward.Check, flag, why *engine.Value) string {
	reasons, known := icans.ParseReasons(why.Text)
	if !known {
		return "flag_reasons has a word that this program does not know"
	}
	made := g.result(c, reasons)
	stored, known := icans.ParseFlag(flag.Text)
	either := reasons&eitherReasons != 0 && c.Status != ward.Withdrawn
	if !known || stored != made.Flag && !(either && stored == icans.FlagUrgent) {
		return differs("flag "+made.Flag.Code(), "flag "+words(flag))
	}
	g.codes = made.Reasons.AppendCodes(g.codes[:0])
	if !isText(why, g.codes) {
		return differs("flag_reasons "+orNone(g.codes), "flag_reasons "+words(why))
	}
	return ""
}

// result evaluates the findings with the stored reasons that they do not give alone.
func (g *grader) result(c *ward.Check, stored icans.Reasons) icans.Result {
	if c.Status == ward.Withdrawn {
		return icans.Result{}
	}
	r := icans.Evaluate(&c.Findings, inHealth(&c.Findings, stored))
	if stored == icans.AtBaseline && r.Low == r.High {
		r.Flag, r.Reasons = icans.FlagNone, stored
		return r
	}
	to := icans.FlagGrade1
	if stored&urgentReasons != 0 {
		to = icans.FlagUrgent
	}
	return r.Raised(to, stored&icans.LookBack)
}

// inHealth returns the mild features that the stored reasons leave out, because they
// were mild in health.
func inHealth(x *icans.Findings, stored icans.Reasons) (health icans.FeatureSet) {
	if !slices.Contains(x.Observed[:], icans.Mild) {
		return 0
	}
	all := icans.Evaluate(x, 0).Reasons
	for i := range icans.Features {
		if x.Observed[i] != icans.Mild {
			continue
		}
		without := icans.Evaluate(x, 1<<i).Reasons
		if reason := all &^ without; reason&stored == 0 {
			health |= 1 << i
		}
	}
	return health
}

func isNumber(v *engine.Value, n int) bool { return v.Kind == engine.Integer && v.Whole == int64(n) }

// isText compares a column with the text that it should hold; an empty text is NULL.
func isText(v *engine.Value, want []byte) bool {
	if len(want) == 0 {
		return v.Kind == engine.Null
	}
	return v.Kind == engine.Text && v.Text == string(want)
}

func differs(made, stored string) string {
	return "the findings make it " + made + ", and " + stored + " is stored"
}

func interval(low, high string) string {
	if low == high {
		return low
	}
	return low + " to " + high
}

// words returns a value in words.
func words(v *engine.Value) string {
	switch v.Kind {
	case engine.Null:
		return "none"
	case engine.Integer:
		return strconv.FormatInt(v.Whole, 10)
	case engine.Real:
		return strconv.FormatFloat(v.Float, 'g', -1, 64)
	}
	return v.Text
}

func orNone(codes []byte) string {
	if len(codes) == 0 {
		return "none"
	}
	return string(codes)
}
