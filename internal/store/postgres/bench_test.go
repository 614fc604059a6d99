package postgres_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"neurocheck/internal/store"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/store/postgres"
	"neurocheck/internal/store/storetest/fixture"
	"neurocheck/internal/store/storetest/pgserver"
	"neurocheck/internal/ward"
)

// The benchmarks compare saves with their peer: the same rows without a chain, sent in one
// round trip with their commit. Both take turns, so that the machine is the same for both.

// bench is a ward on a server of which the commits reach the disk.
type bench struct {
	server   *pgserver.Server
	store    *store.Store
	recorder *recorder
	log      *postgres.Log
	pool     *pgxpool.Pool // of the peer
	patient  ward.Patient
	rows     []engine.Row // of a save
	next     atomic.Int64 // numbers the rows of the peer
}

func newBench(b *testing.B, s *pgserver.Server, address string) *bench {
	b.Helper()
	x := &bench{server: s, recorder: new(recorder)}
	// The peer has a ward of its own, so that the record of the other one stays whole.
	for _, name := range []string{"peer", "w"} {
		must(postgres.MakeWard(b.Context(), s.Address(pgserver.Owner, name)))(b)
		x.log = must(postgres.Open(b.Context(), strings.Replace(address, "ward=w", "ward="+name, 1)))(b)
		x.recorder = &recorder{Engine: x.log}
		s := store.New(x.recorder)
		b.Cleanup(func() { s.Close() })
		x.store = s
		by := fixture.Admin(-200 * time.Hour)
		ok(b, s.SetUp(b.Context(), by, ward.Ward{Name: "Haematology 4", Zone: "Europe/Lisbon"}, ward.Staff{Name: "Kim Adler", Role: ward.Admin, Active: true}))
		ok(b, s.AddStaff(b.Context(), by, ward.Staff{Name: "Sam Lee", Role: ward.Nurse, Active: true}))
		var err error
		x.patient, _, err = s.Admit(b.Context(), fixture.Nurse(-120*time.Hour), fixture.Ada(), ward.Stay{AdmittedAt: fixture.After(-120 * time.Hour)})
		ok(b, err)
	}
	recorder := x.recorder
	recorder.rows = nil
	must(x.store.SaveCheck(b.Context(), requested(time.Hour, "first"), numbered(x.patient, "first", 0)))(b)
	x.rows = recorder.rows
	if recorder.rows = nil; len(x.rows) < 7 {
		b.Fatalf("a save has %d rows and statements", len(x.rows))
	}
	config := must(pgxpool.ParseConfig(strings.Split(address, "&ward=")[0] + "&search_path=peer"))(b)
	config.MaxConns = 8
	x.pool = must(pgxpool.NewWithConfig(b.Context(), config))(b)
	b.Cleanup(x.pool.Close)
	return x
}

// recorder records the rows that a store appends.
type recorder struct {
	engine.Engine
	rows  []engine.Row
	reads int
}

func (r *recorder) Write(ctx context.Context, rules engine.Rules, do func(engine.Tx) (engine.End, error)) (engine.Outcome, error) {
	return r.Engine.Write(ctx, rules, func(t engine.Tx) (engine.End, error) { return do(recordingTx{t, r}) })
}

type recordingTx struct {
	engine.Tx
	to *recorder
}

func (t recordingTx) Query(ctx context.Context, query string, args ...any) (engine.Results, error) {
	t.to.reads++
	return t.Tx.Query(ctx, query, args...)
}

func (t recordingTx) Records(ctx context.Context, from engine.Rows, args ...any) (engine.Records, error) {
	t.to.reads++
	return t.Tx.Records(ctx, from, args...)
}

func (t recordingTx) Ahead(ctx context.Context, questions []engine.Question) error {
	return t.Tx.(engine.Ahead).Ahead(ctx, questions)
}

func (t recordingTx) Append(ctx context.Context, rows []engine.Row) error {
	for _, row := range rows {
		t.to.rows = append(t.to.rows, engine.Row{Statement: row.Statement, Values: slices.Clone(row.Values)})
	}
	return t.Tx.Append(ctx, rows)
}

// numberedRows returns the rows of a save as those of the record with that number.
func (x *bench) numberedRows(seq int64, hash []byte, chained bool) (list []engine.Row) {
	id := fmt.Sprint("check-", seq)
	for _, row := range x.rows {
		values := slices.Clone(row.Values)
		query := strings.Join(strings.Fields(row.Query), " ")
		switch {
		case row.Table == "neuro_check":
			for i, column := range row.Columns {
				switch column {
				case "seq":
					values[i] = seq
				case "check_id":
					values[i] = id
				case "request_id":
					values[i] = nil
				case "row_hash", "hash":
					values[i] = hash
				}
			}
		case strings.HasPrefix(query, "INSERT INTO check_now"):
			values[3] = seq
		case strings.HasPrefix(query, "UPDATE chain "):
			values = []any{seq, hash}
		case strings.HasPrefix(query, "INSERT INTO request"):
			values[0], values[2], values[3] = id, seq, seq
		}
		ofChain := strings.Contains(query, " chain") || strings.Contains(query, "_count")
		if chained || !ofChain {
			list = append(list, engine.Row{Statement: row.Statement, Values: values})
		}
	}
	return list
}

