package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"neurocheck/internal/config"
	"neurocheck/internal/folder"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// isFolder reports whether an import is that of a folder.
func isFolder(args []string) bool {
	if len(args) != 1 || args[0] == "-" {
		return false
	}
	info, err := os.Stat(args[0])
	return err == nil && info.IsDir()
}

// runFolder imports a ward in a folder.
func (i *importing) runFolder(ctx context.Context, path string) (err error) {
	if err := i.checkFolderFlags(path); err != nil {
		return err
	}
	w, problems, err := folder.Open(path)
	if err != nil {
		return err
	}
	if err := i.refuse(problems, "folder_refused"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	var done store.MovedIn
	err = i.intoLog(ctx, i.signature(), func(ctx context.Context, s *store.Store, sig ward.Signature, site *ward.Site) (err error) {
		done, err = i.moveInto(ctx, s, sig, w, site)
		return err
	})
	if err != nil {
		return err
	}
	return i.sayMoved(done)
}

// checkFolderFlags refuses flags that are for a file.
func (i *importing) checkFolderFlags(path string) error {
	for _, flag := range []string{"mrn-as-is", "both", "corrections", "on-ward", "example", "map", "long"} {
		if i.cmd.Flags().Changed(flag) {
			return wrongUse{fmt.Errorf("--%s is for a file, and %s is a folder: it comes in as it was written", flag, path)}
		}
	}
	return i.checkErrors([]string{path})
}

// moveInto records a ward in s, and lists every fault of its rows.
func (i *importing) moveInto(ctx context.Context, s *store.Store, sig ward.Signature, w *folder.Ward, site *ward.Site) (store.MovedIn, error) {
	if err := i.askSettings(w.Settings, site); err != nil {
		return store.MovedIn{}, err
	}
	if !i.dryRun {
		ctx = store.WithReceipt(ctx, &i.receipt)
	}
	done, problems, err := w.Import(ctx, s, sig, store.ImportOptions{DryRun: i.dryRun, NewPatients: i.newPatient})
	if err != nil {
		return done, err
	}
	return done, i.refuse(problems, commonCode(len(problems), func(k int) string { return problems[k].Code }))
}

// askSettings returns a question if the ward that left evaluates checks otherwise.
func (i *importing) askSettings(theirs map[string]json.RawMessage, site *ward.Site) error {
	keys := config.EvaluatedOtherwise(theirs, config.Evaluating(site))
	if len(keys) == 0 || i.otherSettings {
		return nil
	}
	return ward.Question("settings_differ", "the ward in the folder evaluates checks by other settings than this one: "+strings.Join(keys, ", ")+"; set these first, or go on with those of this ward with --other-settings", "--other-settings")
}

// sayMoved writes the summary to the standard output.
func (i *importing) sayMoved(done store.MovedIn) error {
	if i.asJSON {
		return answer(i.cmd, succeeded(i.cmd), i.kept(done.Checks), struct {
			Patients  int  `json:"patients"`
			Stays     int  `json:"stays"`
			Checks    int  `json:"checks"`
			Events    int  `json:"events"`
			FollowUps int  `json:"follow_ups"`
			Known     bool `json:"there_already"`
			DryRun    bool `json:"dry_run"`
		}{done.Patients, done.Stays, done.Checks, done.Events, done.FollowUps, done.Known, i.dryRun})
	}
	if done.Known {
		_, err := fmt.Println("the log has this ward already")
		return err
	}
	recorded := "recorded"
	if i.dryRun {
		recorded = "would record"
	}
	_, err := fmt.Printf("%s %s, %s, %s, %s and %s as they were\n", recorded,
		plural(done.Patients, "patient", "patients"), plural(done.Stays, "stay", "stays"), plural(done.Checks, "version of checks", "versions of checks"),
		plural(done.Events, "event", "events"), plural(done.FollowUps, "follow-up", "follow-ups"))
	return err
}
