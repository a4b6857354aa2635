package tooltest

import (
	"strings"

	"ndjsontools/lib/tool"
)

// A command whose operands are command lines has these completed as they would be
// by themselves: the first operand ends its own options, and behind this word
// begins another command line.
const nextCommand = ":::"

// runsCommands says whether every operand of a command is part of a command line.
func runsCommands(c *tool.Command) bool { return c.EndsOptions != nil && c.EndsOptions("") }

// valued are the options that take the word behind them.
func valued(c *tool.Command) (names []string) {
	for _, o := range allOptions(c) {
		if o.Arity() == 0 || o.Bare != "" {
			continue
		}
		names = append(names, "--"+o.Name)
		if o.Short != "" {
			names = append(names, "-"+o.Short)
		}
	}
	return names
}

// bashRunner completes command lines, with the help of bash-completion where it is
// loaded.
func bashRunner(c *tool.Command) string {
	return `	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--)
			((i++))
			break
			;;
		` + strings.Join(valued(c), " | ") + `)
			[[ ${COMP_WORDS[i+1]} != = ]] || ((i++))
			((i++))
			;;
		-*)
			[[ ${COMP_WORDS[i+1]} != = ]] || ((i += 2))
			;;
		*)
			break
			;;
		esac
	done
	if ((i < COMP_CWORD)) || [[ $i == "$COMP_CWORD" && ($cur != -* || ! $options) ]]; then
		for ((at = i; at < COMP_CWORD; at++)); do
			[[ ${COMP_WORDS[at]} != ` + nextCommand + ` ]] || ((i = at + 1))
		done
		if ((i == COMP_CWORD)); then
			COMPREPLY=($(compgen -c -- "$cur"))
			[[ $cur != */* ]] || ` + bashFiles + `
		elif declare -F _command_offset >/dev/null; then
			_command_offset $i
		else
			` + bashFiles + `
		fi
		return
	fi
`
}

// zshRunner is a function that completes command lines, and what has _arguments
// call it.
func zshRunner(c *tool.Command) (function, argument string) {
	name := "_" + c.Name + "_commands"
	return name + `() {
  local -a before=("${(@)words[1,CURRENT-1]}")
  integer last=${before[(I)` + nextCommand + `]}
  shift last words
  ((CURRENT -= last))
  _normal
}
`, "'*:::command: " + name + "'"
}

// fishRunner is functions that know where the command line begins, and what
// completes it.
func fishRunner(c *tool.Command) string {
	name := "__" + strings.ReplaceAll(c.Name, "-", "_")
	return `function ` + name + `_command -d 'the words of the last command line, but the present one'
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case --
                set -e words[1]
                break
            case ` + strings.Join(valued(c), " ") + `
                set -e words[1]
                set -q words[1]; and set -e words[1]
            case '-*'
                set -e words[1]
            case '*'
                break
        end
    end
    while set -l at (contains -i -- ` + nextCommand + ` $words)
        set -e words[1..$at]
    end
    string escape -- $words
end
function ` + name + `_options -d 'whether an option may follow'
    not contains -- -- (commandline -opc)
    and not contains -- ` + nextCommand + ` (commandline -opc)
    and test -z "$(` + name + `_command)"
end
complete -c ` + c.Name + ` -f -a '(complete --do-complete=(string join " " -- (` + name + `_command) (commandline -ct)))'
`
}
