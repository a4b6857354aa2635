package pace

import (
	"math"
	"math/rand/v2"

	"ndjsontools/lib/units"
)

// Where units do not all cost one, the pacer counts millionths of a unit. It
// counts whole numbers, so that it never drifts; six decimals of a cost are what
// is left of the 63 bits beside a cost or a rate of nine billion.
const (
	Millionths = 1_000_000
	Heaviest   = math.MaxInt64 / Millionths / 1000 // the greatest cost of one unit
)

// Fine is the rate in millionths of its unit.
func Fine(rate units.Rate) units.Rate {
	for rate.N > math.MaxInt64/Millionths { // a rate of that many digits needs no exactness
		rate.N, rate.Per = rate.N/2, max(rate.Per/2, 1)
	}
	rate.N *= Millionths
	return rate
}

// Cost is a weight in millionths, at least one of them.
func Cost(weight float64) int64 {
	return max(1, int64(math.Round(min(weight, Heaviest)*Millionths)))
}

// A Poisson draws weights that make the times between units those of independent
// events: exponentially distributed, with a mean of one. A unit's weight is the
// time until the next one, in those of the rate. It belongs to one goroutine.
type Poisson struct{ random *rand.Rand }

// NewPoisson returns a Poisson that draws the same weights for the same seed.
func NewPoisson(seed uint64) *Poisson { return &Poisson{rand.New(rand.NewPCG(seed, 0))} }

// Weight draws the next weight.
func (p *Poisson) Weight() float64 { return p.random.ExpFloat64() }
