package store

import (
	"fmt"
	"strings"

	"neurocheck/internal/ward"
)

// trail has, for each table of the record, the function that describes a row of it: the
// event, its object, and more in words. added has the number of the first record of each
// member of staff.
var trail = map[string]func(r *row, added map[string]int64) (event, about, detail string){
	"ward": func(r *row, _ map[string]int64) (event, about, detail string) {
		return "ward", r.text("name"), r.text("zone")
	},
	"settings": func(r *row, _ map[string]int64) (event, about, detail string) {
		return "settings", "", r.text("changed")
	},
	"staff": func(r *row, added map[string]int64) (event, about, detail string) {
		event, detail = "staff_added", r.text("role")
		if name := r.text("name"); added[name] < r.number("seq") {
			event = "staff_changed"
		}
		if !r.flag("active") {
			detail += ", left the staff"
		}
		return event, r.text("name"), detail
	},
	"credential": func(r *row, _ map[string]int64) (event, about, detail string) {
		if r.flag("one_time") {
			detail = "for one sign-in"
		}
		return "pin", r.text("staff"), detail
	},
	"seat": func(r *row, _ map[string]int64) (event, about, detail string) {
		event, detail = "seat_disabled", "a workstation"
		if r.flag("active") {
			event = "seat_added"
		}
		if !r.isNull("staff") {
			detail = "the key of " + r.text("staff")
		}
		return event, r.text("label"), detail + ", " + r.text("fingerprint")
	},
	"patient": func(r *row, _ map[string]int64) (event, about, detail string) {
		return either(r.number("version") == 1, "patient_added", "patient_edited"), "", r.text("reason")
	},
	"patient_link": func(r *row, _ map[string]int64) (event, about, detail string) {
		return "patient_" + r.text("event"), "", r.text("reason")
	},
	"stay": func(r *row, _ map[string]int64) (event, about, detail string) {
		switch {
		case r.text("status") == string(ward.Withdrawn):
			return "stay_withdrawn", "", r.text("reason")
		case r.number("version") == 1:
			event = "stay_began"
		default:
			event = either(r.isNull("discharged_at"), "stay_edited", "stay_ended")
		}
		return event, "", firstText(r, "discharge", "reason")
	},
	checkTable: func(r *row, _ map[string]int64) (event, about, detail string) {
		low, high := r.number("grade_low"), r.number("grade_high")
		detail = fmt.Sprintf("grade %d", low)
		if low != high {
			detail += fmt.Sprintf(" to %d", high)
		}
		detail += ", flag " + r.text("flag")
		if !r.isNull("reason") {
			detail += ", " + r.text("reason")
		}
		return "check_" + r.text("status"), r.text("check_id"), detail
	},
	reevaluationTable: func(r *row, _ map[string]int64) (event, about, detail string) {
		return "flag_reevaluated", r.text("check_id"), "flag " + r.text("flag") + ", because of check " + r.text("because")
	},
	"follow_up": func(r *row, _ map[string]int64) (event, about, detail string) {
		return "follow_up_" + r.text("event"), r.text("check_id"), firstText(r, "outcome", "level", "note")
	},
	"follow_up_item": func(r *row, _ map[string]int64) (event, about, detail string) {
		return either(r.flag("ticked"), "item_ticked", "item_unticked"), r.text("item"), ""
	},
	"schedule_order": func(r *row, _ map[string]int64) (event, about, detail string) {
		return "order", r.text("kind"), r.text("reason")
	},
	"report": func(r *row, _ map[string]int64) (event, about, detail string) {
		return "report_" + r.text("status"), r.text("told_by"), r.text("reason")
	},
	"intervention": func(r *row, _ map[string]int64) (event, about, detail string) {
		return "intervention_" + r.text("status"), r.text("kind"), r.text("reason")
	},
	"attribution": func(r *row, _ map[string]int64) (event, about, detail string) {
		return "cause_" + r.text("event"), r.text("domain"), r.text("cause")
	},
	"feed_message": func(r *row, _ map[string]int64) (event, about, detail string) {
		detail = "control ID " + r.text("control_id")
		if !r.isNull("reason") {
			detail += ", " + r.text("reason")
		}
		return "message_" + r.text("status"), r.text("event"), detail
	},
	"feed_difference": func(r *row, _ map[string]int64) (event, about, detail string) {
		return "feed_" + r.text("event"), r.text("field"), ""
	},
	"patient_alike": func(r *row, _ map[string]int64) (event, about, detail string) {
		return "patients_" + r.text("event"), "", ""
	},
	"audit_event": func(r *row, _ map[string]int64) (event, about, detail string) {
		var words []string
		if !r.isNull("detail") {
			words = append(words, r.text("detail"))
		}
		if !r.isNull("seat") {
			words = append(words, "at the seat "+r.text("seat"))
		}
		return r.text("event"), r.text("about"), strings.Join(words, ", ")
	},
}

func either(first bool, one, other string) string {
	if first {
		return one
	}
	return other
}

// firstText returns the first of the columns that is not null.
func firstText(r *row, columns ...string) string {
	for _, column := range columns {
		if !r.isNull(column) {
			return r.text(column)
		}
	}
	return ""
}
