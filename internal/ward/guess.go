package ward

// Guess is one try of a PIN.
type Guess struct {
	// Matches compares the given PIN with the one in the log. It is slow, and is called
	// outside of any transaction.
	Matches func(PIN) (bool, error)
	// Counter counts the wrong PINs that the log cannot count. If it is nil, a log that is
	// open read-only counts none, and one that cannot be written lets nobody in.
	Counter Counter
	// Passing is set for a log that goes away, and its count with it.
	Passing bool
}

// Counter counts wrong PINs outside of the log.
type Counter interface {
	Tries(p PIN, now func() Uptime) (Tries, error)
	// Change returns nil only after the result of change has replaced the count. It calls
	// change while no other program changes the count.
	Change(p PIN, now func() Uptime, change func(Tries) (Tries, error)) error
	Forget(PIN) error
}
