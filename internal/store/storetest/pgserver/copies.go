package pgserver

import (
	"fmt"
	"strings"
)

// Copy makes a database that is a copy of another one, to which nothing is connected. It
// copies the files, which takes an eighth of the time of a copy by the write-ahead log.
func (s *Server) Copy(database, name string) error {
	s.copying.Lock() // two copies of a template at a time are refused
	defer s.copying.Unlock()
	var script strings.Builder
	for _, old := range s.unused {
		fmt.Fprintf(&script, "DROP DATABASE %s WITH (FORCE);", old)
	}
	s.unused = nil
	fmt.Fprintf(&script, "CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy;", name, database)
	return s.Execute("postgres", script.String())
}

// Remove removes a database before the next copy: one run of psql does both.
func (s *Server) Remove(database string) {
	s.copying.Lock()
	defer s.copying.Unlock()
	s.unused = append(s.unused, database)
}
