package like

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"ndjsontools/lib/gen"
)

// numbers are what a field's numbers are like.
type numbers struct {
	frequent
	count    int64
	decimals int
	min, max float64
	mean     float64
	squares  float64 // of the distances from the mean, summed up (B. P. Welford, 1962)
	order    order
	sample   []float64 // some of them, all as likely
}

// maxExact is the largest number up to which a double holds every whole one, and
// package gen makes any.
const maxExact = 1<<53 - 1

// maxDecimals is the longest fraction that is kept.
const maxDecimals = 9

// add answers whether the number is one that a double holds exactly.
func (n *numbers) add(text string) (exact bool) {
	v, err := strconv.ParseFloat(text, 64)
	exact = true
	if err != nil || math.Abs(v) > maxExact {
		v = math.Copysign(maxExact, v)
		exact = false
	}
	if v == 0 {
		v = 0 // not -0
	}
	if n.count == 0 {
		n.min, n.max = v, v
	}
	n.min, n.max = min(n.min, v), max(n.max, v)
	plain := strconv.FormatFloat(v, 'f', -1, 64)
	if _, fraction, ok := strings.Cut(plain, "."); ok {
		n.decimals = max(n.decimals, min(len(fraction), maxDecimals))
	}
	n.order.add(v, n.count)
	n.frequent.add(plain)
	if at := spot(n.count); len(n.sample) < reservoir {
		n.sample = append(n.sample, v)
	} else if at < reservoir {
		n.sample[at] = v
	}
	n.count++
	before := n.mean
	n.mean += (v - before) / float64(n.count)
	n.squares += (v - before) * (v - n.mean)
	return exact
}

// spot is where the value of a number goes in the reservoir: a place from 0 to
// count, which is the same in every run.
func spot(count int64) uint64 {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(count))
	at, _ := bits.Mul64(gen.Hash(b[:]), uint64(count)+1)
	return at
}

// An order says how the values of a field follow each other.
type order struct {
	first, last, step float64
	even              bool // every step is as wide as the first one
	up                int64
	least, most       float64 // of the steps
}

func (o *order) add(v float64, before int64) {
	step := v - o.last
	switch {
	case before == 0:
		o.first = v
	case before == 1:
		o.step, o.even, o.least, o.most = step, true, step, step
	default:
		o.even = o.even && step == o.step
		o.least, o.most = min(o.least, step), max(o.most, step)
	}
	if before > 0 && step >= 0 {
		o.up++
	}
	o.last = v
}

// rises says whether nearly all steps lead up, and far enough for a clock.
func (o *order) rises(count int64) bool {
	return count > 2 && o.last > o.first && float64(o.up) >= 0.9*float64(count-1)
}

// frequent are the values of a field while they are few and short.
type frequent struct {
	counts map[string]int64
	seen   []string // in the order in which they came
	many   bool
	distinct
}

func (f *frequent) add(v string) {
	f.distinct.add(v)
	if f.many {
		return
	}
	if f.counts == nil {
		f.counts = map[string]int64{}
	}
	if _, ok := f.counts[v]; !ok {
		if len(f.seen) == MaxValues || len(v) > MaxLength {
			f.counts, f.seen, f.many = nil, nil, true
			return
		}
		v = strings.Clone(v)
		f.seen = append(f.seen, v)
	}
	f.counts[v]++
}

// listed says whether the values are an enumeration: few, and each of them, on
// the average, there three times.
func (f *frequent) listed(count int64) bool {
	return !f.many && count >= 3*int64(len(f.seen))
}

// repeats answers card= with how many different values there are, if they are too
// many to be listed, but each, on the average, there twice; else "". of is how
// many there could be in the range that is drawn from, 0 for any number: most
// of a range are the range.
func (f *frequent) repeats(count int64, of float64) string {
	n := f.estimate()
	if !f.many || n*2 > float64(count) || of > 0 && n > of/2 {
		return ""
	}
	return "card=" + strconv.FormatFloat(math.Round(n), 'f', 0, 64)
}

