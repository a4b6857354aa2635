package tool

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/spell"
)

// rewrite brings arguments into the one form that the flag library reads right:
// every option as --name=value, then --, then the operands. It gives the
// habits of GNU: short options combine (-rn), values may be attached (-n50,
// -rn5) or follow (-n 50, --count 50, --count=50), options may stand after
// operands, -- ends them, and - is an operand. The two values of an option of
// arity 2 follow it and are joined by a NUL. Of an option that needs no value
// (Option.Bare) one must be attached, for what follows may be an operand. Marks
// has, for each operand, the name of the option that marks it.
func rewrite(options []Option, args []string, endsOptions func(string) bool) (rewritten, marks []string, err error) {
	var operands []string
	mark := ""
	operand := func(args ...string) {
		operands = append(operands, args...)
		marks = append(marks, slices.Repeat([]string{mark}, len(args))...)
	}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		var words []string
		switch {
		case arg == "--":
			operand(args...)
			args = nil
			continue
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			operand(arg)
			if endsOptions != nil && endsOptions(arg) {
				operand(args...)
				args = nil
			}
			continue
		case strings.HasPrefix(arg, "--"):
			words, args, err = rewriteLong(options, arg[2:], args)
		default:
			words, args, err = rewriteShort(options, arg[1:], args)
		}
		if err != nil {
			return nil, nil, err
		}
		mark = marking(options, words, mark)
		rewritten = append(rewritten, words...)
	}
	return append(append(rewritten, "--"), operands...), marks, nil
}

// marking is the mark of the operands behind words, which was mark before.
func marking(options []Option, words []string, mark string) string {
	for _, word := range words {
		name, _, _ := strings.Cut(word[len("--"):], "=")
		if find(options, func(o *Option) bool { return o.Marks && o.Name == name }) != nil {
			mark = name
		}
	}
	return mark
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
	return valued(o, "--"+name, "=", values, rest)
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
		word, after, err := valued(o, "-"+letter, "", values, rest)
		return append(words, word...), after, err
	}
	return words, rest, nil
}

// valued takes the values of an option that are still missing from rest. The
// option was written as, and a value is attached to that by sign.
func valued(o *Option, as, sign string, values, rest []string) ([]string, []string, error) {
	missing := o.Arity() - len(values)
	if o.Bare != "" && missing > 0 {
		if len(rest) > 0 && slices.Contains(o.Choices, rest[0]) {
			return nil, nil, fmt.Errorf("option %s takes its value attached: %s%s%s", as, as, sign, rest[0])
		}
		values, missing = []string{o.Bare}, 0
	}
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
