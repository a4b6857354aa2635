package pace

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"ndjsontools/lib/units"
)

// Never is a time that does not come.
const Never = time.Duration(math.MaxInt64)

// rampStep is how often a ramp changes the rate.
const rampStep = 10 * time.Millisecond

// A Ramp is a rate that changes evenly from one to another, and then stays.
// Within a step of 10 ms the rate is that of the step's middle, so what has gone
// at the end of each step is what an even ramp lets go. It belongs to one
// goroutine.
type Ramp struct {
	from, to units.Rate // of one unit; from may be zero
	over     time.Duration
	started  bool
	start    time.Duration
}

// ParseRamp reads FROM..TO:DURATION, such as 0..1000/s:30s, or FROM..TO/DURATION,
// where both are amounts a second: 0..50k/60s is 0..50k/s:60s. FROM is a rate, or
// an amount in the time of TO.
func ParseRamp(s string) (*Ramp, error) {
	from, rest, ok := strings.Cut(s, "..")
	to, over, timed := strings.Cut(rest, ":")
	if !timed {
		to, over, _ = strings.Cut(rest, "/")
		to += "/s"
		_, err := units.ParseDuration(over)
		timed = err == nil
	}
	if !ok || !timed {
		return nil, fmt.Errorf("%q is not FROM..TO:DURATION, such as 0..1000/s:30s", s)
	}
	r := &Ramp{}
	var err error
	if r.to, err = units.ParseRate(to); err != nil {
		return nil, err
	}
	if r.over, err = units.ParseDuration(over); err != nil {
		return nil, err
	}
	if r.over == 0 {
		return nil, errors.New("a ramp over no time is no ramp")
	}
	if from == "0" {
		r.from = units.Rate{Unit: r.to.Unit}
		return r, nil
	}
	if !strings.Contains(from, "/") {
		_, per, _ := strings.Cut(to, "/")
		from += "/" + per
	}
	if r.from, err = units.ParseRate(from); err != nil {
		return nil, err
	}
	if r.from.Unit != r.to.Unit {
		return nil, fmt.Errorf("%s counts %s and %s counts %s", from, r.from.Unit, to, r.to.Unit)
	}
	return r, nil
}

// Unit is what the ramp counts.
func (r *Ramp) Unit() units.Unit { return r.to.Unit }

// Rate is the rate at now and when to ask again, Never once it stays. The ramp
// starts when it is first asked.
func (r *Ramp) Rate(now time.Duration) (rate units.Rate, again time.Duration) {
	if !r.started {
		r.started, r.start = true, now
	}
	step := (now - r.start) / rampStep
	if at := step*rampStep + rampStep/2; at < r.over {
		return r.at(at), r.start + (step+1)*rampStep
	}
	return r.to, Never
}

// at is the rate at a time after the start that is above zero.
func (r *Ramp) at(t time.Duration) units.Rate {
	from, to := r.from.PerSecond(), r.to.PerSecond()
	perSecond := from + (to-from)*t.Seconds()/r.over.Seconds()
	// A million seconds keep six decimals of it, and fewer of what is fast.
	per := float64(1_000_000)
	for perSecond*per > 1e15 && per > 1 {
		per /= 10
	}
	return units.Rate{
		N:    max(1, int64(math.Round(perSecond*per))),
		Per:  time.Duration(per * float64(time.Second)),
		Unit: r.to.Unit,
	}
}
