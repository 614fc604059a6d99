package csvlog

import (
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

// Deidentifier takes out of checks who the patients and the staff are.
// schema/DEIDENTIFY.md says what it does to each column, what that protects and
// what it does not.
//
// Everything follows from its key: the same key gives the same identities and the
// same shifts, and without the key nobody can make them again. It is safe for
// concurrent use.
type Deidentifier struct {
	hashes sync.Pool // keyed
	zone   *time.Location
	today  ward.Date

	mu     sync.Mutex
	people map[string]*pseudonym // by the identity that stands for them
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

// Profile returns the profile of checks without identities. What it does not know
// to be safe it leaves out: of free text nothing passes.
func (d *Deidentifier) Profile() Profile {
	list := []*Column{
		text(PartPatient, patientIdentity, "The patient, by an identity made for the export",
			func(p *ward.Patient, _ *ward.Check) *string { return &p.MRN }),
		d.particular(Field{Name: "birth_year", Type: "integer", Description: "The year of birth; empty for patients over 89"},
			func(who *pseudonym) string { return who.birthYear }),
		d.particular(Field{Name: "age", Type: "string", Description: "Age in whole years at the admission; 90+ for patients over 89"},
			func(who *pseudonym) string { return who.age }),
	}
	replaced := map[string]bool{"check_id": true, "recorded_by": true, "product": true, "clinician": true}
	for _, c := range columns {
		freeText := c.text != nil && !replaced[c.Name]
		if freeText || c.Name == "birth_date" {
			continue
		}
		list = append(list, c)
	}
	return Profile{layout: &layout{columns: list, end: lossless.end}, change: d.change, deidentified: true}
}

const patientIdentity = "patient_id"

// PatientID returns the identity that stands for the patient in the export.
func (d *Deidentifier) PatientID(p *ward.Patient) string { return d.identity('p', p.MRN) }

func (d *Deidentifier) particular(field Field, of func(*pseudonym) string) *Column {
	return &Column{Field: field, Part: PartPatient,
		write: func(dst []byte, p *ward.Patient, _ *ward.Check) []byte { return append(dst, of(d.known(p.MRN))...) }}
}

// change returns what may leave of a patient and a check: each is made empty, and
// filled with what is named here.
func (d *Deidentifier) change(p *ward.Patient, c *ward.Check) (*ward.Patient, ward.Check) {
	who := d.pseudonym(p)
	return &who.patient, ward.Check{
		ID:          d.identity('c', c.ID),
		Version:     c.Version,
		Status:      c.Status,
		Reason:      c.Reason,
		PerformedAt: who.shifted(c.PerformedAt),
		Recorded:    ward.Signature{By: d.identity('s', c.Recorded.By), At: who.shifted(c.Recorded.At)},
		Findings:    c.Findings,
		Result:      c.Result,
		Superseded:  c.Superseded,
	}
}

// pseudonym is what stands for a patient.
type pseudonym struct {
	patient        ward.Patient // has its identity as the MRN
	shift          time.Duration
	birthYear, age string
}

// known returns whom an identity stands for, or nil.
func (d *Deidentifier) known(id string) *pseudonym {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.people[id]
}

func (d *Deidentifier) pseudonym(p *ward.Patient) *pseudonym {
	id := d.PatientID(p)
	if who := d.known(id); who != nil {
		return who
	}
	who := &pseudonym{shift: d.shift(p)}
	who.patient = ward.Patient{
		MRN:          id,
		Product:      knownProduct(p.Product),
		InfusedAt:    who.shifted(p.InfusedAt),
		Tool:         p.Tool,
		Baseline:     p.Baseline,
		Interpreter:  p.Interpreter,
		Clinician:    d.identity('s', p.Clinician),
		AdmittedAt:   who.shifted(p.AdmittedAt),
		DischargedAt: who.shifted(p.DischargedAt),
		Discharge:    p.Discharge,
	}
	if !p.BirthDate.IsZero() {
		who.birthYear = strconv.Itoa(p.BirthDate.Year)
		who.age = strconv.Itoa(p.BirthDate.YearsTo(ward.DateOf(p.AdmittedAt.In(d.zone))))
		if p.BirthDate.YearsTo(d.today) > oldestAge {
			who.birthYear, who.age = "", strconv.Itoa(oldestAge+1)+"+"
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.people[id] = who // the same as anybody else's
	return who
}

// oldestAge is the greatest age that HIPAA's Safe Harbor lets stand by itself.
const oldestAge = 89

// furthest is by how many days dates are shifted at the most.
const furthest = 182

// shift returns by how long all times of a patient are shifted: a whole number of
// days, never none, and what makes the ward's clock on the day of admission read
// as UTC. It is one length for all of them, so that what lies between stays true;
// an offset of each time by itself would tell summer time from winter time, and
// with it the day on which the clocks changed.
func (d *Deidentifier) shift(p *ward.Patient) time.Duration {
	n := int(binary.BigEndian.Uint64(d.mac('d', p.MRN)) % (2 * furthest)) // 0 to 363
	days := n - furthest                                                  // -182 to 181
	if days >= 0 {
		days++
	}
	_, offset := p.AdmittedAt.In(d.zone).Zone()
	return time.Duration(days)*24*time.Hour + time.Duration(offset)*time.Second
}

func (p *pseudonym) shifted(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(p.shift).UTC()
}

// identity returns what stands for a name: a letter for its kind, and 80 bits that
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
