package tooltest

import (
	"strings"

	"ndjsontools/lib/tool"
)

// fishCompletion is one line an option. Fish knows options of one value only;
// the second of a pair is completed as a file, as everything is that it does
// not know.
func fishCompletion(c *tool.Command) string {
	var b strings.Builder
	b.WriteString(madeFrom(c))
	command := "complete -c " + c.Name
	if runsCommands(c) {
		b.WriteString(fishRunner(c))
		command += " -n __" + strings.ReplaceAll(c.Name, "-", "_") + "_options"
	} else if words := operandWords(c); len(words) > 0 {
		b.WriteString(command + " -f -a " + fishQuote(strings.Join(words, " ")) + "\n")
	} else if !takesFiles(c) {
		b.WriteString(command + " -f\n")
	}
	for _, o := range allOptions(c) {
		b.WriteString(command)
		if o.Short != "" {
			b.WriteString(" -s " + o.Short)
		}
		b.WriteString(" -l " + o.Name)
		switch {
		case o.Arity() == 0:
		case o.Bare != "": // without -r, fish completes what is attached only
			b.WriteString(" -f -a " + fishQuote(strings.Join(o.Choices, " ")))
		case len(o.Choices) > 0:
			b.WriteString(" -x -a " + fishQuote(strings.Join(o.Choices, " ")))
		case o.File && o.Arity() == 1:
			b.WriteString(" -r -F")
		default:
			b.WriteString(" -x")
		}
		b.WriteString(" -d " + fishQuote(o.Usage) + "\n")
	}
	return b.String()
}

// fishQuote quotes text for fish, which knows two escapes within quotes.
func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
