package tooltest

import (
	"fmt"
	"strings"
)

// An Example is a command that a page shows.
type Example struct {
	Command string   // for sh -c; may have several lines
	Output  []string // the lines that the page shows under it; none says nothing of its output
	Needs   string   // what must run for it, such as postgres; "" for nothing
}

// needs begins a comment that marks the examples up to the end of the next block:
// what they need is no program that a test of the manual may expect to be there.
const needs = `.\" needs `

// Examples are the commands in the section EXAMPLES of the page at path. Two
// forms are known:
//
//	.Dl throttle -r 5/s < events.ndjson
//
//	.Bd -literal -offset indent
//	$ seq 2 | throttle
//	1
//	2
//	.Ed
//
// Both may stand under a comment, .\" needs SERVER.
//
// In a block, a command begins with "$ " and goes on while its lines end in a
// backslash; what follows up to the next command is its output. A page without
// examples is an error.
func Examples(path string) ([]Example, error) {
	page, err := ReadPage(path)
	if err != nil {
		return nil, err
	}
	examples, err := parseExamples(page.Section("EXAMPLES"))
	if err == nil && len(examples) == 0 {
		err = fmt.Errorf("there are no examples")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: EXAMPLES: %w", path, err)
	}
	return examples, nil
}

func parseExamples(lines []string) ([]Example, error) {
	var examples []Example
	block, begun, more := false, false, false // in .Bd; after a command in it; in a command
	server := ""
	for _, line := range lines {
		last := len(examples) - 1
		text := unescape(line)
		command, isCommand := strings.CutPrefix(text, "$ ")
		switch {
		case strings.HasPrefix(line, needs):
			server = strings.TrimPrefix(line, needs)
		case strings.HasPrefix(line, ".Bd "):
			block, begun = true, false
		case line == ".Ed":
			block, server = false, ""
		case strings.HasPrefix(line, ".Dl "):
			examples = append(examples, Example{Command: strings.TrimPrefix(unescape(line[4:]), "$ "), Needs: server})
			server = ""
		case !block:
		case strings.HasPrefix(line, "."):
			return nil, fmt.Errorf("macro in a block: %s", line)
		case more:
			examples[last].Command += "\n" + text
			more = strings.HasSuffix(text, `\`)
		case isCommand:
			examples = append(examples, Example{Command: command, Needs: server})
			begun, more = true, strings.HasSuffix(text, `\`)
		case !begun:
			return nil, fmt.Errorf("a block begins with a command, not with %q", text)
		default:
			examples[last].Output = append(examples[last].Output, text)
		}
	}
	return examples, nil
}
