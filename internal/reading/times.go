package reading

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// Time reads the time of something that has happened, on the wall clock of zone. A
// time alone is today; if that is ahead, the reading asks whether it was yesterday.
func Time(text string, now time.Time, zone *time.Location) Reading[time.Time] {
	return timeReader{now: now, zone: zone}.read(text)
}

// PlannedTime reads a time that may be ahead, such as that of an infusion later
// today. A time alone is today in any case.
func PlannedTime(text string, now time.Time, zone *time.Location) Reading[time.Time] {
	return timeReader{now: now, zone: zone, ahead: true}.read(text)
}

// TimeWords returns the words of a time as its reading has them now: "today 13:20, 2 h 47
// min ago".
func TimeWords(t, now time.Time, zone *time.Location) string {
	r := timeReader{now: now, zone: zone}
	return r.accept(t, r.comesTwice(t)).Words
}

// DayTime returns a time with its day, as its reading begins: "tomorrow 13:20".
func DayTime(t, now time.Time, zone *time.Location) string {
	r := timeReader{now: now, zone: zone}
	return r.dayWords(t, r.comesTwice(t))
}

// comesTwice reports whether the wall clock shows the time of day of t twice on its day.
func (r timeReader) comesTwice(t time.Time) bool {
	local := t.In(r.zone)
	return len(instants(dateOf(local), wallOf(local), r.zone)) > 1
}

type timeReader struct {
	now   time.Time
	zone  *time.Location
	ahead bool // the time may be ahead
}

// typed returns the form of a text that the readers compare: in lower case, with single
// blanks, and with the full-width figures and signs of a Japanese keyboard as ASCII.
func typed(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(width.Fold.String(text)), " "))
}

func (r timeReader) today() Date { return dateOf(r.now.In(r.zone)) }

// A day that a text names, and how it names it.
type namedDay struct {
	Date
	form dayForm
}

type dayForm int

const (
	noDay   dayForm = iota // a time alone
	byWord                 // today, yesterday, a weekday
	noYear                 // 28 Nov
	byDate                 // with its year
	instant                // ISO with an offset
)

func (r timeReader) read(text string) Reading[time.Time] {
	s := typed(text)
	switch s {
	case "":
		return refused[time.Time]("a time is needed: 13:20, yesterday 23:50 or 28 Nov 03:00")
	case "now":
		return r.accept(r.now.Truncate(time.Minute), false)
	}
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(s)); err == nil {
		return r.validated(t, namedDay{dateOf(t.In(r.zone)), instant}, false)
	}
	s, letters := r.zoneLetters(s)
	day, rest, ask, reason := r.day(s)
	if reason != "" {
		return refused[time.Time](reason)
	}
	if rest == "" {
		return refused[time.Time]("the time of day is missing: " + s + " 13:20")
	}
	wall, reason := readClock(rest)
	if reason != "" {
		return refused[time.Time](reason)
	}
	if len(ask) > 1 {
		return r.whichDay(ask, wall, letters)
	}
	return r.at(day, wall, letters)
}

// at returns the reading of a day with a time of day on the wall clock.
func (r timeReader) at(day namedDay, wall time.Duration, letters string) Reading[time.Time] {
	moments := instants(day.Date, wall, r.zone)
	if len(moments) == 0 {
		return refused[time.Time](r.never(day.Date, wall))
	}
	twice := len(moments) > 1
	if letters != "" {
		moments = slices.DeleteFunc(moments, func(t time.Time) bool { return !hasLetters(t, letters) })
		if len(moments) == 0 {
			return refused[time.Time](fmt.Sprintf("%s does not hold on %d %s %d", strings.ToUpper(letters), day.Day, day.Month, day.Year))
		}
	}
	t := moments[0]
	for _, m := range moments { // of an hour that comes twice, the latest that is over
		if !m.After(r.now) {
			t = m
		}
	}
	return r.validated(t, day, twice)
}

// validated takes or refuses a time.
func (r timeReader) validated(t time.Time, day namedDay, twice bool) Reading[time.Time] {
	clock := "the clock says " + r.now.In(r.zone).Format("15:04")
	switch {
	case day.form == byDate && r.lastYearMeant(t):
		return r.whichYear(t, twice)
	case !t.After(r.now), r.ahead:
		return r.accept(t, twice)
	case day.form == noDay:
		yes := timeReader{now: r.now, zone: r.zone}.at(namedDay{r.today().plus(-1), byWord}, wallOf(t), "")
		if yes.Err != "" {
			return refused[time.Time]("in the future, " + clock + "; yesterday " + yes.Err)
		}
		return Reading[time.Time]{
			Question: "in the future, " + clock + ". Yesterday?",
			Choices: []Choice[time.Time]{
				{Keys: []string{"1", "y"}, Label: "yes, " + yes.Words, Value: yes.Value, Words: yes.Words},
				{Keys: []string{"0", "n"}, Label: "no", Back: true},
			},
		}
	case r.today() == dateOf(t.In(r.zone)):
		return refused[time.Time]("in the future, " + clock)
	}
	return refused[time.Time](r.dayWords(t, twice) + " is in the future, " + clock + " on " + r.now.In(r.zone).Format("2 Jan 2006"))
}

