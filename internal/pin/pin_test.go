package pin

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"neurocheck/internal/ward"
)

// cheap is the lowest cost of argon2id, for tests.
var cheap = Cost{Passes: 1, KiB: 8, Threads: 1}

func with(pepper byte) *Keeper {
	return &Keeper{Cost: cheap, Pepper: func(bool) ([]byte, error) { return bytes.Repeat([]byte{pepper}, pepperBytes), nil }}
}

func TestOnlyThePINMatches(t *testing.T) {
	k := with(1)
	for _, secret := range []string{"246810", "Ein Satz mit Umlaut: Ärztin", strings.Repeat("x", Most), "日本語で六文字"} {
		d, err := k.Digest(secret, true)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(d, secret) {
			t.Errorf("the digest holds the PIN: %s", d)
		}
		again, _ := k.Digest(secret, false)
		if d == again {
			t.Error("two digests of one PIN are the same: there is no salt")
		}
		for _, c := range []struct {
			try  string
			want bool
		}{{secret, true}, {secret + " ", false}, {"", false}, {strings.ToUpper(secret) + "1", false}} {
			if got, err := k.Matches(d, c.try); got != c.want || err != nil {
				t.Errorf("%q against the digest of %q: %v, %v", c.try, secret, got, err)
			}
		}
	}
}

func TestAnotherPepperIsNamed(t *testing.T) {
	d, err := with(1).Digest("246810", true)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := with(2).Matches(d, "246810"); ok || ward.KindOf(err) != ward.KindUnavailable {
		t.Errorf("%v, %v", ok, err)
	}
}

// The pepper is part of the sum, not only of the key's name.
func TestThePepperCounts(t *testing.T) {
	salt := make([]byte, saltBytes)
	if bytes.Equal(sum("246810", []byte{1}, salt, cheap), sum("246810", []byte{2}, salt, cheap)) {
		t.Error("two peppers make one sum")
	}
}

func TestBadDigestsAreRefused(t *testing.T) {
	good, err := with(1).Digest("246810", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"", "$", "digest", "$argon2i" + strings.TrimPrefix(good, "$argon2id"),
		strings.Replace(good, "m=8", "m=999999999", 1), strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, ",keyid=", ",key=", 1), good + "$", good[:len(good)-2], good + "AA"} {
		if ok, err := with(1).Matches(d, "246810"); ok || ward.KindOf(err) != ward.KindUnavailable {
			t.Errorf("%q: %v, %v", d, ok, err)
		}
	}
}

func FuzzMatches(f *testing.F) {
	good, err := with(1).Digest("246810", true)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("$argon2id$v=19$m=8,t=1,p=1,keyid=00$AAAAAAAAAAA$AA")
	f.Fuzz(func(t *testing.T, d string) {
		if c, ok := parse(d); ok && (c.cost.KiB > 1024 || c.cost.Passes > 2) {
			t.Skip("costs too much to try often")
		}
		if ok, _ := with(1).Matches(d, "another"); ok {
			t.Errorf("another PIN matches %q", d)
		}
	})
}

func TestJudge(t *testing.T) {
	for secret, fine := range map[string]bool{
		"246810": true, "a short sentence": true, "112233": true, "135791": true, "Sam Lee 7": true,
		"": false, "24681": false, "111111": false, "123456": false, "987654": false, "abcdef": false, "sam lee": false, strings.Repeat("ab", 101): false,
	} {
		if err := Judge(secret, "Sam Lee"); (err == nil) != fine {
			t.Errorf("%q: %v", secret, err)
		}
	}
	for range 100 {
		if p := OneTime(); len(p) != 8 {
			t.Errorf("one-time PIN %q", p)
		}
	}
}

func TestPepperFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config", "neurocheck", "pepper")
	pepper := File(path)
	if _, err := pepper(false); ward.KindOf(err) != ward.KindUnavailable || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("without a file: %v", err)
	}
	var wg sync.WaitGroup
	found := make([][]byte, 8)
	for i := range found {
		wg.Go(func() { found[i], _ = pepper(true) })
	}
	wg.Wait()
	for _, p := range found {
		if len(p) != pepperBytes || !bytes.Equal(p, found[0]) {
			t.Fatalf("eight who started at once have different peppers: %x", found)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := pepper(true); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a pepper that others read: %v", err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := pepper(true); err == nil || !strings.Contains(err.Error(), "is no pepper file") {
		t.Errorf("another file: %v", err)
	}
}

func BenchmarkMatches(b *testing.B) {
	k := with(1)
	k.Cost = Standard
	d, err := k.Digest("246810", true)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, err := k.Matches(d, "246810"); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func TestADigestWaitsForItsTurn(t *testing.T) {
	k := with(1)
	began, ended := 0, 0
	k.Turn = func() func() {
		began++
		return func() { ended++ }
	}
	d, err := k.Digest("246810", true)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := k.Matches(d, "246810"); !ok || err != nil || began != 2 || ended != 2 {
		t.Errorf("%v, %v; %d turns began, %d ended", ok, err, began, ended)
	}
}
