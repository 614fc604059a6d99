package hl7

import (
	"strings"
	"testing"
	"time"
)

func answerTo(t *testing.T, raw []byte, r Reply) string {
	t.Helper()
	m, _ := Parse(raw, city(t))
	if m == nil {
		t.Fatalf("%q has no header", raw)
	}
	r.ID, r.At = "7", time.Date(2026, 11, 20, 8, 5, 1, 0, time.UTC)
	return strings.ReplaceAll(string(m.Answer(r)), "\r", "\n")
}

func TestAnswers(t *testing.T) {
	const header = "MSH|^~\\&|NEUROCHECK|H4|ADT|CITY|20261120080501+0000||ACK^A01^ACK|7|P|2.5.1\n"
	missing := &Error{FieldMissing, Location{Segment: "PID", Sequence: 1, Field: 3}, "no identifier of type MR from CITY"}
	for _, c := range []struct {
		about string
		raw   []byte
		reply Reply
		want  string
	}{
		{"accepted", with(t), Reply{Code: Accepted}, header + "MSA|AA|1001\n"},
		{"failed", with(t), Reply{Code: Failed, Fault: missing},
			header + "MSA|AE|1001\nERR||PID^1^3|101^Required field missing^HL70357|E||||no identifier of type MR from CITY\n"},
		{"not now", with(t), Reply{Code: NotNow, Text: "the log is locked"},
			header + "MSA|AR|1001\nERR|||207^Application internal error^HL70357|E||||the log is locked\n"},
		{"before 2.5", with(t, "2.5.1", "2.3"), Reply{Code: Failed, Fault: missing},
			"MSH|^~\\&|NEUROCHECK|H4|ADT|CITY|20261120080501+0000||ACK^A01|7|P|2.3\nMSA|AE|1001|PID\\S\\1\\S\\3 no identifier of type MR from CITY\n"},
		{"character set and mode", with(t, "2.5.1", "2.5.1|||AL|NE||8859/1"), Reply{Code: Accepted},
			strings.Replace(header, "2.5.1", "2.5.1||||||8859/1", 1) + "MSA|AA|1001\n"},
		{"control ID of other bytes", with(t, "|1001|", "|10\x0001Ø|"), Reply{Code: Accepted}, header + "MSA|AA|10 01Ø\n"},
		{"delimiters in the reason", with(t), Reply{Code: NotNow, Text: `a|b^c&d~e\f—`},
			header + "MSA|AR|1001\nERR|||207^Application internal error^HL70357|E||||a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f???\n"},
	} {
		if got := answerTo(t, c.raw, c.reply); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.about, got, c.want)
		}
	}
}

func TestAnswerTextIsShort(t *testing.T) {
	got := answerTo(t, with(t, "2.5.1", "2.4"), Reply{Code: NotNow, Text: strings.Repeat("a", 200)})
	if !strings.Contains(got, "MSA|AR|1001|"+strings.Repeat("a", 80)+"\n") {
		t.Errorf("%s", got)
	}
}

func TestParseAnswer(t *testing.T) {
	fault := &Error{WrongData, Location{Segment: "PID", Sequence: 2, Field: 5, Repetition: 1, Component: 3}, "bytes & more"}
	raw := strings.ReplaceAll(answerTo(t, with(t), Reply{Code: Failed, Fault: fault}), "\n", "\r")
	a, err := ParseAnswer([]byte(raw))
	if err != nil || a.Code != Failed || a.ControlID != "1001" || len(a.Errors) != 1 {
		t.Fatalf("%+v %v", a, err)
	}
	if e := a.Errors[0]; e.Code != WrongData || e.At != fault.At.String() || e.Reason != fault.Reason {
		t.Errorf("%+v", e)
	}
	for _, bad := range []string{"", "MSH|^~\\&|\r", "MSH|^~\\&|\rMSA|CA|1\r", "MSH|^~\\&|\rMSA\r"} {
		if a, err := ParseAnswer([]byte(bad)); err == nil {
			t.Errorf("%q is read as %+v", bad, a)
		}
	}
}

func TestCounted(t *testing.T) {
	for code := range codeWords {
		want := code == WrongType || code == WrongEvent || code == WrongProcessing || code == WrongVersion
		if e := (&Error{Code: code}); e.Counted() != want {
			t.Errorf("%d is counted: %v", code, !want)
		}
	}
}
