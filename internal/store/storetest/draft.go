package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

func testDrafts(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	keep := func(author, check string, revision int64, content string) {
		t.Helper()
		ok(t, s.KeepDraft(t.Context(), store.Draft{PatientID: p.ID, Author: author, CheckID: check, Revision: revision, Since: after(0), Content: content}))
	}
	content := func(author string) string {
		t.Helper()
		d, there, err := s.DraftOf(t.Context(), p.ID, author)
		ok(t, err)
		if there != (d.Content != "") {
			t.Errorf("a draft of %q is there: %v", d.Content, there)
		}
		return d.Content
	}
	want := func(author, text string) {
		t.Helper()
		if got := content(author); got != text {
			t.Errorf("the draft of %s is %q, not %q", author, got, text)
		}
	}

	want("Sam Lee", "")
	keep("Sam Lee", "a", 2, "second")
	keep("Sam Lee", "a", 1, "first, late")
	want("Sam Lee", "second")
	keep("Sam Lee", "a", 3, "third")
	want("Sam Lee", "third")
	keep("Dr Ana Reis", "b", 1, "hers")
	want("Sam Lee", "third")
	want("Dr Ana Reis", "hers")

	// A draft outlives the program.
	ok(t, s.Close())
	s = l.again(t, s)
	want("Sam Lee", "third")

	// A save of another check leaves it.
	other := Save(t, s, checkOf(p, "other", 10, 0)).Check
	must(s.SaveCheck(t.Context(), nurse(time.Hour), correction(other, 9)))(t)
	want("Sam Lee", "third")

	// The save of its own check drops it, and no late key brings it back.
	Save(t, s, checkOf(p, "a", 10, time.Hour))
	want("Sam Lee", "")
	want("Dr Ana Reis", "hers")
	keep("Sam Lee", "a", 4, "a key on its way")
	want("Sam Lee", "")

	keep("Sam Lee", "c", 1, "new")
	ok(t, s.DropDraft(t.Context(), p.ID, "Sam Lee"))
	keep("Sam Lee", "c", 2, "a key on its way")
	want("Sam Lee", "")
	keep("Sam Lee", "d", 1, "another")
	want("Sam Lee", "another")
	if list := must(s.Drafts(t.Context(), "Sam Lee"))(t); len(list) != 1 || list[0].CheckID != "d" || list[0].PatientID != p.ID {
		t.Errorf("the drafts of one author: %+v", list)
	}
	Whole(t, s)
}

// A check is claimed by one of two people who begin at the same time. A form that the
// second one knows of hinders nothing.
func testClaimOfACheck(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	claim := func(author string, known ...string) string {
		t.Helper()
		return must(s.ClaimCheck(t.Context(), store.Draft{PatientID: p.ID, Author: author, CheckID: "of " + author, Revision: 1, Since: after(0)}, known))(t)
	}
	open := func() (authors []string) {
		t.Helper()
		for _, d := range must(s.OpenChecks(t.Context()))(t) {
			authors = append(authors, d.Author)
		}
		return authors
	}
	if other := claim("Sam Lee"); other != "" {
		t.Errorf("the first claim is refused for %s", other)
	}
	before := must(s.OpenChecks(t.Context()))(t)
	if other := claim("Dr Ana Reis"); other != "Sam Lee" || !slices.Equal(open(), []string{"Sam Lee"}) {
		t.Errorf("the second claim names %q, open are %v", other, open())
	}
	if list := store.DraftsChanged(before, must(s.OpenChecks(t.Context()))(t)); list != nil {
		t.Errorf("changed without a change: %v", list)
	}
	if other := claim("Dr Ana Reis", "Sam Lee"); other != "" || len(open()) != 2 {
		t.Errorf("a claim beside a known form names %q, open are %v", other, open())
	}
	if list := store.DraftsChanged(before, must(s.OpenChecks(t.Context()))(t)); !slices.Equal(list, []int64{p.ID}) {
		t.Errorf("changed: %v", list)
	}
	ok(t, s.ReleaseCheck(t.Context(), p.ID, "Sam Lee"))
	if !slices.Equal(open(), []string{"Dr Ana Reis"}) {
		t.Errorf("open are %v", open())
	}
	ok(t, s.KeepDraft(t.Context(), store.Draft{PatientID: p.ID, Author: "Dr Ana Reis", CheckID: "of Dr Ana Reis", Revision: 2, Since: after(0), Content: "an answer"}))
	ok(t, s.ReleaseCheck(t.Context(), p.ID, "Dr Ana Reis"))
	if claim("Dr Ana Reis"); !slices.Equal(open(), []string{"Dr Ana Reis"}) {
		t.Errorf("a form with an answer was released; open are %v", open())
	}
	if d, _, err := s.DraftOf(t.Context(), p.ID, "Dr Ana Reis"); err != nil || d.Content != "an answer" {
		t.Errorf("a claim replaced an answer: %+v, %v", d, err)
	}
	Whole(t, s)
}

