package csvlog

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/ward"
)

func TestExportEvents(t *testing.T) {
	p := ward.Patient{MRN: "007", Name: "Okafor, Ada"}
	by := ward.Signature{By: "Sam Lee", At: start.Add(time.Hour)}
	var out strings.Builder
	rows, err := ExportEvents(t.Context(), &out, func(yield func(*ward.Patient, *ward.Event) error) error {
		for _, e := range []ward.Event{
			{Kind: ward.AnIntervention, At: start, What: "dexamethasone", Detail: "10 mg, IV", Recorded: by, Withdrawn: true, Reason: "wrong patient"},
			{Kind: ward.AReport, At: start, What: "caregiver", Detail: "says \"odd\" words", Recorded: by},
			{Kind: ward.AnOrder, At: start, What: "interval", Detail: "after imaging", Interval: 90 * time.Minute, Recorded: by},
			{Kind: ward.AnOrder, At: start, What: "extend", Detail: "late signs", UntilDay: 45, Recorded: by},
		} {
			if err := yield(&p, &e); err != nil {
				return err
			}
		}
		return nil
	}, false)
	const end = ",2026-03-01T01:00:00Z,Sam Lee,007,\"Okafor, Ada\",\n"
	const want = "kind,at,what,detail,interval_minutes,until_day,status,reason,recorded_at,recorded_by,mrn,name,birth_date\n" +
		"intervention,2026-03-01T00:00:00Z,dexamethasone,\"10 mg, IV\",,,withdrawn,wrong patient" + end +
		"report,2026-03-01T00:00:00Z,caregiver,\"says \"\"odd\"\" words\",,,recorded," + end +
		"order,2026-03-01T00:00:00Z,interval,after imaging,90,,recorded," + end +
		"order,2026-03-01T00:00:00Z,extend,late signs,,45,recorded," + end
	if diff := cmp.Diff(want, out.String()); diff != "" || rows != 4 || err != nil {
		t.Errorf("%d rows, %v (-want +got)\n%s", rows, err, diff)
	}
}

// The words of a report run as no formula, and the MRN keeps its zeros.
func TestExportEventsForASpreadsheet(t *testing.T) {
	p := ward.Patient{MRN: "0042317", Name: "=1+1", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}}
	var out strings.Builder
	_, err := ExportEvents(t.Context(), &out, func(yield func(*ward.Patient, *ward.Event) error) error {
		return yield(&p, &ward.Event{Kind: ward.AReport, At: start, What: "caregiver", Detail: "@SUM(A1)", Recorded: ward.Signature{By: "+Sam", At: start}})
	}, true)
	const want = "\ufeffkind,at,what,detail,interval_minutes,until_day,status,reason,recorded_at,recorded_by,mrn,name,birth_date,profile\r\n" +
		"report,2026-03-01T00:00:00Z,caregiver,'@SUM(A1),,,recorded,,2026-03-01T00:00:00Z,'+Sam,\"=\"\"0042317\"\"\",'=1+1,1961-03-14,spreadsheet\r\n"
	if diff := cmp.Diff(want, out.String()); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}
