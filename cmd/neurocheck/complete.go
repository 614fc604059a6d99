package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// completeValues lets the shell complete the values of flags, of each command below root
// that has them.
func (a *app) completeValues(root *cobra.Command) {
	for flag, complete := range map[string]cobra.CompletionFunc{
		"format":  oneOfThese(formatCSV, formatFHIR, formatFHIRNDJSON, formatFHIRTransaction),
		"profile": completeProfile,
		"only":    oneOfThese(singleTables()...),
		"role":    oneOfThese(termCodes(ward.Roles)...),
		"patient": a.completeMRN,
		"home":    a.completeMRN,
	} {
		registerBelow(root, flag, complete)
	}
}

// registerBelow registers the completion of a flag for cmd and the commands below it. A
// command may have one of its own.
func registerBelow(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	_, own := cmd.GetFlagCompletionFunc(flag)
	if f := cmd.Flags().Lookup(flag); f != nil && f.Value.Type() == "string" && !own {
		if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // it is registered once, and the flag is there
		}
	}
	for _, below := range cmd.Commands() {
		registerBelow(below, flag, complete)
	}
}

func oneOfThese(values ...cobra.Completion) cobra.CompletionFunc {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

func termCodes(terms []ward.Term) (codes []string) {
	for _, t := range terms {
		codes = append(codes, t.Code)
	}
	return codes
}

func completeProfile(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	profiles := []string{"csv", "spreadsheet"}
	if cmd.Name() == "export" {
		profiles = append(profiles, "redcap")
	}
	return profiles, cobra.ShellCompDirectiveNoFileComp
}

// completionTime limits the time for which a shell waits for a completion.
const completionTime = 2 * time.Second

// completeMRN completes the MRNs of the patients on the board. It asks for no PIN, because
// a shell cannot, and so it returns no names. It makes no log and writes nothing.
func (a *app) completeMRN(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), completionTime)
	defer cancel()
	mrns, err := a.mrns(ctx, typed)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return mrns, cobra.ShellCompDirectiveNoFileComp
}

// mrns returns the MRNs on the board that begin so.
func (a *app) mrns(ctx context.Context, start string) (mrns []string, err error) {
	path, err := a.logPath()
	if err != nil {
		return nil, err
	}
	s, err := store.OpenReadOnly(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closed := s.Close(); err == nil {
			err = closed
		}
	}()
	board, err := s.Board(ctx)
	if err != nil {
		return nil, err
	}
	for i := range board {
		if mrn := ward.CleanLine(board[i].Patient.MRN); strings.HasPrefix(mrn, start) {
			mrns = append(mrns, mrn)
		}
	}
	return mrns, nil
}