// chained saves the rows with the chain.
func (x *bench) chained(ctx context.Context) error {
	_, err := x.log.Write(ctx, engine.Checked, func(t engine.Tx) (end engine.End, err error) {
		seq, before, err := t.Head(ctx)
		if err != nil {
			return end, err
		}
		hash := sha256.Sum256(before)
		return engine.End{Seq: seq + 1, Hash: hex.EncodeToString(hash[:])}, t.Append(ctx, x.numberedRows(seq+1, hash[:], true))
	})
	return err
}

// bare saves the rows without the chain, in one round trip.
func (x *bench) bare(ctx context.Context) error {
	var batch pgx.Batch
	batch.Queue("BEGIN")
	x.queue(&batch)
	batch.Queue("COMMIT")
	return x.pool.SendBatch(ctx, &batch).Close()
}

// bareInTwo saves the rows as bare does, but locks the head of the chain in a round trip
// before them, and writes it with them. No save with a chain can be faster, because a hash
// rests on the one before it.
func (x *bench) bareInTwo(ctx context.Context) error {
	conn, err := x.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	var lock, rest pgx.Batch
	lock.Queue("BEGIN")
	lock.Queue("SELECT seq, hash FROM chain WHERE id = 1 FOR UPDATE")
	if err := conn.SendBatch(ctx, &lock).Close(); err != nil {
		return err
	}
	rest.Queue("UPDATE chain SET seq = $1, hash = $2 WHERE id = 1", x.queue(&rest), make([]byte, sha256.Size))
	rest.Queue("COMMIT")
	return conn.SendBatch(ctx, &rest).Close()
}

// queue adds the rows without the chain to a batch, and returns the number of their record.
func (x *bench) queue(batch *pgx.Batch) (seq int64) {
	seq = 1<<40 + x.next.Add(1)
	for _, row := range x.numberedRows(seq, make([]byte, sha256.Size), false) {
		text := row.Query
		if row.Table != "" {
			marks := ""
			for i := range row.Columns {
				marks += fmt.Sprintf(", $%d", i+1)
			}
			text = "INSERT INTO " + row.Table + " (" + strings.Join(row.Columns, ", ") + ") VALUES (" + marks[2:] + ")"
		}
		batch.Queue(text, row.Values...)
	}
	return seq
}

// onDisk are the settings of a server that keeps its promises.
var onDisk = pgserver.Options{Settings: []string{"fsync=on", "shared_buffers=256MB", "max_wal_size=4GB"}}

// percentile returns a part of times in milliseconds.
func percentile(times []time.Duration, part float64) float64 {
	slices.Sort(times)
	return float64(times[min(len(times)-1, int(part*float64(len(times))))].Microseconds()) / 1000
}

// times are the times of several runs.
type times struct {
	passed []time.Duration
	cpu    time.Duration // of all together, of the program and the server
}

// alternately measures functions in turn, twenty calls of each for an iteration of the
// benchmark.
func alternately(b *testing.B, s *pgserver.Server, of ...func(context.Context) error) []times {
	const some = 20
	measured := func() []times {
		list := make([]times, len(of))
		for i, run := range of {
			before := cpuTime(b, s)
			for range some {
				began := time.Now()
				ok(b, run(b.Context()))
				list[i].passed = append(list[i].passed, time.Since(began))
			}
			list[i].cpu = cpuTime(b, s) - before
		}
		return list
	}
	measured() // the first calls prepare statements
	all := make([]times, len(of))
	for b.Loop() {
		for i, t := range measured() {
			all[i].passed, all[i].cpu = append(all[i].passed, t.passed...), all[i].cpu+t.cpu
		}
	}
	return all
}

// report reports the medians and the processor time of a save and of its peer.
func report(b *testing.B, of []times) {
	var median, cpu [2]float64
	for i := range median {
		median[i] = percentile(of[i].passed, 0.5)
		cpu[i] = float64(of[i].cpu.Microseconds()) / 1000 / float64(len(of[i].passed))
	}
	b.ReportMetric(median[0], "save-p50-ms")
	b.ReportMetric(median[1], "bare-p50-ms")
	b.ReportMetric(median[0]/median[1], "ratio")
	b.ReportMetric(cpu[0], "save-cpu-ms")
	b.ReportMetric(cpu[1], "bare-cpu-ms")
}

