package config

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"neurocheck/internal/ward"
)

func TestRecordedSettingsShowTheChange(t *testing.T) {
	site := ward.DefaultSite()
	before := Recorded(&site)
	if before != Recorded(&site) {
		t.Error("the same settings are recorded differently")
	}
	if said := Changed("", &site); said != "as at first" {
		t.Errorf("%q", said)
	}
	if said := Changed(before, &site); said != "" {
		t.Errorf("nothing changed, and it says %q", said)
	}
	site.Intervals.None = 6 * time.Hour
	site.Objects = []string{"cup", "<key>", "watch"}
	said := Changed(before, &site)
	for _, want := range []string{`intervals.none from "8h" to "6h"`, `ice.objects from ["clock","pen","button"] to ["cup","<key>","watch"]`} {
		if !strings.Contains(said, want) {
			t.Errorf("%q does not say %q", said, want)
		}
	}
	if said := Changed("{}", &site); !strings.Contains(said, `last_day from unknown to 30`) {
		t.Errorf("a setting that is new: %q", said)
	}
}

func TestRecordedSettingsCanBeUsedAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawSite(t)
		got, ok := FromRecord(Recorded(&want))
		if diff := cmp.Diff(want, got, zones); diff != "" || !ok {
			t.Fatalf("usable %v (-recorded +read)\n%s", ok, diff)
		}
	})
}

func TestRecordedSettingsOfAnotherVersion(t *testing.T) {
	site, ok := FromRecord(`{"last_day": 28, "intervals.grade7": "1h", "screen.bell": "on", "backup.keep": 7.5, "intervals.days": ["2 to 10: 4h"]}`)
	want := ward.DefaultSite()
	want.LastDay, want.Intervals.Days = 28, []ward.DayInterval{{From: 2, To: 10, Every: 4 * time.Hour}}
	if diff := cmp.Diff(want, site, zones); diff != "" || !ok {
		t.Errorf("usable %v (-want +got)\n%s", ok, diff)
	}
	for name, recorded := range map[string]string{
		"nothing recorded": "", "no JSON": "{", "contradicting": `{"intervals.grade1": "12h"}`,
	} {
		site, ok := FromRecord(recorded)
		if diff := cmp.Diff(ward.DefaultSite(), site, zones); diff != "" || ok {
			t.Errorf("%s: usable %v (-want +got)\n%s", name, ok, diff)
		}
	}
}

func TestAProductWithoutItsChecklistIsAChange(t *testing.T) {
	site := ward.DefaultSite()
	site.Checklists.Products = map[string]ward.Checklists{"axi-cel": {Grade1: []string{"look"}, Urgent: []string{"go"}}}
	before := Recorded(&site)
	site.Checklists.Products = nil
	if said := Changed(before, &site); said != `checklist.products.axi-cel.grade1 from ["look"] to unknown; checklist.products.axi-cel.urgent from ["go"] to unknown` {
		t.Errorf("%q", said)
	}
}

func TestWordsAreRecorded(t *testing.T) {
	site := ward.DefaultSite()
	before := Recorded(&site)
	site.Words = map[string]ward.Words{"pt. br": {Sentence: "O céu", Ask: map[string]string{"ice_year": "Em que ano estamos?"}}}
	if said := Changed(before, &site); said != `words."pt. br".sentence from unknown to "O céu"; words."pt. br".ask.ice_year from unknown to "Em que ano estamos?"` {
		t.Errorf("%q", said)
	}
	if got, ok := FromRecord(Recorded(&site)); !ok || !cmp.Equal(site, got, zones) {
		t.Errorf("usable %v (-recorded +read)\n%s", ok, cmp.Diff(site, got, zones))
	}
}

func TestARefusedFileIsNamed(t *testing.T) {
	recorded := time.Date(2026, 11, 12, 23, 50, 0, 0, time.UTC)
	site := ward.DefaultSite()
	site.LastDay = 28
	path := filepath.Join(t.TempDir(), "site.toml")
	save(t, path, "\n[intervals]\nnone = \"8\"\n")
	_, wrong := Load(path)
	_, gone := Load(path + "x")
	for _, tt := range []struct {
		name string
		s    Settings
		want string
		days int
	}{
		{"not refused", Settings{}, "", 0},
		{"wrong", Fallback(path, wrong, Recorded(&site), recorded), "SETTINGS ERROR, site.toml line 3. Using those of 12 Nov. Tell an administrator (:settings)", 28},
		{"nothing recorded", Fallback(path, wrong, "", time.Time{}), "SETTINGS ERROR, site.toml line 3. Using the defaults. Tell an administrator (:settings)", 30},
		{"missing", Fallback(path+"x", gone, Recorded(&site), recorded), "SETTINGS ERROR, site.tomlx cannot be read. Using those of 12 Nov. Tell an administrator (:settings)", 28},
	} {
		if got := tt.s.Warning(time.UTC); got != tt.want || tt.s.Site.LastDay != tt.days {
			t.Errorf("%s: %q, last day %d", tt.name, got, tt.s.Site.LastDay)
		}
	}
	if got := Fallback(path, wrong, Recorded(&site), recorded).Refused; got == nil || ward.KindOf(got) != ward.KindInvalid {
		t.Errorf("%v", got)
	}
}
