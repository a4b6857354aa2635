package units

import (
	"errors"
	"math/bits"
	"strconv"
	"strings"
)

// Limit is how many rejected records are too many: a number, or a share of the
// records read. The zero Limit is none; a Limit of 0 allows no reject at all.
type Limit struct {
	kind  limitKind
	value int64 // records, or millionths of the records read
}

type limitKind int8

const (
	noLimit limitKind = iota
	countLimit
	shareLimit
)

const limitForms = "100, 5k, 1%, 0.5%"

// million is the resolution of a share: 0.0001%.
const million = 1_000_000

// settled is the number of records from which on a share of them is judged as
// it stands. Before, it is taken of this number: one bad record among the
// first ten is not yet ten per cent of anything.
const settled = 1000

// ParseLimit reads a count, or a percentage between 0 and 100 with at most four
// decimals. The error is a *ParseError.
func ParseLimit(s string) (Limit, error) {
	l, err := limit(s)
	if err == nil {
		return l, nil
	}
	p := plain(s)
	hint := suggest(func(c string) bool { _, err := limit(c); return err == nil },
		p, upper(p), strings.TrimSuffix(p, "percent")+"%")
	return Limit{}, &ParseError{Kind: "limit", Text: s, Problem: err.Error(), Forms: limitForms, Hint: hint}
}

func limit(s string) (Limit, error) {
	number, isShare := strings.CutSuffix(s, "%")
	if !isShare {
		n, err := count(s)
		return Limit{countLimit, int64(n)}, err
	}
	r, rest, err := cutNumber(number)
	if err != nil {
		return Limit{}, err
	}
	if rest != "" {
		return Limit{}, unknown(rest + "%")
	}
	r, ok := r.times(million, 100)
	if ok && r.den != 1 {
		return Limit{}, errors.New("more than four decimals")
	}
	if !ok || r.num > million {
		return Limit{}, errors.New("more than 100%")
	}
	return Limit{shareLimit, int64(r.num)}, nil
}

// IsSet reports whether there is a limit.
func (l Limit) IsSet() bool { return l.kind != noLimit }

// Exceeded reports whether rejects out of records are too many, judged as the
// figures stand: at the end of the input.
func (l Limit) Exceeded(rejects, records int64) bool {
	switch l.kind {
	case countLimit:
		return rejects > l.value
	case shareLimit:
		// rejects/records > value/million, without rounding.
		return mulGreater(rejects, million, l.value, records)
	}
	return false
}

// ExceededSoFar is Exceeded for a stream that goes on: a share is taken of at
// least 1000 records, so that a bad start alone does not stop a long run.
func (l Limit) ExceededSoFar(rejects, records int64) bool {
	return l.Exceeded(rejects, max(records, settled))
}

// mulGreater reports a*b > c*d, for arguments that are not negative.
func mulGreater(a, b, c, d int64) bool {
	hi1, lo1 := bits.Mul64(uint64(a), uint64(b))
	hi2, lo2 := bits.Mul64(uint64(c), uint64(d))
	return hi1 > hi2 || hi1 == hi2 && lo1 > lo2
}

// Set parses s; with String it makes *Limit a flag.Value.
func (l *Limit) Set(s string) error {
	v, err := ParseLimit(s)
	if err == nil {
		*l = v
	}
	return err
}

// String is the limit as ParseLimit reads it; no limit prints "".
func (l Limit) String() string {
	switch l.kind {
	case countLimit:
		return strconv.FormatInt(l.value, 10)
	case shareLimit:
		return strconv.FormatFloat(float64(l.value)*100/million, 'f', -1, 64) + "%"
	}
	return ""
}
