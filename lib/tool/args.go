package tool

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/spell"
)

// rewrite brings arguments into the one form that the flag library reads right:
// every option as --name=value, then --, then the operands. It gives the
// habits of GNU: short options combine (-rn), values may be attached (-n50,
// -rn5) or follow (-n 50, --count 50, --count=50), options may stand after
// operands, -- ends them, and - is an operand. The two values of an option of
// arity 2 follow it and are joined by a NUL.
func rewrite(options []Option, args []string, endsOptions func(string) bool) ([]string, error) {
	var rewritten, operands []string
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		var err error
		var words []string
		switch {
		case arg == "--":
			operands = append(operands, args...)
			args = nil
			continue
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			operands = append(operands, arg)
			if endsOptions != nil && endsOptions(arg) {
				operands = append(operands, args...)
				args = nil
			}
			continue
		case strings.HasPrefix(arg, "--"):
			words, args, err = rewriteLong(options, arg[2:], args)
		default:
			words, args, err = rewriteShort(options, arg[1:], args)
		}
		if err != nil {
			return nil, err
		}
		rewritten = append(rewritten, words...)
	}
	return append(append(rewritten, "--"), operands...), nil
}

func rewriteLong(options []Option, arg string, rest []string) ([]string, []string, error) {
	name, value, attached := strings.Cut(arg, "=")
	o := find(options, func(o *Option) bool { return o.Name == name })
	if o == nil {
		return nil, nil, unknown(options, name)
	}
	if o.Arity() == 0 {
		if attached {
			return nil, nil, fmt.Errorf("option --%s takes no value", name)
		}
		return []string{"--" + name + "=true"}, rest, nil
	}
	var values []string
	if attached {
		values = []string{value}
	}
	return valued(o, "--"+name, values, rest)
}

func rewriteShort(options []Option, letters string, rest []string) (words, after []string, err error) {
	for i := 0; i < len(letters); i++ {
		letter := letters[i : i+1]
		o := find(options, func(o *Option) bool { return o.Short == letter })
		if o == nil {
			return nil, nil, unknownShort(options, letters, i)
		}
		if o.Arity() == 0 {
			words = append(words, "--"+o.Name+"=true")
			continue
		}
		var values []string
		if i+1 < len(letters) {
			values = []string{letters[i+1:]}
		}
		word, after, err := valued(o, "-"+letter, values, rest)
		return append(words, word...), after, err
	}
	return words, rest, nil
}

// valued takes the values of an option that are still missing from rest.
func valued(o *Option, as string, values, rest []string) ([]string, []string, error) {
	missing := o.Arity() - len(values)
	if len(rest) < missing {
		return nil, nil, fmt.Errorf("option %s needs a value: %s %s", as, as, o.Arg)
	}
	values = append(values, rest[:missing]...)
	return []string{"--" + o.Name + "=" + strings.Join(values, pairSeparator)}, rest[missing:], nil
}

func find(options []Option, is func(*Option) bool) *Option {
	for i := range options {
		if is(&options[i]) {
			return &options[i]
		}
	}
	return nil
}

// unknownShort says that there is no option of the letter at i. A whole name
// behind a single dash gets the hint of two.
func unknownShort(options []Option, letters string, i int) error {
	word, _, _ := strings.Cut(letters, "=")
	if find(options, func(o *Option) bool { return len(word) > 1 && o.Name == word }) != nil {
		return fmt.Errorf("unknown option -%s (did you mean --%s?)", word, word)
	}
	letter, _ := utf8.DecodeRuneInString(letters[i:])
	return fmt.Errorf("unknown option -%c", letter)
}

// unknown says that there is no such option, and which one may be meant.
func unknown(options []Option, name string) error {
	names := make([]string, len(options))
	for i, o := range options {
		names[i] = o.Name
	}
	return fmt.Errorf("unknown option --%s%s", name, spell.DidYouMean(name, names, "--", ""))
}
