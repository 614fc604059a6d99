package store

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/ward"
)

// rechain changes a closed log by script and then makes its whole chain anew, as a
// person with this program's source can.
func rechain(t *testing.T, v *victim, path, script string) {
	t.Helper()
	ctx := t.Context()
	pool := fixture.Plain(t, path)
	defer pool.Close()
	run := func(script string, args ...any) {
		t.Helper()
		if _, err := pool.ExecContext(ctx, script, args...); err != nil {
			t.Fatalf("the attack failed: %v\n%s", err, script)
		}
	}
	run("PRAGMA synchronous = off; PRAGMA ignore_check_constraints = on; PRAGMA foreign_keys = off; BEGIN")
	for _, trigger := range v.triggers {
		run("DROP TRIGGER " + trigger.name)
	}
	run(script)
	var records []record
	for _, table := range recordTables {
		records = append(records, must(engine.All(ctx, plain{db: pool}, scanRecord(table), `SELECT * FROM `+table))(t)...)
	}
	before := make([]byte, 32)
	for seq := int64(1); seq <= int64(len(records)); seq++ {
		for _, r := range records {
			if r.seq == seq {
				slices.SortFunc(r.row, func(a, b column) int { return strings.Compare(a.name, b.name) })
				text := []byte(r.table + "\n")
				for _, c := range r.row {
					text = appendValue(text, c.name+"=", c.value)
				}
				own := sha256.Sum256(text)
				hash := sha256.Sum256(append(slices.Clone(before), own[:]...))
				before = hash[:]
				run("UPDATE "+r.table+" SET row_hash = ?, hash = ? WHERE seq = ?", own[:], before, seq)
			}
		}
	}
	run("UPDATE chain SET seq = ?, hash = ?", len(records), before)
	for _, trigger := range v.triggers {
		run(trigger.made)
	}
	run("COMMIT")
}

// A tamperer who makes the whole chain anew is found if the stored result is not the
// one that the findings make.
func TestAChainMadeAnewDoesNotHideAGrade(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	checks, again := v.seqs["neuro_check"], v.seqs["reevaluation"][0]
	a, b, c := checks[0], checks[1], checks[2] // ICE 8; 9; 4
	for name, attack := range map[string]struct {
		seq    int64
		set    string
		misfit string
	}{
		"the grade":                   {a, "grade_low = 0, grade_high = 0", "the findings make it grade 1, and grade 0 is stored"},
		"half of the grade":           {a, "grade_high = 2", "the findings make it grade 1, and grade 1 to 2 is stored"},
		"the score":                   {a, "score = 10", "the findings make it score 8, and score 10 is stored"},
		"the drivers":                 {a, "drivers = 'motor'", "the findings make it drivers score, and drivers motor is stored"},
		"no drivers":                  {a, "drivers = NULL", "the findings make it drivers score, and drivers none is stored"},
		"the flag":                    {c, "flag = 'grade1'", "the findings make it flag urgent, and flag grade1 is stored"},
		"the reasons":                 {c, "flag_reasons = 'grade_1'", "the findings make it flag_reasons grade_2, and flag_reasons grade_1 is stored"},
		"the findings":                {b, "ice_year = 0, ice_month = 0", "the findings make it "},
		"a finding that is not known": {b, "seizure = NULL", "the findings make it grade 1 to 4, and grade 1 is stored"},
		"an unknown word":             {a, "confusion = 'awful'", "confusion has a word that this program does not know"},
		"no word":                     {a, "confusion = ''", "confusion has a word that this program does not know"},
		"an unknown reason":           {a, "flag_reasons = 'x'", "flag_reasons has a word that this program does not know"},
		"the other tool's item":       {a, "capd_1 = 3", "its findings are not valid: capd_1: "},
		"the status":                  {a, "status = 'withdrawn'", "status: the first version is recorded"},
		"a flag evaluated anew":       {again, "flag = 'none', flag_reasons = NULL", "the findings make it flag grade1, and flag none is stored"},
		"another check's flag":        {again, "version = 9", "there is no such version of a check"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := copied(t, v.path)
			table := v.tableOf(attack.seq)
			rechain(t, v, path, fmt.Sprintf("UPDATE %s SET %s WHERE seq = %d;", table, attack.set, attack.seq))
			verdict := v.verify(t, path)
			if want := fmt.Sprintf("record %d (%s, check_id ", attack.seq, table); !strings.HasPrefix(verdict.Misfit, want) || !strings.Contains(verdict.Misfit, "): "+attack.misfit) {
				t.Errorf("Verify says %q, not %s…: %q", verdict.Misfit, want, attack.misfit)
			}
			if verdict.Records != attack.seq-1 {
				t.Errorf("%d records fit, not %d", verdict.Records, attack.seq-1)
			}
		})
	}
}

