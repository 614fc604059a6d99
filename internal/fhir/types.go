package fhir

// The parts of FHIR R4 that are written here, by the names that it gives them
// (hl7.org/fhir/R4). An empty part that FHIR does not require is left out: it knows
// neither empty texts nor empty lists.

// resource is an entry of a Bundle.
type resource interface{ head() *header }

// header is the first part of every resource.
type header struct {
	ResourceType string     `json:"resourceType"`
	ID           string     `json:"id"`
	Contained    []resource `json:"contained,omitempty"`
	Text         *narrative `json:"text,omitempty"`
	Extension    []extend   `json:"extension,omitempty"`
}

func (h *header) head() *header { return h }

type extend struct {
	URL            string     `json:"url"`
	ValueBoolean   *bool      `json:"valueBoolean,omitempty"`
	ValueReference *reference `json:"valueReference,omitempty"`
}

type reference struct {
	Reference string `json:"reference,omitempty"`
	Display   string `json:"display,omitempty"`
}

type coding struct {
	System  string `json:"system"`
	Code    string `json:"code"`
	Display string `json:"display,omitempty"`
}

type concept struct {
	Coding []coding `json:"coding,omitempty"`
	Text   string   `json:"text,omitempty"`
}

type identifier struct {
	Use    string   `json:"use,omitempty"`
	Type   *concept `json:"type,omitempty"`
	System string   `json:"system"`
	Value  string   `json:"value"`
}

type humanName struct {
	Text   string   `json:"text,omitempty"`
	Family string   `json:"family,omitempty"`
	Given  []string `json:"given,omitempty"`
}

type period struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

type quantity struct {
	Value  int    `json:"value"`
	Unit   string `json:"unit,omitempty"`
	System string `json:"system,omitempty"`
	Code   string `json:"code,omitempty"`
}

type span struct { // Range
	Low  quantity `json:"low"`
	High quantity `json:"high"`
}

type annotation struct {
	Author *reference `json:"authorReference,omitempty"`
	Time   string     `json:"time,omitempty"`
	Text   string     `json:"text"`
}

type patient struct {
	header
	Identifier      []identifier `json:"identifier,omitempty"`
	Active          *bool        `json:"active,omitempty"`
	Name            []humanName  `json:"name,omitempty"`
	Gender          string       `json:"gender,omitempty"`
	BirthDate       string       `json:"birthDate,omitempty"`
	DeceasedBoolean *bool        `json:"deceasedBoolean,omitempty"`
	Communication   []language   `json:"communication,omitempty"`
	Link            []link       `json:"link,omitempty"`
}

type link struct {
	Other *reference `json:"other"`
	Type  string     `json:"type"`
}

type language struct {
	Language concept `json:"language"`
}

type practitioner struct {
	header
	Active *bool       `json:"active,omitempty"`
	Name   []humanName `json:"name,omitempty"`
}

type encounter struct {
	header
	Identifier      []identifier     `json:"identifier,omitempty"`
	Status          string           `json:"status"`
	Class           coding           `json:"class"`
	Subject         *reference       `json:"subject"`
	Participant     []participant    `json:"participant,omitempty"`
	Period          *period          `json:"period,omitempty"`
	Hospitalization *hospitalization `json:"hospitalization,omitempty"`
	Location        []location       `json:"location,omitempty"`
}

type participant struct {
	Type       []concept  `json:"type,omitempty"`
	Individual *reference `json:"individual"`
}

type hospitalization struct {
	DischargeDisposition *concept `json:"dischargeDisposition"`
}

type location struct {
	Location *reference `json:"location"`
}

type observation struct {
	header
	Identifier        []identifier `json:"identifier,omitempty"`
	Status            string       `json:"status"`
	Category          []concept    `json:"category,omitempty"`
	Code              *concept     `json:"code"`
	Subject           *reference   `json:"subject,omitempty"`
	Encounter         *reference   `json:"encounter,omitempty"`
	EffectiveDateTime string       `json:"effectiveDateTime,omitempty"`
	Issued            string       `json:"issued,omitempty"`
	Performer         []*reference `json:"performer,omitempty"`
	value
	Note        []annotation `json:"note,omitempty"`
	DerivedFrom []*reference `json:"derivedFrom,omitempty"`
	Component   []component  `json:"component,omitempty"`
}

type component struct {
	Code *concept `json:"code"`
	value
}

// value is the value of an observation or of a component, or the reason that there is
// none.
type value struct {
	Quantity *quantity `json:"valueQuantity,omitempty"`
	Concept  *concept  `json:"valueCodeableConcept,omitempty"`
	String   string    `json:"valueString,omitempty"`
	Integer  *int      `json:"valueInteger,omitempty"`
	Range    *span     `json:"valueRange,omitempty"`
	DateTime string    `json:"valueDateTime,omitempty"`
	Absent   *concept  `json:"dataAbsentReason,omitempty"`
}

