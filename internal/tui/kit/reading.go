package kit

import (
	"time"

	"neurocheck/internal/reading"
)

// The readers of times, dates and lengths for fields: see [reading].
type (
	Reading[T any] = reading.Reading[T]
	Choice[T any]  = reading.Choice[T]
	Date           = reading.Date
)

// ReadTime reads the time of something that has happened.
func ReadTime(text string, now time.Time, zone *time.Location) Reading[time.Time] {
	return reading.Time(text, now, zone)
}

// ReadPlannedTime reads a time that may be ahead.
func ReadPlannedTime(text string, now time.Time, zone *time.Location) Reading[time.Time] {
	return reading.PlannedTime(text, now, zone)
}

// ReadBirthDate reads a date of birth.
func ReadBirthDate(text string, now time.Time, zone *time.Location) Reading[Date] {
	return reading.BirthDate(text, now, zone)
}

// ReadLength reads a length of time.
func ReadLength(text string) Reading[time.Duration] { return reading.Length(text) }

// LengthWords returns a length of time in words.
func LengthWords(d time.Duration) string { return reading.LengthWords(d) }

// ShortLength returns a length of time in few characters.
func ShortLength(d time.Duration) string { return reading.ShortLength(d) }
