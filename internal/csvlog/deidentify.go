package csvlog

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"
	"sync"
	"time"

	"neurocheck/internal/ward"
)

// Deidentifier removes the identities of patients and staff from checks.
// schema/DEIDENTIFY.md says how each column changes, and the limits of the protection.
//
// All of it is derived from its key: the same key gives the same identities and shifts,
// and without the key they cannot be computed. It is safe for concurrent use.
type Deidentifier struct {
	hashes sync.Pool // keyed
	zone   *time.Location
	today  ward.Date

	byHand func(id string, version int) bool // nil if no version was recorded by hand
	shared map[int64]bool                    // minutes of the infusions and stays of several patients

	mu     sync.Mutex
	people map[string]*pseudonym // by their identity in the export
}

// Know sets the facts that the deidentifier needs before the first row: whether a person
// recorded a version of a check here, and the times of the infusion and the stays of each
// patient. Without it no author leaves.
//
// A time that two patients share would tell how far their shifts are apart, and a time
// that the program stamped, as that of an import, is shared by all.
func (d *Deidentifier) Know(byHand func(id string, version int) bool, times [][]time.Time) {
	d.byHand = byHand
	patients := make(map[int64]int)
	for _, of := range times {
		own := make(map[int64]bool)
		for _, t := range of {
			if !t.IsZero() {
				own[minuteOf(t)] = true
			}
		}
		for minute := range own {
			patients[minute]++
		}
	}
	d.shared = make(map[int64]bool)
	for minute, n := range patients {
		if n > 1 {
			d.shared[minute] = true
		}
	}
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// own returns a time that no other patient has, else none.
func (d *Deidentifier) own(t time.Time) time.Time {
	if d.shared[minuteOf(t)] {
		return time.Time{}
	}
	return t
}

// KeySize is the length of a key in bytes.
const KeySize = sha256.Size

// NewDeidentifier returns a deidentifier with a key of [KeySize] random bytes.
// zone is the ward's, and today the day by which an age counts as over 89.
func NewDeidentifier(key []byte, zone *time.Location, today ward.Date) *Deidentifier {
	return &Deidentifier{
		hashes: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }},
		zone:   zone, today: today, people: make(map[string]*pseudonym),
	}
}

// Profile returns the profile of checks without identities. It leaves out every column
// of free text, the identifiers among them, and the time of recording, which the program
// stamps.
func (d *Deidentifier) Profile() Profile {
	list := []*Column{
		text(patientIdentity, "The patient, by an identity made for the export",
			ofPatient(func(p *ward.Patient) *string { return &p.MRN })),
		d.particular(Field{Name: birthYear, Type: "integer", Description: "The year of birth; empty for patients over 89"},
			func(who *pseudonym) string { return who.birthYear }),
		d.particular(Field{Name: age, Type: "string", Description: "Age in whole years at the infusion, else at the first admission in the export; 90+ for patients over 89"},
			func(who *pseudonym) string { return who.age }),
	}
	replaced := map[string]bool{"check_id": true, "recorded_by": true, "product": true, "clinician": true}
	for _, c := range columns {
		freeText := c.text != nil && !replaced[c.Name]
		if freeText || c.Name == "birth_date" || c.Name == "recorded_at" {
			continue
		}
		list = append(list, c)
	}
	return Profile{layout: &layout{columns: list, end: lossless.end}, change: d.change, deidentified: true}
}

// The columns that only a de-identified export has.
const (
	patientIdentity = "patient_id"
	birthYear       = "birth_year"
	age             = "age"
)

// PatientID returns the identity of the patient in the export.
func (d *Deidentifier) PatientID(p *ward.Patient) string { return d.identity('p', p.MRN) }

func (d *Deidentifier) particular(field Field, of func(*pseudonym) string) *Column {
	return &Column{Field: field, Part: PartPatient,
		write: func(dst []byte, p *ward.Patient, _ *ward.Stay, _ *ward.Check) []byte {
			return append(dst, of(d.known(p.MRN))...)
		}}
}

