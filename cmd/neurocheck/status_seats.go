package main

import (
	"fmt"
	"time"

	"neurocheck/internal/service"
)

// seatsNow are the counts of all servers of seats of a log.
type seatsNow struct {
	Servers  int   `json:"servers"`
	Open     int   `json:"open"`
	SignedIn int   `json:"signed_in"`
	Waiting  int   `json:"waiting"`
	Oldest   int64 `json:"oldest_idle_s"`
}

// countSeats adds the counts of the servers of seats, and those that do not answer to what
// needs attention. The machine's own clock says how old a count is, because the same
// machine has written it.
func (st *state) countSeats(log string) error {
	if log == "" {
		return nil
	}
	servers, err := service.ReadCounts(log, time.Now())
	if err != nil {
		return err
	}
	for _, c := range servers {
		if c.Silent {
			st.Attention = append(st.Attention, attention{Code: "seats_silent", Severity: "high", Message: fmt.Sprintf(
				"the server of seats at %s (process %d) has not answered since %s: see whether it runs, and start it again; if it is no longer in use, remove %s",
				c.Listen, c.Process, c.At.In(now().Location()).Format("2 Jan 2006 15:04"), c.File)})
			continue
		}
		if st.Seats == nil {
			st.Seats = &seatsNow{}
		}
		st.Seats.Servers++
		st.Seats.Open += c.Open
		st.Seats.SignedIn += c.SignedIn
		st.Seats.Waiting += c.Waiting
		st.Seats.Oldest = max(st.Seats.Oldest, c.Oldest)
	}
	return nil
}
