package gen

import (
	"fmt"
	"math"
	"math/bits"
	"strings"
)

// numberSize is the size of the longer of two numbers with decimals.
func numberSize(lo, hi int64, dp int) int { return max(digits(lo), digits(hi), dp+2) + 2 }

func seqType(k *call) error {
	var start, step int64 = 0, 1
	var err error
	off := k.e.off
	if len(k.args) > 0 {
		if start, _, err = k.ints(0); err != nil {
			return err
		}
		off = k.args[0].off
	}
	if a, ok := k.named["step"]; ok {
		if step, err = parseInt(a.value); err != nil || step == 0 || step == math.MinInt64 {
			return k.failAt(a, "step= is a whole number that is not 0")
		}
	}
	if start < -maxNumber || start > maxNumber || step < -maxNumber || step > maxNumber {
		return k.e.src.fail(off, "a sequence stays between -9007199254740991 and 9007199254740991", "")
	}
	last := (maxNumber - start) / step
	if step < 0 {
		last = (-maxNumber - start) / step
	}
	if err := k.limit(k.e.src, off, last, "the sequence passes 9007199254740991, which is not exact in JSON"); err != nil {
		return err
	}
	far := start + min(last, k.count()-1)*step
	k.add(op{kind: opSeq, start: start, step: step, max: max(digits(start), digits(far))})
	k.invertible(idCell{start: start, step: step})
	return nil
}

// count is how many positions there are at most.
func (c *compiler) count() int64 {
	if c.places > 0 {
		return c.places
	}
	return c.last + 1
}

// uniqType is int with every value once.
func uniqType(k *call) error {
	k.unique = true
	return intType(k)
}

// invertible notes a field of whose value the record's index can be found.
func (k *call) invertible(id idCell) {
	for name := range k.named {
		if name != "step" && name != "uniq" {
			return
		}
	}
	if k.depth == 0 && k.optional == 0 && !k.inString && k.places == recordPlaces {
		k.ids[strings.Join(k.path, "\x00")] = id
	}
}

func intType(k *call) error {
	lo, hi, err := k.ints(0)
	if err != nil {
		return err
	}
	step := int64(1)
	if a, ok := k.named["step"]; ok {
		if step, err = parseInt(a.value); err != nil || step < 1 {
			return k.failAt(a, "step= is a whole number above 0")
		}
	}
	n := uint64(hi-lo)/uint64(step) + 1
	o := op{kind: opInt, start: lo, step: step, max: numberSize(lo, hi, 0)}
	_, card := k.named["card"]
	if a, skewed := k.skewed(); skewed && !card {
		if k.unique {
			return k.failAt(a, "values that are there once each can't be frequent")
		}
		z, err := k.skew(a, n)
		if err != nil {
			return err
		}
		o.kind, o.more = opRank, &more{zipf: z, perm: newFeistel(key(k.Seed, k.keys, "rank"), n)}
		k.leaf(o)
		k.among(float64(n))
		return nil
	}
	if err := k.counted(o, n); err != nil {
		return err
	}
	if p := &k.ops[len(k.ops)-1]; p.uniq == uniqInStream {
		k.invertible(idCell{start: lo, step: step, perm: &p.more.perm})
	}
	return nil
}

// counted adds an operation that draws one of n values, numbered from 0; with
// uniq each of them once, in the stream or in the list around.
func (k *call) counted(o op, n uint64) error {
	o.n = n
	if !k.unique {
		k.leaf(o)
		k.among(float64(n))
		return nil
	}
	off := k.e.off
	if len(k.args) > 0 {
		off = k.args[0].off
	}
	if o.more == nil {
		o.more = &more{}
	}
	if k.listMost > 0 {
		if uint64(k.listMost) > n {
			return k.e.src.fail(off, fmt.Sprintf("there are only %d unique values, and lists of up to %d", n, k.listMost), "")
		}
		o.uniq = uniqInList
		k.leaf(o)
		return nil
	}
	if err := k.limit(k.e.src, off, int64(min(n, 1<<62)-1), fmt.Sprintf("there are only %d unique values", n)); err != nil {
		return err
	}
	o.uniq, o.more.perm = uniqInStream, newFeistel(key(k.Seed, k.keys, "v"), n)
	k.leaf(o)
	return nil
}

// atMost notes that there are no more than n different values.
func (k *call) atMost(n float64) { k.distinct = -n }

// among notes that there are n different values, all as likely unless zipf=
// or hot= say otherwise: then n is kept with a minus.
func (k *call) among(n float64) {
	if _, skewed := k.skewed(); skewed || k.e.name == "zipf" {
		n = -n
	}
	if k.distinct == 0 || math.Abs(n) < math.Abs(k.distinct) {
		k.distinct = n
	}
}

func floatType(k *call) error {
	lo, hi, dp, err := k.decimalRange(k.args[0])
	if err != nil {
		return err
	}
	step, err := k.fixedStep(dp)
	if err != nil {
		return err
	}
	return k.counted(op{kind: opFixed, start: lo, step: step, times: dp, max: numberSize(lo, hi, dp)}, uint64((hi-lo)/step)+1)
}

// decimalRange reads "0..99.5" in units of the last decimal, which dp= says or
// the range shows.
func (k *call) decimalRange(a arg) (lo, hi int64, dp int, err error) {
	from, to, ok := strings.Cut(a.text(), "..")
	v, vs, err := parseDecimal(from)
	w, ws, err2 := parseDecimal(to)
	if !ok || err != nil || err2 != nil {
		return 0, 0, 0, k.failAt(a, quoteText(a.text())+" is not a range of numbers: 0..99.5")
	}
	if dp, err = k.decimals(max(vs, ws, 2)); err != nil {
		return 0, 0, 0, err
	}
	if dp < max(vs, ws) {
		return 0, 0, 0, k.failAt(a, "the range has more decimals than dp= leaves")
	}
	lo, okLo := scaleUp(v, dp-vs)
	hi, okHi := scaleUp(w, dp-ws)
	if !okLo || !okHi || hi < lo {
		return 0, 0, 0, k.failAt(a, "the range "+quoteText(a.text())+" is empty, or has too many digits for a double")
	}
	return lo, hi, dp, nil
}

// fixedStep is step= in units of the last decimal.
func (k *call) fixedStep(dp int) (int64, error) {
	a, ok := k.named["step"]
	if !ok {
		return 1, nil
	}
	v, scale, err := parseDecimal(a.value)
	if err == nil && scale <= dp {
		if step, exact := scaleUp(v, dp-scale); exact && step > 0 {
			return step, nil
		}
	}
	return 0, k.failAt(a, "step= is a number above 0 with no more decimals than the values")
}

// scaleUp is v * 10^by, if a double holds that exactly.
func scaleUp(v int64, by int) (int64, bool) {
	hi, lo := bits.Mul64(uint64(max(v, -v)), uint64(pow10[by]))
	return v * pow10[by], hi == 0 && lo <= maxNumber
}

func zipfType(k *call) error {
	n, err := parseInt(k.args[0].text())
	if err != nil || n < 1 || n > maxNumber {
		return k.failAt(k.args[0], quoteText(k.args[0].text())+" is not a number of ranks")
	}
	z, err := k.zipf(k.args[1], uint64(n))
	if err != nil {
		return err
	}
	k.leaf(op{kind: opRank, start: 1, step: 1, max: digits(n), more: &more{zipf: z}})
	k.among(float64(n))
	return nil
}
