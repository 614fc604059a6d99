package store_test

import (
	"testing"

	"neurocheck/internal/store/storetest"
	"neurocheck/internal/store/storetest/fixture"
)

var (
	feed       = fixture.Feed
	login      = fixture.Login
	ada        = fixture.Ada
	checkOf    = fixture.CheckOf
	correction = fixture.Correction
	withdrawal = fixture.Withdrawal
	after      = fixture.After
	nurse      = fixture.Nurse
	admin      = fixture.Admin
	clinician  = fixture.Clinician
	ok         = fixture.OK
	refused    = fixture.Refused
	iceOf      = fixture.ICE
	copied     = fixture.Copied
	plainSQL   = fixture.SQL
	number     = fixture.Number
	opened     = storetest.Opened
	setUp      = storetest.SetUp
	historyOf  = storetest.HistoryOf
	lastSeq    = storetest.LastSeq
	fullLog    = storetest.FullLog
	whole      = storetest.Whole
	admit      = storetest.Admit
)

func must[T any](v T, err error) func(*testing.T) T { return fixture.Must(v, err) }
