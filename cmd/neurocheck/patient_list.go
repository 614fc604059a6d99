package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func (a *app) patientList() *cobra.Command {
	var who signIn
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print the patients on the ward, or all of the log",
		Long: `Prints the patients on the ward, those of a discharge that waits to be confirmed
included; with --all every patient of the log. It is a read, which the audit has, and it
holds names and dates of birth.

The JSON has the number of each patient in the log, which messages use.`,
		Example: `  neurocheck patient list
  neurocheck patient list --all --json --by "Sam Lee"`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reading(cmd, who, func(ctx context.Context, in *opened) error {
				if err := noteBy(ctx, in.log, in.sig, ward.AuditEvent{Event: ward.ReadPatient, About: "patients"}); err != nil {
					return err
				}
				known, err := in.log.KnownPatients(ctx)
				if err != nil {
					return err
				}
				zone := in.settings.Site.Zone
				list := []listed{}
				for i := range known {
					if k := &known[i]; all || k.Stay.OnWard() || k.Stay.EndUnconfirmed {
						list = append(list, newListed(k, zone))
					}
				}
				if !asJSON {
					return writePatients(cmd.OutOrStdout(), list)
				}
				return answerRead(cmd, struct {
					Patients []listed `json:"patients"`
				}{list})
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "every patient of the log, also those who left")
	who.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return cmd
}

// listed is a patient with the latest stay, as JSON. Values that are not known are null.
type listed struct {
	Patient     int64    `json:"patient"`
	MRN         string   `json:"mrn"`
	FormerMRNs  []string `json:"former_mrns"`
	SecondID    *string  `json:"second_id"`
	Name        string   `json:"name"`
	BirthDate   *string  `json:"birth_date"`
	Language    *string  `json:"language"`
	Interpreter bool     `json:"interpreter"`
	Product     *string  `json:"product"`
	InfusedAt   *string  `json:"infused_at"`
	Tool        string   `json:"tool"`
	Baseline    *int     `json:"baseline"`

	Stay         *int64  `json:"stay"`
	OnWard       bool    `json:"on_ward"`
	Visit        *string `json:"visit"`
	Bed          *string `json:"bed"`
	Clinician    *string `json:"clinician"`
	AdmittedAt   *string `json:"admitted_at"`
	DischargedAt *string `json:"discharged_at"`
	Discharge    *string `json:"discharge"`
	NotConfirmed bool    `json:"left_not_confirmed"` // a feed's discharge

	Differences []feedSays `json:"differences"`        // with the feed
	PerhapsOne  []int64    `json:"perhaps_one_person"` // numbers of patients
}

// feedSays is a value of the feed that is not taken.
type feedSays struct {
	Field string  `json:"field"`
	Visit *string `json:"visit"`
	Feed  string  `json:"feed"`
	At    *string `json:"at"`
}

func newListed(k *store.Known, zone *time.Location) listed {
	p, s := &k.Patient, &k.Stay
	l := listed{
		Patient: p.ID, MRN: p.MRN, FormerMRNs: append([]string{}, k.MRNs...), SecondID: ifSet(p.SecondID != "", p.SecondID),
		Name: p.Name, BirthDate: ifSet(!p.BirthDate.IsZero(), p.BirthDate.String()), Language: ifSet(p.Language != "", p.Language),
		Interpreter: p.Interpreter, Product: ifSet(p.Product != "", p.Product), InfusedAt: instantIn(p.InfusedAt, zone),
		Tool: icans.FieldOf("tool").Code(&icans.Findings{Tool: p.Tool}),
		Stay: ifSet(s.ID != 0, s.ID), OnWard: s.OnWard(), Visit: ifSet(s.Visit != "", s.Visit), Bed: ifSet(s.Bed != "", s.Bed),
		Clinician: ifSet(s.Clinician != "", s.Clinician), AdmittedAt: instantIn(s.AdmittedAt, zone), DischargedAt: instantIn(s.DischargedAt, zone),
		Discharge: ifSet(s.Discharge != "", s.Discharge), NotConfirmed: s.EndUnconfirmed,
	}
	l.Differences, l.PerhapsOne = []feedSays{}, append([]int64{}, k.Alike...)
	for _, d := range k.Differences {
		l.Differences = append(l.Differences, feedSays{string(d.Field), ifSet(d.Visit != "", d.Visit), d.Feed, instantIn(d.At, zone)})
	}
	if n, there := p.Baseline.Value(); there {
		l.Baseline = &n
	}
	return l
}

// instantIn returns a time as JSON has it, nil for none.
func instantIn(t time.Time, zone *time.Location) *string {
	return ifSet(!t.IsZero(), t.In(zone).Format(time.RFC3339))
}

// column returns a text with blanks up to so many cells: a letter of some scripts takes two.
func column(text string, cells int) string {
	return text + strings.Repeat(" ", max(0, cells-ansi.StringWidth(text)))
}

// writePatients writes the patients as a table.
func writePatients(w io.Writer, list []listed) error {
	text := func(s *string) string {
		if s == nil {
			return "–"
		}
		return harmless(*s)
	}
	for i := range list {
		l := &list[i]
		state := "on the ward since " + text(l.AdmittedAt)
		switch {
		case l.Stay == nil:
			state = "no stay"
		case l.NotConfirmed:
			state = "left " + text(l.DischargedAt) + ", not confirmed"
		case !l.OnWard:
			state = "left " + text(l.DischargedAt) + ", " + ward.WordsFor(ward.Discharges, text(l.Discharge))
		}
		born := "birth date unknown, " + text(l.SecondID)
		if l.BirthDate != nil {
			born = "born " + *l.BirthDate
		}
		if _, err := fmt.Fprintf(w, "%6d  MRN %s  bed %s  %s  %s  %s\n", l.Patient, column(harmless(l.MRN), 12), column(text(l.Bed), 6), column(harmless(l.Name), 30), born, state); err != nil {
			return err
		}
		for _, d := range l.Differences {
			if _, err := fmt.Fprintf(w, "        the feed says %s %s: settle it with patient update --settle %s=feed or =ours\n", ward.WordsFor(ward.FeedFields, d.Field), harmless(d.Feed), d.Field); err != nil {
				return err
			}
		}
		for _, other := range l.PerhapsOne {
			if _, err := fmt.Fprintf(w, "        perhaps one person with patient %d: patient merge, or patient update --apart MRN\n", other); err != nil {
				return err
			}
		}
	}
	return nil
}
