package postgres

// Forget makes an open log forget the record that its ward had before it was emptied. It
// returns false for a log that is watched: that one is closed instead.
func (l *Log) Forget() bool {
	w := &l.watching
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seq, w.owed, l.careful = 0, 0, 0
	return w.stop == nil && l.Away() == 0
}
