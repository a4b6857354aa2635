package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"ndjsontools/lib/jq"
	"ndjsontools/lib/jq/span"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/term"
)

// makePlan decides how the program is run: on bytes if there is a plan, else on
// values, with the reason.
func (m *mapper) makePlan(program string, opts jq.Options) {
	switch {
	case m.detour != "": // which tests force
	case m.null:
		m.detour = "with --null-input there is no record"
	case m.slurp:
		m.detour = "with --slurp there is one value, and no record"
	case !m.byLine():
		m.detour = "the records are not lines of JSON"
	case m.program.Modular():
		m.detour = "a program with modules, or a file ~/.jq, is for values"
	case m.strict:
		m.detour = "--strict is for values"
	case m.join:
		m.detour = "--join-output writes no lines"
	case m.nul:
		m.detour = "--raw-output0 writes no lines"
	case !m.layout.Plain():
		m.detour = "the outputs are not in the canonical form"
	default:
		var err error
		if m.plan, err = span.Compile(program, span.Options{Options: opts, Raw: m.raw}); err != nil {
			m.detour = err.Error()
			if refusal, ok := err.(*span.Refusal); ok {
				m.detour += "\n" + term.Excerpt([]byte(program), refusal.Offset)
			}
		}
	}
}

// explainTo prints how the program is run.
func (m *mapper) explainTo(stdout *os.File) error {
	out := stdio.NewOut(stdout, "standard output", 0)
	_, err := out.WriteString(m.explanation())
	return errors.Join(err, out.Close())
}

func (m *mapper) explanation() string {
	var b strings.Builder
	line := func(name, text string) { fmt.Fprintf(&b, "%-7s %s\n", name, text) }
	switch {
	case m.slurp && m.lines:
		line("runs", "once, on all of the text")
	case m.slurp:
		line("runs", "once, on an array of all records")
	case m.null:
		line("runs", "once, on null")
	case m.jobs > 1:
		line("runs", fmt.Sprintf("for each record, in %d jobs", m.jobs))
	default:
		line("runs", "for each record")
	}
	if m.plan == nil {
		line("route", "values: "+strings.TrimSuffix(m.detour, "\n"))
		if m.defers() {
			line("decode", "what the program looks into; at once what is not in the canonical form")
		}
		return b.String()
	}
	line("route", "bytes; values for a record that is no object, has a key twice, or fails")
	b.WriteString(m.plan.Explain())
	return b.String()
}
