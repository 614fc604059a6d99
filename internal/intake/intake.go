// Package intake turns the ADT messages of a hospital into changes of patients and stays.
// The rules are pure: they read no clock, and of the log what [Log] has.
//
// A patient's messages and the acts of persons are replayed in the order in which they
// were recorded, whatever the order in which they arrived: see [Replay]. [Take] replays
// them without and with a new message, and returns the differences as [Change] values.
// [DecideMerge] decides about two numbers that the hospital says are one patient, and
// [LooksKnown] finds patients who are perhaps one person.
//
// [Taker] does all of that for one message in one transaction of the log, and [Listener]
// for the messages that come over the network.
package intake

import (
	"slices"
	"strings"
	"time"

	"neurocheck/internal/hl7"
	"neurocheck/internal/ward"
)

// Log is the part of the log that the rules ask about.
type Log interface {
	// Patient returns the MRN under which the log has a patient, for a present or former
	// MRN or that of a patient who was linked into this one; "" if there is none.
	Patient(mrn string) string
	// Busy reports whether something was recorded in a stay of the patient: a check, a
	// report, an intervention, an order or a draft.
	Busy(mrn string, stay *ward.Stay) bool
}

// Settings are those of the table [intake] in the settings file.
type Settings struct {
	Locations  []string // PV1-3.1, or PV1-3.1@PV1-3.4
	Authority  string   // of PID-3.4; "" for the only one
	IDType     string   // of PID-3.5; "*" for any
	Classes    []string // of PV1-2 that come in
	Bed        string   // a pattern of PV1-3's components, such as {2}{3}
	Processing string   // of MSH-11
	TestNames  []string // beginnings of the family names of test patients
	Zone       *time.Location
	Charset    string            // of messages that do not say
	Discharge  map[string]string // codes of [ward.Discharges] by the site's words of PV1-36
	// CloseNotNow closes the connection instead of the answer AR, for senders that never
	// send again after one.
	CloseNotNow bool
}

// FromSite returns the settings of a site. It returns an invalid [*ward.Error] on the
// first one that cannot be used.
func FromSite(site *ward.Site) (Settings, error) {
	i := &site.Intake
	s := Settings{
		Locations: i.Locations, Authority: i.Authority, IDType: i.IDType, Classes: i.Classes, Bed: i.Bed,
		Processing: i.Processing, TestNames: i.TestNames, Zone: site.Zone, Charset: i.Charset, Discharge: i.Discharge,
		CloseNotNow: i.NotNow == ward.NotNowClose,
	}
	if i.Zone != "" {
		zone, err := time.LoadLocation(i.Zone)
		if err != nil {
			return s, ward.Invalid("intake.zone", "there is no such zone; a zone is written Europe/Lisbon")
		}
		s.Zone = zone
	}
	return s, s.Validate()
}

// Validate returns an invalid [*ward.Error] on the first setting that cannot be used.
func (s *Settings) Validate() error {
	if len(s.Locations) == 0 {
		return ward.Invalid("intake.locations", "missing: without it no message is about this ward")
	}
	if s.Zone == nil {
		return ward.Invalid("intake.zone", "missing")
	}
	if s.IDType == "" {
		return ward.Invalid("intake.id_type", `missing; "*" is any type`)
	}
	if !hl7.KnownCharset(s.Charset) {
		return ward.Invalid("intake.charset", "this program reads no such character set; write UNICODE UTF-8 or 8859/1")
	}
	if !ward.ValidBedPattern(s.Bed) {
		return ward.Invalid("intake.bed", "a component of PV1-3 is written {1} to {11}")
	}
	for _, how := range s.Discharge {
		if how == ward.DiedICANS {
			return ward.Invalid("intake.discharge", "a feed cannot record a death of ICANS; a clinician does")
		}
		if !slices.ContainsFunc(ward.Discharges, func(t ward.Term) bool { return t.Code == how }) {
			return ward.Invalid("intake.discharge", "allowed: home, transferred, died, other")
		}
	}
	return nil
}

// Profile returns the settings that reading a message depends on.
func (s *Settings) Profile() hl7.Profile {
	return hl7.Profile{Authority: s.Authority, IDType: s.IDType, Processing: s.Processing, Charset: s.Charset, Zone: s.Zone}
}

// inside reports whether a visit is at one of the ward's locations.
func (s *Settings) inside(v *hl7.Visit) bool {
	if len(v.Place) < 4 {
		return false
	}
	return slices.ContainsFunc(s.Locations, func(location string) bool {
		unit, facility, both := strings.Cut(location, "@")
		return unit == v.Place[0] && (!both || facility == v.Place[3])
	})
}

// outside reports whether a visit is at a location that is not the ward's. A visit
// without a location is neither inside nor outside.
func (s *Settings) outside(v *hl7.Visit) bool {
	return len(v.Place) > 0 && v.Place[0] != "" && !s.inside(v)
}

// admits reports whether a visit is inside and of a class that comes in.
func (s *Settings) admits(v *hl7.Visit) bool {
	return s.inside(v) && slices.Contains(s.Classes, v.Class)
}

// bedOf returns the bed that the pattern makes of a location.
func (s *Settings) bedOf(place []string) string {
	var b strings.Builder
	for i := 0; i < len(s.Bed); i++ {
		if n, size := ward.BedComponent(s.Bed[i:]); n > 0 {
			if n <= len(place) {
				b.WriteString(place[n-1])
			}
			i += size - 1
			continue
		}
		b.WriteByte(s.Bed[i])
	}
	return ward.CleanLine(b.String())
}

// isTest reports whether a person is a test patient of the hospital.
func (s *Settings) isTest(p *hl7.Person) bool {
	return slices.ContainsFunc(s.TestNames, func(begin string) bool {
		return begin != "" && strings.HasPrefix(ward.FoldLine(p.Family), ward.FoldLine(begin))
	})
}
