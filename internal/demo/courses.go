package demo

import (
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

const (
	m   = time.Minute
	h   = time.Hour
	day = 24 * h

	// nothing is no score: the tool was not done.
	nothing = -1
)

var theWard = ward.Ward{Name: "Haematology 4 (demo)", Zone: "Europe/London", Synthetic: true}

const (
	dayNurse   = "Maria Santos"
	nightNurse = "Tomasz Wójcik"
	drNair     = "Dr Priya Nair"
	drAdeyemi  = "Dr Tunde Adeyemi"
)

var staff = []ward.Staff{
	{Name: "Grace Lin", Role: ward.Admin, Active: true},
	{Name: dayNurse, Role: ward.Nurse, Active: true},
	{Name: nightNurse, Role: ward.Nurse, Active: true},
	{Name: drNair, Role: ward.Clinician, Active: true},
	{Name: drAdeyemi, Role: ward.Clinician, Active: true},
}

// onShift returns the nurse who works at t.
func onShift(t time.Time) string {
	if t.Hour() >= 7 && t.Hour() < 19 {
		return dayNurse
	}
	return nightNurse
}

// course is one patient's stay. Times are lengths before now.
type course struct {
	who      ward.Patient // without the values of the fields below
	stay     ward.Stay    // likewise
	age      int          // in years, instead of a date of birth: a child stays a child
	admitted time.Duration
	infused  int              // days ago; negative for days ahead, 0 if it is not planned yet
	baseline int              // score at admission and on every round before the first check; nothing for no check
	always   string           // findings of these rounds: see findings
	health   icans.FeatureSet // features that are mild in health
	noRounds bool             // the checks listed are all there are
	checks   []plannedCheck
	done     []deed
	reports  []report
	orders   []order
	causes   []cause
	draft    *draft
	home     time.Duration // since the discharge, 0 while on the ward
	homeBy   string        // else the nurse on the shift

	linkedInto string        // MRN of the patient that this one was linked into
	linked     time.Duration // since then
}

// deed is an intervention: a code of ward.Interventions.
type deed struct {
	ago          time.Duration
	kind, detail string
}

// report is a reported symptom: by is a code of ward.Reporters.
type report struct {
	ago       time.Duration
	by, words string
}

// order is the responsible clinician's order about the schedule.
type order struct {
	ago   time.Duration
	order ward.Order
}

// cause is one that the responsible clinician named ahead.
type cause struct {
	ago, lasts    time.Duration
	domain, cause string
}

// draft is an unsaved form.
type draft struct {
	ago     time.Duration
	by      string
	answers map[string]string // by column
	field   string            // the selected column
}

// plannedCheck is one check, and the acts that follow it.
type plannedCheck struct {
	ago   time.Duration // since it was performed
	score int
	found string // the findings that are not normal, by columns: see findings
	cause string // with other_cause
	note  string
	late  time.Duration // from performing to recording, if that was long
	fixed *fix

	acked, closed  time.Duration // from recording to each; 0 for not done
	ackedBy        string        // else the nurse on the shift
	outcome, words string
	ticked         []string // items of the checklist, each a minute after the other
}

// fix is the second version of a check, or its move to another patient.
type fix struct {
	after       time.Duration
	movedTo     string // MRN
	status      ward.Status
	reason, why string
	score       int
	found       string
}

// notDone are the parts that stay empty if the patient cannot be examined.
const notDone = " confusion= agitation= inattention= memory= speech= headache= tremor= hallucinations= handwriting="

var courses = []course{
	{
		// Drowsiness came before the score fell; now grade 2, and the follow-up was raised
		// and is not accepted in time. The last check was corrected.
		who: ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14},
			Product: "axi-cel", Language: "English"},
		stay:     ward.Stay{Bed: "1A", Clinician: drAdeyemi},
		admitted: 5*day + 3*h, infused: 4, baseline: 10,
		checks: []plannedCheck{
			{ago: 36 * h, score: 10, found: "tremor=mild"},
			{ago: 28*h + 6*m, score: 10, found: "tremor=mild crs_grade=1"},
			{ago: 20*h + 8*m, score: 10, found: "tremor=mild headache=mild crs_grade=1"},
			{ago: 12*h + 27*m, score: 10, found: "consciousness=drowsy tremor=mild crs_grade=1", acked: 9 * m},
			{ago: 8*h + 32*m, score: 9, found: "tremor=mild handwriting=mild crs_grade=1"},
			{ago: 4*h + 25*m, score: 8, found: "ice_writing=1 ice_hospital=0 confusion=mild tremor=mild handwriting=mild crs_grade=1"},
			{ago: 2*h + 27*m, score: nothing, found: "unable=asleep consciousness= motor= icp=" + notDone},
			{ago: 22 * m, score: 4, late: atOnce, found: ada + " ice_attention=0", note: "Loses the thread. Dr Adeyemi called.",
				fixed:  &fix{after: 6 * m, status: ward.Corrected, reason: "wrong_value", why: "counts back: no → yes", score: 4, found: ada + " ice_attention=1"},
				ticked: []string{"see the patient now"}},
		},
		reports: []report{{ago: 30 * h, by: "caregiver", words: "her handwriting on the menu card is odd"}},
		done: []deed{{ago: 4*day - 10*h, kind: ward.DoseGiven, detail: "axi-cel"}, {ago: 42 * h, kind: "tocilizumab", detail: "8 mg/kg IV, fever"},
			{ago: 4*h + 17*m, kind: "dexamethasone", detail: "10 mg IV"}},
	},
	{
		// Not flagged. One of her checks was another patient's; her memory is not good in
		// health; one total came without its items; she has two numbers.
		who: ward.Patient{MRN: "0042371", Name: "OKAFOR, Ida", BirthDate: ward.Date{Year: 1958, Month: 11, Day: 2},
			Product: "liso-cel", Language: "English"},
		stay:     ward.Stay{Bed: "1B", Clinician: drAdeyemi},
		admitted: 4*day + 5*h, infused: 3, baseline: 10, health: 1 << icans.Memory,
		checks: []plannedCheck{
			{ago: 35 * h, score: nothing, found: "stated_total=10", note: "From the imaging unit; only the total was noted."},
			{ago: 27*h + 40*m, score: 10, found: "tremor=mild",
				fixed: &fix{after: 14 * m, movedTo: "0042317"}},
			{ago: 27*h + 5*m, score: 10},
			{ago: 19*h + 12*m, score: 10, late: 3*h + 20*m, note: "Recorded after the emergency in 3B."},
			{ago: 11*h + 4*m, score: 10},
			{ago: 3*h + 32*m, score: 10, found: "memory=mild"},
		},
	},
	{
		// Grade 1, newly flagged and not accepted yet.
		who: ward.Patient{MRN: "0039984", Name: "SØRENSEN, Bjørg", BirthDate: ward.Date{Year: 1949, Month: 7, Day: 21},
			Product: "cilta-cel", Language: "Norwegian"},
		stay:     ward.Stay{Bed: "2A", Clinician: drNair},
		admitted: 6*day + 1*h, infused: 5, baseline: 10,
		checks: []plannedCheck{
			{ago: 16*h + 6*m, score: 10, found: "movement=none cranial_nerve=none personality=none"},
			{ago: 8*h + 20*m, score: 10, found: "tremor=mild"},
			{ago: 34 * m, score: 9, late: 30 * m, found: "inattention=mild tremor=mild handwriting=mild"},
		},
	},
	{
		// Her own baseline is ICE 8: grade 1 by the table, and no flag.
		who: ward.Patient{MRN: "0040115", Name: "LEVI, Yael", BirthDate: ward.Date{Year: 1944, Month: 1, Day: 30},
			Product: "ide-cel", Language: "Hebrew"},
		stay:     ward.Stay{Bed: "2B", Clinician: drAdeyemi},
		admitted: 7*day + 2*h, infused: 6, baseline: 8,
		checks: []plannedCheck{
			{ago: 18*h + 57*m, score: 8},
			{ago: 10*h + 45*m, score: 8, found: "headache=mild"},
			{ago: 2*h + 51*m, score: 8},
		},
	},
	{
		// Grade 3: ICE 1, then a short seizure. The cause of one finding was uncertain.
		who: ward.Patient{MRN: "0042290", Name: "NGUYỄN, Thị Hương", BirthDate: ward.Date{Year: 1967, Month: 9, Day: 8},
			Product: "axi-cel", Language: "Vietnamese", Interpreter: true},
		stay:     ward.Stay{Bed: "3A", Clinician: drNair},
		admitted: 5*day + 4*h, infused: 4, baseline: 10,
		checks: []plannedCheck{
			{ago: 25*h + 10*m, score: 10},
			{ago: 17 * h, score: 10, found: "headache=mild"},
			{ago: 9*h + 2*m, score: 8, found: "confusion=mild", acked: 12 * m},
			{ago: 5 * h, score: 6, found: "consciousness=drowsy confusion=mild speech=moderate", acked: 4 * m, ackedBy: drNair},
			{ago: 3*h + 1*m, score: 4, found: "consciousness=voice confusion=moderate speech=severe", note: "With the interpreter."},
			{ago: 57 * m, score: 1, found: "consciousness=voice uncertain_cause=consciousness confusion=severe speech=severe",
				note: "Lorazepam an hour before.", acked: 8 * m, ackedBy: drNair},
			{ago: 39 * m, score: 1, found: "consciousness=drowsy seizure=brief confusion=severe speech=severe", note: "Right arm and face, 40 s, stopped by itself."},
		},
		done: []deed{{ago: 8 * h, kind: "levetiracetam", detail: "750 mg"}, {ago: 4*h + 10*m, kind: "dexamethasone", detail: "10 mg IV every 6 h"},
			{ago: 2 * h, kind: "eeg", detail: "slow, no seizure"}, {ago: 1*h + 55*m, kind: "sedative", detail: "lorazepam 1 mg IV"}},
	},
	{
		// Grade 4: unarousable, then intubated, with raised pressure; late.
		who: ward.Patient{MRN: "0038807", Name: "山田, 花子", BirthDate: ward.Date{Year: 1955, Month: 5, Day: 17},
			Product: "axi-cel", Language: "Japanese", Interpreter: true},
		stay:     ward.Stay{Bed: "3B", Clinician: drAdeyemi},
		admitted: 7 * day, infused: 6, baseline: 10,
		checks: []plannedCheck{
			{ago: 33 * h, score: 8, found: "confusion=mild", acked: 10 * m},
			{ago: 29 * h, score: 8, found: "confusion=mild"},
			{ago: 26 * h, score: 5, found: "consciousness=drowsy confusion=moderate", acked: 5 * m},
			{ago: 21 * h, score: 5, found: "consciousness=drowsy confusion=moderate"},
			{ago: 16*h + 30*m, score: 2, found: "consciousness=tactile confusion=severe speech=severe", acked: 3 * m},
			{ago: 11 * h, score: 0, found: "consciousness=tactile confusion=severe speech=severe"},
			{ago: 6*h + 10*m, score: 0, found: "consciousness=tactile confusion=severe speech=severe"},
			{ago: 1*h + 27*m, score: nothing, late: 12 * m, found: "unable=unarousable consciousness=unarousable" + notDone, acked: 9 * m, ackedBy: drAdeyemi},
			{ago: 1*h + 8*m, score: nothing, found: "unable=intubated consciousness=unarousable icp=diffuse_edema;papilledema" + notDone,
				note: "CT: diffuse oedema. Intensive care comes for her."},
		},
		done: []deed{{ago: 28 * h, kind: "dexamethasone", detail: "10 mg IV every 6 h"}, {ago: 18 * h, kind: "imaging", detail: "CT: no oedema"},
			{ago: 6 * h, kind: "methylprednisolone", detail: "1 g IV"}, {ago: 75 * m, kind: "imaging", detail: "CT: diffuse oedema"}},
	},
	{
		// An unfinished check; and a correction the day before that lifted a flag.
		who: ward.Patient{MRN: "0041760", Name: "SHARMA, Anil", BirthDate: ward.Date{Year: 1980, Month: 12, Day: 5},
			Product: "liso-cel", Language: "Hindi", Interpreter: true},
		stay:     ward.Stay{Bed: "4A", Clinician: drNair},
		admitted: 5*day + 6*h, infused: 4, baseline: 10,
		checks: []plannedCheck{
			{ago: 26 * h, score: 4, acked: 7 * m, closed: 30 * m, outcome: ward.Resolved, words: "Entry slip: the objects had been named",
				fixed: &fix{after: 10 * m, status: ward.Corrected, reason: "wrong_value", why: "items left at no by mistake", score: 10}},
			{ago: 24*h + 30*m, score: 10},
			{ago: 16*h + 5*m, score: 10},
			{ago: 8*h + 10*m, score: 10},
			{ago: 8 * m, score: 10, found: "ice_attention=", note: "Taken to his CT half-way."},
		},
	},
	{
		// ICANS was confirmed; recovered since. The next check is late, and a form is open.
		who: ward.Patient{MRN: "0041198", Name: "KOWALSKI, Piotr", BirthDate: ward.Date{Year: 1958, Month: 8, Day: 2},
			Product: "ide-cel", Language: "Polish"},
		stay:     ward.Stay{Bed: "4B", Clinician: drAdeyemi},
		admitted: 8*day + 2*h, infused: 7, baseline: 10,
		checks: []plannedCheck{
			{ago: 76 * h, score: 9, found: "inattention=mild", acked: 14 * m},
			{ago: 72 * h, score: 6, found: "consciousness=voice confusion=moderate handwriting=moderate", acked: 5 * m, ackedBy: drAdeyemi},
			{ago: 67*h + 55*m, score: 7, found: "consciousness=drowsy confusion=mild handwriting=moderate"},
			{ago: 60 * h, score: 8, found: "handwriting=mild"},
			{ago: 52 * h, score: 9},
			{ago: 48*h + 20*m, score: 10, closed: 2 * h, outcome: ward.ConfirmedICANS, words: "Peak grade 2, over on dexamethasone"},
			{ago: 40*h + 25*m, score: 10},
			{ago: 32 * h, score: 10},
			{ago: 24*h + 10*m, score: 10},
			{ago: 16*h + 20*m, score: 10},
			{ago: 8*h + 26*m, score: 10},
		},
		done: []deed{{ago: 71 * h, kind: "dexamethasone", detail: "10 mg IV every 6 h"}, {ago: 51 * h, kind: "steroid_taper", detail: "dexamethasone 4 mg every 12 h"}},
		draft: &draft{ago: 4 * m, by: nightNurse, field: "ice_hospital",
			answers: map[string]string{"tool": "ice", "ice_year": "1", "ice_month": "1", "ice_city": "1"}},
	},
	{
		// Sedated for a biopsy, a cause that a clinician named ahead, and asleep since: not
		// examined for 13 h.
		who: ward.Patient{MRN: "0043105", Name: "HADDAD, Omar", BirthDate: ward.Date{Year: 1976, Month: 6, Day: 11},
			Product: "teclistamab", Language: "Arabic", Interpreter: true},
		stay:     ward.Stay{Bed: "5A", Clinician: drNair},
		admitted: 4 * day, infused: 3, baseline: 10,
		checks: []plannedCheck{
			{ago: 21*h + 20*m, score: 10},
			{ago: 13*h + 5*m, score: 10, found: "headache=mild"},
			{ago: 8*h + 2*m, score: nothing, found: "unable=sedated consciousness=tactile other_cause=consciousness" + notDone, cause: biopsy},
			{ago: 4*h + 20*m, score: nothing, found: "unable=sedated consciousness=voice other_cause=consciousness" + notDone, cause: biopsy},
			{ago: 2*h + 5*m, score: nothing, found: "unable=asleep consciousness= motor= icp=" + notDone},
			{ago: 43 * m, score: nothing, late: 30 * m, found: "unable=asleep consciousness= motor= icp=" + notDone, note: "Did not want to be woken."},
		},
		done:   []deed{{ago: 3*day - 9*h, kind: ward.DoseGiven, detail: "teclistamab, first step"}, {ago: 8*h + 30*m, kind: "sedative", detail: "midazolam 5 mg IV"}},
		causes: []cause{{ago: 8*h + 25*m, lasts: 6 * h, domain: "consciousness", cause: biopsy}},
	},
	{
		// A child before the infusion: CAPD 0; a report waits.
		who:  ward.Patient{MRN: "0042388", Name: "MENSAH, Kofi", Product: "tisa-cel", Language: "English"},
		stay: ward.Stay{Bed: "6A", Clinician: drAdeyemi},
		age:  6, admitted: 7 * h, infused: -1, baseline: 0,
		reports: []report{{ago: 47 * m, by: "caregiver", words: "mother: very quiet"}},
	},
	{
		// A child, CAPD 3: grade 1, accepted.
		who:  ward.Patient{MRN: "0042154", Name: "GARCÍA LÓPEZ, Lucía", Product: "blinatumomab", Language: "Spanish", Interpreter: true},
		stay: ward.Stay{Bed: "6B", Clinician: drAdeyemi},
		age:  9, admitted: 4*day + 2*h, infused: 3, baseline: 0,
		checks: []plannedCheck{
			{ago: 26 * h, score: 0},
			{ago: 18 * h, score: 0},
			{ago: 10*h + 10*m, score: 0, found: "agitation=none headache=mild"},
			{ago: 5*h + 27*m, score: 2, found: "agitation=mild", acked: 88 * m, ackedBy: drAdeyemi},
			{ago: 4*h + 20*m, score: 3, found: "agitation=mild"},
			{ago: 2*h + 50*m, score: 3, found: "agitation=mild inattention=mild"},
			{ago: 1*h + 21*m, score: 3, found: "agitation=mild inattention=mild tremor=mild", note: "Mother: not herself."},
		},
	},
	{
		// Just admitted, without a check.
		who: ward.Patient{MRN: "0042391", Name: "IVANOVA, Olga", BirthDate: ward.Date{Year: 1953, Month: 8, Day: 27},
			Product: "teclistamab", Language: "Russian", Interpreter: true},
		stay:     ward.Stay{Bed: "7A", Clinician: drNair},
		admitted: 66 * m, baseline: nothing,
	},
	{
		// Went home with a late sign, and the follow-up is still open.
		who: ward.Patient{MRN: "0041554", Name: "BERG, Nils", BirthDate: ward.Date{Year: 1958, Month: 2, Day: 3},
			Product: "cilta-cel", Language: "Swedish"},
		stay:     ward.Stay{Bed: "5B", Clinician: drNair},
		admitted: 12 * day, infused: 11, baseline: 10,
		checks: []plannedCheck{
			{ago: 46*h + 10*m, score: 10, found: "movement=none cranial_nerve=none personality=none"},
			{ago: 38 * h, score: 10, found: "movement=none cranial_nerve=none personality=none"},
			{ago: 31 * h, score: 9, found: "movement=none cranial_nerve=mild personality=none", acked: 12 * m, note: "Left corner of the mouth hangs a little."},
		},
		home: 29*h + 37*m, homeBy: drNair,
	},
	{
		// Went home after a mild course.
		who: ward.Patient{MRN: "0038112", Name: "DA SILVA, João", BirthDate: ward.Date{Year: 1970, Month: 4, Day: 3},
			Product: "cilta-cel", Language: "Portuguese"},
		stay:     ward.Stay{Bed: "8A", Clinician: drAdeyemi},
		admitted: 12 * day, infused: 11, baseline: 10,
		checks: []plannedCheck{
			{ago: 5*day + 4*h, score: 9, found: "inattention=mild", acked: 16 * m},
			{ago: 5 * day, score: 9},
			{ago: 4*day + 19*h, score: 10},
			{ago: 4*day + 11*h, score: 10, closed: 1 * h, outcome: ward.ConfirmedICANS, words: "Grade 1. Supportive care"},
			{ago: 4*day + 3*h, score: 10},
			{ago: 3*day + 19*h, score: 10},
			{ago: 3*day + 11*h, score: 10},
			{ago: 3*day + 3*h, score: 10},
			{ago: 2*day + 19*h, score: 10},
			{ago: 2*day + 11*h, score: 10},
			{ago: 2*day + 3*h, score: 10},
			{ago: 1*day + 19*h, score: 10},
		},
		orders: []order{{ago: 4 * day, order: ward.Order{Kind: ward.OrderInterval, Interval: 8 * h, Reason: "back at baseline for a day"}}},
		home:   1*day + 14*h,
	},
	{
		// An earlier stay of Ida Okafor, under another number: linked with hers.
		who: ward.Patient{MRN: "0000731", Name: "OKAFOR, Ida", BirthDate: ward.Date{Year: 1958, Month: 11, Day: 2},
			Language: "English"},
		stay:     ward.Stay{Bed: "8B", Clinician: drAdeyemi},
		admitted: 36 * day, baseline: 10, noRounds: true,
		checks:     []plannedCheck{{ago: 35 * day, score: 10, note: "Before the collection of cells."}},
		home:       34 * day,
		linkedInto: "0042371", linked: 3 * day,
	},
}

// ada are the findings of the last check of the first course, apart from counting back.
const ada = "ice_year=1 ice_month=1 ice_city=0 ice_hospital=0 ice_naming=1 ice_command=1 ice_writing=0 " +
	"confusion=moderate inattention=mild memory= speech=mild tremor=mild handwriting=moderate crs_grade=0"

const biopsy = "midazolam for the bone marrow biopsy"
