package backup

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"neurocheck/internal/ward"
)

// mostKeyBytes is far above any file of keys.
const mostKeyBytes = 1 << 20

// ParseRecipient parses a public key of age, such as age1…, which can open a backup.
// The error does not repeat the key, because it may be a private one by mistake.
func ParseRecipient(text string) (age.Recipient, error) {
	text = strings.TrimSpace(text)
	recipients, err := age.ParseRecipients(strings.NewReader(text))
	switch {
	case strings.HasPrefix(strings.ToUpper(text), "AGE-SECRET-KEY-"):
		return nil, ward.Invalid("", "this is a private key; name the public one that belongs to it (age1…)")
	case strings.HasPrefix(text, "ssh-"):
		return nil, ward.Invalid("", "keys of SSH are not taken; make one of age with age-keygen")
	case err != nil || len(recipients) != 1:
		return nil, ward.Invalid("", "this is no public key of age (age1…); age-keygen makes one")
	}
	return recipients[0], nil
}

// ReadRecipients reads a file of public keys, one a line; empty lines and those
// that begin with # are skipped. name is the name of the file in errors.
func ReadRecipients(r io.Reader, name string) (recipients []age.Recipient, err error) {
	lines := bufio.NewScanner(io.LimitReader(r, mostKeyBytes))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		recipient, err := ParseRecipient(line)
		if err != nil {
			return nil, ward.Invalid("", fmt.Sprintf("%s:%d: %v", name, n, err))
		}
		recipients = append(recipients, recipient)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	if len(recipients) == 0 {
		return nil, ward.Invalid("", name+": there is no public key in it; write one a line")
	}
	return recipients, nil
}

// ReadIdentities reads a file of private keys, as age-keygen makes it. name is the name
// of the file in errors, which never have anything of its content.
func ReadIdentities(r io.Reader, name string) ([]age.Identity, error) {
	content, err := io.ReadAll(io.LimitReader(r, mostKeyBytes))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	if bytes.HasPrefix(content, []byte(magicArmor)) || bytes.HasPrefix(content, []byte(magicAge)) {
		return nil, ward.Invalid("", name+" is itself encrypted; decrypt it with age -d first")
	}
	identities, err := age.ParseIdentities(bytes.NewReader(content))
	if err != nil {
		return nil, ward.Invalid("", name+" holds no private key of age, or something else as well; name the file that age-keygen made")
	}
	return identities, nil
}

// throwaway makes a key of the same kind as the recipients, because age does not mix
// post-quantum keys with others.
func throwaway(recipients []age.Recipient) (age.Identity, age.Recipient, error) {
	for _, r := range recipients {
		if _, ok := r.(*age.HybridRecipient); ok {
			identity, err := age.GenerateHybridIdentity()
			if err != nil {
				return nil, nil, err
			}
			return identity, identity.Recipient(), nil
		}
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, nil, err
	}
	return identity, identity.Recipient(), nil
}
