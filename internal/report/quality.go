package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/ward"
)

// Quality are the figures of a ward as JSON and as text. Absent values are null.
type Quality struct {
	At      boardTime                           `json:"at"`
	Ward    string                              `json:"ward"`
	Since   boardTime                           `json:"since"`
	Until   boardTime                           `json:"until"`
	Record  int64                               `json:"record"` // the last one that they rest on
	Head    string                              `json:"head"`
	Figures map[string]map[string]qualityFigure `json:"figures"` // by group and figure

	list []ward.Figure
}

// qualityFigure is one figure as JSON.
type qualityFigure struct {
	N      int  `json:"n"`
	Of     *int `json:"of"`
	Median *int `json:"median_min"`
	P90    *int `json:"p90_min"`
}

// NewQuality returns the figures of a ward, which rest on the record up to the number seq.
func NewQuality(name string, q *ward.Quality, seq int64, head string, zone *time.Location) *Quality {
	in := onClock(zone)
	out := &Quality{
		At: in(q.At), Ward: ward.CleanLine(name), Since: in(q.Since), Until: in(q.Until), Record: seq, Head: head,
		Figures: make(map[string]map[string]qualityFigure), list: q.Figures(),
	}
	for i := range out.list {
		f := &out.list[i]
		one := qualityFigure{N: f.N}
		if f.Part {
			one.Of = &f.Of
		}
		if f.Spread {
			one.Median, one.P90 = &f.MedianMin, &f.P90Min
		}
		if out.Figures[f.Group] == nil {
			out.Figures[f.Group] = make(map[string]qualityFigure)
		}
		out.Figures[f.Group][f.Name] = one
	}
	return out
}

// WriteText writes the figures as plain text. It leaves out reasons that are 0.
func (q *Quality) WriteText(w io.Writer) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%s   quality, %s   record %d\n", q.title(), q.period(), q.Record)
	for _, group := range ward.FigureGroups {
		fmt.Fprintf(&out, "\n%s\n", group.Label)
		for i := range q.list {
			if f := &q.list[i]; f.Group == group.Code && !(f.Detail && f.N == 0) {
				out.WriteString(figureLine(f))
			}
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (q *Quality) title() string {
	if q.Ward == "" {
		return "the ward"
	}
	return q.Ward
}

// period returns the period in words.
func (q *Quality) period() string {
	const layout = "2 Jan 2006 15:04"
	from, to := "from the first record", q.At
	if !q.Since.IsZero() {
		from = "from " + q.Since.Format(layout)
	}
	if !q.Until.IsZero() && q.Until.Before(q.At.Time) { // there are no figures of the future
		to = q.Until
	}
	return from + " to " + to.Format(layout)
}

func figureLine(f *ward.Figure) string {
	line := fmt.Sprintf("  %-46s %6d", f.Words, f.N)
	if f.Part {
		line += fmt.Sprintf(" of %6d", f.Of)
		if f.Of > 0 {
			line += fmt.Sprintf("  %3s %%", percent(f.N, f.Of))
		}
	}
	if f.Spread {
		line += "\n    median " + strconv.Itoa(f.MedianMin) + " min, p90 " + strconv.Itoa(f.P90Min) + " min"
	}
	return line + "\n"
}

// percent returns a part in whole per cent. 0 and 100 are exact, because a reader takes them for
// none and all.
func percent(n, of int) string {
	switch p := (200*n + of) / (2 * of); {
	case p == 0 && n > 0:
		return "<1"
	case p == 100 && n < of:
		return ">99"
	default:
		return strconv.Itoa(p)
	}
}
