package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"neurocheck/internal/config"
)

func (a *app) config() *cobra.Command {
	var asDefault, asJSON bool
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the site's settings in force, and where they came from",
		Long: `Prints the settings in force as a commented settings file: beside each value stands
whether it is the default or which line of which file set it.

The settings file is the one named with --config, else with NEUROCHECK_CONFIG,
else neurocheck/site.toml in $XDG_CONFIG_HOME (~/.config), where there is one. A
file with anything wrong in it is refused as a whole.`,
		Example: `  neurocheck config
  neurocheck config --default > ~/.config/neurocheck/site.toml
  neurocheck config --json`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asDefault && !asJSON {
				return config.WriteDefault(os.Stdout)
			}
			path := ""
			if !asDefault {
				path = settingsPath(cmd)
			}
			s, err := loadSettings(path)
			switch {
			case err != nil:
				return err
			case asJSON:
				return config.WriteJSON(os.Stdout, s)
			}
			return config.Write(os.Stdout, s)
		},
	}
	cmd.Flags().BoolVar(&asDefault, "default", false, "print the defaults, as a file to start from")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

// settingsPath returns where the settings are; empty where there are none.
func settingsPath(cmd *cobra.Command) string {
	named := ""
	if flag := cmd.Flag("config"); flag != nil {
		named = flag.Value.String()
	}
	return config.Find(named, os.Getenv)
}

// loadSettings reads the settings and says everything that is wrong with them,
// one a line.
func loadSettings(path string) (config.Settings, error) {
	s, err := config.Load(path)
	if wrong, ok := errors.AsType[config.Problems](err); ok {
		fmt.Fprintln(os.Stderr, wrong)
		return s, errSaid
	}
	return s, err
}
