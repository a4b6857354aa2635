package main

import (
	"math"
	"strconv"

	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/pace"
)

// weights says what a record costs.
type weights struct {
	path  jsonscan.Path // where the number is; nil: a record costs one
	least float64       // the least that a record costs, one without a number included
	// random spreads the costs so that records come as independent events do; nil
	// leaves them as they are.
	random *pace.Poisson
}

// of is the cost of a record in millionths of one, and whether it named one. A cost
// that JSON can't hold to be a number above zero counts as none.
func (w *weights) of(record []byte) (cost int64, found bool) {
	weight, found := 1.0, true
	if w.path != nil {
		weight, found = w.number(record)
		weight = max(weight, w.least)
	}
	if w.random != nil {
		weight *= w.random.Weight()
	}
	return pace.Cost(weight), found
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
