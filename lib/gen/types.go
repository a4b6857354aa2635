package gen

import (
	"fmt"
	"math"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/spell"
	"ndjsontools/lib/units"
)

func init() {
	dist := []string{"dp"}
	types = map[string]*typeInfo{
		"seq":       {about: "0, 1, 2 or from a start, a step apart", example: "seq,1000", named: []string{"step"}, flags: []string{"str"}, most: 1, compile: seqType},
		"uniq":      {about: "whole numbers of a range, each once, in no order", example: "uniq,1..1M", flags: []string{"str"}, least: 1, most: 1, compile: uniqType},
		"int":       {about: "whole numbers of a range; zipf= makes some of them frequent", example: "int,1..100", flags: []string{"str", "uniq"}, least: 1, most: 1, compile: intType},
		"float":     {about: "numbers of a range", example: "float,0..99.5", named: dist, flags: []string{"str"}, least: 1, most: 1, compile: floatType},
		"normal":    {about: "the normal distribution: mean, standard deviation", example: "normal,60,5", named: []string{"dp", "mean", "sd"}, flags: []string{"str"}, most: 2, compile: normalType},
		"lognormal": {about: "a long tail, as latencies have: median, 99th percentile", example: "lognormal,med=12,p99=900", named: []string{"dp", "med", "p99"}, flags: []string{"str"}, most: 2, compile: lognormalType},
		"exp":       {about: "the exponential distribution: mean", example: "exp,250", named: []string{"dp", "mean"}, flags: []string{"str"}, most: 1, compile: expType},
		"zipf":      {about: "ranks from 1 by Zipf's law: how many, and the exponent", example: "zipf,1M,1.1", flags: []string{"str"}, least: 2, most: 2, compile: zipfType},
		"bool":      {about: "true or false; p= is the share of true", example: "bool,p=.97", named: []string{"p"}, flags: []string{"str"}, compile: boolType},
		"pick":      {about: "one of the values, with weights if wanted; numbers if all are", example: "pick,info=90,warn=9,error=1", flags: []string{"str"}, least: 1, most: -1, compile: pickType},
		"words":     {about: "so many English words", example: "words,4..20", most: 1, text: true, compile: wordsType},
		"text":      {about: "so many letters and spaces", example: "text,20..80", most: 1, text: true, compile: textType},
		"hex":       {about: "so many random bytes in hexadecimal", example: "hex,16", most: 1, text: true, compile: bytesType(opHex, 16, func(n int) int { return 2 * n })},
		"base64":    {about: "so many random bytes in base 64", example: "base64,24", most: 1, text: true, compile: bytesType(opBase64, 24, func(n int) int { return (n + 2) / 3 * 4 })},
		"uuid4":     {about: "a random UUID", example: "uuid4", text: true, compile: leafType(opUUID4, 36)},
		"uuid7":     {about: "a UUID that sorts by the record's time", example: "uuid7,step=10ms", named: clockNames[:2], flags: []string{"now"}, text: true, compile: stampedType(opUUID7, 36)},
		"ulid":      {about: "a ULID, which sorts by the record's time", example: "ulid", named: clockNames[:2], flags: []string{"now"}, text: true, compile: stampedType(opULID, 26)},
		"ip4":       {about: "an IPv4 address, of a network if one is given", example: "ip4,10.1.0.0/16", most: 1, text: true, compile: ip4Type},
		"ip6":       {about: "an IPv6 address, of a network if one is given", example: `ip6,2001\:db8\:\:/32`, most: 1, text: true, compile: ip6Type},
		"mac":       {about: "a locally administered hardware address", example: "mac", text: true, compile: leafType(opMAC, 17)},
		"time":      {about: "moments a step apart, with jitter; late=P:D is how many come how late", example: "time,step=10ms,jitter=2ms", named: append([]string{"unix", "late"}, clockNames...), flags: []string{"now", "unix"}, compile: timeType},
		"date":      {about: "a day of a range", example: "date,2020-01-01..2024-12-31", most: 1, text: true, compile: dateType},
		"dur":       {about: "a time that something took, in ms or another unit=", example: "dur,10ms..2s", named: []string{"unit"}, flags: []string{"str"}, least: 1, most: 1, compile: durType},
		"list":      {about: "an array of so many values of another type", example: "list,0..3,pick,a,b,c", least: 2, most: -1, nested: true, compile: listType},
		"repeat":    {about: "texts and fields, joined, so many times", example: "repeat,50,chunk-,.id", least: 2, most: -1, text: true, compile: repeatType},
		"concat":    {about: "texts and fields, joined", example: "concat,user-,.id", least: 1, most: -1, text: true, compile: concatType},
		"copy":      {about: "the value of another field", example: "copy,.user.id", least: 1, most: 1, compile: copyType},
		"hash":      {about: "hexadecimal digits that only another field decides", example: "hash,.user.id,8", least: 1, most: 2, text: true, compile: hashType},
		"pad":       {about: "so many x; without a size, what --record-size leaves", example: "pad,100", most: 1, text: true, compile: padType},
		"null":      {about: "null", example: "null", compile: func(k *call) error { k.static("null"); k.distinct = 1; return nil }},
	}
}

