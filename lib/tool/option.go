package tool

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"strconv"
	"strings"

	"ndjsontools/lib/spell"
)

// A Value is what an option sets. It is flag.Value; String of the value before
// any Set is the option's default, as text.
type Value interface {
	Set(string) error
	String() string
}

// An Option is one option of a command.
type Option struct {
	Name  string // the long name, without dashes
	Short string // one letter, or nothing
	Arg   string // placeholder of its value ("RATE"), of two ("NAME VALUE"), or nothing for a switch
	Usage string // lower case, no full stop
	Value Value
	// Bare is the value of an option that is given without one. A value must then
	// be attached: --verify, --verify=ids.
	Bare string
	// Default overrides what the help shows as the default.
	Default string
	// Choices are the words that the value must be one of, for completion.
	Choices []string
	// File says that the value is a file's name, for completion.
	File bool
	// Marks says that the operands behind the option are of its kind, until the
	// next option that marks: Env.Marks has the name for each.
	Marks bool
}

// Arity is how many values the option takes: 0, 1 or 2.
func (o *Option) Arity() int { return len(strings.Fields(o.Arg)) }

// DefaultText is the default as the help and the manual state it, "" for none.
func (o *Option) DefaultText() string {
	if o.Default != "" || o.Arity() == 0 {
		return o.Default
	}
	return o.Value.String()
}

// flagOf is an Option as urfave/cli wants it.
type flagOf struct {
	*Option
	err   error // why Set failed; the flag package keeps only the text
	given int   // how often the option was given
}

func (f *flagOf) Apply(set *flag.FlagSet) error { set.Var(f, f.Name, f.Usage); return nil }
func (f *flagOf) Names() []string               { return []string{f.Name} }
func (f *flagOf) IsSet() bool                   { return false }
func (f *flagOf) IsBoolFlag() bool              { return f.Arity() == 0 }

// String tells the library nothing: it would take a --help or --version that is
// "true" for its own, and print into standard output.
func (f *flagOf) String() string { return "" }

// Set takes the value. An option that has one value is given once: of two, one
// would be ignored without a word.
func (f *flagOf) Set(s string) error {
	f.given++
	var err error
	if _, many := f.Option.Value.(funcValue); f.given > 1 && f.Arity() > 0 && !many {
		err = errors.New("it is given more than once")
	} else {
		err = f.Option.Value.Set(s)
	}
	if err != nil && f.err == nil {
		f.err = err
	}
	return err
}

// pairSeparator joins the two values of an option between the table and Set.
// An argument can't hold a NUL.
const pairSeparator = "\x00"

type boolValue struct{ p *bool }

// Bool is the value of a switch.
func Bool(p *bool) Value { return boolValue{p} }

func (v boolValue) String() string     { return strconv.FormatBool(v.p != nil && *v.p) }
func (v boolValue) Set(s string) error { *v.p = s == "true"; return nil }

// Switch is the value of a switch that does something when it is given, so that
// of several the last one counts.
func Switch(do func()) Value {
	return Func("false", func(string) error { do(); return nil })
}

type stringValue struct{ p *string }

// String is a value that is taken as it is.
func String(p *string) Value { return stringValue{p} }

func (v stringValue) String() string     { return *v.p }
func (v stringValue) Set(s string) error { *v.p = s; return nil }

type pathValue struct {
	stringValue
	dash bool // - is standard input
}

type wordValue struct{ stringValue }

// Word is a name of anything but a file. An empty one is refused, as for Path.
func Word(p *string) Value { return wordValue{stringValue{p}} }

func (v wordValue) Set(s string) error {
	if s == "" {
		return errors.New("a name is wanted")
	}
	return v.stringValue.Set(s)
}

// Path is the name of a file. An empty one, such as a variable that is not set
// leaves in a script, is refused: it would pass for no option at all.
func Path(p *string) Value { return pathValue{stringValue{p}, false} }

// Source is the name of a file to read, or - for standard input.
func Source(p *string) Value { return pathValue{stringValue{p}, true} }

func (v pathValue) Set(s string) error {
	if s == "" {
		return errors.New("the name of a file is empty")
	}
	if s == "-" && !v.dash {
		return errors.New("- is no file here; for a file of that name say ./-")
	}
	return v.stringValue.Set(s)
}

type intValue struct {
	p           *int64
	least, most int64
}

// Int is a whole number that is not below least.
func Int(p *int64, least int64) Value { return intValue{p, least, math.MaxInt64} }

// Range is a whole number from least to most.
func Range(p *int64, least, most int64) Value { return intValue{p, least, most} }

func (v intValue) String() string { return strconv.FormatInt(*v.p, 10) }
func (v intValue) Set(s string) error {
	n, err := strconv.ParseInt(s, 10, 64)
	switch within := err == nil && n >= v.least && n <= v.most; {
	case !within && v.most < math.MaxInt64:
		return fmt.Errorf("%q is not a whole number from %d to %d", s, v.least, v.most)
	case !within:
		return fmt.Errorf("%q is not a whole number of at least %d", s, v.least)
	}
	*v.p = n
	return nil
}

type choiceValue struct {
	p     *string
	words []string
}

// Choice is one of some words; *p is the default.
func Choice(p *string, words ...string) Value { return choiceValue{p, words} }

func (v choiceValue) String() string { return *v.p }
func (v choiceValue) Set(s string) error {
	for _, w := range v.words {
		if s == w {
			*v.p = s
			return nil
		}
	}
	return fmt.Errorf("%q is not one of %s%s", s, strings.Join(v.words, ", "),
		spell.DidYouMean(s, v.words, "", ""))
}

type funcValue struct {
	text string
	set  func(string) error
}

// Func is a value that a function takes, once for each time the option is
// given; text is its default.
func Func(text string, set func(string) error) Value { return funcValue{text, set} }

func (v funcValue) String() string     { return v.text }
func (v funcValue) Set(s string) error { return v.set(s) }

// Pair is the value of an option with two: set is called for each time the
// option is given.
func Pair(set func(a, b string) error) Value {
	return Func("", func(s string) error {
		a, b, _ := strings.Cut(s, pairSeparator)
		return set(a, b)
	})
}
