package main

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func (a *app) audit() *cobra.Command {
	var patient, person, since, until, profile string
	var who signIn
	var asJSON, asCSV bool
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "List who did what: recorded, changed, read, exported, signed in",
		Long: `Lists the records of the log with the author and the time of each, in the order of
the record: those about patients, and every reading, export, sign-in, failed sign-in,
lock, and change of the staff or the settings. Listing it is a record too.

The list holds MRNs, and no other data of a patient. A record that was damaged is listed
as such, without its content; then the exit status is 1.`,
		Example: `  neurocheck audit --patient 0042317
  neurocheck audit --person "Sam Lee" --since 2026-03-16 --csv`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			ctx := cmd.Context()
			if asJSON && asCSV {
				return wrongUse{errors.New("--json and --csv exclude each other")}
			}
			if profile != "csv" && (profile != "spreadsheet" || !asCSV) {
				return wrongUse{errors.New("--profile is csv or spreadsheet, and goes with --csv")}
			}
			s, err := a.openLog(ctx)
			if err != nil {
				return err
			}
			defer closing(s, &err)
			ctx, sig, err := reader(ctx, s, who)
			if err != nil {
				return err
			}
			sel := store.AuditSelection{Author: ward.CleanLine(person)}
			if sel.PatientID, err = patientID(ctx, s, patient); err != nil {
				return err
			}
			zone, err := wardZone(ctx, s)
			if err != nil {
				return err
			}
			if sel.Since, err = parseTime("--since", since, zone); err != nil {
				return err
			}
			if sel.Until, err = parseTime("--until", until, zone); err != nil {
				return err
			}
			if err := noteBy(ctx, s, sig, ward.AuditEvent{Event: ward.ReadAudit, PatientID: sel.PatientID, About: sel.Author}); err != nil {
				return err
			}
			last, _, err := s.Head(ctx)
			if err != nil {
				return err
			}
			out := bufio.NewWriter(os.Stdout)
			write, end := auditTable(out, zone)
			switch {
			case asJSON:
				write, end = auditJSON(out)
			case asCSV:
				write, end = auditCSV(out, profile == "spreadsheet")
			}
			shown := besideOutput("records")
			defer shown.end()
			err = s.EachAudit(ctx, sel, func(e *ward.AuditEntry) error {
				shown.show(int(e.Seq), int(last))
				return write(e)
			})
			ended, flushed := end(), out.Flush()
			return cmp.Or(err, ended, flushed) // a full disk is the error of all three
		},
	}
	cmd.Flags().StringVar(&patient, "patient", "", "only about the patient with this `MRN`")
	cmd.Flags().StringVar(&person, "person", "", "only by this `NAME`")
	cmd.Flags().StringVar(&since, "since", "", "only records of this `TIME` or later: RFC 3339, or a date for the start of that day on the ward")
	cmd.Flags().StringVar(&until, "until", "", "only records before this `TIME`")
	who.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object a line")
	cmd.Flags().BoolVar(&asCSV, "csv", false, "write CSV")
	cmd.Flags().StringVar(&profile, "profile", "csv", "with --csv: the `FORM` of the file, csv or spreadsheet")
	return cmd
}

// auditing writes one entry after the other.
type auditing func(*ward.AuditEntry) error

func auditTable(w io.Writer, zone *time.Location) (auditing, func() error) {
	return func(e *ward.AuditEntry) error {
		of := ""
		if e.MRN != "" {
			of = "  [MRN " + e.MRN + "]"
		}
		_, err := fmt.Fprintf(w, "%6d  %-19s  %-22s  %s%s\n", e.Seq, auditTime(e, zone, "2006-01-02 15:04:05"), harmless(e.Signature.By), harmless(e.Words()), harmless(of))
		return err
	}, func() error { return nil }
}

// auditTime returns the time of an entry, which one in place of a damaged record lacks; in
// the zone of the record if none is given.
func auditTime(e *ward.AuditEntry, zone *time.Location, form string) string {
	at := e.Signature.At
	switch {
	case at.IsZero():
		return ""
	case zone != nil:
		at = at.In(zone)
	}
	return at.Format(form)
}

func auditJSON(w io.Writer) (auditing, func() error) {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return func(e *ward.AuditEntry) error {
		return out.Encode(struct {
			Record int64  `json:"record"`
			At     string `json:"at"`
			By     string `json:"by"`
			Event  string `json:"event"`
			MRN    string `json:"mrn,omitempty"`
			About  string `json:"about,omitempty"`
			Detail string `json:"detail,omitempty"`
		}{e.Seq, auditTime(e, nil, time.RFC3339Nano), e.Signature.By, e.Event, e.MRN, e.About, e.Detail})
	}, func() error { return nil }
}

func auditCSV(w io.Writer, asSpreadsheet bool) (auditing, func() error) {
	header := []string{"record", "at", "by", "event", "mrn", "about", "detail"}
	text := func(s string) string { return s }
	if asSpreadsheet {
		text = csvlog.SpreadsheetText
		_, _ = io.WriteString(w, "\ufeff") // the error comes at the end
		header = append(header, "profile")
	}
	out := csv.NewWriter(w)
	out.UseCRLF = asSpreadsheet
	_ = out.Write(header) // the error comes at the end
	return func(e *ward.AuditEntry) error {
			row := []string{strconv.FormatInt(e.Seq, 10), auditTime(e, nil, time.RFC3339Nano), text(e.Signature.By), e.Event, text(e.MRN), text(e.About), text(e.Detail)}
			if asSpreadsheet {
				row = append(row, "spreadsheet")
			}
			return out.Write(row)
		}, func() error {
			out.Flush()
			return out.Error()
		}
}
