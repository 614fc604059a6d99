package postgres_test

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// BenchmarkBulk compares an export and an import of many checks with those of psql's \copy:
// out with the columns of the CSV, and into a table with the columns and keys of that of the
// checks. The server looks up each word and patient of the record in another table, which
// takes ten times as long as the rest: so a second table has these rules too.
func BenchmarkBulk(b *testing.B) {
	checks := 20_000
	if n, err := strconv.Atoi(os.Getenv("NEUROCHECK_BENCH_CHECKS")); err == nil {
		checks = n
	}
	s := pgserver.StartWith(b, onDisk)
	must(postgres.MakeWard(b.Context(), s.Address(pgserver.Owner, "w")))(b)
	log := must(store.Open(b.Context(), s.Address(pgserver.Program, "w")))(b)
	defer log.Close()
	began := time.Now()
	done, refused, err := log.Import(b.Context(), ward.Sign(ward.Login("bench"), fixture.After(20_000*time.Hour)), manyRows(checks), store.ImportOptions{NewPatients: true})
	ok(b, err)
	if len(refused) > 0 || done.Checks != checks {
		b.Fatal(done, refused)
	}
	imported := time.Since(began)
	file := filepath.Join(s.Socket(), "checks")
	psql := func(script string) time.Duration {
		b.Helper()
		began := time.Now()
		ok(b, s.Execute("hospital", script))
		return time.Since(began)
	}
	psql(`ANALYZE w.neuro_check, w.patient, w.patient_now, w.stay, w.stay_now;`) // as a server does by itself, some time after an import
	peer := `\copy (` + columnsAsExported(b, log) + `) TO '` + filepath.Join(s.Socket(), "peer") + `' CSV`
	var exports, copies, exportCPU, copyCPU []time.Duration
	for b.Loop() {
		before := cpuTime(b, s)
		began = time.Now()
		if rows := exported(b, log, must(os.Create(filepath.Join(s.Socket(), "export")))(b)); rows != checks {
			b.Fatalf("%d checks were exported", rows)
		}
		exports, exportCPU = append(exports, time.Since(began)), append(exportCPU, cpuTime(b, s)-before)
		before = cpuTime(b, s)
		copies, copyCPU = append(copies, psql(peer)), append(copyCPU, cpuTime(b, s)-before)
	}
	psql(`\copy w.neuro_check TO '` + file + `' CSV`)
	into := psql(`CREATE TABLE w.keyed (LIKE w.neuro_check INCLUDING ALL); ` + "\n" + `\copy w.keyed FROM '` + file + `' CSV`)
	psql(`CREATE TABLE w.ruled (LIKE w.neuro_check INCLUDING ALL); DO $$ DECLARE rule text; BEGIN
		FOR rule IN SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'w.neuro_check'::regclass AND contype = 'f' LOOP
			EXECUTE 'ALTER TABLE w.ruled ADD ' || rule;
		END LOOP; END $$;`)
	ruled := psql(`\copy w.ruled FROM '` + file + `' CSV`)
	ok(b, os.Remove(file))
	b.ReportMetric(percentile(copies, 0.5)/percentile(exports, 0.5), "export-ratio")
	b.ReportMetric(percentile(copyCPU, 0.5)/percentile(exportCPU, 0.5), "export-cpu-ratio")
	b.ReportMetric(imported.Seconds(), "import-s")
	b.ReportMetric(into.Seconds(), "copy-s")
	b.ReportMetric(into.Seconds()/imported.Seconds(), "import-ratio")
	b.ReportMetric(ruled.Seconds()/imported.Seconds(), "import-ruled-ratio")
}

// exported writes the log as CSV into a file, as the program does, and returns the number of
// rows.
func exported(b *testing.B, log *store.Store, file *os.File) (rows int) {
	b.Helper()
	var profile csvlog.Profile
	ok(b, log.Export(b.Context(), store.Selection{}, store.ExportOptions{Kept: profile.Kept(), Readers: runtime.GOMAXPROCS(0)}, func(e *store.Export) (err error) {
		rows, err = profile.ExportParts(b.Context(), file, e, csvlog.ExportOptions{})
		return err
	}))
	ok(b, file.Close())
	return rows
}

// columnsAsExported returns the peer's query for the columns of an export: those of the
// patient and of the stay as they are now, and a time as the two numbers that the log has.
func columnsAsExported(b *testing.B, log *store.Store) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "columns")
	exported(b, log, must(os.Create(path))(b))
	header, _, _ := strings.Cut(string(must(os.ReadFile(path))(b)), "\n")
	ofStay := strings.Fields("bed visit clinician admitted_at discharged_at discharge")
	ofPatient := strings.Fields("mrn second_id name birth_date product infused_at patient_tool baseline baseline_lost features_mild language interpreter")
	var columns []string
	for name := range strings.SplitSeq(strings.TrimSpace(header), ",") {
		from := "c."
		switch {
		case name == "icans_grade":
			columns = append(columns, "CASE WHEN c.grade_low = c.grade_high THEN c.grade_low END")
			continue
		case slices.Contains(ofStay, name):
			from = "s."
		case slices.Contains(ofPatient, name):
			from = "p."
		}
		columns = append(columns, from+name)
		if at, is := strings.CutSuffix(name, "_at"); is {
			columns = append(columns, from+at+"_offset")
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM w.neuro_check c JOIN w.patient_now n ON n.patient_id = c.patient_id JOIN w.patient p ON p.seq = n.seq JOIN w.stay_now m ON m.patient_id = c.patient_id JOIN w.stay s ON s.seq = m.seq ORDER BY c.seq"
}

// manyRows yields that many checks, two hundred of each patient.
func manyRows(checks int) iter.Seq[ward.ImportRow] {
	return func(yield func(ward.ImportRow) bool) {
		for n := range checks {
			who := fixture.Ada()
			who.MRN = fmt.Sprintf("%07d", n/200)
			at := fixture.After(time.Duration(n%200) * 4 * time.Hour)
			c := fixture.CheckOf(ward.Patient{}, fmt.Sprint("bulk-", n), 10-n%10/9, time.Duration(n%200)*4*time.Hour)
			c.Recorded = ward.Sign("Sam Lee", at.Add(time.Minute))
			if !yield(ward.ImportRow{Line: n + 2, Patient: who, Stay: ward.Stay{AdmittedAt: fixture.After(-time.Hour)}, Check: c}) {
				return
			}
		}
	}
}
