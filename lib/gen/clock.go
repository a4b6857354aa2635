package gen

import (
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
	if start.Unix() < 0 || start.Year() > 2200 {
		return o, k.e.src.fail(k.e.off, "times begin between 1970 and 2200", "")
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
	tick := time.Millisecond
	for tick > 1 && (step%tick != 0 || jitter%tick != 0 || start.Nanosecond()%int(tick) != 0) && own {
		tick /= 1000
	}
	for tick > 1 && (step%tick != 0 || jitter%tick != 0) {
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

func timeType(k *call) error {
	o, err := k.clock(opTime)
	if err != nil {
		return err
	}
	l := &o.more.clock
	if a, ok := k.named["unix"]; ok {
		unit := a.value
		if !a.hasKey {
			unit = "ms"
		}
		d := timeUnits[unit]
		if d == 0 {
			return k.failAt(a, "unix= is s, ms, us or ns")
		}
		l.divide = l.perSecond / int64(time.Second/d)
		if l.divide == 0 {
			return k.failAt(a, "the step has no part that fine; write the step in "+unit)
		}
	}
	if a, ok := k.named["late"]; ok {
		share, by, _ := strings.Cut(a.value, ":")
		p, err := parseShare(share)
		d, err2 := units.ParseDuration(by)
		tick := time.Second / time.Duration(l.perSecond)
		if err != nil || err2 != nil || d < tick {
			return k.failAt(a, "late= is how many come how late at most: late=1%:30s")
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
