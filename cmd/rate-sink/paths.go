package main

import (
	"os"
	"path/filepath"
	"strings"

	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
)

// files are the files that a run reads or replaces besides what --rejects and
// --stats name, which must be none of them.
func (s *rateSink) files(operands []string) []string {
	var files []string
	for _, name := range []string{s.spill, s.resume.path, s.metrics.file} {
		if name != "" {
			files = append(files, name)
		}
	}
	if len(operands) > 0 {
		if path, ok := strings.CutPrefix(operands[0], "file:"); ok {
			files = append(files, path)
		}
	}
	return files
}

// apart refuses a file that is named twice, or is the input: what is kept in it
// for one purpose would be lost to the other, and a pipe that is both would feed
// itself for ever. A file: that is replaced at the end may be the input.
func (s *rateSink) apart(env *tool.Env) error {
	files := s.files(env.Args)
	input, err := env.Stdin.Stat()
	for i, name := range files {
		replaced := !s.appends && "file:"+name == strings.Join(env.Args, " ")
		info, statErr := os.Stat(name)
		if err == nil && statErr == nil && os.SameFile(info, input) &&
			(info.Mode()&os.ModeNamedPipe != 0 || info.Mode().IsRegular() && !replaced) {
			return tool.Usagef("%s is read and written", term.Quote(name))
		}
		for _, other := range files[:i] {
			if sameFile(name, other) {
				return tool.Usagef("%s is named for two purposes", term.Quote(name))
			}
		}
	}
	return nil
}

// sameFile says whether two names are those of one file, which need not be there
// yet.
func sameFile(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	one, err := os.Stat(a)
	if err != nil || !one.Mode().IsRegular() {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}
