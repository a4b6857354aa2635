package gen

import (
	"fmt"
	"math"
	"strings"
)

// A fieldInfo is what Explain tells of a field.
type fieldInfo struct {
	path     []string
	e        *expr
	distinct float64
}

// Explain says in words what a plan makes: its fields with how many different
// values they have among count records, an example, and the mean size.
func (p *Plan) Explain(count int64) string {
	if count <= 0 {
		count = 1_000_000
	}
	count = min(count, p.last+1)
	var b strings.Builder
	for _, f := range p.fields {
		fmt.Fprintf(&b, "%-20s %-12s", strings.Join(f.path, "."), f.e.name)
		if f.distinct > 0 {
			// n values drawn r times: n(1-(1-1/n)^r) of them are seen.
			seen := -f.distinct * math.Expm1(float64(count)*math.Log1p(-min(1/f.distinct, 1-1e-12)))
			fmt.Fprintf(&b, " about %.0f different values of %.0f", math.Min(seen, f.distinct), f.distinct)
		}
		if f.distinct < 0 {
			fmt.Fprintf(&b, " at most %.0f different values", -f.distinct)
		}
		b.WriteByte('\n')
	}
	var sample []byte
	sum, n := 0, int64(0)
	for step := max(count/1000, 1); n*step < count && n < 1000; n++ {
		sample = p.Append(sample[:0], n*step, 0)
		sum += len(sample)
	}
	fmt.Fprintf(&b, "records: about %d bytes, at most %d; %d operations; the last possible one is %d\n", sum/int(max(n, 1)), p.max, len(p.ops), p.last)
	fmt.Fprintf(&b, "example: %s", p.Append(nil, 0, 0))
	return b.String()
}
