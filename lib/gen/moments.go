package gen

import (
	"strings"
	"time"

	"ndjsontools/lib/units"
)

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
	if err != nil || err2 != nil || b.Before(a) || day(a) < firstDay {
		return k.failAt(k.args[0], quoteText(k.args[0].text())+" is not a range of days: 2020-01-01..2024-12-31")
	}
	return k.counted(op{kind: opDate, start: day(a), max: 10}, uint64(day(b)-day(a))+1)
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
	return k.counted(op{kind: opInt, start: first, step: 1, max: numberSize(first, last, 0)}, uint64(last-first)+1)
}
