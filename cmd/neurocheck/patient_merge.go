package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// merging is one merge of two patients, or its withdrawal.
type merging struct {
	moving
	into, reason string
	withdraw     bool
}

func (a *app) patientMerge() *cobra.Command {
	m := merging{moving: moving{app: a}}
	cmd := &cobra.Command{
		Use:   "merge MRN",
		Short: "Link two patients who are one person, or withdraw that",
		Long: `Links the patient into another one: views, exports and comparisons read both as that
one. Nothing is rewritten: each check keeps the patient it was recorded under, so that
--withdraw restores everything. The flags of both are evaluated again.

It is a clinician's or an administrator's. A link that is there already, or was withdrawn
already, records nothing; a circle is refused.`,
		Example: `  neurocheck patient merge 0099001 --into 0042317 --reason "two numbers" --by "Dr Nair"
  neurocheck patient merge 0099001 --withdraw --reason "two persons" --by "Dr Nair"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case m.reason == "":
				return wrongUse{errors.New("merge needs --reason")}
			case m.into == "" && !m.withdraw:
				return wrongUse{errors.New("merge needs --into MRN")}
			}
			return m.record(cmd, ward.MayLink, func(ctx context.Context, in *opened) (moved, error) { return m.run(ctx, in, args[0]) })
		},
	}
	cmd.Flags().StringVar(&m.into, "into", "", "the `MRN` of the patient who stays")
	cmd.Flags().StringVar(&m.reason, "reason", "", "the reason, as a `TEXT`")
	cmd.Flags().BoolVar(&m.withdraw, "withdraw", false, "withdraw the link: they are two patients again")
	return m.acting(cmd)
}

func (m *merging) run(ctx context.Context, in *opened, mrn string) (done moved, err error) {
	if err := onlyInMessages(in.sig); err != nil {
		return done, err
	}
	if done.patient, err = numberOf(ctx, in.log, "mrn", mrn); err != nil {
		return done, err
	}
	if m.into != "" {
		if done.into, err = numberOf(ctx, in.log, "into", m.into); err != nil {
			return done, err
		}
	}
	if m.withdraw {
		done.did = "merge_withdrawn"
		return done, in.log.Unlink(ctx, in.sig, done.patient, m.reason)
	}
	done.did = "merged"
	return done, in.log.Link(ctx, in.sig, done.patient, done.into, m.reason)
}

// numberOf returns the patient under whom an MRN was recorded. The error for an unknown one
// names the field.
func numberOf(ctx context.Context, s *store.Store, field, mrn string) (int64, error) {
	id, err := s.NumberByMRN(ctx, ward.CleanLine(mrn))
	if e, ok := errors.AsType[*ward.Error](err); ok && e.Kind == ward.KindNotFound {
		return 0, &ward.Error{Kind: e.Kind, Field: field, Reason: e.Reason, Code: e.Code}
	}
	return id, err
}
