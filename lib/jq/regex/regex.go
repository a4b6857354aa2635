// Package regex is the regular expressions of jq: the syntax of Oniguruma's
// "Perl_NT" on Go's engines. It finds places in a text; what a match looks like
// as a value is not known here.
//
// # Decisions and their price
//
// A pattern is read here and written anew for an engine, since no engine in Go
// reads the same language: \w, \d, \s and \b know Unicode, "$" matches before a
// last newline, names may be given twice, and what a mistake is called is what
// jq calls it.
//
// RE2 (package regexp) runs what it can, in linear time. What it can't is run
// by backtracking (regexp2): look-around, back-references, atomic groups and
// possessive repeats, and also "$" before a last newline, \b beside letters
// outside of ASCII, and the flag for matches that are not empty. Backtracking
// can take for ever, so each search has a limit of time: see Limit.
//
// Upper and lower case are compared character by character: ß is not ss.
// \g<name>, \K, \X, \y and (?~...) are not there, and refused.
package regex

import (
	"fmt"
	"regexp"
	"time"

	"github.com/dlclark/regexp2"
)

// Limit is how long one search by backtracking may take.
const Limit = 10 * time.Second

// Options are the flags that a search may have.
type Options struct {
	IgnoreCase bool // i
	Extended   bool // x: white space and comments in the pattern mean nothing
	DotAll     bool // p: "." matches a newline
	Longest    bool // l: the longest match of the text, not the first
	NotEmpty   bool // n: an empty match is none
}

// Regexp is a pattern that can be searched for. It serves one goroutine.
type Regexp struct {
	// Names are those of the groups in the order of their opening brackets;
	// "" is a group without a name.
	Names []string

	pattern string
	opts    Options
	traits  traits
	fast    *regexp.Regexp  // nil where only backtracking will do
	later   *regexp.Regexp  // for searches that don't start at the start: see findFast
	slow    *regexp2.Regexp // made when it is needed
}

// Compile reads a pattern. The error is in jq's words, as far as it has any.
func Compile(pattern string, opts Options) (*Regexp, error) {
	out, err := translate(pattern, opts, false)
	if err != nil {
		return nil, err
	}
	re := &Regexp{Names: out.names, pattern: pattern, opts: opts, traits: out.traits}
	if !out.backtracks {
		// What RE2 refuses now is too large for it.
		if re.fast, err = regexp.Compile(out.text); err == nil && out.left {
			re.later, err = regexp.Compile(`\A(?s:.)(?s:.*?)(` + out.text + `)`)
		}
		if err != nil {
			re.fast = nil
		}
	}
	switch {
	case re.fast == nil && opts.Longest:
		return nil, fmt.Errorf("the flag l does not go with look-around, back-references or atomic groups")
	case re.fast == nil:
		return re, re.compileSlow()
	case opts.Longest:
		re.fast.Longest()
		if re.later != nil {
			re.later.Longest()
		}
	}
	return re, nil
}

func (re *Regexp) compileSlow() error {
	out, err := translate(re.pattern, re.opts, true)
	if err != nil {
		return err
	}
	text := out.text
	if re.opts.NotEmpty {
		// What is left of the text behind a match must not be all that was left
		// before it. A group with a name has its number after all others.
		text = `(?=(?<rest>(?s:.*)))(?:` + text + `)(?!\k<rest>\z)`
	}
	re.slow, err = regexp2.Compile(text, regexp2.None)
	if err != nil {
		return err
	}
	re.slow.MatchTimeout = Limit
	return nil
}
