package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// sampleLog returns the path of a closed log that has records in every table of the record,
// appended row by row.
func sampleLog(t *testing.T) string {
	t.Helper()
	return sample.Copy(t, func(path string) error {
		fillSample(t, path)
		return nil
	})
}

func fillSample(t *testing.T, path string) {
	t.Helper()
	s := must(Create(t.Context(), path))(t)
	request := must(NewRequest("request-1", "sample"))(t)
	_, err := s.act(t.Context(), nurse(0), request, engine.Checked, func(w *tx) error { return (&sampler{w, t.Context(), nil, 0}).all() })
	ok(t, err)
	whole(t, s)
	ok(t, s.Close())
}

// sampler appends sample rows.
type sampler struct {
	*tx
	ctx context.Context
	err error
	p   int64 // the patient
}

func (s *sampler) put(table string, columns ...column) (seq int64) {
	if s.err == nil {
		seq, s.err = s.append(s.ctx, table, columns...)
	}
	return seq
}

func (s *sampler) do(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *sampler) all() error {
	s.put("ward", column{"name", "Haematology 4"}, column{"zone", "Europe/Lisbon"}, column{"synthetic", nil})
	s.put("staff", column{"name", "Sam Lee"}, column{"role", "nurse"}, column{"active", int64(1)})
	s.put("staff", column{"name", "Kim Adler"}, column{"role", "admin"}, column{"active", int64(1)})
	s.put("credential", column{"staff", "Sam Lee"}, column{"digest", "d"}, column{"one_time", int64(1)})
	s.put("settings", column{"content", "{}"}, column{"changed", "all"})
	s.patient("0042317", ownSeq, 1)
	s.patient("0042318", s.p, 2)
	first := s.p
	s.patient("77", ownSeq, 1)
	s.put("patient_link", append([]column{{"link_id", ownSeq}, {"event", "linked"}, {"patient_id", s.p}, {"into_id", first}, {"reason", "same person"}}, s.recorded()...)...)
	s.do(s.exec(s.ctx, `UPDATE patient_now SET survivor_id = $1 WHERE patient_id = $2`, first, s.p))
	twin := s.p
	s.p = first
	stay := s.stay(ownSeq, 1, "recorded")
	s.stay(stay, 2, "corrected")
	s.check("check-a", 1, "recorded", stay, iceOf(8), 0)
	s.followUps("check-a")
	s.check("check-b", 1, "recorded", stay, iceOf(9), 2*time.Hour)
	s.check("check-c", 1, "recorded", stay, iceOf(4), 4*time.Hour)
	r := s.put(reevaluationTable, column{"check_id", "check-b"}, column{"version", int64(1)}, column{"patient_id", s.p}, column{"flag", "grade1"}, column{"flag_reasons", "grade_1;worse_than_last"}, column{"because", "check-a"})
	s.do(s.putReevaluationNow(s.ctx, "check-b", 1, r))
	s.check("check-a", 2, "withdrawn", stay, iceOf(8), 0)
	report := s.put("report", s.entry("report_id", ownSeq, 1, "recorded", column{"told_at", int64(1)}, column{"told_offset", int64(0)}, column{"told_by", "patient"}, column{"words", "not myself"})...)
	s.put("report", s.entry("report_id", report, 2, "withdrawn", column{"told_at", int64(1)}, column{"told_offset", int64(0)}, column{"told_by", "patient"}, column{"words", "not myself"})...)
	s.put("intervention", s.entry("intervention_id", ownSeq, 1, "recorded", column{"done_at", int64(1)}, column{"done_offset", int64(0)}, column{"kind", "eeg"}, column{"detail", nil})...)
	s.put("attribution", column{"attribution_id", ownSeq}, column{"event", "named"}, column{"patient_id", s.p}, column{"domain", "consciousness"}, column{"cause", "propofol"}, column{"until_at", int64(2)}, column{"until_offset", int64(0)})
	s.put("schedule_order", append([]column{{"patient_id", s.p}, {"kind", "interval"}, {"interval_minutes", int64(60)}, {"until_day", nil}, {"reason", "worried"}}, s.recorded()...)...)
	s.put("audit_event", column{"event", "read"}, column{"patient_id", s.p}, column{"about", nil}, column{"detail", nil})
	s.put("audit_event", column{"event", "sign_in"}, column{"patient_id", nil}, column{"about", nil}, column{"detail", nil})
	message := FeedMessage{Event: "A01", Application: "ADT", Facility: "CITY", ControlID: "1001", Digest: strings.Repeat("a", 64), MRN: "0042317", Content: "{}"}
	id, err := s.putMessage(s.ctx, &message, 1, ward.Recorded, "")
	s.do(err)
	message.ID = id
	_, err = s.putMessage(s.ctx, &message, 2, ward.Withdrawn, "a test")
	s.do(err)
	s.do((&FeedAct{tx: s.tx, ctx: s.ctx}).PutInbox(&ward.InboxMessage{State: ward.MessageHeld, Reason: "record", Event: "A08", Application: "ADT", Facility: "CITY", ControlID: "1002", Digest: strings.Repeat("b", 64), MessageID: id, Content: []byte("MSH|")}))
	s.do(s.putDifference(s.ctx, feedDiffers, s.p, ward.Difference{Field: ward.FieldName, Feed: "SILVA, Rosa", At: after(0)}))
	s.do(s.putAlike(s.ctx, patientsAlike, first, twin))
	for _, active := range []int64{1, 0} {
		s.put("seat", column{"label", "Desk 2"}, column{"kind", "workstation"}, column{"staff", nil}, column{"fingerprint", "SHA256:f"}, column{"public_key", "ssh-ed25519 k"}, column{"active", active})
	}
	s.remember()
	return s.err
}

