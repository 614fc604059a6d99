package desk

// Notice is a kind of trouble that a reverse line shows on every screen until it is over:
// screens.md section 4.12.
type Notice int

// The kinds of trouble, in the order of their lines.
const (
	NoticeDamaged    Notice = iota // the log is damaged or was altered
	NoticeDisk                     // the disk is full
	NoticeLog                      // another program holds the log
	NoticeAudit                    // the audit lacks readings so far
	NoticeServer                   // the server is away
	NoticeConnection               // the board is old
	NoticeClock                    // the clock jumped
	NoticeSettings                 // the settings have an error
	NoticeUpkeep                   // the daily copy or a downtime sheet failed
	NoticeFeed                     // messages of the feed are held: shown to administrators
	noticeCount
)

// SetNotice shows a line until it is set to the empty text. The line is whole: "SETTINGS
// ERROR, site.toml line 14. Using those of 12 Nov. Tell an administrator (:settings)".
func (d *Desk) SetNotice(n Notice, line string) { d.notices[n] = line }

// Notice returns the line of a kind of trouble; empty if there is none.
func (d *Desk) Notice(n Notice) string { return d.notices[n] }

// Trouble returns the lines of all trouble. It is the Trouble of [kit.Config].
func (d *Desk) Trouble() []string {
	var lines []string
	for n, line := range d.notices {
		if line == "" || Notice(n) == NoticeFeed && d.user.Role != "admin" {
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

// Call ends a line of trouble: "call 4-1234", or advice if the site gives no number.
func (d *Desk) Call() string {
	if d.Support == "" {
		return "tell an administrator"
	}
	return d.Support
}