func leafType(kind opKind, size int) func(*call) error {
	return func(k *call) error { k.leaf(op{kind: kind, max: size}); return nil }
}

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

// A law is a continuous distribution. Its values are multiples of 10^-dp.
type law struct {
	kind  lawKind
	a, b  float64 // normal: mean and standard deviation, the latter two of the logarithm for lognormal; exp: the mean
	scale float64
	often uint64 // of a time: how often it is late
}

type lawKind uint8

const (
	normalLaw lawKind = iota
	lognormalLaw
	expLaw
)

// draw is the value that a cell stands for, times 10^dp.
func (l *law) draw(cell uint64) int64 {
	u := unit(cell)
	var v float64
	switch l.kind {
	case normalLaw:
		v = l.a + float64(l.b*normalOf(u))
	case lognormalLaw:
		v = expOf(min(max(l.a+float64(l.b*normalOf(u)), -700), 36))
	case expLaw:
		v = -float64(l.a * logOf(u))
	}
	v = math.Floor(float64(v*l.scale) + 0.5)
	return int64(min(max(v, -maxNumber), maxNumber))
}

func (k *call) law(l law, dp int) error {
	dp, err := k.decimals(dp)
	if err != nil {
		return err
	}
	l.scale = float64(pow10[dp])
	lo, hi := l.draw(0), l.draw(1<<64-1)
	if max(lo, hi, -lo, -hi) >= maxNumber {
		return k.e.src.fail(k.e.off, "its largest values have too many digits for a double", "fewer decimals (dp=), or smaller numbers")
	}
	k.leaf(op{kind: opFloat, times: dp, max: numberSize(lo, hi, dp), more: &more{law: l}})
	return nil
}

// params reads two parameters by name or place.
func (k *call) params(names [2]string, n int) (v [2]float64, err error) {
	for i := range n {
		a, ok := k.param(names[i], i)
		if !ok {
			return v, k.e.src.fail(k.e.off+len(k.e.name), k.e.name+" needs more arguments, as in "+k.info.example, "")
		}
		if v[i], err = k.number(a); err != nil {
			return v, err
		}
	}
	return v, nil
}

func normalType(k *call) error {
	v, err := k.params([2]string{"mean", "sd"}, 2)
	if err != nil {
		return err
	}
	if v[1] < 0 {
		return k.e.src.fail(k.e.off, "a standard deviation is not negative", "")
	}
	return k.law(law{kind: normalLaw, a: v[0], b: v[1]}, 2)
}

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

func lognormalType(k *call) error {
	v, err := k.params([2]string{"med", "p99"}, 2)
	if err != nil {
		return err
	}
	if v[0] <= 0 || v[1] < v[0] {
		return k.e.src.fail(k.e.off, "the median is above 0, and the 99th percentile not below it", "")
	}
	m := logOf(v[0])
	return k.law(law{kind: lognormalLaw, a: m, b: (logOf(v[1]) - m) / z99}, 2)
}

