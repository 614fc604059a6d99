package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"neurocheck/internal/store"
)

func (a *app) wards() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ward",
		Short: "Make and list the wards of a PostgreSQL server",
		Long: `A ward on a PostgreSQL server is a schema of a database, which the owner of the database
makes once. The workstations then use it with --db or NEUROCHECK_DB. Passwords are never
in the address: they are in the file that PGPASSFILE names. See neurocheck help postgres.`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.makeWard(), a.listWards())
	return cmd
}

func (a *app) makeWard() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "make",
		Short: "Make an empty ward, or bring one up to date, as its owner",
		Long: `Makes the ward that --db names: its schema, its tables, and the rights of the role
neurocheck, of which the logins of the workstations are members. A ward that is there is
brought up to the version of this program; its record stays as it is.`,
		Example: `  neurocheck ward make --db 'postgres://owner@db.example/hospital?ward=w7b'`,
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := a.address()
			if err != nil {
				return err
			}
			made, err := store.MakeWard(cmd.Context(), address)
			if err != nil {
				return err
			}
			if asJSON {
				return answerRead(cmd, struct {
					Ward string `json:"ward"`
					Made bool   `json:"made"`
				}{publicName(address), made})
			}
			words := "made, or brought up to date"
			if !made {
				words = "there already, and up to date"
			}
			_, err = fmt.Printf("%s: %s\n", harmless(publicName(address)), words)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

// listedWard is a ward in the JSON of neurocheck ward list.
type listedWard struct {
	Ward    string `json:"ward"`
	Version int64  `json:"version"`
	Newest  bool   `json:"newest"`
	Bytes   int64  `json:"bytes"`
	closed  bool   // to this login
}

func (a *app) listWards() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the wards of a database",
		Long:    `Lists the wards of the database that --db names, without data of patients.`,
		Example: `  neurocheck ward list --db 'postgres://owner@db.example/hospital'`,
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := a.address()
			if err != nil {
				return err
			}
			found, err := store.Wards(cmd.Context(), address)
			if err != nil {
				return err
			}
			list := []listedWard{}
			for _, w := range found {
				list = append(list, listedWard{w.Schema, w.Version, w.Newest, w.Bytes, w.Closed})
			}
			if asJSON {
				return answerRead(cmd, struct {
					Wards []listedWard `json:"wards"`
				}{list})
			}
			return sayWards(list)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

// sayWards writes the wards to the standard output, one a line.
func sayWards(list []listedWard) error {
	for _, w := range list {
		state := fmt.Sprintf("version %d", w.Version)
		switch {
		case w.closed:
			state = "closed to this login; an administrator of the database runs GRANT neurocheck TO the login"
		case !w.Newest:
			state += ", of a different version of this program: neurocheck ward make brings an older one up to date"
		}
		if _, err := fmt.Printf("%-20s  %6.1f MB  %s\n", w.Ward, float64(w.Bytes)/1e6, state); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(os.Stderr, "the database has no ward; neurocheck ward make makes one")
		return err
	}
	return nil
}

// address returns the address of a server in --db or NEUROCHECK_DB.
func (a *app) address() (string, error) {
	log, err := a.logPath()
	if err != nil {
		return "", err
	}
	if !store.OnServer(log) {
		return "", wrongUse{errors.New("neurocheck ward is for a PostgreSQL server: name it with --db 'postgres://HOST/DATABASE?ward=WARD'")}
	}
	return log, nil
}

// postgresHelp is the answer to neurocheck help postgres: twelve lines for the person who
// sets a server up.
//
// Every workstation has the same pepper, in a file that the administrator carries there.
// Without one the digests of the PINs were protected by the roles of the server alone; but
// every login of a workstation must read them, and a PIN of six figures is tried in minutes.
const postgresHelp = `On the server, once: CREATE ROLE neurocheck NOLOGIN; CREATE ROLE owner LOGIN;
  CREATE DATABASE hospital OWNER owner; and for each workstation (it may only
  add to the record): CREATE ROLE desk1 LOGIN IN ROLE neurocheck;
A ward is a schema. The owner makes it, now and after each update of neurocheck:
  neurocheck ward make --db 'postgres://owner@db.example/hospital?ward=w7b'
Workstations: NEUROCHECK_DB='postgres://desk1@db.example/hospital?ward=w7b',
  the password in the file of PGPASSFILE, the certificate in PGSSLROOTCERT.
  All have the same site.toml and pepper file (0600; see NEUROCHECK_PEPPER).
A standby: postgres://desk1@a.example,b.example/…, used once it is promoted.
neurocheck copy ward.db WARD moves a log in; neurocheck backup FILE makes one.
Daily copies: on a machine with ~/.local/state/neurocheck/HOST_DB_WARD/backups.
Tried on PostgreSQL 15; not with pgbouncer, nor on CockroachDB or YugabyteDB.
`

// helpPostgres is the help topic about wards on a server.
func helpPostgres() *cobra.Command {
	return &cobra.Command{Use: "postgres", Short: "How to set up wards on a PostgreSQL server", Long: postgresHelp}
}
