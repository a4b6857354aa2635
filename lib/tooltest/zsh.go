package tooltest

import (
	"strings"

	"ndjsontools/lib/tool"
)

// zshCompletion is a function for _arguments. Options with a value may be given
// again: for some that means something, for the others the last one counts.
func zshCompletion(c *tool.Command) string {
	var b strings.Builder
	b.WriteString("#compdef " + c.Name + "\n" + madeFrom(c))
	runner := ""
	if runsCommands(c) {
		var function string
		function, runner = zshRunner(c)
		b.WriteString(function)
	}
	b.WriteString("_arguments -s -S")
	if runner != "" {
		b.WriteString(" -A '-*'") // no option behind an operand
	}
	for _, o := range allOptions(c) {
		b.WriteString(" \\\n  " + zshOption(o))
	}
	switch words := operandWords(c); {
	case runner != "":
		b.WriteString(" \\\n  " + runner)
	case len(words) > 0:
		b.WriteString(" \\\n  " + squote("*:operand:("+zshEscape(strings.Join(words, " "), ":")+")"))
	case takesFiles(c):
		b.WriteString(" \\\n  '*:file:_files'")
	}
	return b.String() + "\n"
}

func zshOption(o tool.Option) string {
	text := "[" + zshEscape(o.Usage, "[]:") + "]"
	fields := strings.Fields(o.Arg)
	for i, field := range fields {
		if o.Bare != "" {
			text += ":" // it may be missing
		}
		text += ":" + zshEscape(field, ":") + ":"
		switch {
		case i < len(fields)-1:
			text += " "
		case len(o.Choices) > 0:
			text += "(" + strings.Join(o.Choices, " ") + ")"
		case o.File:
			text += "_files"
		default:
			text += " "
		}
	}
	long, short := "--"+o.Name, "-"+o.Short
	switch len(fields) {
	case 1:
		long, short = long+"=", short+"+"
		if o.Bare != "" { // it must be attached
			long, short = long+"-", "-"+o.Short+"-"
		}
	case 0:
		if o.Short == "" {
			return squote(long + text)
		}
		return squote("("+short+" "+long+")") + "{" + short + "," + long + "}" + squote(text)
	}
	if o.Short == "" {
		return squote("*" + long + text)
	}
	return squote("*") + "{" + short + "," + long + "}" + squote(text)
}

// zshEscape puts a backslash before each of the characters.
func zshEscape(s, characters string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\\' || strings.ContainsRune(characters, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
