package tooltest

import (
	"fmt"
	"slices"
	"strings"

	"ndjsontools/lib/tool"
)

// bashFiles completes file names: they are left to readline, which quotes them
// and marks folders. compopt is of bash 4; an older one completes the rest.
const bashFiles = "compopt -o default 2>/dev/null"

// bashColon completes file names behind kind: as of an operand; a colon is a
// word of its own.
const bashColon = `	if [[ $cur == : || $prev == : ]]; then
		` + bashFiles + `
		return
	fi
`

// bashCompletion needs nothing of the bash-completion package, whose helpers
// have changed their names over the years.
func bashCompletion(c *tool.Command) string {
	function := "_" + strings.ReplaceAll(c.Name, "-", "_")
	var names []string
	var attached, first, second bashCases
	for _, o := range allOptions(c) {
		names = append(names, "--"+o.Name)
		if o.Short != "" {
			names = append(names, "-"+o.Short)
		}
		switch arity := o.Arity(); {
		case o.Bare != "":
			attached.add(o, bashValue(o))
		case arity == 1:
			first.add(o, bashValue(o))
		case arity == 2: // what the option knows is of the second of the two
			first.add(o, "")
			second.add(o, bashValue(o))
		}
	}
	operand, before := bashOperands(c)
	local, mark := "", "" // whether a value is attached matters where it may be missing
	if len(attached.patterns) > 0 {
		local, mark = " attached=", "\n\t\tattached=yes"
	}
	var b strings.Builder
	b.WriteString(madeFrom(c))
	fmt.Fprintf(&b, `%s() {
	local IFS=$' \t\n' i at=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} prev options=yes%s
	COMPREPLY=()
	# --name=value comes as three words
	if [[ $cur == = ]]; then
		cur=%s
	elif [[ ${COMP_WORDS[at-1]} == = ]]; then
		((at--))%s
	fi
	prev=${COMP_WORDS[at-1]}
	for ((i = 1; i < at; i++)); do
		[[ ${COMP_WORDS[i]} != -- ]] || options=
	done
`, function, local, mark, mark)
	if len(attached.patterns) > 0 {
		b.WriteString("\tif [[ $options && $attached ]]; then\n\t\tcase $prev in\n" + attached.String() + "\t\tesac\n\tfi\n")
	}
	if len(second.patterns) > 0 {
		b.WriteString("\tif [[ $options ]] && ((at > 1)); then\n\t\tcase ${COMP_WORDS[at-2]} in\n" + second.String() + "\t\tesac\n\tfi\n")
	}
	b.WriteString(before)
	b.WriteString("\tif [[ $options ]]; then\n\t\tcase $prev in\n" + first.String() + "\t\tesac\n\tfi\n")
	b.WriteString("\tif [[ $options && $cur == -* ]]; then\n\t\t" + bashWords(names) + "\n")
	if operand != "" {
		b.WriteString("\telse\n\t\t" + operand + "\n")
	}
	fmt.Fprintf(&b, "\tfi\n}\ncomplete -F %s %s\n", function, c.Name)
	return b.String()
}

// bashOperands is what completes an operand, and what comes before all else for the
// sake of operands.
func bashOperands(c *tool.Command) (operand, before string) {
	words := operandWords(c)
	switch {
	case runsCommands(c):
		return "", bashRunner(c)
	case len(words) == 0 && takesFiles(c):
		return bashFiles, ""
	case len(words) == 0:
		return "", ""
	case slices.ContainsFunc(words, func(word string) bool { return strings.HasSuffix(word, ":") }):
		before = bashColon
	}
	return bashWords(words), before
}

// bashCases are the arms of a case, one an action.
type bashCases struct{ patterns, actions []string }

func (a *bashCases) add(o tool.Option, action string) {
	pattern := "--" + o.Name
	if o.Short != "" {
		pattern += " | -" + o.Short
	}
	for i := range a.actions {
		if a.actions[i] == action {
			a.patterns[i] += " | " + pattern
			return
		}
	}
	a.patterns, a.actions = append(a.patterns, pattern), append(a.actions, action)
}

func (a *bashCases) String() string {
	var b strings.Builder
	for i, pattern := range a.patterns {
		b.WriteString("\t\t" + pattern + ")\n")
		if a.actions[i] != "" {
			b.WriteString("\t\t\t" + a.actions[i] + "\n")
		}
		b.WriteString("\t\t\treturn\n\t\t\t;;\n")
	}
	return b.String()
}

// bashValue completes the value of an option, "" when nothing is known of it.
func bashValue(o tool.Option) string {
	switch {
	case len(o.Choices) > 0:
		return bashWords(o.Choices)
	case o.File:
		return bashFiles
	}
	return ""
}

func bashWords(words []string) string {
	return "COMPREPLY=($(compgen -W " + squote(strings.Join(words, " ")) + " -- \"$cur\"))"
}
