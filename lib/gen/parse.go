package gen

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"ndjsontools/lib/units"
)

// parseInts reads "a..b", or "a" for a range of one. 10k and 1M are understood.
func parseInts(text string) (lo, hi int64, err error) {
	from, to, ok := strings.Cut(text, "..")
	if !ok {
		to = from
	}
	if lo, err = parseInt(from); err == nil {
		hi, err = parseInt(to)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%s is not a range of whole numbers: 1..100, -5..5, 1..10M", quoteText(text))
	}
	if hi < lo {
		return 0, 0, fmt.Errorf("the range %s ends before it begins", quoteText(text))
	}
	if uint64(hi)-uint64(lo) >= 1<<63 {
		return 0, 0, fmt.Errorf("the range %s is too wide", quoteText(text))
	}
	return lo, hi, nil
}

func parseInt(text string) (int64, error) {
	if v, err := strconv.ParseInt(text, 10, 64); err == nil {
		return v, nil
	}
	rest, negative := strings.CutPrefix(text, "-")
	n, err := units.ParseCount(rest)
	if negative {
		n = -n
	}
	return int64(n), err
}

// parseShare reads "2%", "0.05" or ".97" as a probability out of 2^64.
func parseShare(text string) (uint64, error) {
	number, percent := strings.CutSuffix(text, "%")
	v, scale, err := parseDecimal(number)
	if percent {
		scale += 2
	}
	if err != nil || v < 0 || scale > 12 || v > pow10[scale] {
		return 0, errors.New("a share is 2%, or a number from 0 to 1")
	}
	if v == pow10[scale] {
		return 1<<64 - 1, nil
	}
	p, _ := bits.Div64(uint64(v), 0, uint64(pow10[scale]))
	return p, nil
}

// parseDecimal reads a decimal exactly: the value is v / 10^scale.
func parseDecimal(text string) (v int64, scale int, err error) {
	whole, part, _ := strings.Cut(text, ".")
	if len(part) > 12 || whole+part == "" || strings.ContainsAny(part, "+-_") {
		return 0, 0, strconv.ErrSyntax
	}
	v, err = strconv.ParseInt(whole+part, 10, 64)
	return v, len(part), err
}

// parseFloat reads a finite number; 10k and 1M are understood.
func parseFloat(text string) (float64, error) {
	if v, scale, err := parseDecimal(text); err == nil {
		return float64(v) / float64(pow10[scale]), nil
	}
	v, err := parseInt(text)
	return float64(v), err
}
