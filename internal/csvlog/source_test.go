package csvlog

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const twoPatients = "mrn,name,birth_date,performed_at,tool\n" +
	"01,A,1961-03-14,2026-01-03T09:00:00Z,ice\n" +
	"02,B,1961-03-14,2026-01-03T10:00:00Z,ice\n"

func fileOf(t *testing.T, text string) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func readFile(t *testing.T, file *os.File) *Import {
	t.Helper()
	f, err := Read(file, Options{Name: "in.csv", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAFileHoldsWhatItsTextDoes(t *testing.T) {
	want := standing(read(t, twoPatients))
	if diff := cmp.Diff(want, standing(readFile(t, fileOf(t, twoPatients)))); diff != "" || len(want) != 2 {
		t.Error(diff)
	}
	// It begins after the part that the caller has read.
	const before = "somebody else's line\n"
	file := fileOf(t, before+twoPatients)
	if _, err := io.ReadFull(file, make([]byte, len(before))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, standing(readFile(t, file))); diff != "" {
		t.Error(diff)
	}
}

// The rows of the first reading are recorded: a file that is written to meanwhile is
// refused, and so is one that cannot be read again.
func TestAFileThatChangesIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*os.File) error
		want   string
	}{
		"shorter": {func(f *os.File) error { return f.Truncate(int64(strings.Index(twoPatients, "02,"))) }, "in.csv:3: row: cannot be read: unexpected EOF\nin.csv:1: header: " + fileChanged + "\n"},
		"longer":  {func(f *os.File) error { _, err := f.WriteAt([]byte("x"), int64(len(twoPatients))); return err }, "in.csv:1: header: " + fileChanged + "\n"},
		"other MRN": {func(f *os.File) error {
			_, err := f.WriteAt([]byte("09"), int64(strings.Index(twoPatients, "02,")))
			return err
		}, "in.csv:3: row: " + fileChanged + "\n"},
		"closed": {(*os.File).Close, "in.csv:2: row: cannot be read: "},
	} {
		t.Run(name, func(t *testing.T) {
			file := fileOf(t, twoPatients)
			f := readFile(t, file)
			if err := test.change(file); err != nil {
				t.Fatal(err)
			}
			if got := lines(wrong(f)); !strings.HasPrefix(got, test.want) {
				t.Errorf("got\n%swanted\n%s", got, test.want)
			}
		})
	}
}

// failing fails from its n-th reading on.
type failing struct {
	io.ReaderAt
	n int
}

func (f *failing) ReadAt(p []byte, at int64) (int, error) {
	if f.n--; f.n < 0 {
		return 0, errors.New("broken")
	}
	return f.ReaderAt.ReadAt(p, at)
}

func TestAFileThatCannotBeReadIsNoImport(t *testing.T) {
	for n := range 3 { // the header, the blocks, the patients
		text := sourceOfText(t, twoPatients)
		text.ReaderAt = &failing{text.ReaderAt, n}
		if f, err := ReadText(text, Options{Name: "in.csv", Now: now}); err == nil || err.Error() != "broken" {
			t.Errorf("reading %d fails, and yet: %v, %v", n, f, err)
		}
	}
}