// The reasons that compare with other checks are taken as they are stored.
func TestAChainMadeAnewIsWholeWithoutAChange(t *testing.T) {
	v := newVictim(t)
	path := copied(t, v.path)
	rechain(t, v, path, "")
	if verdict := v.verify(t, path); verdict.Misfit != "" || verdict.Head != v.verify(t, v.path).Head {
		t.Errorf("%+v", verdict)
	}
}

// A word or a shape that a table forbids is found in every table, also if the chain
// fits.
func TestAChainMadeAnewDoesNotHideAWord(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	for table, c := range map[string]struct{ set, misfit string }{
		"staff":          {"role = 'boss'", "(staff) has a word that is not in the table role"},
		"patient":        {"interpreter = 7", "the file is damaged: CHECK constraint failed in patient"},
		"follow_up":      {"outcome = 'gone' WHERE event = 'closed'", "has a word that is not in the table outcome"},
		"schedule_order": {"interval_minutes = 1 WHERE kind = 'interval'", "the file is damaged: CHECK constraint failed in schedule_order"},
		"report":         {"told_by = 'nobody'", "has a word that is not in the table teller"},
		"intervention":   {"kind = 'leeches'", "has a word that is not in the table intervention_kind"},
		"neuro_check":    {"author = ''", "the file is damaged: CHECK constraint failed in neuro_check"},
	} {
		path := copied(t, v.path)
		rechain(t, v, path, "UPDATE "+table+" SET "+c.set+";")
		if verdict := v.verify(t, path); !strings.HasSuffix(verdict.Misfit, c.misfit) {
			t.Errorf("%s: Verify says %q", table, verdict.Misfit)
		}
	}
}

func TestARowThatRefersToNothingIsNamed(t *testing.T) {
	v := newVictim(t)
	path := copied(t, v.path)
	n := v.seqs["follow_up_item"][0]
	rechain(t, v, path, fmt.Sprintf("UPDATE follow_up_item SET follow_up_id = 77 WHERE seq = %d;", n))
	want := fmt.Sprintf("record %d (follow_up_item, follow_up_id 77, patient_id 6) refers to a row of the table follow_up that is not there", n)
	if verdict := v.verify(t, path); verdict.Misfit != want {
		t.Errorf("Verify says %q, not %q", verdict.Misfit, want)
	}
}

// A chain that was made anew no longer has the head that was noted.
func TestAHeadOfARecordThatWasReplacedIsNotFound(t *testing.T) {
	v := newVictim(t)
	noted := v.verify(t, v.path).Head
	first := v.seqs["neuro_check"][0]
	path := copied(t, v.path)
	rechain(t, v, path, fmt.Sprintf("UPDATE neuro_check SET note = 'another' WHERE seq = %d;", first))
	s := must(Open(t.Context(), path))(t)
	defer s.Close()
	verdict := must(s.VerifyWith(t.Context(), Verification{Heads: []string{noted}}))(t)
	if verdict.Misfit != "" || verdict.Noted[0].Found() {
		t.Errorf("%+v: the chain was made anew, and fits; the noted head is no part of it", verdict)
	}
}

func TestParseHead(t *testing.T) {
	full := strings.Repeat("0a", 32)
	for text, want := range map[string]string{
		full: full, full[:16]: full[:16], full[:17]: full[:17], " " + strings.ToUpper(full) + "\n": full,
		"": "", full[:15]: "", full + "0": "", strings.Repeat("0", 64): "", strings.Repeat("0", 16): "", full[:15] + "g": "", full[:15] + "é": "", "-" + full[:16]: "",
	} {
		if got, err := ParseHead(text); got != want || (err == nil) != (want != "") || err != nil && ward.KindOf(err) != ward.KindInvalid {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
}
