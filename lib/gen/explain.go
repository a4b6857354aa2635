package gen

import (
	"fmt"
	"math"
	"strings"

	"ndjsontools/lib/jsonscan"
)

// A fieldInfo is what Explain tells of a field.
type fieldInfo struct {
	path     []string
	e        *expr
	distinct float64 // see call
	unique   bool
	exponent float64 // of Zipf's law, if the values are skewed
	bits     int     // of randomness, where values are not counted
	listed   bool    // an element of a list, of which there are not as many as records
}

// Explain says in words what a plan makes: each field with its expression, the
// value of an early record, and how many different values count records have;
// the mean size of a record; an example. A count of 0 is a million.
func (p *Plan) Explain(count int64) string {
	if count <= 0 {
		count = 1_000_000
	}
	count = min(count, p.last+1)
	rows := [][3]string{{"field", "expression", "example"}}
	notes := []string{fmt.Sprintf("in %d records", count)}
	for _, f := range p.fields {
		rows = append(rows, [3]string{strings.Join(f.path, "."), clip(f.e.text[f.e.off:]), clip(p.example(f.path))})
		notes = append(notes, f.variety(float64(count)))
	}
	var width [3]int
	for _, r := range rows {
		for i, cell := range r {
			width[i] = max(width[i], len(cell))
		}
	}
	var b strings.Builder
	for i, r := range rows {
		line := fmt.Sprintf("%-*s  %-*s  %-*s  %s", width[0], r[0], width[1], r[1], width[2], r[2], notes[i])
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	mean := p.meanSize(count)
	fmt.Fprintf(&b, "\na record has about %d bytes, and at most %d; %d records about %d\n", mean, p.max, count, int64(mean)*count)
	fmt.Fprintf(&b, "the plan has %d operations; the last record that there can be is number %d\n", len(p.ops), p.last)
	fmt.Fprintf(&b, "record 0: %s", p.Append(nil, 0, 0))
	return b.String()
}

func clip(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// example is the value of a field in the first record that has it, of some.
func (p *Plan) example(path []string) string {
	var line []byte
	for i := range min(100, p.last+1) {
		line = p.Append(line[:0], i, 0)
		if at, ok := jsonscan.Find(line, path); ok && line[at.Start] != 'n' {
			return string(line[at.Start:at.End])
		}
	}
	return ""
}

// meanSize is the mean of the sizes of a thousand records, in bytes.
func (p *Plan) meanSize(count int64) int {
	var line []byte
	sum, n := 0, int64(0)
	for step := max(count/1000, 1); n*step < count && n < 1000; n++ {
		line = p.Append(line[:0], n*step, 0)
		sum += len(line)
	}
	return sum / int(max(n, 1))
}

// variety says how many different values so many draws have.
func (f *fieldInfo) variety(draws float64) string {
	n := math.Abs(f.distinct)
	switch {
	case f.unique || f.e.name == "seq":
		return "all different"
	case f.bits > 0:
		// Of r values out of 2^b two are alike with a chance of about r^2/2^(b+1).
		return fmt.Sprintf("two alike with a chance of %.2g", -math.Expm1(-draws*draws*math.Exp2(-float64(f.bits+1))))
	case n == 0:
		return ""
	case f.listed:
		return fmt.Sprintf("%.0f different", n)
	case f.exponent > 0:
		return fmt.Sprintf("about %.0f different of %.0f", math.Round(seenOfZipf(n, f.exponent, draws)), n)
	case f.distinct < 0:
		return fmt.Sprintf("at most %.0f different", n)
	}
	// Of n values drawn r times, n(1-(1-1/n)^r) are seen.
	seen := -n * math.Expm1(draws*math.Log1p(-min(1/n, 1-1e-12)))
	return fmt.Sprintf("about %.0f different of %.0f", math.Round(min(seen, n)), n)
}

// seenOfZipf is how many of n ranks so many draws are expected to see: the sum
// of 1-e^(-draws*p), in steps that grow with the rank.
func seenOfZipf(n, s, draws float64) (seen float64) {
	total := harmonic(uint64(n), s)
	for k := 1.0; k <= n; {
		step := min(max(1, math.Floor(k/64)), n-k+1)
		share := math.Pow(k+(step-1)/2, -s) / total
		seen -= step * math.Expm1(-draws*share)
		k += step
	}
	return seen
}