func expType(k *call) error {
	v, err := k.params([2]string{"mean"}, 1)
	if err != nil {
		return err
	}
	if v[0] <= 0 {
		return k.e.src.fail(k.e.off, "a mean is above 0", "")
	}
	return k.law(law{kind: expLaw, a: v[0]}, 2)
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

func boolType(k *call) error {
	p := uint64(1) << 63
	if a, ok := k.named["p"]; ok {
		var err error
		if p, err = parseShare(a.value); err != nil {
			return k.failAt(a, "p="+a.value+": "+err.Error())
		}
	}
	k.ops = append(k.ops, op{kind: opMaybe, n: p, bytes: []byte("true"), span: 1, key: key(k.Seed, k.keys, "v")},
		op{kind: opStatic, bytes: []byte("false")})
	k.sealed = len(k.ops)
	k.among(2)
	return nil
}

// pickType makes strings, unless every value is a number, true, false or null.
func pickType(k *call) error {
	m := &more{}
	weights := make([]uint64, len(k.args))
	var total uint64
	weighted, native := false, true
	names := make([]string, len(k.args))
	for i, a := range k.args {
		if a.ref {
			return k.failAt(a, `pick takes no fields; \. stands for a dot`)
		}
		names[i], weights[i] = a.value, 1
		if a.hasKey {
			w, err := units.ParseCount(a.value)
			if err != nil || w < 0 || w > 1e9 {
				return k.failAt(a, "the weight "+quoteText(a.value)+" is not a whole number"+spell.DidYouMean(a.key, modifiers, "", "="))
			}
			names[i], weights[i], weighted = a.key, uint64(w), true
		}
		total += weights[i]
		native = native && a.plain && isScalar(names[i])
	}
	if total == 0 {
		return k.failAt(k.args[0], "all weights are 0")
	}
	if len(names) > 1_000_000 {
		return k.failAt(k.args[0], "pick takes at most a million values")
	}
	longest := 0
	_, str := k.named["str"]
	for _, name := range names {
		v := name
		if !native || str {
			v = escape(name)
		}
		m.values = append(m.values, []byte(v))
		longest = max(longest, len(v))
	}
	if weighted {
		m.alias = newAlias(weights)
	}
	if !native && !str {
		k.quote(k.inString)
	}
	k.leaf(op{kind: opPick, n: uint64(len(names)), max: longest, more: m})
	if !native && !str {
		k.quote(k.inString)
	}
	k.among(float64(len(names)))
	return nil
}

// isScalar says whether text is a JSON number, true, false or null.
func isScalar(text string) bool {
	return text != "" && !strings.ContainsAny(text[:1], `"[{`) && jsonscan.Valid([]byte(text)) == nil
}

func wordsType(k *call) error {
	lo, hi, err := k.sizes(0, 4, 12)
	if err != nil {
		return err
	}
	k.leaf(op{kind: opWords, start: lo, n: uint64(hi-lo) + 1, max: int(hi) * (longest + 1)})
	return nil
}

func textType(k *call) error {
	lo, hi, err := k.sizes(0, 20, 80)
	if err != nil {
		return err
	}
	k.leaf(op{kind: opText, start: lo, n: uint64(hi-lo) + 1, max: int(hi)})
	return nil
}

func bytesType(kind opKind, fallback int64, size func(int) int) func(*call) error {
	return func(k *call) error {
		lo, hi, err := k.sizes(0, fallback, fallback)
		if err != nil {
			return err
		}
		if lo != hi {
			return k.failAt(k.args[0], k.e.name+" takes one length, not a range")
		}
		k.leaf(op{kind: kind, times: int(lo), max: size(int(lo))})
		return nil
	}
}

func ip4Type(k *call) error {
	network, err := k.network(netip.MustParsePrefix("0.0.0.0/0"))
	if err != nil {
		return err
	}
	a := network.Addr().As4()
	start := int64(a[0])<<24 | int64(a[1])<<16 | int64(a[2])<<8 | int64(a[3])
	k.leaf(op{kind: opIP4, start: start, n: 1 << (32 - network.Bits()), max: 15})
	k.among(float64(uint64(1) << (32 - network.Bits())))
	return nil
}

func ip6Type(k *call) error {
	network, err := k.network(netip.MustParsePrefix("2000::/3"))
	if err != nil {
		return err
	}
	k.leaf(op{kind: opIP6, max: 39, more: &more{prefix: network.Addr().As16(), network: network.Bits()}})
	return nil
}

func (k *call) network(fallback netip.Prefix) (netip.Prefix, error) {
	if len(k.args) == 0 {
		return fallback, nil
	}
	a := k.args[0]
	p, err := netip.ParsePrefix(a.text())
	if err != nil || p.Addr().Is4() != fallback.Addr().Is4() {
		return p, k.failAt(a, quoteText(a.text())+" is not a network in the form of "+fallback.String())
	}
	return p.Masked(), nil
}

func dateType(k *call) error {
	from, to := "2020-01-01", "2024-12-31"
	if len(k.args) > 0 {
		var ok bool
		if from, to, ok = strings.Cut(k.args[0].text(), ".."); !ok {
			to = from
		}
	}
	a, err := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err != nil || err2 != nil || b.Before(a) {
		return k.failAt(k.args[0], quoteText(k.args[0].text())+" is not a range of days: 2020-01-01..2024-12-31")
	}
	if a.Unix() < 0 {
		return k.failAt(k.args[0], "days begin at 1970-01-01")
	}
	k.leaf(op{kind: opDate, start: day(a), n: uint64(day(b)-day(a)) + 1, max: 10})
	k.among(float64(day(b) - day(a) + 1))
	return nil
}

var timeUnits = map[string]time.Duration{"s": time.Second, "ms": time.Millisecond, "us": time.Microsecond, "ns": 1}

func durType(k *call) error {
	unit := time.Millisecond
	if a, ok := k.named["unit"]; ok {
		if unit = timeUnits[a.value]; unit == 0 {
			return k.failAt(a, "unit= is s, ms, us or ns")
		}
	}
	a := k.args[0]
	from, to, ok := strings.Cut(a.text(), "..")
	if !ok {
		to = from
	}
	lo, err := units.ParseDuration(from)
	hi, err2 := units.ParseDuration(to)
	if err != nil || err2 != nil || hi < lo || lo < 0 {
		return k.failAt(a, quoteText(a.text())+" is not a range of durations: 10ms..2s")
	}
	if lo%unit != 0 || hi%unit != 0 {
		return k.failAt(a, quoteText(a.text())+" is not whole in its unit; unit= takes s, ms, us, ns")
	}
	first, last := int64(lo/unit), int64(hi/unit)
	if last > maxNumber {
		return k.failAt(a, "that long is not exact in JSON in this unit")
	}
	k.leaf(op{kind: opInt, start: first, n: uint64(last-first) + 1, max: numberSize(first, last, 0)})
	k.among(float64(last-first) + 1)
	return nil
}

func listType(k *call) error {
	lo, hi, err := k.sizes(0, 0, 0)
	if err != nil {
		return err
	}
	if k.inString {
		return k.e.src.fail(k.e.off, "a list can't stand inside a string", "")
	}
	inner := &expr{src: k.e.src, off: k.args[1].off, name: k.args[1].text(), args: k.args[2:]}
	if types[inner.name] == nil {
		return k.failAt(k.args[1], "unknown type "+quoteText(inner.name)+spell.DidYouMean(inner.name, TypeNames(), "", ""))
	}
	if a := inner.modifier("absent"); a != nil {
		return k.failAt(*a, "an element of a list can't be absent; absent= stands before the element's type")
	}
	return k.list(k.keys, lo, hi, func(path []string) error { return k.expr(inner, path, false) })
}

// parts renders texts and fields, one behind the other.
func (k *call) parts(list []arg) error {
	for _, a := range list {
		if a.ref {
			if err := k.ref(k.e.src, a.off, a.value, true); err != nil {
				return err
			}
			continue
		}
		text := escape(a.text())
		if k.text += len(text); k.compiler.text > maxRecord {
			return k.failAt(a, "the record is longer than 64 MiB")
		}
		k.static(text)
	}
	return nil
}

func repeatType(k *call) error {
	n, hi, err := k.sizes(0, 0, 0)
	if err != nil {
		return err
	}
	if n != hi {
		return k.failAt(k.args[0], "repeat takes one number, not a range")
	}
	if n == 0 {
		return nil
	}
	return k.around(op{kind: opRepeat, times: int(n)}, func() error { return k.parts(k.args[1:]) })
}

func concatType(k *call) error { return k.parts(k.args) }

func copyType(k *call) error {
	a := k.args[0]
	return k.ref(k.e.src, a.off, a.text(), k.inString)
}

func hashType(k *call) error {
	n := 16
	if len(k.args) > 1 {
		var err error
		if n, err = strconv.Atoi(k.args[1].text()); err != nil || n < 1 || n > 16 {
			return k.failAt(k.args[1], "a hash has 1 to 16 digits")
		}
	}
	a := k.args[0]
	// The key is the seed's alone: equal values have equal hashes in every field.
	return k.around(op{kind: opHash, times: n, key: key(k.Seed, nil, "hash")}, func() error {
		return k.ref(k.e.src, a.off, a.text(), true)
	})
}

func padType(k *call) error {
	if len(k.args) == 0 {
		if k.RecordSize == 0 {
			return k.e.src.fail(k.e.off, "pad needs a size, or --record-size", "")
		}
		if k.pad >= 0 || k.depth > 0 || len(k.named) > 0 || k.inString || len(k.path) != 1 {
			return k.e.src.fail(k.e.off, "the padding of --record-size stands once, at the top of the record, without modifiers", "")
		}
		k.padding()
		return nil
	}
	lo, hi, err := k.sizes(0, 0, 0)
	if err != nil {
		return err
	}
	if lo != hi {
		return k.failAt(k.args[0], "pad takes one size, not a range")
	}
	k.add(op{kind: opPad, times: int(lo), max: int(lo)})
	return nil
}