// BenchmarkSave compares one seat's save with the peer.
func BenchmarkSave(b *testing.B) {
	b.Run("alone", func(b *testing.B) {
		s := pgserver.StartWith(b, onDisk)
		oneSeat(b, newBench(b, s, s.Address(pgserver.Program, "w")))
	})
	b.Run("standby", func(b *testing.B) {
		s := pgserver.StartWith(b, onDisk)
		x := newBench(b, s, s.Address(pgserver.Program, "w"))
		standby := onDisk
		standby.From = s
		pgserver.StartWith(b, standby)
		must(s.SQL("ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT pg_reload_conf();"))(b)
		oneSeat(b, x)
	})
}

func oneSeat(b *testing.B, x *bench) {
	of := alternately(b, x.server, x.chained, x.bare, x.bareInTwo)
	report(b, of)
	b.ReportMetric(percentile(of[2].passed, 0.5)/percentile(of[1].passed, 0.5), "two-trips-ratio")
}

// BenchmarkSaveCheck compares the whole act of a store, which reads the patient and grades
// the check, with the peer.
func BenchmarkSaveCheck(b *testing.B) {
	s := pgserver.StartWith(b, onDisk)
	x := newBench(b, s, s.Address(pgserver.Program, "w"))
	n := 0
	x.recorder.reads = 0
	of := alternately(b, s, func(ctx context.Context) error {
		n++
		id := fmt.Sprint("whole-", n)
		at := time.Duration(n) * 4 * time.Hour // so that as many checks are read as on a ward
		_, err := x.store.SaveCheck(ctx, requested(at+time.Hour, id), fixture.CheckOf(x.patient, id, 10, at))
		return err
	}, x.bare)
	b.ReportMetric(float64(x.recorder.reads)/float64(n), "reads")
	report(b, of)
}

// BenchmarkWriters compares many writers of one process with as many of the peer on eight
// connections.
func BenchmarkWriters(b *testing.B) {
	for _, writers := range []int{16, 200} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			s := pgserver.StartWith(b, onDisk)
			x := newBench(b, s, s.Address(pgserver.Program, "w"))
			var rates, cpu [2][]float64
			for b.Loop() {
				for i, save := range []func(context.Context) error{x.chained, x.bare} {
					before := cpuTime(b, s)
					rates[i] = append(rates[i], x.rate(b, writers, save))
					cpu[i] = append(cpu[i], float64((cpuTime(b, s)-before).Microseconds())/1000/savesAtOnce)
				}
			}
			for i := range rates {
				slices.Sort(rates[i])
				slices.Sort(cpu[i])
			}
			middle := len(rates[0]) / 2
			b.ReportMetric(rates[0][middle], "chained/s")
			b.ReportMetric(rates[1][middle], "bare/s")
			b.ReportMetric(rates[0][middle]/rates[1][middle], "ratio")
			b.ReportMetric(cpu[0][middle], "chained-cpu-ms")
			b.ReportMetric(cpu[1][middle], "bare-cpu-ms")
		})
	}
}

// savesAtOnce is the number of saves of all writers for one rate.
const savesAtOnce = 1000

// rate returns the saves per second of several writers.
func (x *bench) rate(b *testing.B, writers int, save func(context.Context) error) float64 {
	var left atomic.Int64
	left.Store(savesAtOnce)
	began := time.Now()
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for left.Add(-1) >= 0 {
				if err := save(b.Context()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	return savesAtOnce / time.Since(began).Seconds()
}

// BenchmarkBoardElsewhere compares the time from a save until another program has the board
// with the save, with that of the commit.
func BenchmarkBoardElsewhere(b *testing.B) {
	s := pgserver.StartWith(b, onDisk)
	x := newBench(b, s, s.Address(pgserver.Program, "w"))
	elsewhere := must(store.Open(b.Context(), s.Address(pgserver.Program, "w")))(b)
	defer elsewhere.Close()
	news := elsewhere.Saves(b.Context())
	must(elsewhere.Board(b.Context()))(b)
	var commits, boards []time.Duration
	for n := 0; b.Loop(); n++ {
		for len(news) > 0 {
			<-news
		}
		id := fmt.Sprint("board-", n)
		began := time.Now()
		must(x.store.SaveCheck(b.Context(), requested(1000*time.Hour, id), numbered(x.patient, id, n)))(b)
		commits = append(commits, time.Since(began))
		for seen := false; !seen; {
			select {
			case <-news:
			case <-time.After(3 * time.Second):
				b.Fatal("no news")
			}
			board := must(elsewhere.Board(b.Context()))(b)
			seen = slices.ContainsFunc(board[0].Checks, func(c ward.Check) bool { return c.ID == id })
		}
		boards = append(boards, time.Since(began))
	}
	commit, board := percentile(commits, 0.99), percentile(boards, 0.99)
	b.ReportMetric(commit, "commit-p99-ms")
	b.ReportMetric(board, "board-p99-ms")
	b.ReportMetric(board-2*commit, "over-two-commits-ms")
}
