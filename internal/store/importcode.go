package store

import (
	"encoding/binary"
	"time"

	"neurocheck/internal/icans"
	"neurocheck/internal/ward"
)

// packed is the encoding of rows and checks of an import while they wait on disk. No other
// program reads it.
type packed []byte

func (p *packed) number(n int64) { *p = binary.AppendVarint(*p, n) }

func (p *packed) text(s string) {
	*p = binary.AppendUvarint(*p, uint64(len(s)))
	*p = append(*p, s...)
}

func (p *packed) flag(set bool) {
	if set {
		*p = append(*p, 1)
	} else {
		*p = append(*p, 0)
	}
}

// time appends a time that [ward.Moment] has rounded.
func (p *packed) time(t time.Time) {
	p.flag(!t.IsZero())
	if !t.IsZero() {
		_, seconds := t.Zone()
		p.number(t.UnixMilli())
		p.number(int64(seconds / 60))
	}
}

func (p *packed) findings(x *icans.Findings) {
	*p = append(*p, byte(x.Tool), byte(x.Unable), byte(x.Consciousness), byte(x.Seizure), byte(x.Motor), byte(x.ICP),
		byte(x.CRSGrade), byte(x.StatedTotal), byte(x.OtherCause), byte(x.UncertainCause))
	for _, n := range x.ICE {
		*p = append(*p, byte(n))
	}
	for _, n := range x.CAPD {
		*p = append(*p, byte(n))
	}
	for _, n := range x.Observed {
		*p = append(*p, byte(n))
	}
}

func (p *packed) result(r *icans.Result) {
	*p = append(*p, byte(r.Score), byte(r.Low), byte(r.High), byte(r.Floor), byte(r.Drivers), byte(r.Flag))
	*p = binary.AppendUvarint(*p, uint64(r.Reasons))
}

// check appends the parts of a check that a file or the rules give.
func (p *packed) check(c *ward.Check) {
	p.text(c.ID)
	p.number(int64(c.Version))
	p.number(c.PatientID)
	p.number(c.StayID)
	p.text(string(c.Status))
	p.text(c.Reason)
	p.text(c.ReasonNote)
	p.time(c.PerformedAt)
	p.time(c.Recorded.At)
	p.text(c.Recorded.By)
	p.text(c.CauseNote)
	p.text(c.Note)
	p.findings(&c.Findings)
	p.result(&c.Result)
}

// unpacker is the inverse of packed. The texts that it returns share one string.
type unpacker struct {
	rest string
}

func unpack(p packed) *unpacker { return &unpacker{string(p)} }

// unsigned reads what [binary.AppendUvarint] wrote.
func (u *unpacker) unsigned() (n uint64) {
	for shift := 0; ; shift += 7 {
		b := u.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}

func (u *unpacker) number() int64 {
	n := u.unsigned()
	return int64(n>>1) ^ -int64(n&1)
}

func (u *unpacker) text() (s string) {
	n := u.unsigned()
	s, u.rest = u.rest[:n], u.rest[n:]
	return s
}

func (u *unpacker) byte() (b byte) {
	b, u.rest = u.rest[0], u.rest[1:]
	return b
}

func (u *unpacker) flag() bool { return u.byte() != 0 }

func (u *unpacker) time() time.Time {
	if !u.flag() {
		return time.Time{}
	}
	ms := u.number()
	return ward.FromRecord(ms, int(u.number()))
}

func (u *unpacker) findings(x *icans.Findings) {
	x.Tool, x.Unable, x.Consciousness = icans.Tool(u.byte()), icans.Unable(u.byte()), icans.Consciousness(u.byte())
	x.Seizure, x.Motor, x.ICP = icans.Seizure(u.byte()), icans.Motor(u.byte()), icans.ICP(u.byte())
	x.CRSGrade, x.StatedTotal = icans.Points(u.byte()), icans.Points(u.byte())
	x.OtherCause, x.UncertainCause = icans.Domains(u.byte()), icans.Domains(u.byte())
	for i := range x.ICE {
		x.ICE[i] = icans.Points(u.byte())
	}
	for i := range x.CAPD {
		x.CAPD[i] = icans.Points(u.byte())
	}
	for i := range x.Observed {
		x.Observed[i] = icans.Severity(u.byte())
	}
}

func (u *unpacker) result(r *icans.Result) {
	r.Score, r.Low, r.High, r.Floor = icans.Points(u.byte()), int(u.byte()), int(u.byte()), int(u.byte())
	r.Drivers, r.Flag = icans.Domains(u.byte()), icans.Flag(u.byte())
	r.Reasons = icans.Reasons(u.unsigned())
}

func (u *unpacker) check(c *ward.Check) {
	c.ID = u.text()
	c.Version = int(u.number())
	c.PatientID, c.StayID = u.number(), u.number()
	c.Status = ward.Status(u.text())
	c.Reason, c.ReasonNote = u.text(), u.text()
	c.PerformedAt = u.time()
	c.Recorded.At = u.time()
	c.Recorded.By = u.text()
	c.CauseNote, c.Note = u.text(), u.text()
	u.findings(&c.Findings)
	u.result(&c.Result)
}
