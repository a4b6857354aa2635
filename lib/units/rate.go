package units

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// Unit is what a Rate counts.
type Unit int8

// The units of a rate.
const (
	Records Unit = iota
	Bytes
)

// String names the unit: "records" or "bytes".
func (u Unit) String() string {
	if u == Bytes {
		return "bytes"
	}
	return "records"
}

// Rate is N units in every Per, exactly. The zero Rate means that no rate was
// given; a parsed one has N and Per above zero and without a common divisor, so
// that equal rates compare equal with ==: 60/m and 1/s are the same value.
type Rate struct {
	N    int64
	Per  time.Duration
	Unit Unit
}

const rateForms = "1000/s, 1.5k/s, 100/m, 1/10s, 10MB/s, 512KiB/s, 8Mbit/s"

// slowest bounds Per, so that no later arithmetic has to care about centuries.
const slowest = 10 * 365 * 24 * time.Hour

// ParseRate reads an amount, a slash and a time. The amount is a count
// (records), a size that ends in B (bytes), or a number of bits that ends in
// "bit" (eight to the byte). The time is a unit (s, m, h, d, ms) or a duration
// (10s, 1m30s). A rate of zero, one slower than one unit in ten years and one
// without a time are errors. The error is a *ParseError.
func ParseRate(s string) (Rate, error) {
	r, err := rate(s)
	if err == nil {
		return r, nil
	}
	return Rate{}, &ParseError{Kind: "rate", Text: s, Problem: err.Error(), Forms: rateForms, Hint: rateHint(plain(s))}
}

// rateHint guesses at a rate without a time, with a long name for it, without
// the B of bytes, or in the wrong case.
func rateHint(s string) string {
	amount, per, _ := strings.Cut(s, "/")
	if a, ok := strings.CutSuffix(amount, "ps"); ok { // rps, MBps, and Mbps, which is bits to everyone
		amount, per = strings.TrimSuffix(a, "r"), "s"
		if strings.HasSuffix(amount, "b") {
			amount += "it"
		}
	}
	if strings.HasSuffix(amount, "b") && amount != strings.ToLower(amount) {
		return "" // Mb: the message offers both readings, and a hint would choose
	}
	switch per = strings.ToLower(per); strings.TrimSuffix(per, "s") {
	case "", "sec", "second":
		per = "s"
	case "min", "minute":
		per = "m"
	case "hour":
		per = "h"
	case "day":
		per = "d"
	}
	return suggest(func(c string) bool { _, err := rate(c); return err == nil },
		s, amount+"/"+per, amount+"B/"+per, upper(amount)+"/"+per)
}

func rate(s string) (Rate, error) {
	amount, per, ok := strings.Cut(s, "/")
	if s != "" && !ok {
		return Rate{}, errors.New("no time after the amount")
	}
	r, unit, err := rateAmount(amount)
	if err != nil {
		return Rate{}, err
	}
	d, err := ratePer(per)
	if err != nil {
		return Rate{}, err
	}
	if r.num == 0 {
		return Rate{}, errors.New("a rate of zero lets nothing pass")
	}
	r, ok = r.times(1, uint64(d))
	if !ok || r.den > uint64(slowest) { // a division can only overflow the denominator
		return Rate{}, errors.New("too slow, or too many decimals")
	}
	if r.num > math.MaxInt64 {
		return Rate{}, errTooLarge
	}
	return Rate{N: int64(r.num), Per: time.Duration(r.den), Unit: unit}, nil
}

// rateAmount reads what stands before the slash.
func rateAmount(s string) (ratio, Unit, error) {
	r, name, err := cutNumber(s)
	if err != nil {
		return r, 0, err
	}
	factor, binary, rest := cutPrefix(name)
	unit, eighth := Bytes, uint64(1)
	switch {
	case rest == "bit":
		eighth = 8
	case rest == "B":
	case rest == "b":
		return r, 0, fmt.Errorf("unit %q may be bits or bytes: write %s or %s", name,
			strings.TrimSuffix(name, "b")+"bit", strings.TrimSuffix(name, "b")+"B")
	case rest != "":
		return r, 0, unknown(name)
	case binary:
		return r, 0, fmt.Errorf("unit %q needs a B: records are counted in k, M, G", name)
	default:
		unit = Records
	}
	r, ok := r.times(factor, eighth)
	if !ok {
		return r, 0, errTooLarge
	}
	return r, unit, nil
}

// ratePer reads what stands after the slash; a unit alone is one of it.
func ratePer(s string) (time.Duration, error) {
	if s == "" {
		return 0, errors.New("no time after the slash")
	}
	if d, ok := unitOfTime(s); ok {
		return d, nil
	}
	if digits(s) == "" && first(s) != '.' && first(s) != '-' {
		return 0, unknown(s)
	}
	d, err := duration(s)
	if err != nil {
		return 0, fmt.Errorf("time %q: %w", s, err)
	}
	if d == 0 {
		return 0, errors.New("the time after the slash is zero")
	}
	return d, nil
}

// PerSecond is the rate in units a second, rounded to a float64: for display,
// never for pacing. The zero Rate gives 0.
func (r Rate) PerSecond() float64 {
	if r.Per <= 0 {
		return 0
	}
	return float64(r.N) * float64(time.Second) / float64(r.Per)
}

// Set parses s; with String it makes *Rate a flag.Value.
func (r *Rate) Set(s string) error {
	v, err := ParseRate(s)
	if err == nil {
		*r = v
	}
	return err
}

// String is the rate in the plainest exact spelling: a whole amount a second,
// else one unit in whole seconds, else a whole amount a minute, hour or day, else
// the reduced fraction: "1000/s", "1/10s", "100/m", "3/2s", "10MB/s". ParseRate
// reads it back. The zero Rate prints "".
func (r Rate) String() string {
	if r.N <= 0 || r.Per <= 0 {
		return ""
	}
	if s, ok := r.in(time.Second, "s"); ok {
		return s
	}
	if r.N > 1 || r.Per%time.Second != 0 {
		for _, u := range [...]struct {
			per  time.Duration
			name string
		}{{time.Minute, "m"}, {time.Hour, "h"}, {24 * time.Hour, "d"}} {
			if s, ok := r.in(u.per, u.name); ok {
				return s
			}
		}
	}
	name := Duration(r.Per).String()
	if bare := strings.TrimPrefix(name, "1"); bare != name {
		if _, ok := unitOfTime(bare); ok {
			name = bare
		}
	}
	return r.amount(r.N) + "/" + name
}

// in spells the rate as a whole amount in every per.
func (r Rate) in(per time.Duration, name string) (string, bool) {
	hi, lo := bits.Mul64(uint64(r.N), uint64(per))
	if hi >= uint64(r.Per) {
		return "", false
	}
	n, rem := bits.Div64(hi, lo, uint64(r.Per))
	if rem != 0 || n > math.MaxInt64 {
		return "", false
	}
	return r.amount(int64(n)) + "/" + name, true
}

func (r Rate) amount(n int64) string {
	if r.Unit == Bytes {
		return sizeText(n)
	}
	return strconv.FormatInt(n, 10)
}
