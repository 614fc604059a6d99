package office

import (
	"context"
	"errors"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"neurocheck/internal/pin"
	"neurocheck/internal/store"
	"neurocheck/internal/tui/desk"
	"neurocheck/internal/tui/kit"
	"neurocheck/internal/ward"
)

// changed describes a change of the staff that was saved.
type changed struct {
	name   string
	secret string // the PIN that was given out; empty if there is none
	words  string
}

const administers = string(ward.MayAdminister)

// personRoles are the roles that a person can have, by the figures of the question.
var personRoles = []ward.Role{ward.Nurse, ward.Clinician, ward.Admin}

// open asks what to do about a name. Each choice asks again before it changes anything.
func (s *staff) open(h kit.Host, name string) tea.Cmd {
	m, ok := s.member(name)
	if !ok || s.saving.Waiting() {
		h.Fail("the change before this one is being saved")
		return nil
	}
	option := func(label, off string, do func(kit.Host, ward.Staff) tea.Cmd) kit.Option {
		return kit.Option{Label: label, Records: true, Needs: administers, Off: off, Do: func(h kit.Host) tea.Cmd { return do(h, m) }}
	}
	noPIN, noRole, end := "", "", "disable"
	if s.d.Ward().Synthetic {
		noPIN = "demo ward: no PIN"
	}
	if m.Role == ward.Feed {
		noPIN, noRole = "a feed signs in with a key", "a feed stays a feed"
	}
	if !m.Active {
		noPIN, end = "the name is disabled", "enable"
	}
	q := kit.Choose([]string{subject(m)}, []string{s.state(m)},
		option("new PIN", noPIN, s.askPIN), option("role", noRole, s.askRole), option(end, "", s.askEnd), option("add another name", "", func(h kit.Host, _ ward.Staff) tea.Cmd { return s.askAdd(h) }))
	return h.Push(q)
}

// subject names a member of staff in a question.
func subject(m ward.Staff) string { return kit.Plain(m.Name) + "   " + roleWords(m.Role) }

func (s *staff) askPIN(h kit.Host, m ward.Staff) tea.Cmd {
	text := []string{"It is shown once and works for one sign-in. The present PIN stops working, and a wait after wrong PINs ends."}
	return h.Push(kit.Confirm([]string{"NEW PIN for " + subject(m) + "?"}, text, "give out a new PIN", "back", func(h kit.Host) tea.Cmd {
		return s.giveOut(h, m.Name, func(ctx context.Context, log *store.Store, sig ward.Signature, p ward.PIN) error {
			if err := unchanged(ctx, log, m); err != nil {
				return err
			}
			return log.SetPIN(ctx, sig, m.Name, p)
		})
	}).Recording(administers))
}

// roles returns an option for each role but one.
func roles(but ward.Role, do func(kit.Host, ward.Role) tea.Cmd) (list []kit.Option) {
	for i, r := range personRoles {
		o := kit.Option{Keys: []string{strconv.Itoa(i + 1)}, Label: roleWords(r), Do: func(h kit.Host) tea.Cmd { return do(h, r) }}
		if r == but {
			o.Off = "the present role"
		}
		list = append(list, o)
	}
	return list
}

func (s *staff) askRole(h kit.Host, m ward.Staff) tea.Cmd {
	text := []string{"A nurse records; a clinician also names causes, closes follow-ups and sets intervals; an administrator records, and looks after staff and settings."}
	return h.Push(kit.Choose([]string{"ROLE of " + subject(m)}, text, roles(m.Role, func(h kit.Host, r ward.Role) tea.Cmd {
		question := kit.Plain(m.Name) + ": " + roleWords(m.Role) + " → " + roleWords(r) + "?"
		return h.Push(kit.Confirm([]string{question}, nil, "change the role", "back", func(h kit.Host) tea.Cmd {
			return s.change(h, m, r, m.Active, kit.Plain(m.Name)+" is "+roleWords(r)+" now.")
		}).Recording(administers))
	})...))
}

func (s *staff) askEnd(h kit.Host, m ward.Staff) tea.Cmd {
	question, yes, done := "DISABLE "+subject(m)+"?", "disable", kit.Plain(m.Name)+" is disabled."
	text := []string{"The name cannot sign in any more, and its next key locks an open screen. All that it recorded stays."}
	if !m.Active {
		question, yes, done, text = "ENABLE "+subject(m)+"?", "enable", kit.Plain(m.Name)+" is enabled.", []string{"The PIN is the same as before."}
	}
	return h.Push(kit.Confirm([]string{question}, text, yes, "back", func(h kit.Host) tea.Cmd {
		return s.change(h, m, m.Role, !m.Active, done)
	}).Recording(administers))
}

