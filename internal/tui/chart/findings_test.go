package chart_test

import (
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/tui/chart"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/desk/desktest"
	"neurocheck/internal/ward"
)

// A word of a finding that fits a line is whole, at this check and at the one before.
func TestWordsOfFindingsAreWhole(t *testing.T) {
	capd := []string{"tool=capd"}
	for _, f := range icans.Fields() {
		switch f.Group {
		case icans.GroupICE:
			capd = append(capd, f.Column+"=")
		case icans.GroupCAPD:
			capd = append(capd, f.Column+"=2")
		}
	}
	tools := map[string][]string{"ice": nil, "capd": capd}
	signs := map[string]string{"alert": "consciousness=alert", "unarousable": "consciousness=unarousable", "papilloedema": "icp=papilledema"}
	for tool, items := range tools {
		for was := range signs {
			for now := range signs {
				t.Run(tool+" "+was+" "+now, func(t *testing.T) {
					s := desktest.New(t, chart.Screens())
					p := s.Admit("1A", ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}})
					s.Record(p, 2*time.Hour, desktest.Maria, append(items[:len(items):len(items)], signs[was])...)
					s.Record(p, time.Hour, desktest.Maria, append(items[:len(items):len(items)], signs[now], "confusion=moderate")...)
					s.SignIn(desktest.Nair).Go(desk.Patient, desk.Subject(p.ID)).Press("enter").Size(80, 60)
					s.Sees(was, now, "moderate")
				})
			}
		}
	}
}
