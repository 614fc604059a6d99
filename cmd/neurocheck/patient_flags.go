package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"neurocheck/internal/icans"
	"neurocheck/internal/reading"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// details are the flags with the fields of a patient and of a stay.
type details struct {
	name, birthDate, secondID, language string
	interpreter                         bool
	product, infusedAt, tool, baseline  string
	visit, bed, clinician, at           string
}

// ofPatient adds the flags with the fields of a patient.
func (d *details) ofPatient(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&d.name, "name", "", "the `NAME`, as \"Family, Given\"")
	f.StringVar(&d.birthDate, "birth-date", "", "the date of birth, as 1961-03-14 or \"14 Mar 1961\", or unknown with --second-id")
	f.StringVar(&d.secondID, "second-id", "", "a second `IDENTIFIER` in addition to the MRN")
	f.StringVar(&d.language, "language", "", "the `LANGUAGE` of the patient")
	f.BoolVar(&d.interpreter, "interpreter", false, "an interpreter is needed; --interpreter=false for not")
	f.StringVar(&d.product, "product", "", "the `THERAPY`, such as axi-cel")
	f.StringVar(&d.infusedAt, "infused-at", "", "the `TIME` of the infusion, or none")
	f.StringVar(&d.tool, "tool", "", "ice or capd; by default the age decides")
	f.StringVar(&d.baseline, "baseline", "", "the `TOTAL` of the tool before the infusion, or none")
	_ = cmd.RegisterFlagCompletionFunc("tool", cobra.FixedCompletions([]string{"ice", "capd"}, cobra.ShellCompDirectiveNoFileComp))
}

// ofStay adds the flags with the fields of a stay. at is the help for --at, empty for none.
func (d *details) ofStay(cmd *cobra.Command, at string) {
	f := cmd.Flags()
	f.StringVar(&d.visit, "visit", "", "the hospital's `NUMBER` of the visit")
	f.StringVar(&d.bed, "bed", "", "the `BED`")
	f.StringVar(&d.clinician, "clinician", "", "the `NAME` of the responsible clinician")
	d.timeFlag(cmd, at)
}

func (d *details) timeFlag(cmd *cobra.Command, help string) {
	cmd.Flags().StringVar(&d.at, "at", "", help+": 1320, \"yesterday 2350\", \"28 Nov 0300\", RFC 3339")
}

// time reads --at; zero if it is not given.
func (d *details) time(zone *time.Location) (time.Time, error) {
	if d.at == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, d.at); err == nil { // the log refuses one that is ahead
		return t.In(zone), nil
	}
	return performedAt(d.at, zone)
}

// stay returns the stay of the flags.
func (d *details) stay(zone *time.Location) (s ward.Stay, err error) {
	s = ward.Stay{Visit: d.visit, Bed: d.bed, Clinician: d.clinician}
	s.AdmittedAt, err = d.time(zone)
	return s, err
}

// patient returns the patient of the flags. The tool is 0 if none is given.
func (d *details) patient(mrn string, zone *time.Location) (p ward.Patient, err error) {
	p = ward.Patient{MRN: mrn, Name: d.name, SecondID: d.secondID, Language: d.language, Interpreter: d.interpreter, Product: d.product}
	if p.BirthDate, err = birthDate(d.birthDate, zone); err != nil {
		return p, err
	}
	if p.InfusedAt, err = infusionTime(d.infusedAt, zone); err != nil {
		return p, err
	}
	if p.Tool, err = toolNamed(d.tool); err != nil {
		return p, err
	}
	p.Baseline, err = baselineTotal(d.baseline)
	return p, err
}

// update returns the fields of the flags that are given.
func (d *details) update(cmd *cobra.Command, zone *time.Location) (u store.PatientUpdate, err error) {
	p, err := d.patient("", zone)
	if err != nil {
		return u, err
	}
	admitted, err := d.time(zone)
	if err != nil {
		return u, err
	}
	given := func(name string) bool { return cmd.Flags().Changed(name) }
	if given("tool") && d.tool == "" {
		return u, wrongUse{errors.New("--tool: ice or capd")}
	}
	u.Name, u.SecondID, u.Language = ifSet(given("name"), p.Name), ifSet(given("second-id"), p.SecondID), ifSet(given("language"), p.Language)
	u.BirthDate, u.Interpreter = ifSet(given("birth-date"), p.BirthDate), ifSet(given("interpreter"), p.Interpreter)
	u.Product, u.InfusedAt = ifSet(given("product"), p.Product), ifSet(given("infused-at"), p.InfusedAt)
	u.Tool, u.Baseline = ifSet(given("tool"), p.Tool), ifSet(given("baseline"), p.Baseline)
	u.Visit, u.Bed, u.Clinician = ifSet(given("visit"), d.visit), ifSet(given("bed"), d.bed), ifSet(given("clinician"), d.clinician)
	u.AdmittedAt = ifSet(given("at"), admitted)
	return u, nil
}

// ifSet returns a pointer to a value if it is set, else nil.
func ifSet[T any](set bool, value T) *T {
	if !set {
		return nil
	}
	return &value
}

// birthDate reads --birth-date; a year alone is as good as unknown.
func birthDate(text string, zone *time.Location) (ward.Date, error) {
	if text == "" {
		return ward.Date{}, nil
	}
	r := reading.BirthDate(text, now(), zone)
	switch {
	case r.Err != "":
		return ward.Date{}, wrongUse{errors.New("--birth-date: " + withoutDate(r.Err))}
	case r.Question != "":
		return ward.Date{}, wrongUse{errors.New("--birth-date can be read as two days: write it as 1961-03-14")}
	case r.Value.Partial():
		return ward.Date{}, nil
	}
	return ward.Date{Year: r.Value.Year, Month: r.Value.Month, Day: r.Value.Day}, nil
}

// withoutDate returns the reason why a date of birth is refused without the date, because
// no message holds the data of a patient.
func withoutDate(reason string) string {
	for part, words := range map[string]string{
		"is in the future": "it is in the future", "years ago": "it is over 130 years ago", "there is no ": "there is no such day",
	} {
		if strings.Contains(reason, part) {
			return words
		}
	}
	return reason
}

// infusionTime reads --infused-at, which may be ahead.
func infusionTime(text string, zone *time.Location) (time.Time, error) {
	if text == "" || strings.EqualFold(text, "none") {
		return time.Time{}, nil
	}
	r := reading.PlannedTime(text, now(), zone)
	switch {
	case r.Err != "":
		return time.Time{}, wrongUse{errors.New("--infused-at: " + r.Err)}
	case r.Question != "":
		return time.Time{}, wrongUse{errors.New("--infused-at can be read as two times: write it as 2026-11-28 03:00")}
	}
	return r.Value, nil
}

func toolNamed(text string) (icans.Tool, error) {
	switch strings.ToLower(text) {
	case "":
		return 0, nil
	case "ice":
		return icans.ICE, nil
	case "capd":
		return icans.CAPD, nil
	}
	return 0, wrongUse{errors.New("--tool: ice or capd")}
}

func baselineTotal(text string) (icans.Points, error) {
	if text == "" || strings.EqualFold(text, "none") {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if most := icans.CAPD.MaxScore(); err != nil || n < 0 || n > most {
		return 0, wrongUse{fmt.Errorf("--baseline: a total from 0 to %d, or none", most)}
	}
	return icans.Scored(n), nil
}
