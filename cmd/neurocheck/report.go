package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"neurocheck/internal/report"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// reporting is one report.
type reporting struct {
	who     signIn
	patient string
	home    string
	ward    bool
	table   bool
	since   string
	output  string
	force   bool
	asJSON  bool
	cmd     *cobra.Command
	stdout  io.Writer
}

func (a *app) report() *cobra.Command {
	var r reporting
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Make a page to print: a patient's chart, the handover, the ward, or a page to take home",
		Long: `Makes one HTML page, for a browser and for A4 or Letter paper. It holds no script and
loads nothing. Each sheet has the identity at its top.

With --patient it is the whole record of one patient: the trend, every check with its
corrections, follow-ups, and interventions. With --ward it is the handover, with --table
one sheet for a round: a row for each patient, with room to write. With --home it is one
sheet for the patient and the people at home: signs to watch for, questions to ask, the
sentence to write, and the numbers to call, which are in the settings or are filled in by
hand.

The page holds names and dates of birth; a file is made for its owner alone.`,
		Example: `  neurocheck report --patient 0042317 --output chart.html
  neurocheck report --home 0042317 --output home.html
  neurocheck report --table --output round.html
  neurocheck report --ward --since 19:00 --output handover.html`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := r.validate(); err != nil {
				return err
			}
			if r.asJSON && r.toStandardOutput() {
				return wrongUse{errors.New("--json goes with a report to a file: name it with --output FILE")}
			}
			if err := r.free(); err != nil {
				return err
			}
			r.cmd, r.stdout = cmd, cmd.OutOrStdout()
			return a.reading(cmd, r.who, func(ctx context.Context, in *opened) error { return r.run(ctx, in) })
		},
	}
	cmd.Flags().StringVar(&r.patient, "patient", "", "the patient with this `MRN`")
	cmd.Flags().StringVar(&r.home, "home", "", "a page to take home, for the patient with this `MRN`")
	cmd.Flags().BoolVar(&r.ward, "ward", false, "the handover of the whole ward")
	cmd.Flags().BoolVar(&r.table, "table", false, "the ward on one sheet, a row for each patient")
	cmd.Flags().StringVar(&r.since, "since", "", "with --ward, the events from this `TIME`, as for neurocheck handover")
	cmd.Flags().StringVarP(&r.output, "output", "o", "-", "the `FILE` to write; - is the standard output")
	cmd.Flags().BoolVar(&r.force, "force", false, "replace the file if it exists")
	cmd.Flags().BoolVar(&r.asJSON, "json", false, "with --output FILE: write one JSON object about the file")
	r.who.flags(cmd)
	return cmd
}

// validate returns an error if the flags do not name one subject.
func (r *reporting) validate() error {
	subjects := 0
	for _, named := range []bool{r.patient != "", r.home != "", r.ward, r.table} {
		if named {
			subjects++
		}
	}
	switch {
	case subjects != 1:
		return wrongUse{errors.New("name one subject of the report: --patient MRN, --home MRN, --ward, or --table")}
	case r.since != "" && !r.ward:
		return wrongUse{errors.New("--since goes with --ward: a patient's report holds the whole stay")}
	}
	return nil
}

// about returns the subject in words, for the audit.
func (r *reporting) about() string {
	switch {
	case r.ward:
		return "ward"
	case r.table:
		return "table of the ward"
	case r.home != "":
		return "page to take home"
	}
	return "patient"
}

func (r *reporting) run(ctx context.Context, in *opened) error {
	// Recorded before the page is made, so that the head on the page covers it.
	read := in.log.Charts
	if r.ward || r.table {
		read = in.log.HandoverCharts
	}
	shift, err := in.shift(ctx, r.since, r.patient+r.home, ward.AuditEvent{Event: ward.Reported, About: r.about()}, read)
	if err != nil {
		return err
	}
	site := &in.settings.Site
	var page bytes.Buffer
	switch {
	case r.ward:
		err = report.HandoverHTML(&page, ward.BuildHandover(site, shift.charts, shift.from, shift.at), shift.sheet)
	case r.table:
		err = report.TableHTML(&page, ward.BuildHandover(site, shift.charts, shift.at, shift.at), shift.sheet)
	case r.home != "":
		err = report.HomeHTML(&page, &shift.charts[0], site, shift.at, shift.sheet)
	default:
		err = report.PatientHTML(&page, &shift.charts[0], site, shift.at, shift.sheet)
	}
	if err != nil {
		return err
	}
	if err := r.put(&page, in.log.Local()); err != nil || !r.asJSON {
		return err
	}
	return answerRead(r.cmd, struct {
		File   string `json:"file"`
		Record int64  `json:"record"`
		Head   string `json:"head"`
	}{r.output, shift.sheet.Seq, shift.sheet.Head})
}

func (r *reporting) toStandardOutput() bool { return r.output == "-" || r.output == "" }

// free returns an error if the output is there and may not be replaced. It is asked before
// the report is recorded as made.
func (r *reporting) free() error {
	if r.force || r.toStandardOutput() || !exists(r.output) {
		return nil
	}
	return r.taken()
}

func (r *reporting) taken() error {
	return ward.Conflict(r.output + " exists already; name another file, or replace it with --force")
}

// put writes the finished page to the output.
func (r *reporting) put(page io.WriterTo, log string) error {
	if r.toStandardOutput() {
		_, err := page.WriteTo(r.stdout)
		return err
	}
	err := wholefile.Write(r.output, wholefile.Options{Force: r.force, Log: log}, func(temp *os.File) error {
		_, err := page.WriteTo(temp)
		return err
	})
	if errors.Is(err, fs.ErrExist) {
		return r.taken()
	}
	if err == nil {
		_, err = fmt.Fprintf(os.Stderr, "wrote the report to %s\n", harmless(r.output))
	}
	return err
}
