package intake

import (
	"slices"
	"time"

	"neurocheck/internal/ward"
)

// Field is a field that a feed may set, by its column.
type Field = ward.FeedField

// The fields.
const (
	FieldName      = ward.FieldName
	FieldBirthDate = ward.FieldBirthDate
	FieldLanguage  = ward.FieldLanguage
	FieldVisit     = ward.FieldVisit
	FieldBed       = ward.FieldBed
	FieldClinician = ward.FieldClinician
	FieldAdmitted  = ward.FieldAdmitted
)

// State is a patient as the entries of a replay leave it.
type State struct {
	Patient     ward.Patient // Version 0 if neither a message nor a person admitted the patient
	Stays       []Stay       // in the order in which they began, withdrawn ones too
	Differences []Difference

	sent map[Field]string         // the last value of the feed
	set  map[Field]ward.Signature // by whom, if a person set the value in force
}

// Stay is a stay as the entries of a replay leave it.
type Stay struct {
	ward.Stay
	Over Over // the bed of a person whose place the feed's took; zero if there is none

	moved  bool // it began with a transfer from elsewhere
	ended  ward.Signature
	byMove bool // it ended with a transfer
	sent   map[Field]string
	set    map[Field]ward.Signature
}

// Over is a value of a person that one of the feed replaced.
type Over struct {
	Was string
	By  string
	At  time.Time // of the message
}

// Difference is a value of the feed that is not taken: the log's is in force until a
// person settles it.
type Difference = ward.Difference

func newState() *State {
	return &State{sent: make(map[Field]string), set: make(map[Field]ward.Signature)}
}

// known reports whether the patient was admitted.
func (s *State) known() bool { return s.Patient.Version > 0 }

// live returns the indexes of the stays that are not withdrawn.
func (s *State) live() (list []int) {
	for i := range s.Stays {
		if s.Stays[i].Status != ward.Withdrawn {
			list = append(list, i)
		}
	}
	return list
}

// open returns the stay that has not ended, or nil.
func (s *State) open() *Stay {
	for _, i := range s.live() {
		if s.Stays[i].DischargedAt.IsZero() {
			return &s.Stays[i]
		}
	}
	return nil
}

// ofVisit returns the latest stay of a visit, or nil. A message without a visit is about
// the latest stay of all.
func (s *State) ofVisit(visit string) *Stay {
	for _, i := range slices.Backward(s.live()) {
		if visit == "" || s.Stays[i].of(visit) {
			return &s.Stays[i]
		}
	}
	return nil
}

// of reports whether the stay is of a visit: it has that number now, or the feed sent it
// last and a person typed another one.
func (s *Stay) of(visit string) bool {
	return sameVisit(s.Visit, visit) || sameVisit(s.sent[FieldVisit], visit)
}

func sameVisit(a, b string) bool { return ward.FoldLine(a) == ward.FoldLine(b) }

// differ records a difference in place of an earlier one of the same field.
func (s *State) differ(d Difference) {
	s.agree(d.Field, d.Visit)
	s.Differences = append(s.Differences, d)
}

// agree removes the difference of a field.
func (s *State) agree(f Field, visit string) {
	s.Differences = slices.DeleteFunc(s.Differences, func(d Difference) bool { return d.Field == f && sameVisit(d.Visit, visit) })
}

// news remembers the value that the feed sent for a field, and reports whether it
// differs from the last one: a value that is repeated does nothing, so that a person's
// correction survives it.
func news(sent map[Field]string, f Field, value string) bool {
	last, before := sent[f]
	sent[f] = value
	return !before || last != value
}
