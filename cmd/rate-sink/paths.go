package main

import "strings"

// paths are the files that a destination replaces, of which --rejects and
// --stats must be none.
func paths(operands []string) []string {
	if len(operands) > 0 {
		if path, ok := strings.CutPrefix(operands[0], "file:"); ok {
			return []string{path}
		}
	}
	return nil
}
