package ward

import "testing"

// A date that is read is a day of the calendar, and is written as one that reads the
// same.
func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"1961-03-14", "14 Mar 1961", "03/04/1961", "2024-02-29", "2023-02-29", "0000-00-00", "9999-12-31", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		if again, err := ParseDate(d.String()); err != nil || again != d {
			t.Errorf("%q is %v, which reads as %v (%v)", s, d, again, err)
		}
	})
}
