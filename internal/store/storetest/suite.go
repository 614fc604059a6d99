// Package storetest has the fixtures of the tests of the record, and the suite that every
// engine passes.
package storetest

import (
	"context"
	"slices"
	"sync"
	"testing"

	"neurocheck/internal/faults"
	"neurocheck/internal/store"
	"neurocheck/internal/store/engine"
)

// Open opens a log.
type Open func(context.Context) (engine.Engine, error)

// Run runs the suite on an engine, in the short form without the tests that are named. create
// makes an empty log, and returns the function that opens it, as often as it is called.
func Run(t *testing.T, create func(t *testing.T) Open, long ...string) {
	for _, c := range suite {
		if at := slices.Index(long, c.name); at >= 0 {
			if long = slices.Delete(long, at, at+1); !faults.Long() {
				continue
			}
		}
		t.Run(c.name, func(t *testing.T) {
			c.run(t, &logs{create: create, byStore: make(map[*store.Store]opening)})
		})
	}
	if len(long) > 0 {
		t.Errorf("the suite has no %v", long)
	}
}

// suite has the tests.
var suite = []struct {
	name string
	run  func(*testing.T, *logs)
}{
	{"EachChartIsThatOfItsPatient", testEachChartIsThatOfItsPatient},
	{"OriginDistinguishesLogs", testOriginDistinguishesLogs},
	{"Ticks", testTicks},
	{"Closing", testClosing},
	{"BoardOfAPatientWithoutAConclusiveCheck", testBoardOfAPatientWithoutAConclusiveCheck},
	{"ChartsSinceATime", testChartsSinceATime},
	{"WritersOfOneProcess", testWritersOfOneProcess},
	{"TheWardIsSetUpOnce", testTheWardIsSetUpOnce},
	{"OneRequestOfTwoTerminals", testOneRequestOfTwoTerminals},
	{"SavingAFlaggedCheckOpensAFollowUpThatTheNextOneJoins", testSavingAFlaggedCheckOpensAFollowUpThatTheNextOneJoins},
	{"ALateEntryChangesLaterFlags", testALateEntryChangesLaterFlags},
	{"Drafts", testDrafts},
	{"ClaimOfACheck", testClaimOfACheck},
	{"DraftsOfOtherKinds", testDraftsOfOtherKinds},
	{"Presences", testPresences},
	{"ADraftThatWasTakenOverGoesWithTheSave", testADraftThatWasTakenOverGoesWithTheSave},
	{"ASavedSheetLeavesNoDraft", testASavedSheetLeavesNoDraft},
	{"ImportIsAllOrNone", testImportIsAllOrNone},
	{"WhoImportsAndWhoRecorded", testWhoImportsAndWhoRecorded},
	{"ACauseInAFile", testACauseInAFile},
	{"ACauseNamedAhead", testACauseNamedAhead},
	{"ACourseOfLongAgo", testACourseOfLongAgo},
	{"ACourseWithItsTimesOfRecording", testACourseWithItsTimesOfRecording},
	{"StaysOfAFile", testStaysOfAFile},
	{"RowsThatRepeatAndContradict", testRowsThatRepeatAndContradict},
	{"ARowBesideAWithdrawnCheck", testARowBesideAWithdrawnCheck},
	{"StaysThatEndWithTheLastCheck", testStaysThatEndWithTheLastCheck},
	{"AnInferredEndMovesOn", testAnInferredEndMovesOn},
	{"RowsOfOnePatientUnderSeveralNumbers", testRowsOfOnePatientUnderSeveralNumbers},
	{"KnownPatients", testKnownPatients},
	{"CommentsOnAFollowUp", testCommentsOnAFollowUp},
	{"LinkedPatientsAreReadAsOne", testLinkedPatientsAreReadAsOne},
	{"LinkOfTwoOpenFollowUps", testLinkOfTwoOpenFollowUps},
	{"UnlinkLeavesNoFlagWithoutAFollowUp", testUnlinkLeavesNoFlagWithoutAFollowUp},
	{"AChainOfLinks", testAChainOfLinks},
	{"LinkedPatientsLeaveTogether", testLinkedPatientsLeaveTogether},
	{"ALinkLeavesThePatientOnTheWard", testALinkLeavesThePatientOnTheWard},
	{"OneWayOfSavingAndImporting", testOneWayOfSavingAndImporting},
	{"ARequestAnswersWithWhatWasRecorded", testARequestAnswersWithWhatWasRecorded},
	{"SavedAgain", testSavedAgain},
	{"TheSameWithdrawalByTwo", testTheSameWithdrawalByTwo},
	{"ACheckThatCannotBeSaved", testACheckThatCannotBeSaved},
	{"APaperSheetInAnyOrder", testAPaperSheetInAnyOrder},
	{"APaperSheetTwice", testAPaperSheetTwice},
	{"EachEventHasTheLevelAfterIt", testEachEventHasTheLevelAfterIt},
	{"MoveCheck", testMoveCheck},
	{"AnEditThatFlagsDependOn", testAnEditThatFlagsDependOn},
	{"Selections", testSelections},
	{"Export", testExport},
	{"ASnapshotDoesNotChange", testASnapshotDoesNotChange},
	{"PatientsAreEditedByVersions", testPatientsAreEditedByVersions},
	{"AgesCountOnTheWardsCalendar", testAgesCountOnTheWardsCalendar},
	{"ATransferIsAnEditOfTheBed", testATransferIsAnEditOfTheBed},
	{"AnAdmissionThatMoves", testAnAdmissionThatMoves},
	{"AFeedsDischargeWaitsForAPerson", testAFeedsDischargeWaitsForAPerson},
	{"Feed", testFeed},
	{"SettledMessagesGo", testSettledMessagesGo},
	{"ABedOfTheFeedIsSeen", testABedOfTheFeedIsSeen},
	{"Listening", testListening},
	{"AFeedSignsInWithItsKey", testAFeedSignsInWithItsKey},
	{"WhatAFeedMayWrite", testWhatAFeedMayWrite},
	{"AFeedRecordsNoFindings", testAFeedRecordsNoFindings},
	{"AStayOfTheFeedIsWithdrawnAndRestored", testAStayOfTheFeedIsWithdrawnAndRestored},
	{"AMessageChangesSeveralStays", testAMessageChangesSeveralStays},
	{"DifferencesAreSettled", testDifferencesAreSettled},
	{"DischargeUndoAndReadmission", testDischargeUndoAndReadmission},
	{"AdmitUnlessKnown", testAdmitUnlessKnown},
	{"AnActAskedForAgainAppendsNothing", testAnActAskedForAgainAppendsNothing},
	{"UpdateOfAPatientAndTheStay", testUpdateOfAPatientAndTheStay},
	{"ADryRunKeepsNothing", testADryRunKeepsNothing},
	{"AStayByMistakeIsWithdrawn", testAStayByMistakeIsWithdrawn},
	{"AStayInUseIsNotWithdrawn", testAStayInUseIsNotWithdrawn},
	{"ADischargeBeforeTheLastCheck", testADischargeBeforeTheLastCheck},
	{"Staff", testStaff},
	{"SigningIn", testSigningIn},
	{"DamageFoundIsNotForgotten", testDamageFoundIsNotForgotten},
	{"HeadsNotedEarlier", testHeadsNotedEarlier},
	{"VerifyWhileOthersWrite", testVerifyWhileOthersWrite},
	{"Copies", testCopies},
	{"ACopyOfALogOfTheFirstVersion", testACopyOfALogOfTheFirstVersion},
	{"ACopyThatIsInterrupted", testACopyThatIsInterrupted},
}

