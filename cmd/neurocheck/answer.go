package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"neurocheck/internal/config"
	"neurocheck/internal/csvlog"
	"neurocheck/internal/icans"
	"neurocheck/internal/store"
	"neurocheck/internal/ward"
)

// ending begins the JSON of every command.
type ending struct {
	OK      bool   `json:"ok"`
	Command string `json:"command"`
	Exit    int    `json:"exit"`
}

// kept is the part of the JSON about the record. That of neurocheck status is without it,
// because there records is the number of all records of the log.
type kept struct {
	// Recorded counts the things that the command recorded: checks for an import, records
	// for the others.
	Recorded int     `json:"recorded"`
	Records  []int64 `json:"records"` // their numbers
}

// keptBy returns the records of the acts of a command.
func keptBy(r *store.Receipt) kept {
	k := kept{Records: []int64{}}
	k.Records = append(k.Records, r.Records...)
	if !r.There {
		k.Recorded = len(r.Records)
	}
	return k
}

// succeeded begins the JSON of a command that did its work.
func succeeded(cmd *cobra.Command) ending { return ending{OK: true, Command: commandName(cmd)} }

// answerRead writes the JSON of a command that only reads.
func answerRead(cmd *cobra.Command, body any) error {
	return answer(cmd, succeeded(cmd), body, kept{Records: []int64{}})
}

// answerAct writes the JSON of a command that appended records to the log.
func answerAct(cmd *cobra.Command, r *store.Receipt, body any) error {
	return answer(cmd, succeeded(cmd), keptBy(r), body)
}

// answer writes the JSON of a command as one line: one object with the fields of all parts.
func answer(cmd *cobra.Command, parts ...any) error {
	line := []byte("{")
	for _, part := range parts {
		text, err := encoded(part)
		if err != nil {
			return err
		}
		fields := bytes.TrimSuffix(bytes.TrimPrefix(text, []byte("{")), []byte("}"))
		if len(line) > 1 && len(fields) > 0 {
			line = append(line, ',')
		}
		line = append(line, fields...)
	}
	_, err := cmd.OutOrStdout().Write(append(line, "}\n"...))
	return err
}

// encoded returns a value as JSON without the line break, and without escapes for HTML.
func encoded(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// commandName returns the name of a command without that of the program: "staff add".
func commandName(cmd *cobra.Command) string {
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	return name
}

// failure is the JSON of a command that failed.
type failure struct {
	ending
	Error         failed        `json:"error"`
	Problems      []fileProblem `json:"problems"`
	ProblemsTotal int           `json:"problems_total"`
	Recorded      int           `json:"recorded"`
}

// failed is the error in the JSON of a failure.
type failed struct {
	Kind    string   `json:"kind"`
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Flags   []string `json:"flags"`
	Field   string   `json:"field,omitempty"`
	// Patient is the number in the log of the patient whom a question is about.
	Patient int64 `json:"patient,omitempty"`
}

// fileProblem is a problem that some rows of a file have in common.
type fileProblem struct {
	File    string   `json:"file,omitempty"` // if the problems are of several files
	Code    string   `json:"code"`
	Column  string   `json:"column"`
	Reason  string   `json:"reason"`
	Count   int      `json:"count"`
	Lines   []int    `json:"lines"` // the first ones
	Allowed []string `json:"allowed,omitempty"`
}

// failureOf returns the JSON of a failure of the command with that name.
func failureOf(command string, err error) failure {
	kind := kindOf(err)
	f := failure{
		ending:   ending{Command: command, Exit: exitCode(err)},
		Error:    failed{Kind: ward.KindCodes[kind], Code: ward.KindCodes[kind], Message: harmless(words(err)), Flags: []string{}},
		Problems: []fileProblem{},
	}
	if e, ok := errors.AsType[*ward.Error](err); ok {
		if e.Code != "" {
			f.Error.Code = e.Code
		}
		f.Error.Flags = append(f.Error.Flags, e.Flags...)
		f.Error.Field, f.Error.Patient = e.Field, e.Patient
	}
	if rows, ok := errors.AsType[refusedRows](err); ok {
		f.Problems, f.ProblemsTotal = grouped(rows.problems), len(rows.problems)
	}
	if settings, ok := errors.AsType[config.Problems](err); ok {
		f.Error.Code, f.Error.Field, f.ProblemsTotal = "settings_refused", "", len(settings)
		for _, p := range settings {
			f.Problems = append(f.Problems, fileProblem{Code: invalid, Column: p.Key, Reason: p.Reason, Count: 1, Lines: []int{p.Line}})
		}
	}
	return f
}

// refusedRows is the refusal of a file because of its rows.
type refusedRows struct {
	error
	problems []csvlog.Problem
}

func (r refusedRows) Unwrap() error { return r.error }

// invalid is the code of a problem that has no other one.
const invalid = "invalid"

// grouped puts the problems of a file that differ only in the line, or in the value that
// is not allowed, together, in the order of the file. Those of a folder say their file.
func grouped(problems []csvlog.Problem) []fileProblem {
	const mostLines = 10
	type key struct{ file, column, reason string }
	at := make(map[key]int)
	list := []fileProblem{}
	several := slices.ContainsFunc(problems, func(p csvlog.Problem) bool { return p.File != problems[0].File })
	for _, p := range problems {
		one := fileProblem{Code: cmp.Or(p.Code, invalid), Column: p.Column, Reason: p.Reason}
		if several {
			one.File = filepath.Base(p.File)
		}
		if _, reason, found := strings.Cut(p.Reason, "allowed: "); found {
			if codes := codesOf(p.Column); codes != nil {
				one.Code, one.Reason, one.Allowed = "not_allowed", "allowed: "+reason, codes
			}
		}
		k := key{p.File, one.Column, sameReason(one.Reason)}
		i, known := at[k]
		if !known {
			i = len(list)
			at[k] = i
			list = append(list, one)
		}
		if list[i].Count++; len(list[i].Lines) < mostLines {
			list[i].Lines = append(list[i].Lines, p.Line)
		}
	}
	return list
}

// codesOf returns the codes that a column of a finding may have, nil for another column.
func codesOf(column string) (codes []string) {
	if f := icans.FieldOf(column); f != nil {
		for _, t := range f.Terms {
			codes = append(codes, t.Code)
		}
	}
	return codes
}

// writeFailure writes the JSON of a failure. The words and the exit code are left if it
// cannot be written.
func writeFailure(cmd *cobra.Command, err error) {
	_ = answer(cmd, failureOf(commandName(cmd), err))
}