// change returns a patient, a stay and a check that may be exported: each is made
// empty and filled in with the fields that are named here.
func (d *Deidentifier) change(p *ward.Patient, s *ward.Stay, c *ward.Check) (*ward.Patient, *ward.Stay, ward.Check) {
	who := d.pseudonym(p, s, c)
	by := ""
	if d.byHand != nil && d.byHand(c.ID, c.Version) {
		by = c.Recorded.By
	}
	return &who.patient, d.stay(who, s), ward.Check{
		ID:          d.identity('c', c.ID),
		Version:     c.Version,
		Status:      c.Status,
		Reason:      c.Reason,
		PerformedAt: who.shifted(c.PerformedAt),
		Recorded:    ward.Signature{By: d.identity('s', by)},
		Findings:    c.Findings,
		Result:      c.Result,
		Superseded:  c.Superseded,
	}
}

// pseudonym stands in for a patient in the export.
type pseudonym struct {
	patient        ward.Patient // has its identity as the MRN
	stays          map[stayKey]*ward.Stay
	shift          time.Duration
	birthYear, age string
	years          int    // -1 if the age is not known
	discharge      string // of the last stay in the export
}

// stayKey is the data of a stay that the export has.
type stayKey struct {
	clinician, discharge string
	admitted, discharged int64 // in milliseconds
	byAdmission, byEnd   bool  // a person gave them
}

// stay returns the stay that replaces s, the same one every time.
func (d *Deidentifier) stay(who *pseudonym, s *ward.Stay) *ward.Stay {
	byAdmission, byEnd := givenByPerson(s)
	key := stayKey{s.Clinician, s.Discharge, s.AdmittedAt.UnixMilli(), s.DischargedAt.UnixMilli(), byAdmission, byEnd}
	d.mu.Lock()
	defer d.mu.Unlock()
	other := who.stays[key]
	if other == nil {
		admitted, discharged := d.timesOf(s)
		who.discharge = s.Discharge
		key.clinician, key.discharge = strings.Clone(key.clinician), strings.Clone(key.discharge)
		other = &ward.Stay{
			Clinician:    d.identity('s', s.Clinician),
			AdmittedAt:   who.shifted(admitted),
			DischargedAt: who.shifted(discharged),
			Discharge:    key.discharge,
		}
		who.stays[key] = other
	}
	return other
}

// timesOf returns the begin and the end of a stay, without those that no person said at the
// bedside: inferred ones, those that a feed stamped, and those that another patient has.
func (d *Deidentifier) timesOf(s *ward.Stay) (admitted, discharged time.Time) {
	byAdmission, byEnd := givenByPerson(s)
	if byAdmission {
		admitted = d.own(s.AdmittedAt)
	}
	if byEnd {
		discharged = d.own(s.DischargedAt)
	}
	return admitted, discharged
}

// givenByPerson reports whether a person gave the begin and the end of a stay, also if a
// person has confirmed or changed the rest of it since.
func givenByPerson(s *ward.Stay) (admission, end bool) {
	_, admitted := ward.FeedName(cmp.Or(s.AdmittedBy, s.Began.By))
	_, discharged := ward.FeedName(cmp.Or(s.DischargedBy, s.Recorded.By))
	return !admitted && !s.AdmissionInferred, !discharged && !s.EndInferred
}

// known returns the pseudonym with that identity, or nil.
func (d *Deidentifier) known(id string) *pseudonym {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.people[id]
}

