package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/demo"
	"neurocheck/internal/fhir"
	"neurocheck/internal/report"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// view is a command that shows patients.
type view func(ctx context.Context, s *store.Store, at time.Time) ([]byte, error)

// readings are the commands that show patients, as cmd/neurocheck puts them together.
var readings = map[string]view{
	"export":   readExport,
	"board":    readBoard,
	"handover": readHandover,
	"report":   readReport,
	"fhir":     readFHIR,
	"audit":    readAudit,
	"identity": readProvenance,
}

// readAudit returns the entries of the audit trail, except those in place of damaged records.
func readAudit(ctx context.Context, s *store.Store, _ time.Time) ([]byte, error) {
	var out bytes.Buffer
	err := s.EachAudit(ctx, store.AuditSelection{}, func(e *ward.AuditEntry) error {
		if e.Event != ward.RecordDamaged {
			fmt.Fprintf(&out, "%+v\n", *e)
		}
		return nil
	})
	return out.Bytes(), err
}

// readProvenance returns the provenance, which decides the times that a de-identified export
// has.
func readProvenance(ctx context.Context, s *store.Store, _ time.Time) ([]byte, error) {
	p, err := s.Provenance(ctx)
	if err != nil {
		return nil, err
	}
	var patients []string
	for _, times := range p.Times {
		patients = append(patients, fmt.Sprint(times))
	}
	slices.Sort(patients)
	var out bytes.Buffer
	_, err = fmt.Fprintln(&out, p.ByHand, patients) // fmt sorts the keys of a map
	return out.Bytes(), err
}

func readExport(ctx context.Context, s *store.Store, _ time.Time) ([]byte, error) {
	var out bytes.Buffer
	err := exported(ctx, s, &out)
	return out.Bytes(), err
}

func readBoard(ctx context.Context, s *store.Store, at time.Time) ([]byte, error) {
	w, err := s.Ward(ctx)
	if err != nil {
		return nil, err
	}
	board, err := s.Board(ctx)
	if err != nil {
		return nil, err
	}
	site := ward.DefaultSite()
	var states []ward.PatientState
	for i := range board {
		states = append(states, ward.Watch(&board[i], &site, at))
	}
	return json.Marshal(report.NewBoard(w.Name, states, at, time.UTC))
}

func readHandover(ctx context.Context, s *store.Store, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	charts, seq, head, err := s.HandoverCharts(ctx, 0, at.Add(-ward.Shift))
	if err != nil {
		return nil, err
	}
	site := ward.DefaultSite()
	err = report.Handover(&out, ward.BuildHandover(&site, charts, at.Add(-ward.Shift), at), report.Sheet{Ward: "W", MadeBy: "m", Seq: seq, Head: head})
	return out.Bytes(), err
}

