package ward

import (
	"math"

	"neurocheck/internal/icans"
)

// Figure is one figure of [Quality].
type Figure struct {
	Group string // the code of one of FigureGroups
	Name  string // its code in the group
	Words string
	N     int
	Of    int  // the number of which N are a part
	Part  bool // it has such a number

	Detail bool // it breaks the figure before it down, and a text leaves it out if it is 0

	MedianMin, P90Min int  // whole minutes
	Spread            bool // it has them, because n is 5 or more
}

// FigureGroups are the groups of figures, in their order.
var FigureGroups = []Term{
	{"checks", "Checks due"},
	{"times", "Times"},
	{"items", "Items assessed, of the checks that were done with the tool"},
}

// dueEnds are the outcomes of a check that was due, with their words.
var dueEnds = []Term{
	{string(DueOnTime), "on time, up to 30 min after"},
	{string(DueLate), "late"},
	{string(DueNotPossible), "not possible"},
	{string(DueMissed), "missed: the next one fell due"},
	{string(DueLeft), "not done, and the patient left"},
	{string(DueStill), "still due, for more than 30 min"},
}

func (f *Figure) spread(s *Spread) {
	median, p90, ok := s.Median()
	f.MedianMin, f.P90Min, f.Spread = int(math.Round(median.Minutes())), int(math.Round(p90.Minutes())), ok
}

// Figures returns all figures, in one order, also those that are 0.
func (q *Quality) Figures() []Figure {
	return append(append(q.checkFigures(), q.timeFigures()...), q.itemFigures()...)
}

func (q *Quality) checkFigures() []Figure {
	due := 0
	for _, n := range q.Due {
		due += n
	}
	list := []Figure{{Group: "checks", Name: "due", Words: "due", N: due}}
	for _, t := range dueEnds {
		f := Figure{Group: "checks", Name: t.Code, Words: t.Label, N: q.Due[DueEnd(t.Code)], Of: due, Part: true}
		if DueEnd(t.Code) == DueLate {
			f.spread(&q.Late)
		}
		list = append(list, f)
		switch DueEnd(t.Code) {
		case DueOnTime:
			list = append(list, Figure{Group: "checks", Name: "early", Words: "of these more than 30 min before", N: q.Early, Of: f.N, Part: true, Detail: true})
		case DueNotPossible:
			for i, why := range icans.FieldOf("unable").Terms {
				list = append(list, Figure{Group: "checks", Name: "not_possible_" + why.Code, Words: "of these: " + why.Label, N: q.NotPossible[icans.Unable(i+1)], Of: f.N, Part: true, Detail: true})
			}
		}
	}
	return list
}

func (q *Quality) timeFigures() []Figure {
	spread := func(name, words string, s *Spread, of int) Figure {
		f := Figure{Group: "times", Name: name, Words: words, N: s.N(), Of: max(of, 0), Part: of >= 0}
		f.spread(s)
		return f
	}
	part := func(name, words string, n, of int) Figure {
		return Figure{Group: "times", Name: name, Words: words, N: n, Of: of, Part: true}
	}
	asked := q.ToAcceptance.N() + q.NotAccepted
	ill := q.ToSteroid.N() + q.NoSteroid + q.SteroidBefore + q.SteroidNotYet
	return []Figure{
		spread("normal_to_flag", "last normal check to the first flag", &q.NormalToFlag, -1),
		spread("to_acknowledgement", "follow-up opened or raised, to its acceptance", &q.ToAcceptance, asked),
		part("not_acknowledged", "not accepted", q.NotAccepted, asked),
		spread("grade_2_to_steroid", "first grade 2 to 4, to a steroid within 24 h", &q.ToSteroid, ill),
		part("no_steroid", "none within 24 h", q.NoSteroid, ill),
		part("steroid_before", "given in the 24 h before already", q.SteroidBefore, ill),
		part("steroid_not_yet", "none yet, and 24 h are not over", q.SteroidNotYet, ill),
	}
}

func (q *Quality) itemFigures() (list []Figure) {
	both := 0
	for _, n := range q.Done {
		both += n
	}
	for _, f := range icans.Fields() {
		of := both
		switch f.Group {
		case icans.GroupICE:
			of = q.Done[icans.ICE]
		case icans.GroupCAPD:
			of = q.Done[icans.CAPD]
		case icans.GroupDomain, icans.GroupSeen, icans.GroupCRS:
		default: // no finding that is looked for
			continue
		}
		list = append(list, Figure{Group: "items", Name: f.Column, Words: f.Label, N: q.Assessed[f.Column], Of: of, Part: true})
	}
	return list
}
