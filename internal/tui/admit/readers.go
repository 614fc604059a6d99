package admit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/reading"
)

// noInfusion is the reading of an empty line.
const noInfusion = "not known yet: no day count"

// readBirthDate reads the date of birth. An empty line is left alone until the save.
func (f *particulars) readBirthDate(text string) reading.Reading[reading.Date] {
	if strings.TrimSpace(text) == "" {
		return reading.Reading[reading.Date]{}
	}
	return reading.BirthDate(text, f.d.Now(), f.d.Zone())
}

// readAdmission reads the time of admission, which is over.
func (f *particulars) readAdmission(text string) reading.Reading[time.Time] {
	return reading.Time(text, f.d.Now(), f.d.Zone())
}

// readInfusion reads the time of the infusion, which may be ahead. A day without a time
// is refused, and a year that may be a slip is asked about.
func (f *particulars) readInfusion(text string) reading.Reading[time.Time] {
	if strings.TrimSpace(text) == "" {
		return reading.Reading[time.Time]{Words: noInfusion}
	}
	return reading.PlannedTime(text, f.d.Now(), f.d.Zone())
}

// checkBaseline refuses a baseline that is no total of the tool.
func (f *particulars) checkBaseline(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	most := f.tool().MaxScore()
	if n, err := strconv.Atoi(text); err != nil || n < 0 || n > most {
		return fmt.Sprintf("a whole number from 0 to %d", most)
	}
	return ""
}
