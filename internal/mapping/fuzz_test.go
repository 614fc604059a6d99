package mapping

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/csvlog"
)

// FuzzRead reads any text with and without mappings: it ends, and says of each row that it
// is read or why not.
func FuzzRead(f *testing.F) {
	f.Add(plain)
	f.Add("sep=;\nMRN;Performed At;Tool\n1;2026-11-20 08:00;ICE\n")
	f.Add("PAT,AT,NAME,ITEM,VALUE\n1,2026-11-20 08:00,A,YEAR,1\n1,2026-11-20 08:00,A,ICP POSTURE,1\n")
	f.Add("record_id,redcap_event_name,redcap_repeat_instrument,log_id,mrn,performed_at,tool,icp___none\n1,,,x,1,,,\n1,,neuro_check,,,2026-11-20 08:00:00,ice,1\n")
	f.Add("\xff\xfem\x00r\x00n\x00")
	f.Add("mrn\r\"a\r\"\r,\r")
	maps := []*Map{nil, mapOf(f, longMap), mapOf(f, "[file]\nencoding = \"windows-1252\"\ndates = \"excel\"\nmissing = [\"-\"]\nmrn_width = 4\n[columns]\nPAT = \"mrn\"\n[constants]\ntool = \"ice\"\n")}
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range maps {
			read, _, err := Read(strings.NewReader(text), m, csvlog.Options{Name: "f", Now: now, Zone: time.UTC})
			if err != nil {
				continue
			}
			lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
			for _, p := range read.Faults() {
				if p.Line < 1 || p.Line > lines || p.Column == "" || p.Reason == "" {
					t.Errorf("%v of %d lines", p, lines)
				}
			}
			for row := range read.Rows() {
				if row.Line < 1 || row.Line > lines {
					t.Errorf("row of line %d of %d", row.Line, lines)
				}
			}
		}
	})
}

// FuzzMapping parses any text: it ends, and a mapping that is taken reads a file.
func FuzzMapping(f *testing.F) {
	f.Add(longMap)
	f.Add(templateMap)
	f.Add("[values]\nconsciousness = { \"a\" = \"alert\" }\n[long]\nonly.x = \"y\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, faults := parse([]byte(text))
		if len(faults) == 0 {
			asRead(t, m, plain, time.UTC)
		}
	})
}
