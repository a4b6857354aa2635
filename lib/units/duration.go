package units

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Duration is a length of time. Convert it with time.Duration(d).
type Duration time.Duration

const durationForms = "500ms, 5s, 1m30s, 2h, 1d"

// ParseDuration reads what time.ParseDuration reads, and d for a day of 24
// hours. It is stricter in three ways: a negative duration, one that overflows
// and one that is not a whole number of nanoseconds are errors. The error is a
// *ParseError.
func ParseDuration(s string) (time.Duration, error) {
	d, err := duration(s)
	if err == nil {
		return d, nil
	}
	p := plain(s)
	hint := suggest(func(c string) bool { _, err := duration(c); return err == nil },
		p, p+"s", strings.ToLower(p))
	return 0, &ParseError{Kind: "duration", Text: s, Problem: err.Error(), Forms: durationForms, Hint: hint}
}

func duration(s string) (time.Duration, error) {
	if s == "0" {
		return 0, nil
	}
	if s == "" {
		return 0, errEmpty
	}
	var total time.Duration
	for s != "" {
		r, rest, err := cutNumber(s)
		if err != nil {
			return 0, err
		}
		unit := cutUnit(rest)
		if unit == "" {
			return 0, errors.New("missing unit of time")
		}
		length, ok := unitOfTime(unit)
		if !ok {
			return 0, unknown(unit)
		}
		r, ok = r.times(uint64(length), 1)
		if !ok {
			return 0, errTooLarge
		}
		n, err := r.whole()
		if errors.Is(err, errFraction) {
			return 0, fmt.Errorf("%s is not a whole number of nanoseconds", s[:len(s)-len(rest)+len(unit)])
		}
		if err != nil || n > math.MaxInt64-int64(total) {
			return 0, errTooLarge
		}
		total += time.Duration(n)
		s = rest[len(unit):]
	}
	return total, nil
}

// unitOfTime returns the length of a unit, by its name.
func unitOfTime(name string) (time.Duration, bool) {
	switch name {
	case "ns":
		return time.Nanosecond, true
	case "us", "µs", "μs": // U+00B5, as Go prints it, and U+03BC, as keyboards have it
		return time.Microsecond, true
	case "ms":
		return time.Millisecond, true
	case "s":
		return time.Second, true
	case "m":
		return time.Minute, true
	case "h":
		return time.Hour, true
	case "d":
		return 24 * time.Hour, true
	}
	return 0, false
}

// cutUnit returns the text up to the next number.
func cutUnit(s string) string {
	if i := strings.IndexAny(s, "0123456789."); i >= 0 {
		return s[:i]
	}
	return s
}

// Set parses s; with String it makes *Duration a flag.Value.
func (d *Duration) Set(s string) error {
	v, err := ParseDuration(s)
	if err == nil {
		*d = Duration(v)
	}
	return err
}

// String is the duration as Go prints it, less the units that are zero at its
// end: "1m30s", "1m", "1h". ParseDuration reads it back when it is not
// negative. Zero prints "".
func (d Duration) String() string {
	if d == 0 {
		return ""
	}
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
