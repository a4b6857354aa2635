package main

import "strings"

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