// lastYearMeant reports whether the year may be a slip, as in the first weeks of a year:
// the time lies most of a year back, and with this year it would be close to now.
func (r timeReader) lastYearMeant(t time.Time) bool {
	local, today := t.In(r.zone), r.today()
	near := Date{Year: today.Year, Month: local.Month(), Day: local.Day()}
	back := dateOf(local).daysTo(today)
	distance := near.daysTo(today)
	return near.Year != local.Year() && back > 300 && back < 430 && distance > -45 && distance < 45
}

// whichYear asks whether the year that was typed is meant.
func (r timeReader) whichYear(t time.Time, twice bool) Reading[time.Time] {
	local, year := t.In(r.zone), r.today().Year
	typed := r.accept(t, twice)
	other := r.at(namedDay{Date{Year: year, Month: local.Month(), Day: local.Day()}, noYear}, wallOf(t), "")
	q := Reading[time.Time]{Question: fmt.Sprintf("%s is a year ago: is the year right?", local.Format("2 January 2006"))}
	q.Choices = append(q.Choices, Choice[time.Time]{Keys: []string{"1"}, Label: typed.Words, Value: t, Words: typed.Words})
	if other.OK() {
		q.Choices = append(q.Choices, Choice[time.Time]{Keys: []string{"2"}, Label: other.Words, Value: other.Value, Words: other.Words})
	}
	q.Choices = append(q.Choices, Choice[time.Time]{Keys: []string{"0"}, Label: "back", Back: true})
	return q
}

// whichDay asks which of two days a date in figures means.
func (r timeReader) whichDay(days []Date, wall time.Duration, letters string) Reading[time.Time] {
	q := Reading[time.Time]{}
	var names []string
	var last Reading[time.Time]
	for _, d := range days {
		one := r.at(namedDay{d, byDate}, wall, letters)
		if last = one; !one.OK() {
			continue
		}
		names = append(names, d.Words())
		q.Choices = append(q.Choices, Choice[time.Time]{Keys: []string{strconv.Itoa(len(names))}, Label: one.Words, Value: one.Value, Words: one.Words})
	}
	switch len(names) {
	case 0:
		return last
	case 1:
		return Reading[time.Time]{Value: q.Choices[0].Value, Words: q.Choices[0].Words}
	}
	q.Question = "which day: " + strings.Join(names, " or ") + "?"
	q.Choices = append(q.Choices, Choice[time.Time]{Keys: []string{"0"}, Label: "neither", Back: true})
	return q
}

func (r timeReader) accept(t time.Time, twice bool) Reading[time.Time] {
	words := r.dayWords(t, twice)
	switch d := r.now.Sub(t); {
	case d >= time.Minute:
		words += ", " + shortLength(d) + " ago"
	case d > -time.Minute:
		words += ", now"
	default:
		words += ", in " + shortLength(-d)
	}
	return Reading[time.Time]{Value: t, Words: words}
}

// dayWords spells a time with its day, and with the letters of its zone if the hour comes
// twice.
func (r timeReader) dayWords(t time.Time, twice bool) string {
	local := t.In(r.zone)
	day := ""
	switch back := dateOf(local).daysTo(r.today()); {
	case back == 0:
		day = "today"
	case back == 1:
		day = "yesterday"
	case back == -1:
		day = "tomorrow"
	case local.Year() == r.today().Year:
		day = local.Format("Mon 2 Jan")
	default:
		day = local.Format("Mon 2 Jan 2006")
	}
	day += local.Format(" 15:04")
	if twice {
		day += " " + lettersOf(local)
	}
	return day
}

// never says which hour the clocks left out.
func (r timeReader) never(d Date, wall time.Duration) string {
	guess := time.Date(d.Year, d.Month, d.Day, 0, int(wall/time.Minute), 0, 0, r.zone)
	change, to := guess.ZoneBounds()
	if change.IsZero() || !to.IsZero() && to.Sub(guess) < guess.Sub(change) {
		change = to
	}
	_, offset := change.Add(-time.Second).In(r.zone).Zone()
	before := change.In(time.FixedZone("", offset))
	return fmt.Sprintf("there was no %s on %d %s: the clocks went from %s to %s",
		clockText(wall), d.Day, d.Month.String()[:3], before.Format("15:04"), change.In(r.zone).Format("15:04"))
}

