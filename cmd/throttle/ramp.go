package main

import (
	"time"

	"ndjsontools/lib/pace"
	"ndjsontools/lib/units"
)

// A ramp is a source.
type ramp struct{ *pace.Ramp }

func (r ramp) rates(now time.Duration) (records, bytes units.Rate, again time.Duration) {
	rate, again := r.Rate(now)
	if rate.Unit == units.Bytes {
		return units.Rate{Unit: units.Records}, rate, again
	}
	return rate, units.Rate{Unit: units.Bytes}, again
}