// Forms of other kinds have drafts of their own; they are no forms of a check, and a save
// of a check does not drop them.
func testDraftsOfOtherKinds(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	keep := func(d store.Draft) {
		t.Helper()
		d.Author, d.Since = "Sam Lee", after(0)
		ok(t, s.KeepDraft(t.Context(), d))
	}
	keep(store.Draft{PatientID: p.ID, CheckID: "a", Revision: 1, Content: "a check"})
	keep(store.Draft{Kind: "admit", Subject: "new", CheckID: "f1", Revision: 1, Content: "an admission"})
	keep(store.Draft{Kind: "comment", Subject: "1", PatientID: p.ID, CheckID: "f2", Revision: 1, Content: "a comment"})
	keep(store.Draft{Kind: "comment", Subject: "1", PatientID: p.ID, CheckID: "f2", Revision: 2, Content: "a longer comment"})
	Save(t, s, checkOf(p, "a", 10, 0))
	contents := func() (list []string) {
		for _, d := range must(s.Drafts(t.Context(), "Sam Lee"))(t) {
			list = append(list, d.Kind+": "+d.Content)
		}
		return list
	}
	if got, want := contents(), []string{"admit: an admission", "comment: a longer comment"}; !slices.Equal(got, want) {
		t.Errorf("the drafts are %q, not %q", got, want)
	}
	if board := must(s.Board(t.Context()))(t); len(board) != 1 || len(board[0].Drafts) != 0 {
		t.Errorf("a comment is no form of a check: %+v", board)
	}
	keep(store.Draft{Kind: store.PaperSheet, Subject: "1", PatientID: p.ID, CheckID: "f3", Revision: 1, Content: "a sheet"})
	if d := must(s.Board(t.Context()))(t)[0].Drafts; len(d) != 1 || !d[0].Paper || d[0].Author != "Sam Lee" {
		t.Errorf("a sheet of checks from paper is shown to everyone: %+v", d)
	}
	ok(t, s.DropForm(t.Context(), "Sam Lee", store.PaperSheet, "1"))

	ok(t, s.DropForm(t.Context(), "Sam Lee", "admit", "new"))
	keep(store.Draft{Kind: "admit", Subject: "new", CheckID: "f1", Revision: 2, Content: "a key on its way"})
	if got, want := contents(), []string{"comment: a longer comment"}; !slices.Equal(got, want) {
		t.Errorf("the drafts are %q, not %q", got, want)
	}
	keep(store.Draft{Kind: "admit", Subject: "new", CheckID: "f3", Revision: 1, Content: "another admission"})
	if len(contents()) != 2 {
		t.Errorf("the drafts are %q", contents())
	}
	Whole(t, s)
}

// openForms returns the authors of the forms that hold checks.
func openForms(t *testing.T, s *store.Store) (authors []string) {
	t.Helper()
	for _, d := range must(s.OpenChecks(t.Context()))(t) {
		authors = append(authors, d.Author)
	}
	return authors
}