// instants returns the moments at which the wall clock shows a time of a day, in their
// order: none in an hour that the clocks leave out, two in one that comes twice.
func instants(d Date, wall time.Duration, zone *time.Location) []time.Time {
	utc := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Add(wall)
	var out []time.Time
	for _, near := range []time.Duration{-26 * time.Hour, 26 * time.Hour} {
		_, offset := utc.Add(near).In(zone).Zone()
		t := utc.Add(-time.Duration(offset) * time.Second).In(zone)
		if dateOf(t) == d && wallOf(t) == wall && !slices.ContainsFunc(out, t.Equal) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

func wallOf(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
}

// lettersOf returns the letters of the zone, such as BST, or its offset if it has none.
func lettersOf(t time.Time) string {
	name, _ := t.Zone()
	if strings.ContainsAny(name, "+-") {
		return "UTC" + t.Format("-07:00")
	}
	return name
}

// hasLetters reports whether a zone is called so at a time.
func hasLetters(t time.Time, letters string) bool {
	name, _ := t.Zone()
	return strings.EqualFold(lettersOf(t), letters) || strings.EqualFold(name, letters)
}

// zoneLetters cuts the letters of the ward's zone from the end: 01:20 BST.
func (r timeReader) zoneLetters(s string) (rest, letters string) {
	cut := strings.LastIndexByte(s, ' ')
	if cut < 0 {
		return s, ""
	}
	for _, t := range []time.Time{r.now, r.now.AddDate(0, -6, 0), r.now.AddDate(0, 0, -1), r.now.AddDate(0, 0, 1)} {
		if hasLetters(t.In(r.zone), s[cut+1:]) {
			return s[:cut], s[cut+1:]
		}
	}
	return s, ""
}

var (
	isoDay    = regexp.MustCompile(`^(\d{4}[-./]\d{1,2}[-./]\d{1,2})(?:[t ](.*))?$`)
	figureD   = regexp.MustCompile(`^(\d{1,2}[-./]\d{1,2}[-./]\d{4}|\d{8})(?: (.*))?$`)
	figureND  = regexp.MustCompile(`^(\d{1,2})([./])(\d{1,2})[./]? (.+)$`)
	shortYear = regexp.MustCompile(`^\d{1,2}(?:[-./]\d{1,2}|-?[a-z]{3,9})[-./]\d{2}(?: |$)`)
	dayMonth  = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?\.?[ -]?([a-z]{3,9})\.?,?(?:[ -](\d{4}))?(?:[ ,]+(.*))?$`)
	monthDay  = regexp.MustCompile(`^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,?(?: (\d{4}))?(?:[ ,]+(.*))?$`)
)

// day cuts the day from the beginning of a text. If the day in figures can be read in
// two ways, both are in ask.
func (r timeReader) day(s string) (day namedDay, rest string, ask []Date, reason string) {
	if word, after, _ := strings.Cut(s, " "); r.dayWord(word) != nil {
		return r.named(word, after)
	}
	return r.dated(s)
}

// named returns the day of a word, such as yesterday. A weekday may stand before its date,
// as in the readings that the screens show; then both must be the same day.
func (r timeReader) named(word, after string) (namedDay, string, []Date, string) {
	day, rest, ask, reason := r.dated(after)
	if day.form == noDay && reason == "" || slices.Contains([]string{"today", "yesterday", "tomorrow"}, word) {
		return *r.dayWord(word), after, nil, ""
	}
	weekday := func(d Date) string { return strings.ToLower(d.noon().Weekday().String()) }
	ask = slices.DeleteFunc(ask, func(d Date) bool { return !strings.HasPrefix(weekday(d), word) })
	if len(ask) == 1 {
		day.Date = ask[0]
	}
	if reason == "" && !strings.HasPrefix(weekday(day.Date), word) {
		reason = day.Words() + " is a " + day.noon().Weekday().String()
	}
	return day, rest, ask, reason
}

// dated cuts a day that is no word of its own from the beginning of a text.
func (r timeReader) dated(s string) (day namedDay, rest string, ask []Date, reason string) {
	if m := isoDay.FindStringSubmatch(s); m != nil {
		day, ask, reason = oneDay(m[1])
		return day, m[2], ask, reason
	}
	if m := figureD.FindStringSubmatch(s); m != nil {
		day, ask, reason = oneDay(m[1])
		return day, m[2], ask, reason
	}
	if m := dayMonth.FindStringSubmatch(s); m != nil {
		if month, ok := monthNamed(m[2]); ok {
			return r.spelled(m[1], month, m[3], m[4])
		}
	}
	if m := monthDay.FindStringSubmatch(s); m != nil {
		if month, ok := monthNamed(m[1]); ok {
			return r.spelled(m[2], month, m[3], m[4])
		}
	}
	switch m := figureND.FindStringSubmatch(s); {
	case m != nil && !isMeridiem(m[4]):
		return day, "", nil, "write the month in letters: 28 Nov 03:00"
	case shortYear.MatchString(s):
		return day, "", nil, fourFigures
	}
	return namedDay{r.today(), noDay}, s, nil, ""
}

// oneDay reads a date in figures.
func oneDay(s string) (namedDay, []Date, string) {
	days, reason := datesIn(s, func(Date) string { return "" })
	if len(days) == 0 {
		return namedDay{}, nil, reason
	}
	return namedDay{days[0], byDate}, days, ""
}

// dayWord reads today, yesterday, tomorrow or a weekday, which is the last one that has
// begun.
func (r timeReader) dayWord(word string) *namedDay {
	back, known := map[string]int{"today": 0, "yesterday": 1, "tomorrow": -1}[word]
	if !known {
		for i := range 7 {
			d := r.today().plus(-i)
			if name := strings.ToLower(d.noon().Weekday().String()); len(word) >= 3 && strings.HasPrefix(name, word) {
				back, known = i, true
			}
		}
	}
	if !known {
		return nil
	}
	return &namedDay{r.today().plus(-back), byWord}
}

// spelled returns a day with its month in letters, and the time of day. Without a year
// the day is the one that is nearest to now, so that 28 Nov on 2 January is that of last
// year.
func (r timeReader) spelled(dayOf string, month time.Month, year, rest string) (namedDay, string, []Date, string) {
	d := Date{Year: r.today().Year, Month: month, Day: figures(dayOf)}
	if year != "" && rest == "" { // four figures at the end: a time, unless they look like a year
		if n := figures(year); n >= d.Year-20 && n <= d.Year+1 {
			return namedDay{}, "", nil, fmt.Sprintf("%s may be a year or %s:%s: write 28 Nov 20:15, or 28 Nov 2026 13:20", year, year[:2], year[2:])
		}
		year, rest = "", year
	}
	if year != "" {
		d.Year = figures(year)
		return namedDay{d, byDate}, rest, nil, d.missing()
	}
	ahead := 0
	if d.missing() == "" {
		ahead = r.today().daysTo(d)
	}
	switch {
	case ahead > 183:
		d.Year--
	case ahead < -183 && r.ahead:
		d.Year++
	}
	return namedDay{d, noYear}, rest, nil, d.missing()
}

var (
	clockForm = regexp.MustCompile(`^(\d{1,2})(?:[:.h ](\d{2}))?(?::(\d{2}))? ?(am|pm|a\.m\.|p\.m\.|h|uhr)?$`)
	plainForm = regexp.MustCompile(`^(\d{1,2})(\d{2}) ?(am|pm|h|hrs)?$`)
)

func isMeridiem(s string) bool { return s == "am" || s == "pm" || s == "a.m." || s == "p.m." }

// readClock reads a time of day: 1320, 13:20, 13.20, 1:20pm, 13. It refuses a text that
// only begins like one.
func readClock(s string) (time.Duration, string) {
	hour, minute, second, half := "", "", "", ""
	if m := plainForm.FindStringSubmatch(s); m != nil {
		hour, minute, half = m[1], m[2], m[3]
	} else if m := clockForm.FindStringSubmatch(s); m != nil {
		hour, minute, second, half = m[1], m[2], m[3], m[4]
	} else {
		return 0, strconv.Quote(s) + " is no time: write 13:20, yesterday 23:50 or 28 Nov 03:00"
	}
	h, m, sec := figures(hour), figures(minute), figures(second)
	if half = strings.ReplaceAll(half, ".", ""); isMeridiem(half) {
		if h < 1 || h > 12 {
			return 0, fmt.Sprintf("there is no %d %s", h, half)
		}
		h %= 12
		if half == "pm" {
			h += 12
		}
	}
	wall := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second
	switch {
	case h == 24 && m == 0:
		return 0, "there is no 24:00: write 00:00 with the day that begins"
	case h > 23 || m > 59 || sec > 59:
		return 0, fmt.Sprintf("there is no %02d:%02d", h, m)
	}
	return wall, ""
}

func clockText(wall time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(wall.Hours()), int(wall.Minutes())%60)
}
