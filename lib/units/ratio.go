package units

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"
)

// ratio is a non-negative fraction in lowest terms. It exists so that a
// decimal, a prefix and a duration can be multiplied in any order without
// rounding, and without an overflow that the result itself does not have.
type ratio struct{ num, den uint64 }

// times multiplies by num/den. It reports false only when the product, in
// lowest terms, does not fit.
func (r ratio) times(num, den uint64) (ratio, bool) {
	g := gcd(num, den)
	num, den = num/g, den/g
	a, b := gcd(r.num, den), gcd(num, r.den)
	hi1, n := bits.Mul64(r.num/a, num/b)
	hi2, d := bits.Mul64(r.den/b, den/a)
	return ratio{n, d}, hi1|hi2 == 0
}

// whole returns the value as an integer.
func (r ratio) whole() (int64, error) {
	switch {
	case r.den != 1:
		return 0, errFraction
	case r.num > math.MaxInt64:
		return 0, errTooLarge
	}
	return int64(r.num), nil
}

// gcd is Euclid's; gcd(0, n) is n, and at least one of the two is never zero.
func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

var (
	errFraction = errors.New("not a whole number")
	errTooLarge = errors.New("too large")
	errNoNumber = errors.New("does not begin with a number")
	errEmpty    = errors.New("empty")
	errNegative = errors.New("must not be negative")
)

// cutNumber reads the decimal at the start of s ("5", "1.5", ".5") and returns
// what follows it.
func cutNumber(s string) (r ratio, rest string, err error) {
	if s == "" {
		return r, s, errEmpty
	}
	if s[0] == '-' {
		return r, s, errNegative
	}
	integer := digits(s)
	rest = s[len(integer):]
	fraction := ""
	if strings.HasPrefix(rest, ".") {
		fraction = digits(rest[1:])
		rest = rest[1+len(fraction):]
	}
	if integer == "" && fraction == "" {
		return r, s, errNoNumber
	}
	// Zeros at the end say nothing, and would overflow the denominator.
	fraction = strings.TrimRight(fraction, "0")
	r.den = 1
	if !r.shift(integer) {
		return r, s, errTooLarge
	}
	if !r.shift(fraction) || len(fraction) > 19 {
		return r, s, errors.New("too many decimals")
	}
	for range fraction {
		r.den *= 10 // 10^19 is the last power that fits
	}
	g := gcd(r.num, r.den)
	return ratio{r.num / g, r.den / g}, rest, nil
}

// shift appends decimal digits to the numerator, and reports whether they fit.
func (r *ratio) shift(digits string) bool {
	for i := range len(digits) {
		hi, lo := bits.Mul64(r.num, 10)
		sum, carry := bits.Add64(lo, uint64(digits[i]-'0'), 0)
		if hi|carry != 0 {
			return false
		}
		r.num = sum
	}
	return true
}

// digits returns the decimal digits that s begins with.
func digits(s string) string {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i]
}

// cutPrefix reads a multiplier at the start of s: k M G T, or Ki Mi Gi Ti.
func cutPrefix(s string) (factor uint64, binary bool, rest string) {
	i := strings.IndexByte("kMGT", first(s))
	if first(s) == 'K' {
		i = 0
	}
	if i < 0 {
		return 1, false, s
	}
	s = s[1:]
	if first(s) == 'i' {
		return 1 << (10 * (i + 1)), true, s[1:]
	}
	return pow1000[i], false, s
}

// first returns the first byte of s, or 0 when there is none.
func first(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

var pow1000 = [...]uint64{1e3, 1e6, 1e9, 1e12}

// unknown names a unit that is not one of ours.
func unknown(unit string) error {
	if len(unit) > maxQuoted {
		unit = unit[:maxQuoted] + "..."
	}
	return fmt.Errorf("unknown unit %q", unit)
}
