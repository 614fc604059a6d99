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
	ward    bool
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
		Short: "Make a page to print: a patient's chart, or the handover",
		Long: `Makes one HTML page, for a browser and for A4 or Letter paper. It holds no script and
loads nothing.

With --patient it is the whole record of one patient: the trend, every check with its
corrections, follow-ups, and interventions. With --ward it is the handover.

The page holds names and dates of birth; a file is made for its owner alone.`,
		Example: `  neurocheck report --patient 0042317 --output chart.html
  neurocheck report --ward --since 19:00 --output handover.html`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			switch {
			case r.ward == (r.patient != ""):
				return wrongUse{errors.New("name the subject of the report: --patient MRN, or --ward")}
			case r.since != "" && !r.ward:
				return wrongUse{errors.New("--since goes with --ward: a patient's report holds the whole stay")}
			}
			if r.asJSON && r.toStandardOutput() {
				return wrongUse{errors.New("--json goes with a report to a file: name it with --output FILE")}
			}
			r.cmd, r.stdout = cmd, cmd.OutOrStdout()
			return a.reading(cmd, r.who, func(ctx context.Context, in *opened) error { return r.run(ctx, in) })
		},
	}
	cmd.Flags().StringVar(&r.patient, "patient", "", "the patient with this `MRN`")
	cmd.Flags().BoolVar(&r.ward, "ward", false, "the handover of the whole ward")
	cmd.Flags().StringVar(&r.since, "since", "", "with --ward, the events from this `TIME`, as for neurocheck handover")
	cmd.Flags().StringVarP(&r.output, "output", "o", "-", "the `FILE` to write; - is the standard output")
	cmd.Flags().BoolVar(&r.force, "force", false, "replace the file if it exists")
	cmd.Flags().BoolVar(&r.asJSON, "json", false, "with --output FILE: write one JSON object about the file")
	r.who.flags(cmd)
	return cmd
}

func (r *reporting) run(ctx context.Context, in *opened) error {
	about := "patient"
	if r.ward {
		about = "ward"
	}
	// Recorded before the page is made, so that the head on the page covers it.
	shift, err := in.shift(ctx, r.since, r.patient, ward.AuditEvent{Event: ward.Reported, About: about})
	if err != nil {
		return err
	}
	site := &in.settings.Site
	var page bytes.Buffer
	if r.ward {
		err = report.HandoverHTML(&page, ward.BuildHandover(site, shift.charts, shift.from, shift.at), shift.sheet)
	} else {
		err = report.PatientHTML(&page, &shift.charts[0], site, shift.at, shift.sheet)
	}
	if err != nil {
		return err
	}
	if err := r.put(&page, in.log.Path()); err != nil || !r.asJSON {
		return err
	}
	return answerRead(r.cmd, struct {
		File   string `json:"file"`
		Record int64  `json:"record"`
		Head   string `json:"head"`
	}{r.output, shift.sheet.Seq, shift.sheet.Head})
}

func (r *reporting) toStandardOutput() bool { return r.output == "-" || r.output == "" }

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
		return ward.Conflict(r.output + " exists already; name another file, or replace it with --force")
	}
	if err == nil {
		_, err = fmt.Fprintf(os.Stderr, "wrote the report to %s\n", harmless(r.output))
	}
	return err
}
