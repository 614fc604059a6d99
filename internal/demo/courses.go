package demo

import (
	"time"

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
	who      ward.Patient // without what the fields below give
	age      int          // in years, instead of a date of birth: a child stays a child
	admitted time.Duration
	infused  int // days ago; negative for days ahead, 0 for not planned yet
	baseline int // score at admission and on every round before the first look; nothing for no check
	looks    []look
	done     []deed
	told     []report
	orders   []order
	home     time.Duration // since the discharge, 0 while on the ward
}

// deed is an intervention: a code of ward.Interventions.
type deed struct {
	ago          time.Duration
	kind, detail string
}

// report is a symptom that somebody told of: a code of ward.Tellers.
type report struct {
	ago       time.Duration
	by, words string
}

// order is one that the responsible clinician gave about the schedule.
type order struct {
	ago   time.Duration
	order ward.Order
}

// look is one check, and what was done about it.
type look struct {
	ago   time.Duration // since it was performed
	score int
	seen  string // what was not normal, by columns: see findings
	note  string
	late  time.Duration // from performed to recorded, where that was long
	fixed *fix

	acked, closed  time.Duration // from the record to each; 0 for not done
	ackedBy        string        // else the nurse on the shift
	outcome, words string
}

// fix is the second version of a check.
type fix struct {
	after       time.Duration
	status      ward.Status
	reason, why string
	score       int
	seen        string
}