// quantile is the value that a share q of the sample is below.
func (n *numbers) quantile(q float64) float64 {
	s := slices.Clone(n.sample)
	slices.Sort(s)
	return s[int(q*float64(len(s)-1)+0.5)]
}

// text is v with the decimals that the field has.
func (n *numbers) text(v float64) string { return strconv.FormatFloat(v, 'f', n.decimals, 64) }

// expression is what makes numbers like these. ordered says that the field is in
// every record, so that their order counts; name may tell of a time.
func (n *numbers) expression(name string, ordered bool) (typ, args string) {
	n.fit()
	if n.count > 2 && ordered && n.decimals == 0 && n.order.even && n.order.step != 0 && math.Abs(n.order.step) < 1<<53 {
		typ, args = "seq", n.text(n.order.first)
		if n.order.step != 1 {
			args += ",step=" + n.text(n.order.step)
		}
		if unit := epoch(n.min, n.max); unit.name == "" || n.order.step <= 0 {
			return typ, args
		}
	}
	if unit := epoch(n.min, n.max); unit.name != "" && n.decimals == 0 && (ordered && n.order.rises(n.count) || isTimeName(name)) {
		return clock(n.order, n.count, ordered, n.min, n.max, unit)
	}
	if len(n.seen) == 1 || n.listed(n.count) && !n.even() {
		return "pick", n.values(func(v string) string { return v })
	}
	if n.decimals == 0 && n.even() {
		return "int", n.text(n.min) + ".." + n.text(n.max)
	}
	middle, tail := n.quantile(.5), n.quantile(.99)
	width := n.max - n.min
	switch sd := n.deviation(); {
	case n.count < 30 || width == 0:
	case n.min >= 0 && middle > 0 && middle < n.min+width/5 && tail > 2*middle && n.exact(middle*math.Pow(tail/middle, farthest/2.33)):
		return "lognormal", "med=" + n.short(middle) + ",p99=" + n.short(tail) + ",dp=" + strconv.Itoa(n.decimals)
	case width > 5*sd && math.Abs(middle-(n.min+n.max)/2) < width/10 && n.exact(math.Abs(n.mean)+farthest*sd):
		return "normal", n.short(n.mean) + "," + n.short(sd) + ",dp=" + strconv.Itoa(n.decimals)
	}
	if n.decimals == 0 {
		return "int", n.text(n.min) + ".." + n.text(n.max)
	}
	return "float", n.text(n.min) + ".." + n.text(n.max) + ",dp=" + strconv.Itoa(n.decimals)
}

// farthest is how many standard deviations a value can be from the mean, and a
// bit more: the quantile of 2^-53.
const farthest = 8.5

// exact says whether a double holds v with the decimals of the field.
func (n *numbers) exact(v float64) bool { return v*math.Pow(10, float64(n.decimals)) < 1<<52 }

// fit takes away decimals that the widest value leaves no digits for.
func (n *numbers) fit() {
	for n.decimals > 0 && !n.exact(max(n.max, -n.min)) {
		n.decimals--
	}
}

// even says whether all whole numbers of the range are there, about as often.
func (n *numbers) even() bool {
	if n.many || n.decimals > 0 || len(n.seen) < 3 || float64(len(n.seen)) != n.max-n.min+1 {
		return false
	}
	least, most := n.count, int64(0)
	for _, c := range n.counts {
		least, most = min(least, c), max(most, c)
	}
	return most <= 3*least+3
}

func (n *numbers) deviation() float64 { return math.Sqrt(n.squares / float64(n.count)) }

// short is v with a digit more than the field has, and at least two.
func (n *numbers) short(v float64) string {
	text := strconv.FormatFloat(v, 'f', max(n.decimals+1, 2), 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// values lists what pick takes, with weights unless all are as likely.
func (f *frequent) values(spell func(string) string) string {
	weighted := false
	for _, c := range f.counts {
		weighted = weighted || c != f.counts[f.seen[0]]
	}
	list := make([]string, len(f.seen))
	for i, v := range f.seen {
		list[i] = spell(v)
		if weighted {
			list[i] += "=" + strconv.FormatInt(f.counts[v], 10)
		}
	}
	return strings.Join(list, ",")
}
