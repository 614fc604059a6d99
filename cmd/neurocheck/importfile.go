package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurocheck/internal/csvlog"
	"neurocheck/internal/mapping"
	"neurocheck/internal/store"
	"neurocheck/internal/tomldoc"
	"neurocheck/internal/ward"
	"neurocheck/internal/wholefile"
)

// fileForm is the form of an import file, as a mapping says.
type fileForm struct{ path string }

// read reads the file of an import, and lists its faults.
func (i *importing) read(ctx context.Context, in io.Reader, o csvlog.Options) (file *csvlog.Import, err error) {
	var m *mapping.Map
	if i.form.path != "" {
		if m, err = mapping.Load(i.form.path); err != nil {
			return nil, mapFaults(err)
		}
	}
	var log string
	if o.Zone, log, err = i.fromLog(ctx); err != nil {
		return nil, err
	}
	shown := onTerminal("MiB")
	o.Progress = shown.bytes
	file, i.summary, err = mapping.Read(in, m, o)
	shown.end()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(i.summary.Logs, func(from string) bool { return from != log }) {
		return nil, &ward.Error{Kind: ward.KindInvalid, Code: "other_log", Reason: "nothing was imported: these records left another log, as their log_id says; records come back into the log that they left"}
	}
	if err := i.refuse(file.Faults(), "rows_refused"); err != nil {
		return nil, err
	}
	if i.asIs {
		return file, nil
	}
	return file, i.refuse(file.DamagedMRNs(), "spreadsheet_damage")
}

// mapFaults lists the faults of a mapping.
func mapFaults(err error) error {
	faults, ok := errors.AsType[tomldoc.Problems](err)
	if !ok {
		return err
	}
	for _, f := range faults {
		fmt.Fprintln(os.Stderr, harmless(f.Error()))
	}
	return &ward.Error{Kind: ward.KindInvalid, Code: "mapping_refused", Reason: "nothing was imported: the mapping has " + plural(len(faults), "fault", "faults")}
}

// fromLog returns the zone of the ward and the identity of the log. The zone is nil if no
// ward is known: there is no clock then that a time without an offset can be read on.
func (i *importing) fromLog(ctx context.Context) (zone *time.Location, id string, err error) {
	if !logExists(i.log) {
		return nil, "", nil
	}
	s, err := i.app.openLog(ctx)
	if err != nil {
		return nil, "", err
	}
	defer i.app.closing(s, &err)
	if id, err = logID(ctx, s); err != nil {
		return nil, "", err
	}
	w, err := s.Ward(ctx)
	if ward.KindOf(err) == ward.KindNotFound {
		return nil, id, nil
	}
	if err != nil {
		return nil, "", err
	}
	zone, err = w.Location()
	return zone, id, err
}

// checkErrors refuses the file of --errors if it cannot be written in the end.
func (i *importing) checkErrors(args []string) error {
	switch {
	case i.errors == "":
	case len(args) > 0 && filepath.Clean(i.errors) == filepath.Clean(args[0]):
		return wrongUse{errors.New("--errors names the file that is imported")}
	case exists(i.errors):
		return fmt.Errorf("%w: %s", fs.ErrExist, i.errors)
	}
	return nil
}

// commonCode returns the code that all of n refusals have, or else rows_refused.
func commonCode(n int, code func(k int) string) string {
	for k := range n {
		if code(k) == "" || code(k) != code(0) {
			return "rows_refused"
		}
	}
	if n == 0 {
		return "rows_refused"
	}
	return code(0)
}

// refuse lists the faults of a file, and returns an error with that code if there are any.
func (i *importing) refuse(problems []csvlog.Problem, code string) error {
	if len(problems) == 0 {
		return nil
	}
	for _, line := range groupedWords(problems) {
		fmt.Fprintln(os.Stderr, harmless(line))
	}
	reason := "nothing was imported: " + plural(len(problems), "error", "errors")
	refused := refusedRows{&ward.Error{Kind: ward.KindInvalid, Reason: reason, Code: code}, problems}
	if i.errors == "" {
		return refused
	}
	if err := writeFaults(i.errors, i.log, problems); err != nil {
		return errors.Join(refused, err)
	}
	fmt.Fprintf(os.Stderr, "each of them is in %s\n", harmless(i.errors))
	return refused
}

