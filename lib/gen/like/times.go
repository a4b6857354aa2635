package like

import (
	"math"
	"strings"
	"time"
)

// A unit is what numbers of a clock count since 1970.
type unit struct {
	name string
	size time.Duration
}

// epoch is the unit by which all numbers of a range are times from 2001 to 2065.
func epoch(lo, hi float64) unit {
	for _, u := range []unit{{"s", time.Second}, {"ms", time.Millisecond}, {"us", time.Microsecond}} {
		second := float64(time.Second / u.size)
		if lo >= 1e9*second && hi < 3e9*second {
			return u
		}
	}
	return unit{}
}

// isTimeName says whether a field is called like a time.
func isTimeName(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"time", "date", "stamp", "when"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return name == "ts" || name == "t" || name == "at" || strings.HasSuffix(name, "_at") || strings.HasSuffix(name, "_ts")
}

// clock is a time that goes from record to record, or any of a range.
func clock(o order, count int64, ordered bool, lo, hi float64, u unit) (typ, args string) {
	moment := func(v float64) time.Time { // which 64 bits of nanoseconds may not hold
		second := int64(time.Second / u.size)
		return time.Unix(int64(v)/second, int64(v)%second*int64(u.size)).UTC()
	}
	number := ""
	if u.name != "text" {
		number = ",unix=" + u.name
	}
	if first := moment(o.first).Year(); !ordered || !o.rises(count) || first < 1700 || first > 2200 {
		return "time", moment(lo).Format(time.RFC3339Nano) + ".." + moment(hi).Format(time.RFC3339Nano) + number
	}
	mean := (o.last - o.first) / float64(count-1)
	step := round(mean) * u.size
	args = "start=" + moment(o.first).Format(time.RFC3339Nano) + ",step=" + step.String()
	if o.most > o.least {
		args += ",jitter=" + step.String()
	}
	return "time", args + number
}

// round leaves three digits of a number, at least 1.
func round(v float64) time.Duration {
	unit := math.Pow(10, math.Max(0, math.Floor(math.Log10(math.Max(v, 1)))-2))
	return time.Duration(math.Max(1, math.Round(v/unit)*unit))
}
