package main

import (
	"math"
	"math/rand/v2"
	"strconv"

	"ndjsontools/lib/jsonscan"
)

// Where records do not all cost one, the pacer counts millionths of a record.
// It counts whole numbers, so that it never drifts; six decimals of a cost are
// what is left of the 63 bits beside a cost or a rate of nine billion.
const (
	millionths = 1_000_000
	heaviest   = math.MaxInt64 / millionths / 1000
)

// weights says what a record costs.
type weights struct {
	path  jsonscan.Path // where the number is; nil: a record costs one
	least float64       // the least that a record costs, one without a number included
	// random spreads the costs so that the time between records is that of a
	// Poisson process; nil leaves them as they are.
	random *rand.Rand
}

// of is the cost of a record in millionths, and whether it named one. A cost
// that JSON can't hold to be a number above zero counts as none.
func (w *weights) of(record []byte) (cost int64, found bool) {
	weight, found := 1.0, true
	if w.path != nil {
		weight, found = w.number(record)
		weight = max(weight, w.least)
	}
	if w.random != nil {
		// What a record costs is the time until the next one: exponential, of
		// mean one.
		weight *= w.random.ExpFloat64()
	}
	return max(1, int64(math.Round(min(weight, heaviest)*millionths))), found
}

func (w *weights) number(record []byte) (float64, bool) {
	at, ok := jsonscan.Find(record, w.path)
	if !ok {
		return 0, false
	}
	end, _ := jsonscan.Number(record, at.Start)
	if end != at.End {
		return 0, false
	}
	n, err := strconv.ParseFloat(string(record[at.Start:at.End]), 64)
	if err != nil && !math.IsInf(n, 1) || n < 0 {
		return 0, false
	}
	return n, true
}
