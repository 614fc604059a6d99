package backup

import (
	"strings"
	"testing"
	"unicode"
)

// Files with keys come from outside: an error about one is plain text, and has nothing
// of the key.
func FuzzKeys(f *testing.F) {
	f.Add("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ\n")
	f.Add("# a comment\nage1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq\n")
	f.Add("ssh-ed25519 AAAA\n")
	f.Add("\x1b[2J\n\x00")
	f.Fuzz(func(t *testing.T, content string) {
		judge := func(err error) {
			if err == nil {
				return
			}
			for _, r := range err.Error() {
				if unicode.IsControl(r) {
					t.Errorf("%q makes it say %q", content, err)
				}
			}
			for line := range strings.Lines(content) {
				if line = strings.TrimSpace(line); strings.HasPrefix(line, "AGE-SECRET-KEY-1") && len(line) > 20 && strings.Contains(err.Error(), line) {
					t.Errorf("it says the secret: %v", err)
				}
			}
		}
		_, err := ReadRecipients(strings.NewReader(content), "keys.txt")
		judge(err)
		_, err = ReadIdentities(strings.NewReader(content), "keys.txt")
		judge(err)
		_, err = ParseRecipient(content)
		judge(err)
	})
}
