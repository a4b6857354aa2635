package gen

import (
	"fmt"
	"math"
	"strings"
	"time"

	"ndjsontools/lib/units"
)

// clockNames are the arguments of every type that tells the record's time.
var clockNames = []string{"start", "step", "jitter"}

// defaultStart is where times begin: a fixed moment, or no two runs could be
// compared.
var defaultStart = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// clock makes an operation of the record's time. A tick is a millisecond, or
// what the step or the jitter need.
func (k *call) clock(kind opKind) (op, error) {
	o := op{kind: kind, more: &more{}}
	start := defaultStart
	_, own := k.named["start"]
	if _, ok := k.named["now"]; ok || k.FromNow && !own {
		start, k.wall = k.Now, true
	}
	if a, ok := k.named["start"]; ok {
		var err error
		if start, err = parseTime(a.value); err != nil {
			return o, k.failAt(a, quoteText(a.value)+" is not a time: 2024-01-01 or 2024-01-01T12:00:00Z")
		}
	}
	// Nanoseconds in 64 bits reach from 1677 to 2262; identifiers hold no time before 1970.
	from := 1700
	if kind != opTime {
		from = 1970
	}
	if start.Year() < from || start.Year() > 2200 {
		return o, k.failAt(k.named["start"], fmt.Sprintf("times begin between %d and 2200", from))
	}
	step, jitter := time.Millisecond, time.Duration(0)
	if kind == opTime {
		step = 10 * time.Millisecond
	}
	for name, p := range map[string]*time.Duration{"step": &step, "jitter": &jitter} {
		if a, ok := k.named[name]; ok {
			v, err := units.ParseDuration(a.value)
			if err != nil || v < 0 {
				return o, k.failAt(a, name+"="+a.value+" is not a duration: 250ms, 5s")
			}
			*p = v
		}
	}
	tick, err := k.tick()
	if err != nil {
		return o, err
	}
	for tick > 1 && (step%tick != 0 || jitter%tick != 0 || own && start.Nanosecond()%int(tick) != 0) {
		tick /= 1000
	}
	l := &o.more.clock
	l.perSecond, l.perMilli = int64(time.Second/tick), int64(time.Millisecond/tick)
	l.decimals = map[time.Duration]int{time.Millisecond: 3, time.Microsecond: 6, 1: 9}[tick]
	o.start = start.Unix()*l.perSecond + int64(start.Nanosecond())/int64(tick)
	o.step, o.n = int64(step/tick), uint64(jitter/tick)
	o.key = key(k.Seed, k.keys, "jitter")
	if o.step == 0 {
		if k.places == hashedPlaces {
			return o, k.limit(k.e.src, k.e.off, 0, "")
		}
		return o, nil
	}
	// Years have four digits, and numbers are exact.
	most := min(maxNumber, 253402300799*l.perSecond)
	last := (most-o.start-int64(o.n))/o.step - 1
	return o, k.limit(k.e.src, k.e.off, last, "the times pass the year 9999, or what JSON holds exactly; start earlier or shorten the step")
}

// tick is a millisecond, or the finer unit in which unix= tells the time.
func (k *call) tick() (time.Duration, error) {
	unit := time.Millisecond
	if a, ok := k.named["unix"]; ok && a.hasKey {
		if unit = timeUnits[a.value]; unit == 0 {
			return 0, k.failAt(a, "unix= is s, ms, us or ns")
		}
	}
	return min(unit, time.Millisecond), nil
}

func parseTime(text string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339Nano, text)
}

func stampedType(kind opKind, size int) func(*call) error {
	return func(k *call) error {
		o, err := k.clock(kind)
		o.max = size
		o.key = key(k.Seed, k.keys, "v")
		k.add(o)
		return err
	}
}

// span is a time that is any millisecond, or finer unit of unix=, from A to B.
func (k *call) span() (op, error) {
	a := k.args[0]
	for _, name := range append([]string{"now"}, clockNames...) {
		if other, ok := k.named[name]; ok {
			return op{}, k.failAt(other, name+" counts records; a time of a range does not")
		}
	}
	from, to, _ := strings.Cut(a.raw, "..")
	start, err := parseTime(from)
	end, err2 := parseTime(to)
	if err != nil || err2 != nil || end.Before(start) || start.Year() < 1 || end.Year() > 9999 {
		return op{}, k.failAt(a, quoteText(a.raw)+" is not a range of times: 2024-01-01..2024-12-31T23:59:59Z")
	}
	tick, err := k.tick()
	if err != nil {
		return op{}, err
	}
	second := int64(time.Second / tick)
	if max(start.Unix(), -start.Unix(), end.Unix()) > maxNumber/second {
		return op{}, k.failAt(a, "a time that far from 1970 is not exact in JSON in this unit")
	}
	ticks := func(t time.Time) int64 { return t.Unix()*second + int64(t.Nanosecond())/int64(tick) }
	o := op{kind: opTime, start: ticks(start), n: uint64(ticks(end)-ticks(start)) + 1, key: key(k.Seed, k.keys, "v"), more: &more{}}
	o.more.clock = timeLaw{perSecond: second, perMilli: int64(time.Millisecond / tick), decimals: 3}
	k.among(float64(o.n))
	return o, nil
}

func timeType(k *call) error {
	moments := func() (op, error) { return k.clock(opTime) }
	if len(k.args) > 0 {
		moments = k.span
	}
	o, err := moments()
	if err != nil {
		return err
	}
	l := &o.more.clock
	if a, ok := k.named["unix"]; ok {
		unit := a.value
		if !a.hasKey {
			unit = "ms"
		}
		l.divide = l.perSecond / int64(time.Second/timeUnits[unit]) // at least 1: see tick
	}
	if a, ok := k.named["late"]; ok {
		share, by, _ := strings.Cut(a.value, ":")
		p, err := parseShare(share)
		d, err2 := units.ParseDuration(by)
		tick := time.Second / time.Duration(l.perSecond)
		if err != nil || err2 != nil || d < tick {
			return k.failAt(a, "late= is how many come how late at most: late=1%:30s")
		}
		if o.start < math.MinInt64+int64(d/tick) || floor(o.start-int64(d/tick), l.perSecond) < firstDay*86400 {
			return k.failAt(a, "that late is before the year 1, or before what 64 bits hold")
		}
		o.more.law.often, o.late, o.times = p, key(k.Seed, k.keys, "late"), int(d/tick)
	}
	o.max = 32
	text := l.divide == 0
	if text {
		k.quote(k.inString)
	}
	k.add(o)
	if text {
		k.quote(k.inString)
	}
	return nil
}
