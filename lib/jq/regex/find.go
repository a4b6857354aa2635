package regex

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// errTime is the error of a search that takes too long.
var errTime = errors.New("retry-limit-in-match over")

// Test tells whether s has a match.
func (re *Regexp) Test(s string) (bool, error) {
	if re.isFast(s) && !re.opts.NotEmpty {
		return re.fast.MatchString(s), nil
	}
	found := false
	err := re.Each(s, false, func([]int) bool { found = true; return false })
	return found, err
}

// Each calls yield with the first match in s, or with all of them, until yield
// answers false. A match is the offsets in bytes of its start and its end, and of
// those of each group; -1 stands for a group that took no part. yield may keep
// it.
//
// The next search starts where the last match ended, and after an empty one a
// character later: an empty match may follow right behind another one.
func (re *Regexp) Each(s string, all bool, yield func(at []int) bool) error {
	f := finder{re: re, s: s, fast: re.isFast(s)}
	for from := 0; from <= len(s); {
		at, err := f.next(from)
		if err != nil || at == nil {
			return err
		}
		if !yield(at) || !all {
			return nil
		}
		if from = at[1]; at[0] == at[1] {
			from += max(1, width(s[from:]))
		}
	}
	return nil
}

func width(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// isFast tells whether RE2 finds in s what it should.
func (re *Regexp) isFast(s string) bool {
	switch {
	case re.fast == nil:
		return false
	case re.opts.Longest:
		return true // there is nothing else
	case re.traits.lines && strings.HasSuffix(s, "\n"):
		return false
	}
	return !re.traits.words || isASCII(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// A finder searches one text.
type finder struct {
	re   *Regexp
	s    string
	fast bool

	runes   []rune // of s, for backtracking
	offsets []int  // in bytes of each rune, and of the end
}

func (f *finder) next(from int) ([]int, error) {
	switch {
	case f.re.opts.Longest:
		return f.longest(from), nil
	case !f.fast:
		return f.slowly(from)
	}
	at := f.quickly(from)
	if at != nil && at[0] == at[1] && f.re.opts.NotEmpty {
		return f.slowly(at[0])
	}
	return at, nil
}

// quickly searches with RE2. It knows no searches from the middle of a text, so
// it gets the rest; where the pattern looks at what is before a place, the rest
// begins one character earlier, which "later" skips.
func (f *finder) quickly(from int) []int {
	re, start := f.re.fast, from
	if from > 0 && f.re.later != nil {
		_, n := utf8.DecodeLastRuneInString(f.s[:from])
		re, start = f.re.later, from-n
	}
	at := re.FindStringSubmatchIndex(f.s[start:])
	if at == nil {
		return nil
	}
	if start < from {
		at = at[2:]
	}
	if start > 0 {
		for i, n := range at {
			if n >= 0 {
				at[i] = n + start
			}
		}
	}
	return at
}

// longest is the longest match that starts at from or later; of several, the
// first one.
func (f *finder) longest(from int) (best []int) {
	for from <= len(f.s) {
		at := f.quickly(from)
		if at == nil {
			break
		}
		size := at[1] - at[0]
		if (best == nil || size > best[1]-best[0]) && (size > 0 || !f.re.opts.NotEmpty) {
			best = at
		}
		from = at[0] + max(1, width(f.s[at[0]:]))
	}
	return best
}

// slowly searches by backtracking.
func (f *finder) slowly(from int) ([]int, error) {
	if f.re.slow == nil {
		if err := f.re.compileSlow(); err != nil {
			return nil, err
		}
	}
	if f.runes == nil {
		f.runes = []rune(f.s)
		f.offsets = make([]int, 0, len(f.runes)+1)
		for i := range f.s {
			f.offsets = append(f.offsets, i)
		}
		f.offsets = append(f.offsets, len(f.s))
	}
	start := 0
	for f.offsets[start] < from {
		start++
	}
	m, err := f.re.slow.FindRunesMatchStartingAt(f.runes, start)
	if err != nil {
		return nil, errTime // the only error that there is
	}
	if m == nil {
		return nil, nil
	}
	at := make([]int, 0, 2+2*len(f.re.Names))
	for i := range 1 + len(f.re.Names) {
		g := m.GroupByNumber(i)
		if len(g.Captures) == 0 {
			at = append(at, -1, -1)
			continue
		}
		at = append(at, f.offsets[g.Index], f.offsets[g.Index+g.Length])
	}
	return at, nil
}
