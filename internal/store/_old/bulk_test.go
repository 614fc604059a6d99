package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// importOneByOne is [Store.Import] by way of [tx.saveCheck], which reads from the
// log what a check is compared with.
func importOneByOne(ctx context.Context, s *Store, sig ward.Signature, rows []ward.Intake) (done Imported, refused []ward.Refusal, err error) {
	err = s.write(ctx, sig, func(t *tx) error {
		for _, in := range rows {
			in.Patient.Clean()
			errs, err := oneByOne(ctx, t, &in, &done)
			if err != nil {
				return err
			}
			for _, e := range errs {
				refused = append(refused, ward.Refusal{Line: in.Line, Err: e})
			}
		}
		if len(refused) > 0 {
			return errUndo
		}
		return nil
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	return done, refused, err
}

func oneByOne(ctx context.Context, t *tx, in *ward.Intake, done *Imported) ([]*ward.Error, error) {
	p, err := patientByMRN(ctx, t.sql, in.Patient.MRN)
	if ward.KindOf(err) == ward.KindNotFound {
		if in.Patient.Name == "" || in.Patient.BirthDate.IsZero() {
			return []*ward.Error{ward.Invalid("mrn", "nobody in the log has this MRN; give name and birth_date to admit the patient")}, nil
		}
		if p, err = t.admit(ctx, in.Patient); err == nil {
			done.Patients++
		}
	}
	if err != nil {
		return refusal(err)
	}
	if e := in.Identity(&p); e != nil {
		return []*ward.Error{e}, nil
	}
	in.Check.PatientID = p.ID
	c := in.Check
	c.Recorded = t.signed(&c)
	c.Clean()
	if problems := c.Problems(&p, t.sig.At); len(problems) > 0 {
		return problems, nil
	}
	saved, added, err := t.saveCheck(ctx, in.Check)
	switch {
	case err != nil:
		return refusal(err)
	case !added:
		done.Known++
	default:
		done.Checks++
		if saved.Result.Flag > 0 {
			done.Flagged++
		}
	}
	return in.Differs(&saved), nil
}

// courses draws rows of a few patients: checks in any order, some at the same
// moment and all of them some time apart, with corrections that may move them, withdrawals, repetitions and, if
// it is to be refused, mistakes.
func courses(r *rand.Rand, n int, prefix string, apart time.Duration, mistakes bool) (rows []ward.Intake) {
	patients := []ward.Patient{{MRN: "0042317"}}
	for i := range 3 {
		patients = append(patients, ward.Patient{
			MRN: fmt.Sprintf("%s%d", prefix, i), Name: fmt.Sprintf("SOMEBODY, %c", 'A'+i), BirthDate: ward.Date{Year: 1990, Month: 1, Day: 2},
			Tool: icans.ICE, Baseline: icans.Scored(9 + i%2), AdmittedAt: after(-48 * time.Hour),
		})
	}
	findings := func() icans.Findings {
		x := iceOf(10 - r.IntN(4)*r.IntN(3))
		if r.IntN(4) == 0 {
			x.Seizure = 0
		}
		if r.IntN(5) == 0 {
			x.Observed[icans.Confusion] = icans.Severity(1 + r.IntN(3))
		}
		if r.IntN(9) == 0 {
			x = icans.Findings{Tool: icans.CAPD, Unable: icans.UnableAsleep}
		}
		return x
	}
	moment := func() time.Time { return after(time.Duration(r.IntN(40)) * apart) }
	last := map[string]int{} // the row of the newest version
	for len(rows) < n {
		in := ward.Intake{Line: len(rows) + 2, Patient: patients[r.IntN(len(patients))]}
		in.Check = ward.Check{ID: fmt.Sprintf("%s-%d", prefix, len(rows)), Version: 1, Status: ward.Recorded, PerformedAt: moment(), Findings: findings()}
		if r.IntN(4) == 0 {
			in.Check.Recorded = ward.Sign("Nurse N", in.Check.PerformedAt.Add(time.Minute))
		}
		if r.IntN(4) == 0 {
			in.Check.Note = "said so, twice"
		}
		if len(rows) > 0 && r.IntN(3) == 0 {
			before := rows[r.IntN(len(rows))]
			if before = rows[last[before.Check.ID]]; before.Check.Status != ward.Withdrawn {
				line := in.Line
				in = before
				in.Line = line
				in.Check.Version++
				in.Check.Status, in.Check.Reason = ward.Corrected, "wrong_value"
				switch r.IntN(4) {
				case 0:
					in.Check.Status = ward.Withdrawn
				case 1:
					in.Check.PerformedAt = moment()
					in.Check.Recorded = ward.Signature{}
				default:
					in.Check.Findings = findings()
				}
			}
		} else if len(rows) > 0 && r.IntN(10) == 0 {
			line := in.Line
			in = rows[r.IntN(len(rows))] // the same again, perhaps an older version
			in.Line = line
		}
		if mistakes && r.IntN(8) == 0 {
			switch r.IntN(6) {
			case 0:
				in.Patient = patients[r.IntN(len(patients))]
			case 1:
				in.Check.Version += 1 + r.IntN(2)
			case 2:
				in.Patient.Name = "ELSE, Somebody"
			case 3:
				in.Patient = ward.Patient{MRN: "nobody"}
			case 4:
				in.Check.Note = "another"
			case 5:
				in.Claimed = []ward.Claim{{Column: "score", Cell: "3"}, {Column: "flag", Cell: "none"}}
			}
		} else {
			last[in.Check.ID] = len(rows)
		}
		rows = append(rows, in)
	}
	return rows
}

// The bulk records what saving one by one does: the same records in the same
// order, down to the hash of the last.
func TestImportRecordsWhatSavingOneByOneDoes(t *testing.T) {
	t.Parallel()
	var total Imported
	reevaluations, refusals := int64(0), 0
	for seed := range uint64(15) {
		r := rand.New(rand.NewPCG(seed, 7))
		quick, slow := opened(t), opened(t)
		apart := []time.Duration{3 * time.Hour, 14 * time.Hour, 30 * time.Hour}[seed%3]
		imports := [][]ward.Intake{courses(r, 40, "a", apart, false), nil, courses(r, 30, "c", apart, seed%2 == 0)}
		imports[1] = slices.Concat(imports[0][20:], courses(r, 40, "b", apart, false))
		// Late entries about checks that the log has already.
		slices.Reverse(imports[1][20:])
		for i, rows := range imports {
			at := ward.Sign("import", after(time.Duration(2000+i)*time.Hour))
			if i == 0 {
				for _, s := range []*Store{quick, slow} {
					admit(t, s)
				}
			}
			if i == 1 { // flags of before may be other ones now
				for _, s := range []*Store{quick, slow} {
					p := must(s.PatientByMRN(t.Context(), "0042317"))(t)
					p.Baseline = icans.Scored(8)
					must(s.Edit(t.Context(), at, p))(t)
				}
			}
			done, refused, err := quick.Import(t.Context(), at, slices.Values(rows), false)
			ok(t, err)
			wantDone, wantRefused, err := importOneByOne(t.Context(), slow, at, rows)
			ok(t, err)
			if diff := cmp.Diff(wantRefused, refused); diff != "" {
				t.Fatalf("seed %d, import %d: refused otherwise:\n%s", seed, i, diff)
			}
			if done != wantDone {
				t.Errorf("seed %d, import %d: %+v, not %+v", seed, i, done, wantDone)
			}
			refusals += len(refused)
			if len(refused) == 0 {
				total.Checks += done.Checks
				total.Known += done.Known
			}
			seq, head, err := quick.Head(t.Context())
			ok(t, err)
			wantSeq, wantHead, err := slow.Head(t.Context())
			ok(t, err)
			if seq != wantSeq || head != wantHead {
				t.Fatalf("seed %d, import %d: ends with record %d, %s; not %d, %s", seed, i, seq, head, wantSeq, wantHead)
			}
		}
		whole(t, quick)
		reevaluations += number(t, quick.reader, `SELECT count(*) FROM reevaluation`)
	}
	if total.Checks < 300 || total.Known < 20 || reevaluations < 50 || refusals < 50 {
		t.Errorf("too little to compare: %+v, %d flags evaluated anew, %d refusals", total, reevaluations, refusals)
	}
}

// A check that is moved to a later day is compared with the one before it, and
// not with where it stood.
func TestImportOfACheckThatMoved(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	rows := []ward.Intake{
		{Line: 2, Patient: ward.Patient{MRN: p.MRN}, Check: checkOf(ward.Patient{}, "a", 10, 0)},
		{Line: 3, Patient: ward.Patient{MRN: p.MRN}, Check: checkOf(ward.Patient{}, "b", 10, 10*time.Hour)},
		{Line: 4, Patient: ward.Patient{MRN: p.MRN}, Check: correction(checkOf(ward.Patient{}, "b", 10, 60*time.Hour), 4)},
	}
	_, none, err := s.Import(t.Context(), ward.Sign("import", after(99*time.Hour)), slices.Values(rows), false)
	ok(t, err)
	last := must(s.Chart(t.Context(), p.ID))(t).Checks[0]
	if len(none) > 0 || last.Result.Reasons&icans.WorseThanLast == 0 {
		t.Errorf("refused %v; the reasons are %v", none, last.Result.Reasons.Codes())
	}
}

// A check of a patient whom the file does not name is known all the same.
func TestImportKnowsTheChecksOfOthers(t *testing.T) {
	s := opened(t)
	admit(t, s)
	at := ward.Sign("import", after(24*time.Hour))
	_, none, err := s.Import(t.Context(), at, slices.Values(intakes()), false)
	ok(t, err)
	mine := ward.Intake{Line: 2, Patient: ward.Patient{MRN: "0042317"}, Check: checkOf(ward.Patient{}, "b", 8, time.Hour)}
	next := mine
	next.Line, next.Check = 3, correction(correction(mine.Check, 7), 6)
	_, refused, err := s.Import(t.Context(), at, slices.Values([]ward.Intake{mine, next}), false)
	ok(t, err)
	if len(none) != 0 || len(refused) != 2 || refused[0].Err.Reason != "another version of this check was recorded first; look again" || refused[1].Err.Reason != "this check belongs to another patient" {
		t.Errorf("refused %v", refused)
	}
}

// The rules in the tables are judged again after an import, also one that was
// refused or broken off.
func TestRulesHoldAfterAnImport(t *testing.T) {
	s := opened(t)
	admitted := admit(t, s)
	ctx, stop := context.WithCancel(t.Context())
	for name, run := range map[string]func() error{
		"done": func() error {
			_, _, err := s.Import(t.Context(), ward.Sign("i", after(24*time.Hour)), slices.Values(intakes()), false)
			return err
		},
		"tried": func() error {
			_, _, err := s.Import(t.Context(), ward.Sign("i", after(24*time.Hour)), slices.Values(intakes()), true)
			return err
		},
		"broken off": func() error {
			_, _, err := s.Import(ctx, ward.Sign("i", after(24*time.Hour)), func(yield func(ward.Intake) bool) {
				stop()
				yield(intakes()[0])
			}, false)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("an import that was broken off: %v", err)
			}
			return nil
		},
		"refused by SQLite": func() error {
			nobody := admitted
			nobody.ID = 999
			err := s.Tell(t.Context(), nurse(0), func(h *History) error {
				for i := range 3 * fullOrders {
					c := checkOf(nobody, fmt.Sprint("nobody's ", i), 10, 0)
					c.Evaluate()
					if _, err := h.Check(nurse(0), &nobody, &c, false); err != nil {
						return err
					}
				}
				return nil
			})
			if err == nil || !strings.Contains(err.Error(), "FOREIGN KEY") {
				t.Errorf("checks of nobody: %v", err)
			}
			return nil
		},
	} {
		ok(t, run())
		if on := number(t, s.writer, `PRAGMA ignore_check_constraints`); on != 0 {
			t.Errorf("%s: the rules are still ignored", name)
		}
	}
	whole(t, s)
}
