package sqlite_test

import (
	"testing"

	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
)

var (
	login     = fixture.Login
	ada       = fixture.Ada
	checkOf   = fixture.CheckOf
	inFolder  = fixture.Folder
	touch     = fixture.Touch
	after     = fixture.After
	nurse     = fixture.Nurse
	admin     = fixture.Admin
	clinician = fixture.Clinician
	ok        = fixture.OK
	refused   = fixture.Refused
	copied    = fixture.Copied
	plainSQL  = fixture.SQL
	number    = fixture.Number
	opened    = storetest.Opened
	setUp     = storetest.SetUp
	admit     = storetest.Admit
	save      = storetest.Save
	lastSeq   = storetest.LastSeq
	fullLog   = storetest.FullLog
	fresh     = storetest.Fresh
	reopened  = storetest.Reopened
	whole     = storetest.Whole
)

func must[T any](v T, err error) func(*testing.T) T { return fixture.Must(v, err) }
