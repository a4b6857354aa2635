package sink

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ndjsontools/lib/spell"
	"ndjsontools/lib/units"
)

// Sim describes a simulated slow destination. What it does to a batch depends
// only on the seed, the ordinals and the attempt, so that a run can be repeated.
type Sim struct {
	Latency time.Duration // of each delivery
	Jitter  time.Duration // latency varies evenly by up to this, both ways; at most Latency
	Errors  float64       // chance that an attempt fails for a passing reason, 0 to 1
	Rejects float64       // chance that a record is refused, 0 to 1
	Seed    uint64

	// Dist is how latency varies: "" or "even", "exp" (Latency is the mean, and
	// there is no Jitter) or "lognormal" (Latency is the mean, Jitter the
	// standard deviation).
	Dist string

	Limits     float64       // chance that an attempt is one too many, 0 to 1
	RetryAfter time.Duration // and must wait at least this long
	Partial    float64       // chance that an attempt fails after it stored some of the batch, 0 to 1
	Hang       float64       // chance that an attempt is never answered, 0 to 1
}

// simDists are the distributions by name.
func simDists() []string { return []string{"even", "exp", "lognormal"} }

// simKeys are the keys of a sim: destination.
func simKeys() []string {
	return []string{"latency", "jitter", "errors", "rejects", "seed", "dist", "limits", "retry-after", "partial", "hang"}
}

// ParseSim reads "latency=10ms,jitter=5ms,errors=1%,rejects=0.1%,seed=7"; every
// key may be absent, and is 0 then.
func ParseSim(spec string) (Sim, error) {
	var s Sim
	seen := map[string]bool{}
	for item := range strings.SplitSeq(spec, ",") {
		if spec == "" {
			break
		}
		key, value, found := strings.Cut(item, "=")
		if !found {
			return s, usagef("sim: %q is not key=value; keys are %s", item, strings.Join(simKeys(), ", "))
		}
		if seen[key] {
			return s, usagef("sim: %s is given twice", key)
		}
		seen[key] = true
		var err error
		switch key {
		case "latency":
			s.Latency, err = units.ParseDuration(value)
		case "jitter":
			s.Jitter, err = units.ParseDuration(value)
		case "errors":
			s.Errors, err = parseShare(value)
		case "rejects":
			s.Rejects, err = parseShare(value)
		case "seed":
			if s.Seed, err = strconv.ParseUint(value, 10, 64); err != nil {
				err = errors.New("want a whole number from 0, such as 7")
			}
		case "dist":
			if s.Dist = value; !slices.Contains(simDists(), value) {
				err = errors.New("want " + strings.Join(simDists(), ", "))
			}
		case "limits":
			s.Limits, err = parseShare(value)
		case "retry-after":
			s.RetryAfter, err = units.ParseDuration(value)
		case "partial":
			s.Partial, err = parseShare(value)
		case "hang":
			s.Hang, err = parseShare(value)
		default:
			return s, usagef("sim: no key %q%s; keys are %s", key, spell.DidYouMean(key, simKeys(), "", ""), strings.Join(simKeys(), ", "))
		}
		if err != nil {
			return s, usagef("sim: %s=%s: %v", key, value, err)
		}
	}
	switch {
	case s.Dist == "exp" && s.Jitter > 0:
		return s, usagef("sim: dist=exp has no jitter: it varies as its latency says")
	case s.Dist == "lognormal" && s.Latency == 0:
		return s, usagef("sim: dist=lognormal needs a latency")
	case s.RetryAfter > 0 && s.Limits == 0:
		return s, usagef("sim: retry-after needs limits, the chance that it is asked for")
	case s.Dist != "lognormal" && s.Jitter > s.Latency:
		return s, usagef("sim: jitter=%v is more than latency=%v: a delivery can't take less than no time", s.Jitter, s.Latency)
	}
	return s, nil
}

// parseShare wants the percent sign, because errors=1 could mean 1 or 100 %.
func parseShare(s string) (float64, error) {
	number, found := strings.CutSuffix(s, "%")
	f, err := strconv.ParseFloat(number, 64)
	if !found || err != nil || !(f >= 0 && f <= 100) {
		return 0, errors.New("want a percentage from 0% to 100%, such as 0.1%")
	}
	return f / 100, nil
}

// Destination makes the simulation; it waits on the given clock.
func (s Sim) Destination(clock Clock) Destination { return sim{s, clock} }

type sim struct {
	Sim
	clock Clock
}

func (sim) Name() string                 { return "sim" }
func (sim) Traits() Traits               { return Traits{Eager: true, Parallel: true} }
func (sim) Open(context.Context) error   { return nil }
func (sim) Commit(context.Context) error { return nil }
func (sim) Abort() error                 { return nil }

// The simulation draws each kind of chance from a stream of its own, so that
// turning one on leaves the others as they were.
const (
	drawJitter = iota + 1
	drawError
	drawReject
	drawLimit
	drawPartial
	drawHang
	drawAngle
)

func (s sim) Deliver(ctx context.Context, b *Batch) error {
	first, attempt := uint64(b.First.Ordinal), uint64(b.Attempt)
	if s.draw(drawHang, first, attempt) < s.Hang {
		<-ctx.Done()
		return ctx.Err()
	}
	if err := s.clock.Sleep(ctx, s.latency(first, attempt)); err != nil {
		return err
	}
	if s.draw(drawLimit, first, attempt) < s.Limits {
		return &Transient{Err: errors.New("simulated limit"), RetryAfter: s.RetryAfter, Clean: true}
	}
	if s.draw(drawPartial, first, attempt) < s.Partial {
		return &Transient{Err: errors.New("simulated failure in the middle of a batch")}
	}
	if s.draw(drawError, first, attempt) < s.Errors {
		return &Transient{Err: errors.New("simulated failure"), Clean: true}
	}
	if s.Rejects == 0 {
		return nil
	}
	var refused []Refusal
	i := 0
	for at := range b.All() {
		if s.draw(drawReject, uint64(at.Ordinal), 0) < s.Rejects {
			refused = append(refused, Refusal{Index: i, Reason: errors.New("simulated refusal")})
		}
		i++
	}
	if refused != nil {
		return &Rejected{Records: refused, Stored: true}
	}
	return nil
}

// latency is how long an attempt takes.
func (s sim) latency(first, attempt uint64) time.Duration {
	u, mean := s.draw(drawJitter, first, attempt), float64(s.Latency)
	switch s.Dist {
	case "exp":
		return time.Duration(-mean * math.Log(1-u))
	case "lognormal":
		// The parameters from the mean and the deviation, a normal variable by
		// Box and Muller (A note on the generation of random normal deviates,
		// 1958).
		ratio := float64(s.Jitter) / mean
		variance := math.Log(1 + ratio*ratio)
		normal := math.Sqrt(-2*math.Log(1-u)) * math.Cos(2*math.Pi*s.draw(drawAngle, first, attempt))
		return time.Duration(mean * math.Exp(math.Sqrt(variance)*normal-variance/2))
	}
	return s.Latency + time.Duration((2*u-1)*float64(s.Jitter))
}

// draw returns a number in [0, 1) that looks random and depends on nothing but
// its arguments and the seed.
func (s sim) draw(kind, ordinal, attempt uint64) float64 {
	h := mix(mix(mix(s.Seed+kind)+ordinal) + attempt)
	return float64(h>>11) / (1 << 53)
}

// mix is the step and the finaliser of SplitMix64 (Steele, Lea, Flood: Fast
// splittable pseudorandom number generators, 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