func readReport(ctx context.Context, s *store.Store, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	board, err := s.Board(ctx)
	if err != nil {
		return nil, err
	}
	site := ward.DefaultSite()
	for i := range board {
		chart, err := s.Chart(ctx, board[i].Patient.ID)
		if err != nil {
			return nil, err
		}
		if err := report.PatientHTML(&out, &chart, &site, at, report.Sheet{Ward: "W", MadeBy: "m"}); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

func readFHIR(ctx context.Context, s *store.Store, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	err := s.Snapshot(ctx, func(v *store.Snapshot) (err error) {
		o := fhir.Options{Made: at}
		if o.Staff, err = v.Staff(ctx); err != nil {
			return err
		}
		if o.Log, err = v.Origin(ctx); err != nil {
			return err
		}
		bundle := fhir.NewBundle(&out, o)
		if err := v.EachChart(ctx, 0, bundle.Chart); err != nil {
			return err
		}
		return bundle.Close()
	})
	return out.Bytes(), err
}

// The outcomes of a reading of a damaged log.
const (
	sameBytes     = "the same bytes"
	namedRecord   = "refused, with the name of a record"
	allButDamaged = "all but the damaged records, and the name of the first"
	namedTable    = "refused, with the name of a table or an object"
	namedList     = "refused, because the list of tables cannot be read"
	namedFile     = "refused, with the part of the file"
	otherwise     = "refused without a name"
	shownAsTruth  = "SHOWN AS TRUTH"
	pageSize      = 4096
	damagedBitMax = 40
)

var names = []struct {
	words   *regexp.Regexp
	outcome string
}{
	{regexp.MustCompile(`record \d+`), namedRecord},
	{regexp.MustCompile(`the (table|index|trigger|view) \w+`), namedTable},
	{regexp.MustCompile(`the list of its tables cannot be read`), namedList},
	{regexp.MustCompile(`the file is damaged|is damaged or is no database`), namedFile},
}

func outcomeOf(got, want []byte, err error) string {
	if err == nil && bytes.Equal(got, want) {
		return sameBytes
	}
	if err == nil {
		return shownAsTruth
	}
	for _, n := range names {
		switch {
		case !n.words.MatchString(err.Error()):
			continue
		case len(got) == 0 || !bytes.HasPrefix(got, auditPrefix):
			return n.outcome
		case partOf(got, want):
			return allButDamaged
		}
		return shownAsTruth
	}
	return otherwise
}

// auditPrefix begins the output of readAudit, which goes on after a damaged record.
var auditPrefix = []byte("{Seq:")

// withoutMRN matches the MRN of an entry, which is empty if the record of a patient is
// damaged.
var withoutMRN = regexp.MustCompile(`MRN:\d* `)

// partOf reports whether each line of a text is one of another.
func partOf(part, all []byte) bool {
	lines := make(map[string]bool)
	for line := range bytes.Lines(withoutMRN.ReplaceAll(all, nil)) {
		lines[string(line)] = true
	}
	for line := range bytes.Lines(withoutMRN.ReplaceAll(part, nil)) {
		if !lines[string(line)] {
			return false
		}
	}
	return true
}

// Damage is never shown as truth: each reading of a log with flipped bits returns the same
// bytes as without them, or fails and names the part that does not fit. No bits of the first
// page are flipped, because it has the identity of the file.
//
// The long form takes 1,000 seeds.
func TestDamageIsNotShownAsTruth(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "ward.db")
	ok(t, store.CreateWith(ctx, path, func(s *store.Store) error { return demo.Fill(ctx, s, at) }))
	want := make(map[string][]byte)
	whole := must(store.Open(ctx, path))(t)
	for name, read := range readings {
		want[name] = must(read(ctx, whole, at))(t)
		if len(want[name]) < 500 {
			t.Fatalf("%s brings %d bytes, so nothing can be lost", name, len(want[name]))
		}
	}
	ok(t, whole.Close())
	content := must(os.ReadFile(path))(t)

	counted := make(map[string]map[string]int)
	for name := range readings {
		counted[name] = make(map[string]int)
	}
	for seed := range Times(4, 1000) {
		damaged := flipped(content, uint64(seed))
		for _, name := range slices.Sorted(maps.Keys(readings)) {
			got, err := readDamaged(t, damaged, readings[name], at)
			outcome := outcomeOf(got, want[name], err)
			counted[name][outcome]++
			if outcome == shownAsTruth || outcome == otherwise {
				t.Errorf("seed %d: %s: %s: %v%s", seed, name, outcome, err, firstDifference(got, want[name]))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(counted)) {
		for _, outcome := range slices.Sorted(maps.Keys(counted[name])) {
			t.Logf("%-8s %5d %s", name, counted[name][outcome], outcome)
		}
	}
}

// flipped returns the content with 1 to 40 bits flipped in the pages after the first: in
// one page, or all over the file.
func flipped(content []byte, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	damaged := slices.Clone(content)
	from, to := pageSize, len(content)
	if seed%2 == 0 {
		from = pageSize * (1 + r.IntN(len(content)/pageSize-1))
		to = from + pageSize
	}
	for range 1 + r.IntN(damagedBitMax) {
		damaged[from+r.IntN(to-from)] ^= 1 << r.IntN(8)
	}
	return damaged
}

func readDamaged(t *testing.T, content []byte, read view, at time.Time) ([]byte, error) {
	t.Helper()
	folder := must(os.MkdirTemp(t.TempDir(), ""))(t)
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "ward.db")
	ok(t, os.WriteFile(path, content, 0o600))
	s, err := store.Open(t.Context(), path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return read(t.Context(), s, at)
}

func firstDifference(got, want []byte) string {
	if len(got) == 0 {
		return ""
	}
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	part := func(b []byte) []byte { return b[max(0, min(at-60, len(b))):min(len(b), at+60)] }
	return fmt.Sprintf("\n%d of %d bytes, from %d: %q not %q", len(got), len(want), at, part(got), part(want))
}
