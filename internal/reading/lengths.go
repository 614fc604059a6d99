package reading

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	lengthForm = regexp.MustCompile(`^(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m?)?$`)
	hoursForm  = regexp.MustCompile(`^(\d{1,4})[.,](\d)h$`)
)

// lengthWords replaces the spelled units by their letters.
var lengthWords = strings.NewReplacer("minutes", "m", "minute", "m", "mins", "m", "min", "m",
	"hours", "h", "hour", "h", "hrs", "h", "hr", "h", "days", "d", "day", "d", "std", "h", " ", "")

// Length reads a length of time: 90m, 6h, 1h30, 1 h 30 min, 2 days. It needs a unit,
// because a bare 30 was once read as hours.
func Length(text string) Reading[time.Duration] {
	shown := typed(text)
	s := lengthWords.Replace(shown)
	if m := hoursForm.FindStringSubmatch(s); m != nil {
		return lengthOf(time.Duration(figures(m[1])*60+figures(m[2])*6) * time.Minute)
	}
	switch {
	case s == "":
		return refused[time.Duration]("a length is needed, such as 90m, 6h or 1h30")
	case isFigures(s):
		return refused[time.Duration](fmt.Sprintf("needs a unit: %sm or %sh", shown, shown))
	case strings.Contains(s, ":"):
		return refused[time.Duration]("needs a unit: write 1h30, or the time in its own line")
	}
	m := lengthForm.FindStringSubmatch(s)
	if m == nil || m[3] != "" && m[2] == "" && !strings.HasSuffix(s, "m") {
		return refused[time.Duration](strconv.Quote(shown) + " is no length: write 90m, 6h or 1h30")
	}
	days, hours, minutes := figures(m[1]), figures(m[2]), figures(m[3])
	if m[2] != "" && minutes > 59 {
		return refused[time.Duration](fmt.Sprintf("%d minutes are more than an hour: write %dh%02d", minutes, hours+minutes/60, minutes%60))
	}
	if m[1] != "" && hours > 23 {
		return refused[time.Duration](fmt.Sprintf("%d hours are more than a day: write %dd%dh", hours, days+hours/24, hours%24))
	}
	return lengthOf(time.Duration(days)*24*time.Hour + time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
}

func lengthOf(d time.Duration) Reading[time.Duration] {
	switch {
	case d <= 0:
		return refused[time.Duration]("a length of zero is none")
	case d > 366*24*time.Hour:
		return refused[time.Duration](LengthWords(d) + " is more than a year")
	}
	return Reading[time.Duration]{Value: d, Words: LengthWords(d)}
}

// LengthWords spells a length: 1 hour 30 minutes.
func LengthWords(d time.Duration) string {
	minutes := int(d / time.Minute)
	days, hours := minutes/(24*60), minutes/60%24
	if minutes <= 48*60 {
		days, hours = 0, minutes/60
	}
	var parts []string
	for _, p := range []struct {
		n    int
		noun string
	}{{days, "day"}, {hours, "hour"}, {minutes % 60, "minute"}} {
		if p.n > 0 {
			parts = append(parts, count(p.n, p.noun))
		}
	}
	if len(parts) == 0 {
		return "0 minutes"
	}
	return strings.Join(parts, " ")
}

// shortLength shows a length in few cells: 25 min, 8 h, 2 h 32 min, 1 d 3 h. It words a
// length as ward.Elapsed does, which this package does not import so that it stays pure.
func shortLength(d time.Duration) string {
	minutes := int(max(d, 0) / time.Minute)
	hours := minutes / 60
	switch {
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	case hours < 24 && minutes%60 == 0:
		return fmt.Sprintf("%d h", hours)
	case hours < 24:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case hours%24 == 0:
		return fmt.Sprintf("%d d", hours/24)
	}
	return fmt.Sprintf("%d d %d h", hours/24, hours%24)
}
