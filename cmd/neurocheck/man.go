//go:build man

package main

import (
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// packagingCommands returns the commands with which a package is built. The program in the
// package is built without them.
func packagingCommands() []*cobra.Command {
	return []*cobra.Command{{
		Use:    "man FOLDER",
		Short:  "Write a manual page for each command into FOLDER",
		Hidden: true,
		Args:   justOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			date, err := buildDate()
			if err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			return doc.GenManTree(root, &doc.GenManHeader{Title: "NEUROCHECK", Section: "1", Source: "neurocheck", Manual: "neurocheck", Date: date}, args[0])
		},
	}}
}

// buildDate returns the date of the sources, SOURCE_DATE_EPOCH, so that a package of the
// same sources is the same; without it the present one.
func buildDate() (*time.Time, error) {
	date := time.Now()
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return nil, wrongUse{err}
		}
		date = time.Unix(seconds, 0).UTC()
	}
	return &date, nil
}
