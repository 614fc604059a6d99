package desk

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/store"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
	"neurocheck/internal/words"
)

// bedChange returns the change of a patient's bed by a feed that nobody has seen yet, or
// nil.
func (d *Desk) bedChange(patient int64) *ward.BedChange {
	if h := d.roster.byID[patient]; h != nil && h.BedChange != nil && h.Stay() != nil && h.BedChange.StayID == h.Stay().ID {
		return h.BedChange
	}
	return nil
}

// BedCell returns the bed of a patient with a mark if a feed has changed it over a person's.
func (d *Desk) BedCell(s *ward.PatientState) string {
	bed := Bed(&s.Stay)
	if d.bedChange(s.Patient.ID) != nil {
		bed += MarkMoved
	}
	return bed
}

// BedWords returns the line about a bed that a feed has changed over a person's: "bed 14B
// (feed 10:02; was 12A by Sam Lee)". It is empty once the patient was opened.
func (d *Desk) BedWords(s *ward.PatientState) string {
	c := d.bedChange(s.Patient.ID)
	if c == nil {
		return ""
	}
	return fmt.Sprintf("bed %s (feed %s; was %s by %s)", kit.Plain(s.Stay.Bed), d.timeAt(c.At), kit.Plain(c.Was), kit.Plain(c.By))
}

// timeAt is the time of day in the ward's zone, with the day if it is another one.
func (d *Desk) timeAt(t time.Time) string {
	t = t.In(d.zone)
	if t.Format(time.DateOnly) != d.now.In(d.zone).Format(time.DateOnly) {
		return t.Format("2 Jan 15:04")
	}
	return t.Format("15:04")
}

// FeedSays returns the line about a value of a feed that is not taken: "feed says name
// SILVA, Rosa".
func FeedSays(d *ward.Difference, zone *time.Location) string {
	value := kit.Plain(d.Feed)
	switch d.Field {
	case ward.FieldBirthDate:
		if date, err := ward.ParseDate(d.Feed); err == nil {
			value = date.Words()
		}
	case ward.FieldAdmitted:
		if at, err := time.Parse(time.RFC3339, d.Feed); err == nil {
			value = words.Clock{Zone: zone}.ShortTime(at)
		}
	}
	if value == "" {
		value = "nothing"
	}
	return "feed says " + ward.WordsFor(ward.FeedFields, string(d.Field)) + " " + value
}

// FeedLines returns the lines about what differs between a patient's record and the feed.
func (d *Desk) FeedLines(h *ward.History) (lines []string) {
	for i := range h.Differences {
		lines = append(lines, FeedSays(&h.Differences[i], d.zone)+": e settles it")
	}
	for _, id := range h.Alike {
		lines = append(lines, "perhaps one person with "+d.patientWords(id)+": e settles it")
	}
	return lines
}

// patientWords names a patient on the board; of another one it has the number in the log.
func (d *Desk) patientWords(id int64) string {
	if h := d.roster.byID[id]; h != nil {
		return words.Name(&h.Patient) + " " + words.MRN(&h.Patient)
	}
	return fmt.Sprintf("patient %d of the log, who left", id)
}

// inboxEvery is the time after which the inbox of the feed is counted again.
const inboxEvery = 20 * time.Second

// countInbox counts the messages that wait, if an administrator is at the keyboard.
func (d *Desk) countInbox(h kit.Host) tea.Cmd {
	if d.user.Role != ward.Admin || d.Log == nil || d.counting.Waiting() || d.now.Sub(d.countedAt) < inboxEvery && d.countedFor == d.user.Name {
		return nil
	}
	d.countedAt, d.countedFor = d.now, d.user.Name
	return Load(d, h, &d.counting, "", func(ctx context.Context, log *store.Store) (store.InboxCount, error) {
		return log.CountInbox(ctx)
	})
}

// takeInbox says how many messages wait.
func (d *Desk) takeInbox(c store.InboxCount) {
	line := ""
	count := func(n int, state string) string {
		if n == 1 {
			return "1 message of the feed is " + state
		}
		return fmt.Sprintf("%d messages of the feed are %s", n, state)
	}
	switch {
	case c.Held > 0 && c.Refused > 0:
		line = fmt.Sprintf("%d messages of the feed are held, and %d refused (:inbox)", c.Held, c.Refused)
	case c.Held > 0:
		line = count(c.Held, "held") + " (:inbox)"
	case c.Refused > 0:
		line = count(c.Refused, "refused") + " (:inbox)"
	}
	d.SetNotice(NoticeFeed, line)
}
