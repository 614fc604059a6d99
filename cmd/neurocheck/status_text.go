package main

import (
	"fmt"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// say writes the state in words.
func (st *state) say() error {
	var b strings.Builder
	line := func(label, format string, args ...any) {
		fmt.Fprintf(&b, "%-11s"+format+"\n", append([]any{label}, args...)...)
	}
	last := ""
	if st.LastRecordAt != nil {
		last = ", the last of " + dayAndTime(*st.LastRecordAt)
	}
	line("records", "%d%s", st.Records, last)
	line("head", "%s", st.Head)
	if w := st.Ward; w != nil {
		line("ward", "%d on the ward, %d overdue%s, %d not examined, %d unfinished", w.OnWard, w.Overdue, oldestWords(w.OldestOverdue), w.NotExamined, w.Unfinished)
	}
	if f := st.FollowUps; f != nil {
		line("follow-ups", "%d open, %d not accepted%s, %d over time", f.Open, f.Unacknowledged, oldestWords(f.Oldest), f.Escalated)
	}
	line("verified", "%s", st.Verified.words())
	line("backup", "%s", st.Backup.words())
	if in := st.Intake; in != nil {
		line("intake", "%s%d held, %d refused", in.words(), in.Held, in.Refused)
	}
	if n := st.Seats; n != nil {
		line("seats", "%d open, %d signed in, sign-ins that wait: %d, longest without a key: %s", n.Open, n.SignedIn, n.Waiting, ward.Elapsed(time.Duration(n.Oldest)*time.Second))
	}
	if st.Disk.FreeBytes != nil {
		line("disk", "%.1f GiB free", float64(*st.Disk.FreeBytes)/(1<<30))
	}
	for _, a := range st.Attention {
		b.WriteString("ATTENTION " + harmless(a.Message) + "\n")
	}
	if len(st.Attention) == 0 {
		b.WriteString("nothing needs attention\n")
	}
	_, err := fmt.Print(b.String())
	return err
}

func dayAndTime(t time.Time) string { return t.Format("2 Jan 2006 15:04") }

func oldestWords(minutes *int) string {
	if minutes == nil {
		return ""
	}
	return " (the oldest " + ward.Elapsed(time.Duration(*minutes)*time.Minute) + ")"
}

func (v *verifiedAt) words() string {
	switch {
	case v.At == nil:
		return "never"
	case *v.Whole:
		return fmt.Sprintf("%s, whole up to record %d", dayAndTime(*v.At), *v.Record)
	}
	return dayAndTime(*v.At) + ", not whole"
}

func (c *copiedAt) words() string {
	if c.At == nil {
		return "none"
	}
	how := "plain"
	if *c.Encrypted {
		how = "encrypted"
	}
	return dayAndTime(*c.At) + ", " + how + ", read back"
}