// logs makes and opens the logs of a test.
type logs struct {
	create func(t *testing.T) Open

	mu      sync.Mutex
	byStore map[*store.Store]opening
}

// opening is an open log, and the function that opens it once more.
type opening struct {
	db   engine.Engine
	open Open
}

// fresh makes an empty log.
func (l *logs) fresh(t *testing.T) *store.Store {
	t.Helper()
	return l.start(t, l.create(t))
}

// opened makes a log with a ward and its staff.
func (l *logs) opened(t *testing.T) *store.Store {
	t.Helper()
	s := l.fresh(t)
	SetUp(t, s)
	return s
}

// again opens the log of a store once more.
func (l *logs) again(t *testing.T, s *store.Store) *store.Store {
	t.Helper()
	return l.start(t, l.of(s).open)
}

func (l *logs) start(t *testing.T, open Open) *store.Store {
	t.Helper()
	db := must(open(t.Context()))(t)
	s := store.New(db)
	t.Cleanup(func() { ok(t, s.Close()) })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.byStore[s] = opening{db, open}
	return s
}

func (l *logs) of(s *store.Store) opening {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.byStore[s]
}

// read reads the one column of a query on the log of a store.
func read[T any](t *testing.T, l *logs, s *store.Store, query string) []T {
	t.Helper()
	return must(engine.All(t.Context(), l.of(s).db.Pool(), engine.Scan[T], query))(t)
}
