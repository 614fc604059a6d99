package postgres

import "testing"

// Two queries never share a key, with which the answer to one would be given to the other.
func TestKeysOfQueries(t *testing.T) {
	seen := make(map[string][]any)
	for _, args := range [][]any{{"a b", "c"}, {"a", "b c"}, {"a", "b", "c"}, {int64(1)}, {"1"}, {[]string{"a b"}}, {[]string{"a", "b"}}, {[]byte("a")}, {nil}, {}} {
		q := query{"SELECT", args}
		if other, known := seen[q.key()]; known {
			t.Errorf("%#v has the key of %#v", args, other)
		}
		seen[q.key()] = args
	}
}
