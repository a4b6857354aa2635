package units

import (
	"errors"
	"strconv"
)

// Count is a number of records, or of anything else that is counted.
type Count int64

const countForms = "50000, 50k, 1.5M"

// ParseCount reads a count: digits, then an optional k, M, G or T (powers of
// 1000). Decimals are accepted where the result is whole. Powers of 1024 are
// refused: nobody counts records in them, so it is a size in the wrong place.
// The error is a *ParseError.
func ParseCount(s string) (Count, error) {
	n, err := count(s)
	if err == nil {
		return n, nil
	}
	p := plain(s)
	hint := suggest(func(c string) bool { _, err := count(c); return err == nil }, p, upper(p))
	return 0, &ParseError{Kind: "count", Text: s, Problem: err.Error(), Forms: countForms, Hint: hint}
}

func count(s string) (Count, error) {
	r, unit, err := cutNumber(s)
	if err != nil {
		return 0, err
	}
	factor, binary, rest := cutPrefix(unit)
	switch {
	case rest == "B":
		return 0, errors.New("a size in bytes where a count is wanted")
	case rest != "" || binary:
		return 0, unknown(unit)
	}
	r, ok := r.times(factor, 1)
	if !ok {
		return 0, errTooLarge
	}
	n, err := r.whole()
	return Count(n), err
}

// Set parses s; with String it makes *Count a flag.Value.
func (c *Count) Set(s string) error {
	n, err := ParseCount(s)
	if err == nil {
		*c = n
	}
	return err
}

// String is the count in digits. Zero prints "".
func (c Count) String() string {
	if c == 0 {
		return ""
	}
	return strconv.FormatInt(int64(c), 10)
}
