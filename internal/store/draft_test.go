package store

import (
	"testing"
	"time"
)

func TestDrafts(t *testing.T) {
	s := opened(t)
	p := admit(t, s)
	keep := func(author, check string, revision int64, content string) {
		t.Helper()
		ok(t, s.KeepDraft(t.Context(), Draft{PatientID: p.ID, Author: author, CheckID: check, Revision: revision, Since: after(0), Content: content}))
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
	s = reopened(t, s.path)
	want("Sam Lee", "third")

	// A save of another check leaves it.
	other := save(t, s, checkOf(p, "other", 10, 0)).Check
	must(s.SaveCheck(t.Context(), nurse(time.Hour), correction(other, 9)))(t)
	want("Sam Lee", "third")

	// The save of its own check drops it, and no late key brings it back.
	save(t, s, checkOf(p, "a", 10, time.Hour))
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
	whole(t, s)
}
