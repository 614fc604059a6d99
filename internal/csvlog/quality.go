package csvlog

import "neurocheck/internal/ward"

// Quality is the table of the figures of a ward. It is computed, and leaves only.
var Quality = Table[ward.Figure]{
	Name: "quality", title: "Quality", key: []string{"group", "figure"},
	about: "One row a figure of neurocheck quality --csv: always the same rows in the same order, also those with 0. No patient and no person. It is computed, and import does not read it. UTF-8, LF, commas; an empty cell has no meaning in the row, or rests on fewer than 5.",
	columns: []tableColumn[ward.Figure]{
		wordOfFigure("group", "Group of the figure: checks that were due, times from one event to the next, or items assessed in checks that were done with the tool", codesOf(ward.FigureGroups), func(f *ward.Figure) string { return f.Group }).must(),
		wordOfFigure("figure", "The figure, or the column of the item", figureCodes(), func(f *ward.Figure) string { return f.Name }).must(),
		numberOf("n", "Number of checks, times, follow-ups or episodes", 0, unbounded, func(f *ward.Figure) (int, bool) { return f.N, true }, nil).must(),
		numberOf("of", "The number of which n are a part", 0, unbounded, func(f *ward.Figure) (int, bool) { return f.Of, f.Part }, nil),
		numberOf("median_min", "Median in minutes, if n is 5 or more", 0, unbounded, func(f *ward.Figure) (int, bool) { return f.MedianMin, f.Spread }, nil),
		numberOf("p90_min", "The 90th percentile in minutes, if n is 5 or more", 0, unbounded, func(f *ward.Figure) (int, bool) { return f.P90Min, f.Spread }, nil),
	},
}

func figureCodes() (codes []string) {
	for _, f := range new(ward.Quality).Figures() {
		codes = append(codes, f.Name)
	}
	return codes
}

func wordOfFigure(name, description string, codes []string, of func(*ward.Figure) string) tableColumn[ward.Figure] {
	return tableColumn[ward.Figure]{
		Field: Field{Name: name, Type: "string", Description: description, Constraints: Constraints{Enum: codes}},
		write: func(dst []byte, f *ward.Figure) []byte { return append(dst, of(f)...) },
	}
}
