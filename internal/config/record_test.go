package config

import (
	"strings"
	"testing"
	"time"

	"neurocheck/internal/ward"
)

func TestWhatIsRecordedTellsWhatChanged(t *testing.T) {
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
