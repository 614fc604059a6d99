package main

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"

	"neurocheck/internal/config"
	"neurocheck/internal/folder"
	"neurocheck/internal/store"
	"neurocheck/internal/wholefile"
)

// checksTable is the table that export writes unless --only names another.
const checksTable = "checks"

// singleTables are the values of --only.
func singleTables() []string { return append(folder.Names(), episodesTable) }

// checkTable refuses flags about tables that do not go together.
func (e *exporting) checkTable() error {
	wrong := func(text string) error { return wrongUse{errors.New(text)} }
	changed := e.cmd.Flags().Changed
	if e.events {
		if changed("only") && e.only != "events" {
			return wrong("--events and --only name different tables")
		}
		e.only = "events"
	}
	if _, known := folder.Named(e.only); !known && e.only != episodesTable {
		return wrong("--only is one of " + strings.Join(singleTables(), ", "))
	}
	bounded := e.since != "" || e.until != ""
	switch {
	case e.all != "" && (e.events || changed("only") || changed("output")):
		return wrong("--all writes every table into the folder that it names: it does not go with --only, --events or --output")
	case e.all != "" && (bounded || e.patient != ""):
		return wrong("--all writes the whole ward: --patient, --since and --until go with a single table")
	case bounded && e.only != checksTable && e.only != "events":
		return wrong("--since and --until go with checks and events: the other tables hold states, which have no single time")
	}
	return nil
}

func (e *exporting) asSpreadsheet() bool { return e.form.profile == "spreadsheet" }

// runTable writes one table, another than that of checks.
func (e *exporting) runTable(ctx context.Context, s *store.Store, sel store.Selection) error {
	table, _ := folder.Named(e.only)
	return e.fromSnapshot(ctx, s, sel, func(v *store.Snapshot) (rows int, err error) {
		err = e.put(s.Local(), func(w io.Writer) (err error) {
			rows, err = table.Export(ctx, v, sel, w, e.asSpreadsheet())
			return err
		})
		return rows, err
	})
}

// put writes one text to the standard output, or to the file of --output, whole or not at all.
// log is the place of the log, which no export replaces.
func (e *exporting) put(log string, write func(io.Writer) error) error {
	if e.toStandardOutput() {
		return write(e.stdout)
	}
	return wholefile.Write(e.output, wholefile.Options{Force: e.force, Log: log}, func(temp *os.File) error { return write(temp) })
}

// runAll writes all tables into a folder.
func (e *exporting) runAll(ctx context.Context, s *store.Store) error {
	settings, err := settingsInForce(ctx, e.cmd, s)
	if err != nil {
		return err
	}
	o := folder.Options{
		Settings: config.Evaluating(&settings.Site), AsSpreadsheet: e.asSpreadsheet(), Force: e.force, Readers: runtime.GOMAXPROCS(0),
	}
	shown := e.progress("checks")
	if shown != nil {
		o.Progress = shown.show
	}
	done, err := folder.Write(ctx, s, e.all, o)
	shown.end()
	if err != nil {
		return e.taken(err)
	}
	return e.wrote(ctx, s, store.Selection{}, done.Rows, end{done.Seq, done.Head})
}