// A save of a draft that was taken over deletes it for both authors in its transaction, and
// a key that is still on its way does not restore it. The other author goes on with another
// check.
func testADraftThatWasTakenOverGoesWithTheSave(t *testing.T, l *logs) {
	s := l.opened(t)
	p := Admit(t, s)
	keep := func(author, check string, revision int64) {
		t.Helper()
		ok(t, s.KeepDraft(t.Context(), store.Draft{PatientID: p.ID, Author: author, CheckID: check, Revision: revision, Since: after(0), Content: "answers"}))
	}
	keep("Dr Ana Reis", "a", 1)
	keep("Sam Lee", "a", 1)
	refusedCheck := checkOf(p, "a", 10, 0)
	refusedCheck.PerformedAt = after(48 * time.Hour)
	if _, err := s.SaveCheck(t.Context(), nurse(time.Minute), refusedCheck); err == nil || len(openForms(t, s)) != 2 {
		t.Fatalf("%v; open after a save that is refused: %v", err, openForms(t, s))
	}
	Save(t, s, checkOf(p, "a", 10, 0))
	if open := openForms(t, s); open != nil {
		t.Errorf("left are the drafts of %v", open)
	}
	keep("Dr Ana Reis", "a", 2)
	if open := openForms(t, s); open != nil {
		t.Errorf("a key on its way restored the draft of %v", open)
	}
	keep("Dr Ana Reis", "b", 3)
	if open := openForms(t, s); !slices.Equal(open, []string{"Dr Ana Reis"}) {
		t.Errorf("open are %v", open)
	}
	Whole(t, s)
}

// A saved sheet of paper checks leaves no draft, also if the program ends before its next
// message: that of its author and that of the sheet it goes on with go in the transaction.
func testASavedSheetLeavesNoDraft(t *testing.T, l *logs) {
	s := l.opened(t)
	p, q := Admit(t, s), Eva(t, s)
	keep := func(patient int64, author string, revision int64) {
		t.Helper()
		ok(t, s.KeepDraft(t.Context(), store.Draft{Kind: store.PaperSheet, Subject: fmt.Sprint(patient), PatientID: patient, Author: author, CheckID: "form", Revision: revision, Since: after(0), Content: "rows"}))
	}
	author := nurse(0).By
	keep(p.ID, author, 1)
	keep(p.ID, "Dr Ana Reis", 1)
	keep(q.ID, author, 1)
	Save(t, s, checkOf(p, "single", 10, -7*time.Hour))
	if open := openForms(t, s); len(open) != 3 {
		t.Errorf("a single check drops sheets: open are %v", open)
	}
	sheet := []ward.Check{checkOf(p, "a", 10, -6*time.Hour), checkOf(p, "b", 10, -4*time.Hour)}
	late := append(slices.Clone(sheet), checkOf(p, "c", 10, 48*time.Hour))
	if _, err := s.SaveSheet(t.Context(), nurse(0), late, "Dr Ana Reis"); err == nil || len(openForms(t, s)) != 3 {
		t.Fatalf("%v; open after a sheet that is refused: %v", err, openForms(t, s))
	}
	if saved := must(s.SaveSheet(t.Context(), nurse(0), sheet, "Dr Ana Reis"))(t); len(saved) != 2 {
		t.Errorf("saved %+v", saved)
	}
	keep(p.ID, author, 2) // a key on its way
	if list := must(s.OpenChecks(t.Context()))(t); len(list) != 1 || list[0].PatientID != q.ID {
		t.Errorf("open are %+v", list)
	}
	Whole(t, s)
}

// A server replaces its own state alone, and deletes that of one which has gone, unless that
// has written again.
func testPresences(t *testing.T, l *logs) {
	s := l.opened(t)
	keep := func(server string, revision int64, content string) {
		t.Helper()
		ok(t, s.KeepPresence(t.Context(), store.Presence{Server: server, Revision: revision, Content: content}))
	}
	want := func(list ...store.Presence) {
		t.Helper()
		if got := must(s.Presences(t.Context()))(t); !slices.Equal(got, list) {
			t.Errorf("%+v, not %+v", got, list)
		}
	}
	want()
	keep("a", 1, "first")
	keep("b", 1, "of b")
	keep("a", 2, "second")
	keep("a", 1, "first, late")
	a, b := store.Presence{Server: "a", Revision: 2, Content: "second"}, store.Presence{Server: "b", Revision: 1, Content: "of b"}
	want(a, b)
	if list := must(s.OpenChecks(t.Context()))(t); len(list) != 0 {
		t.Errorf("they are forms of checks: %+v", list)
	}
	keep("b", 2, "again")
	ok(t, s.DropPresence(t.Context(), b)) // as it was before
	ok(t, s.DropPresence(t.Context(), a))
	want(store.Presence{Server: "b", Revision: 2, Content: "again"})
	keep("a", 3, "back")
	want(store.Presence{Server: "a", Revision: 3, Content: "back"}, store.Presence{Server: "b", Revision: 2, Content: "again"})
	Whole(t, s)
}
