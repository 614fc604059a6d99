package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func (a *app) patientAdmit() *cobra.Command {
	m := moving{app: a}
	var d details
	var mrn string
	var answers store.Answers
	cmd := &cobra.Command{
		Use:   "admit",
		Short: "Record a new patient and the first stay",
		Long: `Records a new patient and the stay, which begins now or at --at.

A patient who looks known, by name and birth date or by an MRN alike but for leading
zeros, is a question: exit 4, with the patient's number in the log. --new-patient says
that it is another person. If the MRN is on the ward it is refused; if the patient left,
it is a question, and --readmit begins a new stay of that patient.

The same MRN and visit again, or the same MRN and admission within a minute, records
nothing.`,
		Example: `  neurocheck patient admit --mrn 0042317 --name "Okafor, Ada" --birth-date 1961-03-14
  neurocheck patient admit --mrn 0043000 --name "Doe, Jo" --birth-date unknown \
    --second-id "CHI 77" --bed 1A --at "yesterday 2350" --by "Sam Lee"`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if mrn == "" || d.name == "" || d.birthDate == "" {
				return wrongUse{errors.New("admit needs --mrn, --name and --birth-date, which may be unknown")}
			}
			return m.record(cmd, ward.MayMovePatient, func(ctx context.Context, in *opened) (moved, error) {
				zone := in.settings.Site.Zone
				p, err := d.patient(mrn, zone)
				if err != nil {
					return moved{}, err
				}
				stay, err := d.stay(zone)
				if err != nil {
					return moved{}, err
				}
				known, began, err := in.log.AdmitUnlessKnown(ctx, in.sig, p, stay, answers)
				done := moved{did: "admitted", patient: known.ID, stay: began.ID}
				if answers.Readmit && began.ID != known.ID+1 { // the first stay follows its patient
					done.did = "readmitted"
				}
				return done, err
			})
		},
	}
	cmd.Flags().StringVar(&mrn, "mrn", "", "the `MRN`, with its leading zeros")
	d.ofPatient(cmd)
	d.ofStay(cmd, "the `TIME` of the admission")
	cmd.Flags().BoolVar(&answers.NewPatient, "new-patient", false, "a person who looks like a patient of the log is another one")
	cmd.Flags().BoolVar(&answers.Readmit, "readmit", false, "a patient of the log who left comes back")
	return m.acting(cmd)
}

func (a *app) patientUpdate() *cobra.Command {
	m := moving{app: a}
	var d details
	var mrn, reason, settle, apart string
	cmd := &cobra.Command{
		Use:   "update MRN",
		Short: "Record other details of a patient or of the stay",
		Long: `Records a version of the patient or of the latest stay, whichever has the fields that
are given, or of both as one act. An empty value clears a field. Values that the log has
already record nothing.

A baseline recorded or changed after the infusion is a clinician's, with --reason. Flags
that depend on a changed field are evaluated again.

Where the feed of the hospital has another value, --settle FIELD=feed takes it and
--settle FIELD=ours keeps the ward's; patient list shows the differences. --apart MRN
says that a patient who is perhaps the same person is another one.`,
		Example: `  neurocheck patient update 0042317 --clinician "Dr Nair" --language Portuguese
  neurocheck patient update 0042317 --new-mrn 0042318 --reason "typed wrongly"
  neurocheck patient update 0042317 --infused-at "28 Nov 1400" --baseline 10`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.ofMRN(cmd, args[0], func(ctx context.Context, in *opened, patient int64) (moved, error) {
				if settle != "" || apart != "" {
					return settleFeed(ctx, in, patient, settle, apart)
				}
				u, err := d.update(cmd, in.settings.Site.Zone)
				if err != nil {
					return moved{}, err
				}
				u.MRN = ifSet(cmd.Flags().Changed("new-mrn"), mrn)
				if u == (store.PatientUpdate{}) {
					return moved{}, wrongUse{errors.New("name a field to change, such as --bed")}
				}
				if u.Name != nil || u.BirthDate != nil || u.Language != nil || u.Clinician != nil || u.AdmittedAt != nil {
					if err := onlyInMessages(in.sig); err != nil {
						return moved{}, err
					}
				}
				u.Reason = reason
				_, stay, err := in.log.UpdatePatient(ctx, in.sig, patient, u)
				return moved{did: "updated", stay: stay.ID}, err
			})
		},
	}
	cmd.Flags().StringVar(&mrn, "new-mrn", "", "another `MRN`; the one before it stays findable")
	d.ofPatient(cmd)
	d.ofStay(cmd, "another `TIME` of the admission")
	cmd.Flags().StringVar(&reason, "reason", "", "the reason, as a `TEXT`")
	cmd.Flags().StringVar(&settle, "settle", "", "settle a difference: `FIELD`=feed or FIELD=ours")
	cmd.Flags().StringVar(&apart, "apart", "", "the `MRN` of a patient who is another person")
	return m.acting(cmd)
}

