//go:build !man

package main

import "github.com/spf13/cobra"

// packagingCommands returns no command: see man.go.
func packagingCommands() []*cobra.Command { return nil }
