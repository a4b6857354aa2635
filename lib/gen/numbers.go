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

func uniqType(k *call) error {
	lo, hi, err := k.ints(0)
	if err != nil {
		return err
	}
	n := uint64(hi-lo) + 1
	if err := k.limit(k.e.src, k.args[0].off, int64(n-1), fmt.Sprintf("there are only %d unique values in %s", n, k.args[0].text())); err != nil {
		return err
	}
	o := op{kind: opUniq, start: lo, max: numberSize(lo, hi, 0), more: &more{perm: newFeistel(key(k.Seed, k.keys, "v"), n)}}
	k.add(o)
	k.invertible(idCell{start: lo, step: 1, perm: &o.more.perm})
	return nil
}

// invertible notes a field of whose value the record's index can be found.
func (k *call) invertible(id idCell) {
	if k.depth == 0 && !k.inString && k.places == recordPlaces && len(k.named) == 0 {
		k.ids[strings.Join(k.path, "\x00")] = id
	}
	if k.depth == 0 && len(k.named) == 1 && !k.inString && k.places == recordPlaces {
		if _, ok := k.named["step"]; ok {
			k.ids[strings.Join(k.path, "\x00")] = id
		}
	}
}

func intType(k *call) error {
	if _, ok := k.named["uniq"]; ok {
		return uniqType(k)
	}
	lo, hi, err := k.ints(0)
	if err != nil {
		return err
	}
	n := uint64(hi-lo) + 1
	_, card := k.named["card"]
	if a, ok := k.named["zipf"]; ok && !card {
		z, err := k.zipf(a, n)
		if err != nil {
			return err
		}
		k.leaf(op{kind: opRank, start: lo, max: numberSize(lo, hi, 0),
			more: &more{zipf: z, perm: newFeistel(key(k.Seed, k.keys, "rank"), n)}})
	} else {
		k.leaf(op{kind: opInt, start: lo, n: n, max: numberSize(lo, hi, 0)})
	}
	k.among(float64(n))
	return nil
}

// among notes that there are n different values, all as likely unless zipf=
// says otherwise: then n is kept with a minus.
func (k *call) among(n float64) {
	if _, skewed := k.named["zipf"]; skewed || k.e.name == "zipf" {
		n = -n
	}
	if k.distinct == 0 || math.Abs(n) < math.Abs(k.distinct) {
		k.distinct = n
	}
}

func floatType(k *call) error {
	a := k.args[0]
	from, to, ok := strings.Cut(a.text(), "..")
	v, vs, err := parseDecimal(from)
	w, ws, err2 := parseDecimal(to)
	if !ok || err != nil || err2 != nil {
		return k.failAt(a, quoteText(a.text())+" is not a range of numbers: 0..99.5")
	}
	dp, err := k.decimals(max(vs, ws, 2))
	if err != nil {
		return err
	}
	if dp < max(vs, ws) {
		return k.failAt(a, "the range has more decimals than dp= leaves")
	}
	lo, okLo := scaleUp(v, dp-vs)
	hi, okHi := scaleUp(w, dp-ws)
	if !okLo || !okHi || hi < lo {
		return k.failAt(a, "the range "+quoteText(a.text())+" is empty, or has too many digits for a double")
	}
	k.leaf(op{kind: opFixed, start: lo, n: uint64(hi-lo) + 1, times: dp, max: numberSize(lo, hi, dp)})
	k.among(float64(hi-lo) + 1)
	return nil
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
	k.leaf(op{kind: opRank, start: 1, max: digits(n), more: &more{zipf: z}})
	k.among(float64(n))
	return nil
}
