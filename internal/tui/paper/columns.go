package paper

import (
	"strings"

	"neurocheck/internal/bedside"
	"neurocheck/internal/icans"
	"neurocheck/internal/tui/kit"
)

// The columns that hold no finding. They are names as the columns of findings are.
const (
	timeColumn = ""
	twinColumn = "twin" // the question whether a check on record is the same one
)

// letters name the columns of the grid.
var letters = map[string]string{
	"ice_year": "Y", "ice_month": "M", "ice_city": "C", "ice_hospital": "H", "ice_naming": "N", "ice_command": "F", "ice_writing": "W", "ice_attention": "B",
	"capd_1": "E", "capd_2": "P", "capd_3": "A", "capd_4": "C", "capd_5": "R", "capd_6": "N", "capd_7": "M", "capd_8": "S",
	"consciousness": "C", "seizure": "Z", "motor": "W", "icp": "P",
	"confusion": "C", "agitation": "A", "inattention": "L", "memory": "M", "speech": "S",
	"hallucinations": "H", "handwriting": "W", "headache": "A", "tremor": "T",
	"movement": "M", "cranial_nerve": "F", "personality": "P",
}

// groups returns the groups of columns for a tool, in the order of the form. The late signs
// are the last group, also while they are not asked for.
func groups(tool icans.Tool) (list [5][]*icans.Field) {
	items := icans.GroupICE
	if tool == icans.CAPD {
		items = icans.GroupCAPD
	}
	for _, f := range bedside.Fields {
		switch {
		case f.Group == items:
			list[0] = append(list[0], f)
		case f.Group == icans.GroupDomain:
			list[1] = append(list[1], f)
		case bedside.IsFeature(f):
			list[2] = append(list[2], f)
		case bedside.IsLate(f):
			list[4] = append(list[4], f)
		case f.Group == icans.GroupSeen:
			list[3] = append(list[3], f)
		}
	}
	return list
}

// lateGroup is the index of the group of late signs.
const lateGroup = 4

// starts are the cells at which the groups begin, and the result after them.
var starts = [6]int{12, 30, 39, 50, 59, 66}

// cellOf returns the value of a field in one cell: the key that answers it; + for several
// signs, a dash for not assessed, a blank for not touched.
func cellOf(field *icans.Field, value string) string {
	switch {
	case value == "":
		return " "
	case value == kit.NotAssessed:
		return "-"
	case strings.Contains(value, ";"):
		return "+"
	}
	for _, t := range field.Terms {
		if t.Code == value {
			return t.Keys[:1]
		}
	}
	return "?"
}
