package csvlog

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// The project in REDCap: one event, in which a record has the form of the patient
// once and the form of a check as often as there are checks. schema/REDCAP.md says
// how to set it up.
const (
	redcapEvent       = "stay_arm_1"
	redcapPatientForm = "patient"
	redcapCheckForm   = "neuro_check"
)

// LogID is the field of the patient's form by which records name the log that they left. A
// de-identified export has none, because it does not come back.
const LogID = "log_id"

// REDCap returns p as records for a longitudinal project of REDCap, whose fields
// are those of [Profile.Dictionary]: for each patient one row of identifiers and
// therapy, then one for each check in its latest version, with the stay that holds it,
// numbered in the order of the first versions in the record. So the same check keeps
// its number, provided that an export has the whole course of a patient. The source
// must give the checks of a patient one after the other.
//
// Times are on the wall clock of zone, or on that of a deidentified export, to the
// second.
func (p Profile) REDCap(zone *time.Location) Profile {
	recordID := func(patient *ward.Patient) string { return strconv.FormatInt(patient.ID, 10) }
	if p.deidentified {
		zone = time.UTC
		recordID = func(patient *ward.Patient) string { return patient.MRN }
	}
	r := &redcapRows{recordID: recordID}
	list := r.keys()
	if !p.deidentified {
		log := fixed(LogID, p.log)
		list = append(list, onForm(redcapPatientForm, &log))
	}
	fields := p.fields()
	for _, form := range []string{redcapPatientForm, redcapCheckForm} {
		for i := range fields {
			if fields[i].form == form {
				list = append(list, fields[i].records(zone)...)
			}
		}
		complete := fixed(form+"_complete", "2")
		list = append(list, onForm(form, &complete))
	}
	p.layout = &layout{columns: list, end: lossless.end}
	p.rows = r.rows
	return p
}

// redcapRows makes records from checks.
type redcapRows struct {
	recordID func(*ward.Patient) string
	instance int // of the check being written
}

// keys are the columns that identify a row.
func (r *redcapRows) keys() []*Column {
	repeating := fixed("redcap_repeat_instrument", redcapCheckForm)
	event := fixed("redcap_event_name", redcapEvent)
	return []*Column{
		{Field: Field{Name: "record_id"}, write: func(dst []byte, p *ward.Patient, _ *ward.Stay, _ *ward.Check) []byte {
			return appendCell(dst, r.recordID(p))
		}},
		&event,
		onForm(redcapCheckForm, &repeating),
		onForm(redcapCheckForm, &Column{Field: Field{Name: "redcap_repeat_instance"},
			write: func(dst []byte, _ *ward.Patient, _ *ward.Stay, _ *ward.Check) []byte {
				return strconv.AppendInt(dst, int64(r.instance), 10)
			}}),
	}
}

func fixed(name, value string) Column {
	return Column{Field: Field{Name: name}, write: func(dst []byte, _ *ward.Patient, _ *ward.Stay, _ *ward.Check) []byte {
		return append(dst, value...)
	}}
}

// onForm returns c so that it is empty in the rows of the other form: REDCap
// refuses a value there. A row without a check is the patient's.
func onForm(form string, c *Column) *Column {
	on := *c
	on.write = func(dst []byte, p *ward.Patient, s *ward.Stay, k *ward.Check) []byte {
		if (k == nil) != (form == redcapPatientForm) {
			return dst
		}
		return c.write(dst, p, s, k)
	}
	return &on
}

// redcapCheck is the latest version of a check, and the stay that holds it.
type redcapCheck struct {
	stay  ward.Stay
	check ward.Check
}

