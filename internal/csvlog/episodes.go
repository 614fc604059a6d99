package csvlog

import (
	"math"
	"strconv"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// Episodes is the table of episodes of neurotoxicity for registries. It is computed, and
// leaves only.
var Episodes = Table[ward.EpisodeRow]{
	Name: "episodes", title: "Episodes", key: []string{"mrn", "episode"},
	about: "One row an episode of neurotoxicity, as neurocheck export --only episodes writes them for registries: from the first check with a least grade of 1 or more to the first of 24 h at grade 0. A grade holds until the next check, and at most until that was due; then it is unknown. Treatment, CRS and outcome are those from the possible onset to the end. Patients come in the order of admission. The table is computed, and import does not read it. UTF-8, LF, commas; an empty cell is not known, or has no meaning in the row.",
	columns: []tableColumn[ward.EpisodeRow]{
		ofRow("mrn", "", patientOfEpisode).must(),
		count("episode", "Number of the patient's episode, from 1", 1, func(r *ward.EpisodeRow) (int, bool) { return r.Number, true }).must(),
		ofRow("product", "", patientOfEpisode),
		ofRow("infused_at", "", patientOfEpisode),
		told("onset_at", "The first check with a least grade of 1 or more", func(r *ward.EpisodeRow) time.Time { return r.Onset }).must(),
		count("onset_day", "Day of the onset on the ward's calendar, where day 0 is the infusion", -1<<20, func(r *ward.EpisodeRow) (int, bool) { return r.Day, r.Timed }),
		told("onset_possible_at", "The first check since the last conclusive grade 0 that may have had a grade of 1 or more", func(r *ward.EpisodeRow) time.Time { return r.PossibleAt }).must(),
		count("peak_low", "The greatest least grade", 0, func(r *ward.EpisodeRow) (int, bool) { return r.Peak, true }).must(),
		count("peak_high", "The greatest grade that a check may have had", 0, func(r *ward.EpisodeRow) (int, bool) { return r.PeakHigh, true }).must(),
		told("peak_at", "The first check with the peak", func(r *ward.EpisodeRow) time.Time { return r.PeakAt }).must(),
		code("peak_drivers", "The domains that made the peak, joined by ;", listPattern(icans.Domains(1<<5-1).Codes()), func(r *ward.EpisodeRow) string { return string(r.Drivers.AppendCodes(nil)) }),
		gradeHours("hours_1", 1), gradeHours("hours_2", 2), gradeHours("hours_3", 3), gradeHours("hours_4", 4),
		hours("hours_interval", "Hours at a grade that was an interval", func(r *ward.EpisodeRow) time.Duration { return r.Unsure }),
		hours("hours_unknown", "Hours in which a check was overdue, or after the patient left", func(r *ward.EpisodeRow) time.Duration { return r.Unknown }),
		told("end_at", "The end; empty while the episode goes on", func(r *ward.EpisodeRow) time.Time { return r.EndAt }),
		word("end", "How it ended", ward.EpisodeEnds, func(r *ward.EpisodeRow) string { return string(r.Ended) }).must(),
		word("first_steroid", "The first steroid", ward.Interventions, func(r *ward.EpisodeRow) string {
			if r.Steroid == nil {
				return ""
			}
			return r.Steroid.Kind
		}),
		told("first_steroid_at", "When it was given", func(r *ward.EpisodeRow) time.Time { return doneAt(r.Steroid) }),
		told("first_tocilizumab_at", "When tocilizumab was given first", func(r *ward.EpisodeRow) time.Time { return doneAt(r.Tocilizumab) }),
		count("crs_max", "The greatest grade of cytokine release syndrome; empty if none was recorded", 0, func(r *ward.EpisodeRow) (int, bool) { return r.CRS.Value() }),
		count("confirmed", "1 if a clinician closed a follow-up of its checks as confirmed ICANS, else 0", 0, func(r *ward.EpisodeRow) (int, bool) {
			if r.Confirmed {
				return 1, true
			}
			return 0, true
		}).must(),
		code("icd10", "ICD-10-CM code of that follow-up", `G92\.0[0-4]`, func(r *ward.EpisodeRow) string { return r.ICD10 }),
	},
}

func patientOfEpisode(r *ward.EpisodeRow) (*ward.Patient, *ward.Stay, *ward.Check) {
	return r.Patient, nil, nil
}

func doneAt(i *ward.Intervention) time.Time {
	if i == nil {
		return time.Time{}
	}
	return i.DoneAt
}

// told makes a column of times of a table that leaves only.
func told(name, description string, of func(*ward.EpisodeRow) time.Time) tableColumn[ward.EpisodeRow] {
	return tableColumn[ward.EpisodeRow]{
		Field: Field{Name: name, Type: "datetime", Description: description + ". RFC 3339 with the offset from UTC, to the millisecond"},
		write: func(dst []byte, r *ward.EpisodeRow) []byte { return appendTime(dst, of(r)) },
	}
}

// count makes a column of whole numbers.
func count(name, description string, least int, of func(*ward.EpisodeRow) (n int, there bool)) tableColumn[ward.EpisodeRow] {
	return numberOf(name, description, least, unbounded, of, nil)
}

// code makes a column of codes that match a pattern.
func code(name, description, pattern string, of func(*ward.EpisodeRow) string) tableColumn[ward.EpisodeRow] {
	return tableColumn[ward.EpisodeRow]{
		Field: Field{Name: name, Type: "string", Description: description, Constraints: Constraints{Pattern: pattern}},
		write: func(dst []byte, r *ward.EpisodeRow) []byte { return append(dst, of(r)...) },
	}
}

// word makes a column of the codes of terms.
func word(name, description string, terms []ward.Term, of func(*ward.EpisodeRow) string) tableColumn[ward.EpisodeRow] {
	c := code(name, description, "", of)
	c.Constraints.Enum = codesOf(terms)
	return c
}

// hours makes a column of lengths of time in hours, to the hundredth.
func hours(name, description string, of func(*ward.EpisodeRow) time.Duration) tableColumn[ward.EpisodeRow] {
	return tableColumn[ward.EpisodeRow]{
		Field: Field{Name: name, Type: "number", Description: description},
		write: func(dst []byte, r *ward.EpisodeRow) []byte {
			return strconv.AppendFloat(dst, math.Round(of(r).Hours()*100)/100, 'f', -1, 64)
		},
	}
}

func gradeHours(name string, grade int) tableColumn[ward.EpisodeRow] {
	return hours(name, "Hours at grade "+strconv.Itoa(grade)+" for certain", func(r *ward.EpisodeRow) time.Duration { return r.Hours[grade].Least })
}
