// Package reading reads the times, dates and lengths of time that people type, and repeats
// its reading in words. It is the one reader of the screens and the commands.
//
// Start with [Reading], the result of each reader; the readers are [Time], [BirthDate] and
// [Length].
package reading

// Reading is the value that a text was read as. It has either a value with its words, or
// a question with choices, or an error.
type Reading[T any] struct {
	Value    T
	Words    string // the reading repeated for the person who typed it
	Err      string // the reason why it is refused
	Question string
	Choices  []Choice[T]
}

// Choice is one answer to the question of a reading. A choice without a value leads back
// to the text.
type Choice[T any] struct {
	Keys  []string
	Label string
	Value T
	Words string
	Back  bool
}

// OK reports whether the text was read as one value.
func (r Reading[T]) OK() bool { return r.Err == "" && r.Question == "" }

func refused[T any](reason string) Reading[T] { return Reading[T]{Err: reason} }
