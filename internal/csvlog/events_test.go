package csvlog

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neurocheck/internal/ward"
)

func eventsOf(p ward.Patient, events ...ward.Event) EachRow[ward.EventRow] {
	return func(yield func(*ward.EventRow) error) error {
		for i, e := range events {
			e.ID = int64(i + 1)
			version := 1
			if e.Withdrawn {
				version = 2
			}
			if err := yield(&ward.EventRow{Event: e, Version: version, Patient: p}); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestExportEvents(t *testing.T) {
	p := ward.Patient{MRN: "007", Name: "Okafor, Ada"}
	by := ward.Signature{By: "Sam Lee", At: start.Add(time.Hour)}
	each := eventsOf(p,
		ward.Event{Kind: ward.AnIntervention, At: start, What: "dexamethasone", Detail: "10 mg, IV", Recorded: by, Withdrawn: true, Reason: "wrong patient"},
		ward.Event{Kind: ward.AReport, At: start, What: "caregiver", Detail: "says \"odd\" words", Recorded: by},
		ward.Event{Kind: ward.AnOrder, At: start, What: "interval", Detail: "after imaging", Interval: 90 * time.Minute, Recorded: by},
		ward.Event{Kind: ward.AnOrder, At: start, What: "extend", Detail: "late signs", UntilDay: 45, Recorded: by})
	var out strings.Builder
	rows, err := Events.Export(t.Context(), &out, each, false)
	const end = ",2026-03-01T01:00:00Z,Sam Lee,007,\"Okafor, Ada\",\n"
	const want = "event_id,version,kind,at,what,detail,interval_minutes,until_day,status,reason,recorded_at,recorded_by,mrn,name,birth_date\n" +
		"1,2,intervention,2026-03-01T00:00:00Z,dexamethasone,\"10 mg, IV\",,,withdrawn,wrong patient" + end +
		"2,1,report,2026-03-01T00:00:00Z,caregiver,\"says \"\"odd\"\" words\",,,recorded," + end +
		"3,1,order,2026-03-01T00:00:00Z,interval,after imaging,90,,recorded," + end +
		"4,1,order,2026-03-01T00:00:00Z,extend,late signs,,45,recorded," + end
	if diff := cmp.Diff(want, out.String()); diff != "" || rows != 4 || err != nil {
		t.Errorf("%d rows, %v (-want +got)\n%s", rows, err, diff)
	}
	wantSame(t, out.String(), each)
}

// wantSame reads a table of events, and compares it with the rows that it was made from.
func wantSame(t *testing.T, text string, each EachRow[ward.EventRow]) {
	t.Helper()
	found, err := Events.Differs(strings.NewReader(text), "events.csv", each)
	if err != nil || len(found) > 0 {
		t.Errorf("differs: %v, %v", found, err)
	}
	var list []ward.EventRow
	found, err = Events.Rows(strings.NewReader(text), "events.csv", func(_ int, row *ward.EventRow) error {
		list = append(list, *row)
		return nil
	})
	if err != nil || len(found) > 0 {
		t.Errorf("read: %v, %v", found, err)
	}
	at := 0
	_ = each(func(row *ward.EventRow) error {
		row.Event.At, row.Event.Recorded.At = ward.Moment(row.Event.At), ward.Moment(row.Event.Recorded.At)
		if diff := cmp.Diff(*row, list[at]); diff != "" {
			t.Errorf("row %d (-written +read)\n%s", at, diff)
		}
		at++
		return nil
	})
}

// The words of a report run as no formula, the MRN keeps its zeros, and both come back.
func TestExportEventsForASpreadsheet(t *testing.T) {
	p := ward.Patient{MRN: "0042317", Name: "=1+1", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14}}
	each := eventsOf(p, ward.Event{Kind: ward.AReport, At: start, What: "caregiver", Detail: "@SUM(A1)", Recorded: ward.Signature{By: "+Sam", At: start}})
	var out strings.Builder
	_, err := Events.Export(t.Context(), &out, each, true)
	const want = "\ufeffevent_id,version,kind,at,what,detail,interval_minutes,until_day,status,reason,recorded_at,recorded_by,mrn,name,birth_date,profile\r\n" +
		"1,1,report,2026-03-01T00:00:00Z,caregiver,'@SUM(A1),,,recorded,,2026-03-01T00:00:00Z,'+Sam,\"=\"\"0042317\"\"\",'=1+1,1961-03-14,spreadsheet\r\n"
	if diff := cmp.Diff(want, out.String()); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	wantSame(t, out.String(), each)
}
