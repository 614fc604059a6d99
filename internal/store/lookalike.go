package store

import (
	"context"
	"fmt"
	"strings"

	"neurocheck/internal/ward"
)

// lookalikes finds the patients whom a new one looks like: the same folded name and birth
// date, or an MRN that is alike but for zeros, which a spreadsheet drops.
type lookalikes struct {
	persons map[nameAndBirth]int64
	mrns    map[string]int64
}

type nameAndBirth struct {
	name string
	born ward.Date
}

// lookalikes reads the patients of the log.
func (w *tx) lookalikes(ctx context.Context) (*lookalikes, error) {
	l := &lookalikes{persons: make(map[nameAndBirth]int64), mrns: make(map[string]int64)}
	versions, err := records(ctx, w.reader(), "patient", decodePatient, `ORDER BY r.patient_id, r.version`)
	for i := range versions {
		l.add(&versions[i])
	}
	return l, err
}

func (l *lookalikes) add(p *ward.Patient) {
	if !p.BirthDate.IsZero() {
		l.persons[nameAndBirth{ward.FoldName(p.Name), p.BirthDate}] = p.ID
	}
	l.mrns[withoutZeros(p.MRN)] = p.ID
}

func withoutZeros(mrn string) string { return strings.TrimLeft(ward.FoldMRN(mrn), "0") }

// ask returns a question if a new patient looks known, or nil. It has the number of the
// known one in the log, and never a name.
func (l *lookalikes) ask(p *ward.Patient) *ward.Error {
	const flag = "--new-patient"
	question := func(id int64, reason string) *ward.Error {
		q := ward.Question("looks_known", fmt.Sprintf(reason, id, flag), flag)
		q.Patient = id
		return q
	}
	if id, known := l.mrns[withoutZeros(p.MRN)]; known {
		return question(id, "this MRN differs from that of patient %d in the log by leading zeros alone, which a spreadsheet drops: put the zeros back, or record another person with %s")
	}
	if p.BirthDate.IsZero() {
		return nil
	}
	if id, known := l.persons[nameAndBirth{ward.FoldName(p.Name), p.BirthDate}]; known {
		return question(id, "patient %d in the log has this name and birth date under another MRN: correct the MRN, or record another person with %s")
	}
	return nil
}