// pseudonym returns the pseudonym of a patient. A stay and a check of the patient count
// only for the first one that is exported, if the patient has no infusion.
func (d *Deidentifier) pseudonym(p *ward.Patient, s *ward.Stay, c *ward.Check) *pseudonym {
	id := d.PatientID(p)
	if who := d.known(id); who != nil {
		return who
	}
	reference := cmp.Or(p.InfusedAt, s.AdmittedAt, c.PerformedAt).In(d.zone)
	who := &pseudonym{shift: d.shift(p, reference), stays: make(map[stayKey]*ward.Stay), years: -1}
	who.patient = ward.Patient{
		MRN:          id,
		Product:      knownProduct(p.Product),
		InfusedAt:    who.shifted(d.own(p.InfusedAt)),
		Tool:         p.Tool,
		Baseline:     p.Baseline,
		BaselineLost: p.BaselineLost,
		Health:       p.Health,
		Interpreter:  p.Interpreter,
	}
	if !p.BirthDate.IsZero() {
		who.birthYear = strconv.Itoa(p.BirthDate.Year)
		who.years = p.BirthDate.YearsTo(ward.DateOf(reference))
		who.age = strconv.Itoa(who.years)
		if p.BirthDate.YearsTo(d.today) > oldestAge {
			who.birthYear, who.age, who.years = "", strconv.Itoa(oldestAge+1)+"+", oldestAge+1
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if other := d.people[id]; other != nil { // another reader was faster
		return other
	}
	d.people[id] = who
	return who
}

// oldestAge is the greatest age that HIPAA's Safe Harbor lets leave by itself.
const oldestAge = 89

// furthest is by how many days dates are shifted at the most.
const furthest = 182

// shift returns the length by which all times of a patient are shifted: a whole number
// of days, never none, and the offset that the ward's clock had at the time reference,
// so that the times in UTC read as that clock did. One length for all of them keeps the
// time between any two; the offset of each time by itself would tell summer time from
// winter time, and so the day on which the clocks changed.
func (d *Deidentifier) shift(p *ward.Patient, reference time.Time) time.Duration {
	n := int(binary.BigEndian.Uint64(d.mac('d', p.MRN)) % (2 * furthest)) // 0 to 363
	days := n - furthest                                                  // -182 to 181
	if days >= 0 {
		days++
	}
	_, offset := reference.In(d.zone).Zone()
	return time.Duration(days)*24*time.Hour + time.Duration(offset)*time.Second
}

// shifted returns a time as the export has it, in whole minutes.
func (p *pseudonym) shifted(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(p.shift).UTC().Truncate(time.Minute)
}

// identity returns the pseudonym of a name: a letter for its kind, and 80 bits that
// only the key can make. No name has no identity.
func (d *Deidentifier) identity(kind byte, name string) string {
	if name == "" {
		return ""
	}
	return string(kind) + "-" + hex.EncodeToString(d.mac(kind, name)[:10])
}

func (d *Deidentifier) mac(kind byte, name string) []byte {
	h := d.hashes.Get().(hash.Hash)
	defer d.hashes.Put(h)
	h.Reset()
	h.Write([]byte{kind, 0})
	h.Write([]byte(name))
	return h.Sum(nil)
}

// knownProduct returns the short name of a therapy that many patients have. Any
// other text may hold anything, and becomes "other".
func knownProduct(typed string) string {
	typed = strings.ToLower(typed)
	switch short, known := products[typed]; {
	case typed == "":
		return ""
	case known && short == "":
		return typed
	case known:
		return short
	}
	return "other"
}

// products are the therapies that may be named, with the short name of those that
// have one.
var products = map[string]string{
	"axi-cel": "", "axicabtagene ciloleucel": "axi-cel", "yescarta": "axi-cel",
	"brexu-cel": "", "brexucabtagene autoleucel": "brexu-cel", "tecartus": "brexu-cel",
	"cilta-cel": "", "ciltacabtagene autoleucel": "cilta-cel", "carvykti": "cilta-cel",
	"ide-cel": "", "idecabtagene vicleucel": "ide-cel", "abecma": "ide-cel",
	"liso-cel": "", "lisocabtagene maraleucel": "liso-cel", "breyanzi": "liso-cel",
	"obe-cel": "", "obecabtagene autoleucel": "obe-cel", "aucatzyl": "obe-cel",
	"tisa-cel": "", "tisagenlecleucel": "tisa-cel", "kymriah": "tisa-cel",
	"blinatumomab": "", "elranatamab": "", "epcoritamab": "", "glofitamab": "", "mosunetuzumab": "",
	"talquetamab": "", "tarlatamab": "", "tebentafusp": "", "teclistamab": "",
}
