package csvlog

import "io"

// WholeFile puts what write writes at path as [ExportFile] puts checks there, in
// another form than CSV: whole or not at all, and for its owner alone. write
// returns how many things it wrote.
func WholeFile(path string, o ExportOptions, write func(io.Writer) (int, error)) (int, error) {
	return wholeFile(path, o, write)
}
