package units

import "strconv"

// Size is a number of bytes.
type Size int64

const sizeForms = "4096, 64KiB, 1.5M, 10GB"

// ParseSize reads a number of bytes: digits, then k, M, G or T (powers of
// 1000) or Ki, Mi, Gi or Ti (powers of 1024), then an optional B. Decimals are
// accepted where the result is a whole number of bytes. The error is a
// *ParseError.
func ParseSize(s string) (Size, error) {
	n, err := size(s)
	if err == nil {
		return n, nil
	}
	p := plain(s)
	hint := suggest(func(c string) bool { _, err := size(c); return err == nil }, p, upper(p))
	return 0, &ParseError{Kind: "size", Text: s, Problem: err.Error(), Forms: sizeForms, Hint: hint}
}

func size(s string) (Size, error) {
	r, unit, err := cutNumber(s)
	if err != nil {
		return 0, err
	}
	factor, _, rest := cutPrefix(unit)
	if rest != "" && rest != "B" {
		return 0, unknown(unit)
	}
	r, ok := r.times(factor, 1)
	if !ok {
		return 0, errTooLarge
	}
	n, err := r.whole()
	return Size(n), err
}

// Set parses s; with String it makes *Size a flag.Value.
func (z *Size) Set(s string) error {
	n, err := ParseSize(s)
	if err == nil {
		*z = n
	}
	return err
}

// String is the size in the unit that takes the fewest digits and is exact,
// decimal rather than binary where both do: "64MiB", "1500kB", "4097B".
// ParseSize reads it back. Zero prints "".
func (z Size) String() string {
	if z == 0 {
		return ""
	}
	return sizeText(int64(z))
}

// sizeText is Size.String without the exception for zero.
func sizeText(n int64) string {
	best := strconv.FormatInt(n, 10) + "B"
	digits := len(best) - 1
	for i, d := range pow1000 {
		if s, ok := multiple(n, int64(d), string("kMGT"[i])+"B", digits); ok {
			best, digits = s, len(s)-2
		}
	}
	for i, letter := range "KMGT" {
		if s, ok := multiple(n, 1<<(10*(i+1)), string(letter)+"iB", digits); ok {
			best, digits = s, len(s)-3
		}
	}
	return best
}

// multiple spells n as a multiple of d, when it is one and takes fewer digits.
func multiple(n, d int64, unit string, digits int) (string, bool) {
	if n%d != 0 || n == 0 {
		return "", false
	}
	s := strconv.FormatInt(n/d, 10)
	return s + unit, len(s) < digits
}