var courses = []course{
	{
		// Tremor and handwriting go before the score does; now grade 2, and
		// nobody has come yet.
		who: ward.Patient{MRN: "0042317", Name: "OKAFOR, Ada", BirthDate: ward.Date{Year: 1961, Month: 3, Day: 14},
			Bed: "1A", Product: "axi-cel", Language: "English", Clinician: drNair},
		admitted: 5*day + 3*h, infused: 4, baseline: 10,
		looks: []look{
			{ago: 36 * h, score: 10, seen: "tremor=mild"},
			{ago: 28 * h, score: 10, seen: "tremor=mild handwriting=mild"},
			{ago: 20*h + 8*m, score: 10, seen: "tremor=moderate handwriting=mild headache=mild"},
			{ago: 12*h + 5*m, score: 9, seen: "tremor=moderate handwriting=moderate",
				acked: 9 * m, closed: 2 * h, outcome: ward.ConfirmedICANS, words: "Grade 1. Dexamethasone 10 mg given, checks every 4 h"},
			{ago: 8*h + 10*m, score: 8, seen: "confusion=mild tremor=moderate handwriting=moderate", acked: 6 * m},
			{ago: 4*h + 3*m, score: 8, seen: "confusion=mild speech=mild tremor=moderate handwriting=moderate", acked: 11 * m},
			{ago: 22 * m, score: 5, seen: "consciousness=voice confusion=moderate speech=mild tremor=moderate handwriting=severe",
				note: "Opens eyes to voice, loses the thread. Dr Nair bleeped."},
		},
		told: []report{{ago: 30 * h, by: "caregiver", words: "her handwriting on the menu card is odd"}},
		done: []deed{{ago: 4*day - 10*h, kind: "dose_given", detail: "axi-cel"}, {ago: 42 * h, kind: "tocilizumab", detail: "8 mg/kg IV, fever"}, {ago: 10*h + 30*m, kind: "dexamethasone", detail: "10 mg IV"}},
	},
	{
		// Nothing wrong; one of Ada Okafor's checks was entered here.
		who: ward.Patient{MRN: "0042371", Name: "OKAFOR, Ida", BirthDate: ward.Date{Year: 1958, Month: 11, Day: 2},
			Bed: "1B", Product: "liso-cel", Language: "English", Clinician: drAdeyemi},
		admitted: 4*day + 5*h, infused: 3, baseline: 10,
		looks: []look{
			{ago: 27*h + 40*m, score: 10, seen: "tremor=mild handwriting=mild",
				fixed: &fix{after: 14 * m, status: ward.Withdrawn, reason: "wrong_patient", why: "belongs to the patient in 1A", score: 10, seen: "tremor=mild handwriting=mild"}},
			{ago: 27*h + 5*m, score: 10},
			{ago: 19 * h, score: 10, late: 3*h + 20*m, note: "Written down after the emergency in 3B."},
			{ago: 11*h + 4*m, score: 10},
			{ago: 3*h + 9*m, score: 10},
		},
	},
	{
		// Grade 1, newly flagged; nobody has acknowledged it.
		who: ward.Patient{MRN: "0039984", Name: "SØRENSEN, Bjørg", BirthDate: ward.Date{Year: 1949, Month: 7, Day: 21},
			Bed: "2A", Product: "cilta-cel", Language: "Norwegian", Clinician: drNair},
		admitted: 6*day + 1*h, infused: 5, baseline: 10,
		looks: []look{
			{ago: 16*h + 6*m, score: 10},
			{ago: 8 * h, score: 10, seen: "tremor=mild"},
			{ago: 12 * m, score: 9, seen: "inattention=mild tremor=mild handwriting=mild"},
		},
	},
	{
		// Score 10, and yet memory and speech were not right: flagged. The last
		// check is normal, and the follow-up still open.
		who: ward.Patient{MRN: "0040115", Name: "לוי, יעל", BirthDate: ward.Date{Year: 1972, Month: 1, Day: 30},
			Bed: "2B", Product: "ide-cel", Language: "Hebrew", Clinician: drAdeyemi},
		admitted: 7*day + 2*h, infused: 6, baseline: 10,
		looks: []look{
			{ago: 11*h + 30*m, score: 10, seen: "memory=mild speech=mild", note: "Searches for words, names all three objects.", acked: 25 * m},
			{ago: 7*h + 25*m, score: 10},
			{ago: 2*h + 50*m, score: 10},
		},
	},
	{
		// Grade 3: ICE 1 after a brief seizure.
		who: ward.Patient{MRN: "0042290", Name: "NGUYỄN, Thị Hương", BirthDate: ward.Date{Year: 1967, Month: 9, Day: 8},
			Bed: "3A", Product: "axi-cel", Language: "Vietnamese", Interpreter: true, Clinician: drNair},
		admitted: 5*day + 4*h, infused: 4, baseline: 10,
		looks: []look{
			{ago: 17 * h, score: 10, seen: "headache=mild"},
			{ago: 9*h + 2*m, score: 8, seen: "confusion=mild", acked: 12 * m, closed: 90 * m, outcome: ward.ConfirmedICANS, words: "Grade 1, with the interpreter. Levetiracetam goes on"},
			{ago: 5 * h, score: 6, seen: "consciousness=drowsy confusion=mild speech=moderate", acked: 4 * m, ackedBy: drNair,
				closed: 40 * m, outcome: ward.ConfirmedICANS, words: "Grade 2. Dexamethasone, EEG asked for"},
			{ago: 3*h + 1*m, score: 4, seen: "consciousness=voice confusion=moderate speech=severe", acked: 5 * m, ackedBy: drNair},
			{ago: 38 * m, score: 1, seen: "consciousness=voice seizure=brief confusion=severe speech=severe",
				note: "Right arm and face, 40 s, stopped by itself.", acked: 3 * m, ackedBy: drNair},
		},
		done: []deed{{ago: 8 * h, kind: "levetiracetam", detail: "750 mg"}, {ago: 4*h + 10*m, kind: "dexamethasone", detail: "10 mg IV every 6 h"}, {ago: 2 * h, kind: "eeg", detail: "slow, no seizure"}},
	},
	{
		// Grade 4: diffuse oedema.
		who: ward.Patient{MRN: "0038807", Name: "山田, 花子", BirthDate: ward.Date{Year: 1955, Month: 5, Day: 17},
			Bed: "3B", Product: "axi-cel", Language: "Japanese", Interpreter: true, Clinician: drAdeyemi},
		admitted: 7 * day, infused: 6, baseline: 10,
		looks: []look{
			{ago: 34 * h, score: 8, seen: "confusion=mild", acked: 10 * m, closed: 2 * h, outcome: ward.ConfirmedICANS, words: "Grade 1"},
			{ago: 29*h + 50*m, score: 5, seen: "consciousness=drowsy confusion=moderate", acked: 5 * m, closed: 50 * m, outcome: ward.ConfirmedICANS, words: "Grade 2. Dexamethasone started"},
			{ago: 25*h + 55*m, score: 2, seen: "consciousness=tactile confusion=severe speech=severe", acked: 3 * m, closed: 2 * h, outcome: ward.ConfirmedICANS, words: "Grade 3. CT asked for, intensive care told"},
			{ago: 18*h + 30*m, score: 0, seen: "consciousness=tactile speech=severe", acked: 2 * m, ackedBy: drAdeyemi, closed: 1 * h, outcome: ward.ConfirmedICANS, words: "Grade 3. CT: no oedema"},
			{ago: 9*h + 30*m, score: nothing, seen: "unable=unarousable consciousness=unarousable confusion= agitation= inattention= memory= speech= headache= hallucinations= handwriting=",
				acked: 2 * m, ackedBy: drAdeyemi, closed: 3 * h, outcome: ward.ConfirmedICANS, words: "Grade 4. CT again; methylprednisolone 1 g"},
			{ago: 48 * m, score: nothing, seen: "unable=unarousable consciousness=unarousable icp=diffuse_edema;papilledema confusion= agitation= inattention= memory= speech= headache= hallucinations= handwriting=",
				note: "CT: diffuse oedema. Transfer to intensive care is being made ready.", acked: 2 * m, ackedBy: drAdeyemi},
		},
		done: []deed{{ago: 29 * h, kind: "dexamethasone", detail: "10 mg IV every 6 h"}, {ago: 18 * h, kind: "imaging", detail: "CT: no oedema"}, {ago: 6 * h, kind: "other_steroid", detail: "methylprednisolone 1 g IV"}, {ago: 90 * m, kind: "imaging", detail: "CT: diffuse oedema"}},
	},
	{
		// An incomplete check, then one that could not be done; and a correction
		// the day before.
		who: ward.Patient{MRN: "0041760", Name: "शर्मा, अनिल", BirthDate: ward.Date{Year: 1980, Month: 12, Day: 5},
			Bed: "4A", Product: "liso-cel", Language: "Hindi", Interpreter: true, Clinician: drNair},
		admitted: 5*day + 6*h, infused: 4, baseline: 10,
		looks: []look{
			{ago: 21 * h, score: 4, acked: 7 * m, closed: 30 * m, outcome: "resolved", words: "Entry slip: the objects had been named",
				fixed: &fix{after: 10 * m, status: ward.Corrected, reason: "wrong_value", why: "items left at no by mistake", score: 10}},
			{ago: 13*h + 5*m, score: 10},
			{ago: 4*h + 40*m, score: 10, seen: "ice_writing= ice_attention= memory= speech=", note: "Fetched for his CT half-way; the interpreter had left."},
			{ago: 45 * m, score: nothing, seen: "unable=asleep consciousness= motor= confusion= agitation= inattention= memory= speech= headache= tremor= hallucinations= handwriting="},
		},
	},
	{
		// ICANS was confirmed; recovered since.
		who: ward.Patient{MRN: "0041002", Name: "KOWALSKI, Piotr", BirthDate: ward.Date{Year: 1964, Month: 2, Day: 19},
			Bed: "4B", Product: "ide-cel", Language: "Polish", Clinician: drAdeyemi},
		admitted: 8*day + 2*h, infused: 7, baseline: 10,
		looks: []look{
			{ago: 76 * h, score: 9, seen: "inattention=mild handwriting=mild", acked: 14 * m, closed: 3 * h, outcome: ward.ConfirmedICANS, words: "Grade 1. Supportive care"},
			{ago: 72 * h, score: 6, seen: "consciousness=voice confusion=moderate handwriting=moderate", acked: 5 * m, ackedBy: drAdeyemi,
				closed: 1 * h, outcome: ward.ConfirmedICANS, words: "Grade 2. Dexamethasone 10 mg every 6 h"},
			{ago: 67*h + 55*m, score: 7, seen: "consciousness=drowsy confusion=mild handwriting=moderate", acked: 15 * m, closed: 2 * h, outcome: ward.ConfirmedICANS, words: "Grade 1, on dexamethasone"},
			{ago: 60 * h, score: 8, seen: "handwriting=mild", acked: 10 * m, closed: 2 * h, outcome: ward.ConfirmedICANS, words: "Grade 1, better"},
			{ago: 52 * h, score: 9, acked: 20 * m, closed: 3 * h, outcome: ward.ConfirmedICANS, words: "Grade 1, better; dexamethasone down"},
			{ago: 48*h + 20*m, score: 10},
			{ago: 40*h + 25*m, score: 10},
			{ago: 32 * h, score: 10},
			{ago: 24*h + 10*m, score: 10},
			{ago: 16*h + 20*m, score: 10},
			{ago: 8*h + 25*m, score: 10},
		},
		done:   []deed{{ago: 71 * h, kind: "dexamethasone", detail: "10 mg IV every 6 h"}, {ago: 51 * h, kind: "dexamethasone", detail: "4 mg every 12 h"}},
		orders: []order{{ago: 49 * h, order: ward.Order{Kind: ward.OrderInterval, Interval: 8 * h, Reason: "back at baseline for a day"}}},
	},
	{
		// Sedated: a clinician puts it down to that, so it leaves the grade.
		who: ward.Patient{MRN: "0000731", Name: "الحسن, عمر", BirthDate: ward.Date{Year: 1976, Month: 6, Day: 11},
			Bed: "5A", Product: "teclistamab", Language: "Arabic", Interpreter: true, Clinician: drNair},
		admitted: 4 * day, infused: 3, baseline: 10,
		looks: []look{
			{ago: 17*h + 40*m, score: 10},
			{ago: 9*h + 45*m, score: 10, seen: "headache=mild"},
			{ago: 1*h + 35*m, score: nothing, seen: "unable=sedated consciousness=tactile other_cause=score;consciousness confusion= agitation= inattention= memory= speech= headache= tremor= hallucinations= handwriting=",
				note: "Midazolam for bone marrow biopsy; Dr Nair attributes the drowsiness to it. Again when awake."},
		},
	},
	{
		// A child before the infusion: the baseline, CAPD 0.
		who: ward.Patient{MRN: "0042388", Name: "MENSAH, Kofi",
			Bed: "6A", Product: "tisa-cel", Language: "English", Clinician: drAdeyemi},
		age: 6, admitted: 7 * h, infused: -1, baseline: 0,
	},
	{
		// A child, CAPD 6: flagged and acknowledged.
		who: ward.Patient{MRN: "0042154", Name: "GARCÍA LÓPEZ, Lucía",
			Bed: "6B", Product: "blinatumomab", Language: "Spanish", Interpreter: true, Clinician: drAdeyemi},
		age: 9, admitted: 4*day + 2*h, infused: 3, baseline: 0,
		looks: []look{
			{ago: 26 * h, score: 0},
			{ago: 18 * h, score: 0},
			{ago: 9*h + 50*m, score: 2, seen: "agitation=mild", acked: 20 * m, closed: 4 * h, outcome: "resolved", words: "Frightened of the pump; calm with her mother"},
			{ago: 5*h + 45*m, score: 0},
			{ago: 1*h + 20*m, score: 6, seen: "agitation=mild inattention=mild tremor=mild", note: "Mother: not herself.", acked: 8 * m},
		},
	},
	{
		// Just admitted; nobody has checked her yet.
		who: ward.Patient{MRN: "0042391", Name: "ИВАНОВА, Ольга", BirthDate: ward.Date{Year: 1953, Month: 8, Day: 27},
			Bed: "7A", Product: "teclistamab", Language: "Russian", Interpreter: true, Clinician: drNair},
		admitted: 35 * m, baseline: nothing,
	},
	{
		// Gone home after a mild course.
		who: ward.Patient{MRN: "0038112", Name: "DA SILVA, João", BirthDate: ward.Date{Year: 1970, Month: 4, Day: 3},
			Bed: "5B", Product: "cilta-cel", Language: "Portuguese", Clinician: drAdeyemi},
		admitted: 12 * day, infused: 11, baseline: 10,
		looks: []look{
			{ago: 5*day + 4*h, score: 9, seen: "inattention=mild", acked: 16 * m, closed: 5 * h, outcome: ward.ConfirmedICANS, words: "Grade 1. Supportive care"},
			{ago: 5 * day, score: 9, acked: 12 * m, closed: 5 * h, outcome: ward.ConfirmedICANS, words: "Grade 1, unchanged"},
			{ago: 4*day + 19*h, score: 10},
			{ago: 4*day + 11*h, score: 10},
			{ago: 4*day + 3*h, score: 10},
			{ago: 3*day + 19*h, score: 10},
			{ago: 3*day + 11*h, score: 10},
			{ago: 3*day + 3*h, score: 10},
			{ago: 2*day + 19*h, score: 10},
			{ago: 2*day + 11*h, score: 10},
			{ago: 2*day + 3*h, score: 10},
			{ago: 1*day + 19*h, score: 10},
		},
		home: 1*day + 14*h,
	},
}