// addPlace is the place under which the name of a new member of staff is kept.
var addPlace = kit.Place{Screen: desk.Staff, Detail: "add"}

// askAdd asks for a name and a role, then once more. The name is kept until it is added.
func (s *staff) askAdd(h kit.Host) tea.Cmd {
	kept, _ := s.d.Kept(addPlace).(string)
	name := kit.Plainly(kit.NewText(kept, 60), s.nameFault)
	q := kit.Choose([]string{"ADD A NAME to the staff of " + kit.Plain(s.d.Ward().Name)}, []string{"As it is to appear with what the person records."},
		roles("", func(h kit.Host, r ward.Role) tea.Cmd {
			m := ward.Staff{Name: ward.CleanLine(name.Value()), Role: r, Active: true}
			return h.Push(kit.Confirm([]string{"ADD " + subject(m) + "?"}, nil, "add", "back", func(h kit.Host) tea.Cmd {
				return s.giveOut(h, m.Name, func(ctx context.Context, log *store.Store, sig ward.Signature, p ward.PIN) error {
					m.PIN = p
					return log.AddStaff(ctx, sig, m)
				})
			}).Recording(administers))
		})...)
	q.Inputs = []kit.Input{{Label: "Name", Editor: name}}
	q.Typed = func() { s.d.KeepText(addPlace, name.Value()) }
	return h.Push(q)
}

func (s *staff) nameFault(text string) string {
	name := ward.CleanLine(text)
	if e, refused := errors.AsType[*ward.Error](ward.Staff{Name: name, Role: ward.Nurse}.Validate()); refused {
		return e.Reason
	}
	for _, m := range s.people {
		if kit.Fold(m.Name) == kit.Fold(name) {
			return "there is " + kit.Plain(m.Name) + " already; add an initial"
		}
	}
	return ""
}

func (s *staff) change(h kit.Host, was ward.Staff, role ward.Role, active bool, words string) tea.Cmd {
	return desk.Save(s.d, h, &s.saving, "", s.d.NewID(), func(ctx context.Context, log *store.Store, sig ward.Signature) (changed, error) {
		done := changed{name: was.Name, words: words}
		if err := unchanged(ctx, log, was); err != nil {
			return done, err
		}
		return done, log.ChangeStaff(ctx, sig, was.Name, role, active)
	})
}

// unchanged refuses a change of a name that another terminal changed since the question
// opened, because a new role would enable a name that was disabled meanwhile.
func unchanged(ctx context.Context, log *store.Store, was ward.Staff) error {
	now, err := log.StaffMember(ctx, was.Name)
	if err == nil && (now.Role != was.Role || now.Active != was.Active) {
		return ward.Conflict("somebody changed this meanwhile; look again")
	}
	return err
}

// giveOut makes a PIN for one sign-in and keeps its digest. It has no request ID: tried
// again it makes another PIN, and the first one must not be taken for that. On a demo
// ward nobody has a PIN.
func (s *staff) giveOut(h kit.Host, name string, keep func(context.Context, *store.Store, ward.Signature, ward.PIN) error) tea.Cmd {
	keeper, demo := s.d.PINs, s.d.Ward().Synthetic
	return desk.Save(s.d, h, &s.saving, "", "", func(ctx context.Context, log *store.Store, sig ward.Signature) (changed, error) {
		done := changed{name: name, words: kit.Plain(name) + " is on the staff. Demo ward: no PIN."}
		if demo {
			return done, keep(ctx, log, sig, ward.PIN{})
		}
		first, err := log.WithoutPINs(ctx)
		if err != nil {
			return done, err
		}
		done.secret = pin.OneTime()
		digest, err := keeper.Digest(done.secret, first)
		if err != nil {
			return done, err
		}
		return done, keep(ctx, log, sig, ward.PIN{Digest: digest, OneTime: true})
	})
}

func (s *staff) saved(h kit.Host, msg kit.Result[changed]) tea.Cmd {
	done := msg.Value
	if msg.Err != nil {
		h.Fail(desk.NotSaved(msg.Err))
		return nil
	}
	if kept, _ := s.d.Kept(addPlace).(string); ward.CleanLine(kept) == done.name {
		s.d.Keep(addPlace, nil)
	}
	load := s.Init(h)
	if done.secret == "" {
		h.Say(done.words)
		return load
	}
	s.list.Search("")
	s.list.Choose(done.name)
	return tea.Batch(load, h.Push(&kit.Question{
		Subject: []string{"Give this only to " + kit.Plain(done.name) + ": " + done.secret},
		Text:    []string{"It works once; the first sign-in then asks for a new PIN. It is not shown again."},
		Options: []kit.Option{{Keys: []string{"1", "y"}, Label: "noted"}},
	}))
}
