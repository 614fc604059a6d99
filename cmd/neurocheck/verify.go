package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"neurocheck/internal/ward"
)

func (a *app) verify() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Tell whether the record is whole",
		Long: `Walks the whole record and its chain of hashes, and names the first record that does
not fit. The hash of the last record is printed: noted down elsewhere, it shows
later that the record has only grown since. See schema/CHAIN.md.`,
		Example: `  neurocheck verify
  neurocheck verify --db backup.db --json`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, err := a.openLog(cmd.Context())
			if err != nil {
				return err
			}
			defer closing(s, &err)
			v, err := s.Verify(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(os.Stdout).Encode(struct {
					Whole   bool   `json:"whole"`
					Records int64  `json:"records"`
					Head    string `json:"head"`
					Misfit  string `json:"misfit,omitempty"`
				}{v.Misfit == "", v.Records, v.Head, v.Misfit})
			} else if v.Misfit == "" {
				_, err = fmt.Printf("the record is whole: %s, head %s\n", plural(int(v.Records), "record", "records"), v.Head)
			}
			if err == nil && v.Misfit != "" {
				err = ward.Conflict(fmt.Sprintf("%s: the record is not whole: %s; keep the file as it is, and go on with a backup", s.Path(), v.Misfit))
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write the verdict as JSON")
	return cmd
}
