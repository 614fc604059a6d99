package seats

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"neurocheck/internal/tui/desk/desktest"
)

func TestOnlyAProvedKeyOpensASeat(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	known, stranger := h.seat("Desk 1", ""), newKey(t)
	mine := h.seat("Maria, laptop", desktest.Maria)
	claimed := claim{known.PublicKey(), stranger}
	for name, auth := range map[string][]gossh.AuthMethod{
		"no key":                        nil,
		"a password":                    {gossh.Password("secret")},
		"an unknown key":                {gossh.PublicKeys(stranger)},
		"a key offered and not proved":  {gossh.PublicKeys(claimed)},
		"the same, then an unknown key": {gossh.PublicKeys(claimed, stranger)},
		"answers at a keyboard": {gossh.KeyboardInteractive(func(_, _ string, q []string, _ []bool) ([]string, error) {
			return make([]string, len(q)), nil
		})},
	} {
		if c, err := h.dial(auth...); err == nil {
			c.Close()
			t.Errorf("%s: let in", name)
		}
	}
	if out, _, exit := h.run(mine, "board"); exit != 0 || out != "board by "+desktest.Maria {
		t.Errorf("%d, %q", exit, out)
	}
}

// SHA-1 is offered nowhere, and an RSA key signs with SHA-2.
func TestOldAlgorithmsAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t, Limits{})
	key := h.seat("Desk 1", "")
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	own, err := gossh.NewSignerFromKey(private)
	must(t, err)
	h.seatFor("Desk 2", "", own)
	signing := func(algorithm string) gossh.Signer {
		signer, err := gossh.NewSignerWithAlgorithms(own.(gossh.AlgorithmSigner), []string{algorithm})
		must(t, err)
		return signer
	}
	for name, try := range map[string]struct {
		key    gossh.Signer
		config gossh.Config
		in     bool
	}{
		"as clients do":                 {key, gossh.Config{}, true},
		"a key exchange with SHA-1":     {key, gossh.Config{KeyExchanges: []string{gossh.InsecureKeyExchangeDH14SHA1}}, false},
		"a MAC with SHA-1":              {key, gossh.Config{Ciphers: []string{gossh.CipherAES128CTR}, MACs: []string{gossh.HMACSHA1, gossh.InsecureHMACSHA196}}, false},
		"a MAC with SHA-2":              {key, gossh.Config{Ciphers: []string{gossh.CipherAES128CTR}, MACs: []string{gossh.HMACSHA256ETM}}, true},
		"a cipher in CBC":               {key, gossh.Config{Ciphers: []string{gossh.InsecureCipherAES128CBC}}, false},
		"an RSA signature with SHA-1":   {signing(gossh.KeyAlgoRSA), gossh.Config{}, false},
		"an RSA signature with SHA-256": {signing(gossh.KeyAlgoRSASHA256), gossh.Config{}, true},
	} {
		c, err := gossh.Dial("tcp", h.address, &gossh.ClientConfig{
			Config: try.config, User: "anyone", Auth: []gossh.AuthMethod{gossh.PublicKeys(try.key)}, HostKeyCallback: gossh.FixedHostKey(h.host), Timeout: patience,
		})
		if err == nil {
			c.Close()
		}
		if (err == nil) != try.in {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// claim is a key that its client does not have: another key signs.
type claim struct {
	key   gossh.PublicKey
	other gossh.Signer
}

func (c claim) PublicKey() gossh.PublicKey { return c.key }

func (c claim) Sign(r io.Reader, data []byte) (*gossh.Signature, error) { return c.other.Sign(r, data) }

// The first start makes the host key, for its owner alone; the next ones read it.
func TestHostKey(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "new", "folder", "host-key")
	var keys [8][]byte
	var all sync.WaitGroup
	for i := range keys { // at once, as servers of one machine start
		all.Go(func() {
			key, fingerprint, err := HostKey(file)
			if err != nil || !strings.HasPrefix(fingerprint, "SHA256:") {
				t.Errorf("%q, %v", fingerprint, err)
			}
			keys[i] = key
		})
	}
	all.Wait()
	for _, key := range keys {
		if !bytes.Equal(key, keys[0]) {
			t.Error("two starts have two keys")
		}
	}
	if _, err := gossh.ParsePrivateKey(keys[0]); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("left: %v, %v", left, err)
	}
	if runtime.GOOS == "windows" {
		return // it has no such modes
	}
	for path, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

// A host key that clients refuse, or that is not safe any more, is refused at the start.
func TestAShortHostKeyIsRefused(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0") // the library makes none as short
	for bits, want := range map[int]string{1024: "too short to be safe", 2048: ""} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		must(t, err)
		block, err := gossh.MarshalPrivateKey(private, "")
		must(t, err)
		file := filepath.Join(t.TempDir(), "host-key")
		must(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
		_, _, err = HostKey(file)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%d bits: %v", bits, err)
		}
	}
}