// remember writes down the memory of the patient's checks.
func (s *sampler) remember() {
	if s.err != nil {
		return
	}
	h, err := s.reader().history(s.ctx, s.p, wholePart)
	s.do(err)
	h.Remember(s.site)
	s.do(s.keepMemory(s.ctx, &h))
}

// entry returns the columns of a record that can be withdrawn.
func (s *sampler) entry(identity string, id any, version int64, status string, more ...column) []column {
	return slices.Concat([]column{{identity, id}, {"version", version}, {"status", status}, {"reason", nil}, {"patient_id", s.p}}, more, s.recorded())
}

func (s *sampler) recorded() []column {
	at, offset := toMillis(s.sig.At)
	return []column{{"recorded_at", at}, {"recorded_offset", offset}, {"recorded_by", s.sig.By}}
}

func (s *sampler) patient(mrn string, id any, version int64) {
	seq := s.put("patient", append([]column{
		{"patient_id", id}, {"version", version}, {"mrn", mrn}, {"name", "OKAFOR, Ada"}, {"birth_date", "1961-03-14"},
		{"second_id", nil}, {"language", "English"}, {"interpreter", int64(0)}, {"product", "axi-cel"},
		{"infused_at", int64(1)}, {"infused_offset", int64(60)}, {"patient_tool", "ice"}, {"baseline", int64(10)},
		{"baseline_lost", "ice_year;ice_month"}, {"features_mild", nil}, {"reason", nil},
	}, s.recorded()...)...)
	if version == 1 {
		s.p = seq
	}
	s.do(s.putPatientNow(s.ctx, s.p, seq))
	s.do(s.putMRN(s.ctx, s.p, mrn))
}

func (s *sampler) stay(id any, version int64, status string) (stay int64) {
	seq := s.put("stay", append([]column{
		{"stay_id", id}, {"version", version}, {"status", status}, {"patient_id", s.p}, {"visit", "V1"}, {"bed", "12A"}, {"clinician", nil},
		{"admitted_at", int64(1)}, {"admitted_offset", int64(60)}, {"admission_inferred", int64(0)},
		{"discharged_at", nil}, {"discharged_offset", nil}, {"discharge", nil}, {"end_inferred", int64(0)}, {"end_unconfirmed", int64(0)}, {"reason", nil},
	}, s.recorded()...)...)
	if stay = seq; version > 1 {
		stay, _ = id.(int64)
	}
	s.do(s.putStayNow(s.ctx, stayNow{stay: stay, seq: seq, patient: s.p, admitted: 1}))
	return stay
}

func (s *sampler) check(id string, version int64, status string, stay int64, x icans.Findings, at time.Duration) {
	performed, offset := toMillis(after(at))
	var reason any
	r := icans.Evaluate(&x, 0)
	if version > 1 {
		reason, r.Flag, r.Reasons = "wrong_value", 0, 0
	}
	row := append([]column{
		{"check_id", id}, {"version", version}, {"patient_id", s.p}, {"stay_id", orNull(stay)}, {"status", status}, {"reason", reason}, {"reason_note", nil},
		{"performed_at", performed}, {"performed_offset", offset},
	}, s.recorded()...)
	for _, f := range icans.Fields() {
		var value any
		if code := f.Code(&x); code != "" {
			value = code
			if n, err := strconv.ParseInt(code, 10, 64); err == nil {
				value = n
			}
		}
		row = append(row, column{f.Column, value})
	}
	row = append(row,
		column{"other_cause_note", nil}, column{"note", nil}, column{"score", points(r.Score)}, column{"grade_low", int64(r.Low)}, column{"grade_high", int64(r.High)},
		column{"drivers", text(string(r.Drivers.AppendCodes(nil)))}, column{"flag", r.Flag.Code()}, column{"flag_reasons", text(string(r.Reasons.AppendCodes(nil)))})
	seq := s.put(checkTable, row...)
	c := ward.Check{ID: id, Version: int(version), PatientID: s.p, Status: ward.Status(status), PerformedAt: after(at), Recorded: s.sig}
	s.do(s.putCheckNow(s.ctx, &c, seq))
}

func (s *sampler) followUps(check string) {
	event := func(id any, event string, check, outcome, asked any) int64 {
		row := []column{{"follow_up_id", id}, {"event", event}, {"patient_id", s.p}, {"check_id", check}}
		if check == nil {
			row = append(row, column{"flag", nil}, column{"floor", nil}, column{"performed_at", nil}, column{"performed_offset", nil}, column{"level", nil}, column{"peak", nil})
		} else {
			row = append(row, column{"flag", "grade1"}, column{"floor", int64(1)}, column{"performed_at", int64(1)}, column{"performed_offset", int64(0)}, column{"level", "grade1"}, column{"peak", int64(1)})
		}
		return s.put("follow_up", append(append(row, column{"outcome", outcome}, column{"note", nil}, column{"asked", asked}), s.recorded()...)...)
	}
	done := event(ownSeq, followUpOpened, check, nil, nil)
	event(done, followUpAcknowledged, nil, nil, nil)
	event(done, followUpClosed, nil, "resolved", int64(0))
	open := event(ownSeq, followUpOpened, check, nil, nil)
	event(open, followUpJoined, check, nil, nil)
	event(open, followUpRaised, check, nil, nil)
	s.put("follow_up_item", append([]column{{"follow_up_id", open}, {"patient_id", s.p}, {"item", "tell the clinician"}, {"ticked", int64(1)}}, s.recorded()...)...)
	s.do(s.putFollowUpOpen(s.ctx, open, s.p))
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
