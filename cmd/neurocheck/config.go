package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"neurocheck/internal/config"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
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
file with anything wrong in it is refused as a whole. An administrator puts another
in its place with neurocheck config apply; however they change, the log records it.`,
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
	cmd.AddCommand(a.configApply())
	cmd.Flags().BoolVar(&asDefault, "default", false, "print the defaults, as a file to start from")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

func (a *app) configApply() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "apply FILE",
		Short: "Put other settings in force, as an administrator of the ward",
		Long: `Reads FILE, and where nothing is wrong with it puts it in the place of the settings
in force. The log records who changed what: an administrator, who says so with --by
and proves it with the PIN. Whoever edits the settings file instead is recorded as
the login of the machine, the next time the ward is opened.`,
		Example: `  neurocheck config apply new.toml --by "Kim Adler"`,
		Args:    justOne,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			ctx := cmd.Context()
			settings, err := loadSettings(args[0])
			if err != nil {
				return err
			}
			flag := ""
			if f := cmd.Flag("config"); f != nil {
				flag = f.Value.String()
			}
			place := config.Place(flag, os.Getenv)
			if place == "" {
				return ward.Invalid("", "cannot tell where the settings belong: there is no home folder; name the file with --config FILE")
			}
			s, err := a.openLog(ctx)
			if err != nil {
				return err
			}
			defer closing(s, &err)
			sig, err := author(ctx, s, ward.CleanLine(by))
			if err != nil {
				return err
			}
			if m, err := s.StaffMember(ctx, sig.By); err == nil {
				if err := ward.MayManageSettings(m); err != nil {
					return err
				}
			}
			content, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
				return err
			}
			err = wholefile.Write(place, wholefile.Options{Force: true, Log: s.Path()}, func(temp *os.File) error {
				_, err := temp.Write(content)
				return err
			})
			if err != nil {
				return err
			}
			return s.NoteSettings(ctx, sig, config.Recorded(&settings.Site), func(before string) string { return config.Changed(before, &settings.Site) })
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "`NAME` of the administrator who does it")
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
		fmt.Fprintln(os.Stderr, harmless(wrong.Error()))
		return s, errSaid
	}
	return s, err
}