// writeFaults writes each fault of a file to a file of its own.
func writeFaults(path, log string, problems []csvlog.Problem) error {
	return wholefile.Write(path, wholefile.Options{Log: log}, func(temp *os.File) error {
		out := bufio.NewWriter(temp)
		out.WriteString("line,column,code\n") // an error stays and comes with the flush
		var row []byte
		for _, p := range problems {
			row = append(strconv.AppendInt(row[:0], int64(p.Line), 10), ',')
			row = append(csvlog.AppendCell(row, p.Column), ',')
			out.Write(append(csvlog.AppendCell(row, p.Kind()), '\n'))
		}
		return out.Flush()
	})
}

// mostGroups is the number of groups of faults that a person reads.
const mostGroups = 20

// groupedWords returns the faults of a file as lines: those that differ only in the line
// of the file together, the first groups, and then the number of the others.
func groupedWords(problems []csvlog.Problem) (lines []string) {
	groups := grouped(problems)
	for _, g := range groups[:min(len(groups), mostGroups)] {
		first := problems[slices.IndexFunc(problems, func(p csvlog.Problem) bool {
			return p.Column == g.Column && p.Line == g.Lines[0] && strings.HasSuffix(p.Reason, g.Reason) && (g.File == "" || g.File == filepath.Base(p.File))
		})]
		line := first.Error()
		if g.Count > 1 {
			var more []string
			for _, n := range g.Lines[1:] {
				more = append(more, strconv.Itoa(n))
			}
			if g.Count > len(g.Lines) {
				more = append(more, "…")
			}
			line += fmt.Sprintf(" (%d times: also in %s)", g.Count, strings.Join(more, ", "))
		}
		lines = append(lines, line)
	}
	if left := groups[min(len(groups), mostGroups):]; len(left) > 0 {
		n := 0
		for _, g := range left {
			n += g.Count
		}
		lines = append(lines, fmt.Sprintf("and %s of %s", plural(n, "error", "errors"), plural(len(left), "other kind", "other kinds")))
	}
	return lines
}

// sameReason returns a reason without the line that it names, so that reasons that differ
// only in it are one.
func sameReason(reason string) string {
	rest, ok := strings.CutPrefix(reason, "line ")
	if !ok {
		return reason
	}
	return strings.TrimLeft(rest, "0123456789")
}

// sayMore writes the parts of the summary that few imports have.
func (i *importing) sayMore(done store.Imported) error {
	var lines []string
	say := func(n int, text string) {
		if n > 0 {
			lines = append(lines, text)
		}
	}
	say(done.Twice, plural(done.Twice, "row repeats a check", "rows repeat checks")+" of the same patient and minute, skipped")
	say(done.Ended, plural(done.Ended, "stay ended", "stays ended")+" with the last check, over 72 h ago and without a discharge; --on-ward keeps such patients on the ward")
	n := i.summary.Ignored
	say(n.Columns+n.Items+n.Rows, fmt.Sprintf("left out, as the mapping says: %s, %s, %s", plural(n.Columns, "column", "columns"), plural(n.Items, "value of items", "values of items"), plural(n.Rows, "row", "rows")))
	for _, line := range lines {
		if _, err := fmt.Println(line); err != nil {
			return err
		}
	}
	return nil
}

// ignoredJSON returns the parts of the file that were left out; nil if none was.
func (i *importing) ignoredJSON() any {
	if i.summary.Ignored == (mapping.Ignored{}) {
		return nil
	}
	return i.summary.Ignored
}

// showRows prints the first rows as they were read. The caller has signed in.
func (i *importing) showRows(file *csvlog.Import) error {
	const rows = 3
	if !i.dryRun || i.asJSON {
		return nil
	}
	shown := 0
	for row := range file.Rows() {
		if shown++; shown > rows {
			break
		}
		if _, err := fmt.Printf("line %d is read as %s\n", row.Line, harmless(csvlog.Words(&row))); err != nil {
			return err
		}
	}
	return nil
}
