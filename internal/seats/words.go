package seats

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"
)

// words are words that each let one command be run once, soon, at the same seat. They live
// in the memory of the process alone.
type words struct {
	now func() time.Time

	mu    sync.Mutex
	given map[string]permit // by the word
}

// permit is the right to one command.
type permit struct {
	seat, by, command string
	until             time.Time
}

// The life of a word, and its length: 40 random bits, of which a client may try one a
// connection within the minutes.
const (
	wordLasts  = 5 * time.Minute
	wordLength = 8
)

// give makes a word. It has the letters and digits that are not mistaken for each other.
func (w *words) give(seat, by, command string) string {
	word := rand.Text()[:wordLength] // base 32: A-Z and 2-7
	w.mu.Lock()
	defer w.mu.Unlock()
	for old, p := range w.given {
		if !w.now().Before(p.until) {
			delete(w.given, old)
		}
	}
	if w.given == nil {
		w.given = map[string]permit{}
	}
	w.given[word] = permit{seat, by, command, w.now().Add(wordLasts)}
	return word
}

// take returns the member who was given a word for a command at a seat. The word does not
// work again, even if it was for another command.
func (w *words) take(seat, word, command string) (by string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	word = strings.ToUpper(word)
	p, ok := w.given[word]
	if !ok || p.seat != seat {
		return "", false
	}
	delete(w.given, word)
	return p.by, p.command == command && w.now().Before(p.until)
}