type provenance struct {
	header
	Target   []*reference `json:"target"`
	Recorded string       `json:"recorded"`
	Reason   []concept    `json:"reason,omitempty"`
	Activity *concept     `json:"activity,omitempty"`
	Agent    []agent      `json:"agent"`
	Entity   []entity     `json:"entity,omitempty"`
}

type agent struct {
	Type *concept   `json:"type,omitempty"`
	Who  *reference `json:"who"`
}

type entity struct {
	Role string     `json:"role"`
	What *reference `json:"what"`
}

type clinicalFlag struct {
	header
	Status    string     `json:"status"`
	Category  []concept  `json:"category,omitempty"`
	Code      *concept   `json:"code"`
	Subject   *reference `json:"subject"`
	Period    *period    `json:"period,omitempty"`
	Encounter *reference `json:"encounter,omitempty"`
	Author    *reference `json:"author,omitempty"`
}

type input struct {
	Type      *concept   `json:"type"`
	Integer   *int       `json:"valueInteger,omitempty"`
	Reference *reference `json:"valueReference,omitempty"`
}

type task struct {
	header
	Status          string       `json:"status"`
	Intent          string       `json:"intent"`
	Priority        string       `json:"priority,omitempty"`
	Code            *concept     `json:"code,omitempty"`
	Focus           *reference   `json:"focus,omitempty"`
	For             *reference   `json:"for,omitempty"`
	Encounter       *reference   `json:"encounter,omitempty"`
	ExecutionPeriod *period      `json:"executionPeriod,omitempty"`
	AuthoredOn      string       `json:"authoredOn,omitempty"`
	LastModified    string       `json:"lastModified,omitempty"`
	Requester       *reference   `json:"requester,omitempty"`
	Owner           *reference   `json:"owner,omitempty"`
	ReasonCode      *concept     `json:"reasonCode,omitempty"`
	Note            []annotation `json:"note,omitempty"`
	Input           []input      `json:"input,omitempty"`
	Output          []output     `json:"output,omitempty"`
}

type output struct {
	Type  *concept `json:"type"`
	Value *concept `json:"valueCodeableConcept"`
}

type condition struct {
	header
	ClinicalStatus     *concept   `json:"clinicalStatus,omitempty"`
	VerificationStatus *concept   `json:"verificationStatus"`
	Category           []concept  `json:"category,omitempty"`
	Code               *concept   `json:"code"`
	Subject            *reference `json:"subject"`
	Encounter          *reference `json:"encounter,omitempty"`
	AbatementDateTime  string     `json:"abatementDateTime,omitempty"`
	RecordedDate       string     `json:"recordedDate,omitempty"`
	Recorder           *reference `json:"recorder,omitempty"`
	Asserter           *reference `json:"asserter,omitempty"`
	Evidence           []evidence `json:"evidence,omitempty"`
}

type evidence struct {
	Detail []*reference `json:"detail"`
}

type medicationAdministration struct {
	header
	Status            string       `json:"status"`
	StatusReason      []*concept   `json:"statusReason,omitempty"`
	Medication        *concept     `json:"medicationCodeableConcept"`
	Subject           *reference   `json:"subject"`
	Context           *reference   `json:"context,omitempty"`
	EffectiveDateTime string       `json:"effectiveDateTime"`
	Note              []annotation `json:"note,omitempty"`
}

type procedure struct {
	header
	Status            string       `json:"status"`
	Code              *concept     `json:"code"`
	Subject           *reference   `json:"subject"`
	Encounter         *reference   `json:"encounter,omitempty"`
	PerformedDateTime string       `json:"performedDateTime,omitempty"`
	Note              []annotation `json:"note,omitempty"`
}

type serviceRequest struct {
	header
	Status             string     `json:"status"`
	Intent             string     `json:"intent"`
	Priority           string     `json:"priority,omitempty"`
	DoNotPerform       *bool      `json:"doNotPerform,omitempty"`
	Code               *concept   `json:"code"`
	OrderDetail        []*concept `json:"orderDetail,omitempty"`
	Subject            *reference `json:"subject"`
	Encounter          *reference `json:"encounter,omitempty"`
	OccurrenceDateTime string     `json:"occurrenceDateTime,omitempty"`
	OccurrenceTiming   *timing    `json:"occurrenceTiming,omitempty"`
	AuthoredOn         string     `json:"authoredOn,omitempty"`
	Requester          *reference `json:"requester,omitempty"`
	ReasonCode         []concept  `json:"reasonCode,omitempty"`
}

type timing struct {
	Repeat repeat `json:"repeat"`
}

type repeat struct {
	Frequency  int    `json:"frequency"`
	Period     int    `json:"period"`
	PeriodUnit string `json:"periodUnit"`
}
