package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// feedKeyBytes is the length of the key of a feed.
const feedKeyBytes = 32

func (f *staffing) keyFlags(cmd *cobra.Command) {
	const about = "of a feed: the new `FILE` for its key"
	cmd.Flags().StringVar(&f.keyOut, "key-out", "", about)
	cmd.Flags().StringVar(&f.keyOut, "key-file", "", about)
	_ = cmd.Flags().MarkHidden("key-file") // the flag exists
}

// writeFeedKey makes a key, writes it into a new file, and has its digest kept. Without
// that the file goes away again.
func writeFeedKey(path string, keep func(ward.PIN) error) error {
	key := make([]byte, feedKeyBytes)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return ward.Unavailable(path + " is there already, and a key is never written over another file: name a new file with --key-out")
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(hex.EncodeToString(key) + "\n")
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = keep(store.FeedKey(key))
	}
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// feedSignIn is the name of a feed and the file with its key.
type feedSignIn struct{ by, keyFile string }

func (in *feedSignIn) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&in.by, "by", "", "the `NAME` of the feed, or of the administrator for the commands about the inbox")
	cmd.Flags().StringVar(&in.keyFile, "key-file", "", "a `FILE` that holds the key of the feed: readable for its owner alone, or in $CREDENTIALS_DIRECTORY")
}

// author returns the author that the feed signs as.
func (in *feedSignIn) author(ctx context.Context, s *store.Store) (string, error) {
	switch {
	case ward.CleanLine(in.by) == "":
		return "", notSignedIn("a key is that of a feed: say which with --by NAME")
	case in.keyFile == "":
		return "", notSignedIn("a feed signs in with its key: name the file with --key-file FILE")
	}
	text, err := secretInFile("--key-file", "key", in.keyFile)
	if err != nil {
		return "", err
	}
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != feedKeyBytes {
		return "", notSignedIn("--key-file " + in.keyFile + " holds no key of a feed: 64 characters from 0 to 9 and a to f")
	}
	m, err := s.SignInFeed(ctx, ward.Sign(ward.CleanLine(in.by), now()), key)
	if ward.KindOf(err) == ward.KindNotAllowed {
		return "", notSignedIn(err.Error())
	}
	return m.Author(), err
}
