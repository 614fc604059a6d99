package seats

import (
	"context"
	"fmt"
	"io"
	"slices"

	"neurocheck/internal/ward"
)

// Command is a command that a client asks for in place of the screens.
type Command struct {
	By             string // the member of staff
	Args           []string
	Stdout, Stderr io.Writer
}

// Reading are the commands that a seat may run: they read the record and write nothing but
// their output.
var Reading = []string{"board", "export", "handover", "report"}

// command runs a command, and returns its exit code. A member's own key is enough for it;
// at a workstation the command needs a word that a person who is signed in was given.
func (s *Server) command(ctx context.Context, x *sitting) (exit int) {
	stderr := x.session.Stderr()
	args := x.session.Command()
	if len(args) == 0 || !slices.Contains(Reading, args[0]) {
		fmt.Fprint(stderr, "neurocheck: over SSH there are board, export, handover and report, which read; without a command the ward opens\n")
		return 2
	}
	args, word, err := withoutWord(args)
	if err != nil {
		fmt.Fprintf(stderr, "neurocheck: %v\n", err)
		return 2
	}
	by := x.seat.Staff
	if x.seat.Kind == ward.Workstation {
		var ok bool
		if by, ok = s.words.take(x.seat.Label, word, args[0]); !ok {
			fmt.Fprintf(stderr, "neurocheck: at a workstation this needs a word that works once: sign in there, and ctrl+p shows the command with it\n")
			return 5
		}
	}
	s.o.Logger.Info("command", "seat", x.seat.Label, "name", args[0])
	return s.o.Command(ctx, Command{By: by, Args: args, Stdout: x.session, Stderr: stderr})
}

// withoutWord takes --once WORD from the arguments.
func withoutWord(args []string) (rest []string, word string, err error) {
	i := slices.Index(args, "--once")
	switch {
	case i < 0:
		return args, "", nil
	case i+1 == len(args):
		return nil, "", fmt.Errorf("--once needs the word that the screen showed")
	}
	return slices.Concat(args[:i], args[i+2:]), args[i+1], nil
}