func (r *redcapRows) rows(each Each) Each {
	return func(yield func(*ward.Patient, *ward.Stay, *ward.Check) error) error {
		var patient ward.Patient
		var checks []redcapCheck // of the patient
		places := make(map[string]int)
		seen := make(map[string]bool)
		finish := func() error {
			if len(checks) == 0 {
				return nil
			}
			if err := yield(&patient, nil, nil); err != nil {
				return err
			}
			for i := range checks {
				r.instance = i + 1
				if err := yield(&patient, &checks[i].stay, &checks[i].check); err != nil {
					return err
				}
			}
			return nil
		}
		current := ""
		err := each(func(p *ward.Patient, s *ward.Stay, c *ward.Check) error {
			if id := r.recordID(p); id != current || len(checks) == 0 {
				if err := finish(); err != nil {
					return err
				}
				if seen[id] {
					return errors.New("the checks of a patient do not come together")
				}
				current, seen[id], patient = id, true, *p
				checks = checks[:0]
				clear(places)
			}
			if at, known := places[c.ID]; !known {
				places[c.ID] = len(checks)
				checks = append(checks, redcapCheck{*s, *c})
			} else if c.Version > checks[at].check.Version {
				checks[at] = redcapCheck{*s, *c}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return finish()
	}
}

// Dictionary writes the data dictionary of the project in which [Profile.REDCap]
// of the same profile is at home.
func (p Profile) Dictionary(w io.Writer) error {
	var out []byte
	line := func(cells []string) {
		for i, cell := range cells {
			out = appendCell(appendComma(out, i), cell)
		}
		out = append(out, '\n')
	}
	line(dictionaryHeader)
	line((&redcapField{name: "record_id", form: redcapPatientForm, kind: "text", label: "Record"}).line())
	if !p.deidentified {
		line((&redcapField{name: LogID, form: redcapPatientForm, kind: "text", label: "Log"}).line())
	}
	for _, form := range []string{redcapPatientForm, redcapCheckForm} {
		for _, f := range p.fields() {
			if f.form == form {
				line(f.line())
			}
		}
	}
	_, err := w.Write(out)
	return err
}

// DictionaryFile is [Profile.Dictionary] to the file at path, as [Profile.ExportFile] writes.
func (p Profile) DictionaryFile(path string, o ExportOptions) error {
	_, err := wholeFile(path, o, func(w io.Writer) (int, error) { return 0, p.Dictionary(w) })
	return err
}

// dictionaryHeader is the header that REDCap wants, to the letter.
var dictionaryHeader = []string{
	"Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
	"Choices, Calculations, OR Slider Labels", "Field Note",
	"Text Validation Type OR Show Slider Number", "Text Validation Min", "Text Validation Max",
	"Identifier?", "Branching Logic (Show field only if...)", "Required Field?", "Custom Alignment",
	"Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?", "Field Annotation",
}

// redcapField is a column as a field of a form in REDCap.
type redcapField struct {
	column *Column

	name, form, kind, label string
	choices                 []ward.Term
	note                    string
	validation, least, most string
	identifier              bool
	branching               string
	required                bool
}

func (f *redcapField) line() []string {
	var choices []string
	if f.kind != "yesno" { // which has its own
		for _, t := range f.choices {
			choices = append(choices, t.Code+", "+t.Label)
		}
	}
	yes := map[bool]string{true: "y"}
	return []string{f.name, f.form, "", f.kind, f.label, strings.Join(choices, " | "), f.note,
		f.validation, f.least, f.most, yes[f.identifier], f.branching, yes[f.required], "", "", "", "", ""}
}

// fields returns the columns as fields, without that which is the record itself.
func (p Profile) fields() []redcapField {
	var list []redcapField
	for _, c := range p.columns() {
		if c.Name != patientIdentity {
			list = append(list, fieldOf(c))
		}
	}
	return list
}

// identifiers are the columns that REDCap marks as identifying the patient.
var identifiers = []string{"mrn", "second_id", "name", "birth_date", "visit"}

func fieldOf(c *Column) redcapField {
	f := redcapField{column: c, name: c.Name, form: redcapCheckForm, kind: "text", label: labelOf(c), required: c.Constraints.Required}
	if c.Part == PartPatient {
		f.form = redcapPatientForm
	}
	f.identifier = slices.Contains(identifiers, c.Name)
	if c.finding != nil {
		f.note = c.finding.Help
		switch c.finding.Group {
		case icans.GroupICE:
			f.branching = "[tool] = 'ice'"
		case icans.GroupCAPD:
			f.branching = "[tool] = 'capd'"
		}
	}
	terms, several := vocabulary(c)
	switch {
	case several:
		f.kind, f.choices = "checkbox", terms
	case c.Type == "boolean" || len(terms) == 2 && terms[0].Code == "0" && terms[1].Code == "1":
		f.kind, f.choices = "yesno", []ward.Term{{Code: "0", Label: "No"}, {Code: "1", Label: "Yes"}}
	case len(terms) > 0 && !(c.Type == "integer" && terms[0].Code == terms[0].Label):
		f.kind, f.choices = "radio", terms
	case c.Type == "integer":
		f.validation, f.least, f.most = "integer", bound(c.Constraints.Minimum), bound(c.Constraints.Maximum)
	case c.Type == "datetime":
		f.validation = "datetime_seconds_ymd"
	case c.Type == "date":
		f.validation = "date_ymd"
	case c.Name == "note":
		f.kind = "notes"
	}
	return f
}

func bound(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// labelOf returns the label of a field.
func labelOf(c *Column) string {
	if c.finding != nil {
		return c.finding.Label
	}
	switch c.Name {
	case "mrn":
		return "MRN"
	case "second_id":
		return "Second ID"
	case "check_id":
		return "Check"
	case "icans_grade":
		return "ICANS grade"
	}
	words := strings.ReplaceAll(c.Name, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// vocabulary returns the codes of a column with their words, none for one that has
// none, and whether a cell may hold several of them.
func vocabulary(c *Column) (terms []ward.Term, several bool) {
	plain := func(list []icans.Term) {
		for _, t := range list {
			terms = append(terms, ward.Term{Code: t.Code, Label: t.Label})
		}
	}
	switch {
	case c.finding != nil:
		plain(c.finding.Terms)
		return terms, c.finding.Several
	case c.Name == "patient_tool":
		plain(icans.FieldOf("tool").Terms)
	case c.Name == "drivers":
		plain(icans.FieldOf("other_cause").Terms)
		return terms, true
	case c.Name == "flag":
		plain(icans.FlagTerms[:])
	case c.Name == "flag_reasons":
		words := allReasons.Words()
		for i, code := range allReasons.Codes() {
			terms = append(terms, ward.Term{Code: code, Label: words[i]})
		}
		return terms, true
	default:
		return c.terms, c.several
	}
	return terms, false
}

// records returns the columns of a field in the file of records: one, or one for
// each box to tick.
func (f *redcapField) records(zone *time.Location) []*Column {
	c := f.column
	switch {
	case f.kind == "checkbox":
		var list []*Column
		for _, t := range f.choices {
			list = append(list, onForm(f.form, &Column{
				Field: Field{Name: fmt.Sprintf("%s___%s", f.name, t.Code)},
				write: func(dst []byte, p *ward.Patient, s *ward.Stay, k *ward.Check) []byte {
					if slices.Contains(strings.Split(string(c.write(nil, p, s, k)), ";"), t.Code) {
						return append(dst, '1')
					}
					return append(dst, '0')
				},
			}))
		}
		return list
	case c.when != nil:
		return []*Column{onForm(f.form, &Column{Field: c.Field,
			write: func(dst []byte, p *ward.Patient, s *ward.Stay, k *ward.Check) []byte {
				if t := *c.when(p, s, k); !t.IsZero() {
					dst = t.In(zone).AppendFormat(dst, time.DateTime)
				}
				return dst
			}})}
	}
	return []*Column{onForm(f.form, c)}
}