func (a *app) patientTransfer() *cobra.Command {
	m := moving{app: a}
	var bed string
	cmd := &cobra.Command{
		Use:   "transfer MRN",
		Short: "Record another bed",
		Long:  `Records another bed of a patient on the ward. The bed that the patient is in records nothing.`,
		Example: `  neurocheck patient transfer 0042317 --bed 14B
  neurocheck patient transfer 0042317 --bed 14B --by "Sam Lee" --request move-7 --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if bed == "" {
				return wrongUse{errors.New("transfer needs --bed")}
			}
			return m.ofMRN(cmd, args[0], func(ctx context.Context, in *opened, patient int64) (moved, error) {
				_, stay, err := in.log.Transfer(ctx, in.sig, patient, bed)
				return moved{did: "transferred", stay: stay.ID}, err
			})
		},
	}
	cmd.Flags().StringVar(&bed, "bed", "", "the new `BED`")
	return m.acting(cmd)
}

func (a *app) patientDischarge() *cobra.Command {
	m := moving{app: a}
	var d details
	var how string
	codes := dischargeCodes()
	cmd := &cobra.Command{
		Use:   "discharge MRN",
		Short: "End the stay of a patient",
		Long: `Ends the stay of a patient, now or at --at. An open follow-up stays open: the board lists
it among the discharged. died_icans, which is ICANS grade 5, is a clinician's.

The same end within a minute records nothing.`,
		Example: `  neurocheck patient discharge 0042317 --how home
  neurocheck patient discharge 0042317 --how transferred --at 2026-11-28T10:55:00Z --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(codes, how) {
				return wrongUse{errors.New("discharge needs --how: " + strings.Join(codes, ", "))}
			}
			return m.ofMRN(cmd, args[0], func(ctx context.Context, in *opened, patient int64) (moved, error) {
				at, err := d.time(in.settings.Site.Zone)
				if err != nil {
					return moved{}, err
				}
				stay, err := in.log.Discharge(ctx, in.sig, patient, at, how)
				return moved{did: "discharged", stay: stay.ID}, err
			})
		},
	}
	cmd.Flags().StringVar(&how, "how", "", "`WHERE` the patient goes: "+strings.Join(codes, ", "))
	_ = cmd.RegisterFlagCompletionFunc("how", cobra.FixedCompletions(codes, cobra.ShellCompDirectiveNoFileComp))
	d.timeFlag(cmd, "the `TIME` of the discharge")
	return m.acting(cmd)
}

func dischargeCodes() (codes []string) {
	for _, t := range ward.Discharges {
		codes = append(codes, t.Code)
	}
	return codes
}

func (a *app) patientReadmit() *cobra.Command {
	m := moving{app: a}
	var d details
	cmd := &cobra.Command{
		Use:   "readmit MRN",
		Short: "Begin a new stay of a patient who left",
		Long: `Begins a new stay, now or at --at. Therapy, day count and an open follow-up go on.

A stay that began within the minute records nothing.`,
		Example: `  neurocheck patient readmit 0042317 --bed 1A
  neurocheck patient readmit 0042317 --visit V1002 --at "yesterday 2350" --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return m.ofMRN(cmd, args[0], func(ctx context.Context, in *opened, patient int64) (moved, error) {
				stay, err := d.stay(in.settings.Site.Zone)
				if err != nil {
					return moved{}, err
				}
				stay.PatientID = patient
				began, err := in.log.Readmit(ctx, in.sig, stay)
				return moved{did: "readmitted", stay: began.ID}, err
			})
		},
	}
	d.ofStay(cmd, "the `TIME` of the admission")
	return m.acting(cmd)
}

func (a *app) patientUndoDischarge() *cobra.Command {
	return a.undoing("undo-discharge", "Withdraw the end of the latest stay", `Withdraws the end of the latest stay, with a reason: the stay goes on. Once a later stay
has begun, that is refused. An end that was withdrawn already records nothing.`,
		func(ctx context.Context, in *opened, patient int64, reason string) (moved, error) {
			stay, err := in.log.UndoDischarge(ctx, in.sig, patient, reason)
			return moved{did: "discharge_undone", stay: stay.ID}, err
		})
}

func (a *app) patientUndoAdmission() *cobra.Command {
	return a.undoing("undo-admission", "Withdraw the latest stay, which was recorded by mistake", `Withdraws the latest stay, with a reason, if nothing was recorded in it: no check, report,
intervention or order that counts. The patient stays in the log, and may be readmitted.`,
		func(ctx context.Context, in *opened, patient int64, reason string) (moved, error) {
			stay, err := in.log.WithdrawLatestStay(ctx, in.sig, patient, reason)
			return moved{did: "admission_withdrawn", stay: stay.ID}, err
		})
}

// undoing is a command that withdraws something of the latest stay.
func (a *app) undoing(name, short, long string, undo func(ctx context.Context, in *opened, patient int64, reason string) (moved, error)) *cobra.Command {
	m := moving{app: a}
	var reason string
	cmd := &cobra.Command{
		Use: name + " MRN", Short: short, Long: long,
		Example: "  neurocheck patient " + name + ` 0042317 --reason "the wrong patient" --by "Sam Lee"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return wrongUse{errors.New(name + " needs --reason")}
			}
			return m.ofMRN(cmd, args[0], func(ctx context.Context, in *opened, patient int64) (moved, error) {
				return undo(ctx, in, patient, reason)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "the reason, as a `TEXT`")
	return m.acting(cmd)
}
